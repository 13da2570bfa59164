"""Keys of a `config.json` that are read beside the fields of its class, and types of remote code."""

from __future__ import annotations

from mcore_mappers_runtime.records import OlderRope, Remote
from mcore_mappers_runtime.registry import Keys

KEYS = Keys(
    read={
        "mcore_mappers_runtime.described.deepseek.DeepseekConfig": frozenset(),
        "mcore_mappers_runtime.described.minicpm.MiniCPMConfig": frozenset({"num_experts", "sparse_config"}),
        "mcore_mappers_runtime.described.nemotron_nas.NemotronNasConfig": frozenset(),
        "transformers.models.afmoe.configuration_afmoe.AfmoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "n_group",
                "num_expert_groups",
                "num_limited_groups",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "route_norm",
                "score_func",
                "tie_last_hidden_states",
                "topk_group",
            }
        ),
        "transformers.models.apertus.configuration_apertus.ApertusConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.apertus1p5.configuration_apertus1p5.Apertus1p5TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.arcee.configuration_arcee.ArceeConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.aria.configuration_aria.AriaTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.axk1.configuration_axk1.AXK1Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.bamba.configuration_bamba.BambaConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.biogpt.configuration_biogpt.BioGptConfig": frozenset(
            {"gradient_checkpointing", "is_causal", "tie_last_hidden_states"}
        ),
        "transformers.models.codegen.configuration_codegen.CodeGenConfig": frozenset(
            {"gradient_checkpointing", "is_causal", "rotary", "scale_attn_weights", "tie_last_hidden_states"}
        ),
        "transformers.models.cohere.configuration_cohere.CohereConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.cohere2.configuration_cohere2.Cohere2Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.cosmos3_edge.configuration_cosmos3_edge.Cosmos3EdgeTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_norm_eps",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.cwm.configuration_cwm.CwmConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.deepseek_ocr2.configuration_deepseek_ocr2.DeepseekOcr2TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.deepseek_v2.configuration_deepseek_v2.DeepseekV2Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "topk_method",
            }
        ),
        "transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config": frozenset(
            {
                "gradient_checkpointing",
                "indexer_rope_interleave",
                "is_causal",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_interleave",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "topk_method",
            }
        ),
        "transformers.models.dots1.configuration_dots1.Dots1Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "use_sliding_window",
            }
        ),
        "transformers.models.emu3.configuration_emu3.Emu3TextConfig": frozenset(
            {
                "attention_bias",
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "mlp_bias",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.ernie4_5_moe.configuration_ernie4_5_moe.Ernie4_5_MoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.exaone.configuration_exaone.ExaoneConfig": frozenset(
            {
                "embed_dropout",
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_interleaved",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.exaone4.configuration_exaone4.Exaone4Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.exaone_moe.configuration_exaone_moe.ExaoneMoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.falcon.configuration_falcon.FalconConfig": frozenset(
            {
                "apply_residual_connection_post_layernorm",
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "n_head",
                "n_layer",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
            }
        ),
        "transformers.models.flex_olmo.configuration_flex_olmo.FlexOlmoConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.flint.configuration_flint.FlintConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.gemma.configuration_gemma.GemmaConfig": frozenset(
            {
                "gradient_checkpointing",
                "hidden_activation",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.gemma2.configuration_gemma2.Gemma2Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "sliding_window_size",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.glm.configuration_glm.GlmConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.glm4.configuration_glm4.Glm4Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.glm4_moe.configuration_glm4_moe.Glm4MoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.glm4_moe_lite.configuration_glm4_moe_lite.Glm4MoeLiteConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "topk_method",
            }
        ),
        "transformers.models.glm4v.configuration_glm4v.Glm4vTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.glm4v_moe.configuration_glm4v_moe.Glm4vMoeTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig": frozenset(
            {
                "gradient_checkpointing",
                "indexer_rope_interleave",
                "is_causal",
                "moe_layer_freq",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_interleave",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "topk_method",
            }
        ),
        "transformers.models.glm_ocr.configuration_glm_ocr.GlmOcrTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.gpt2.configuration_gpt2.GPT2Config": frozenset(
            {"gradient_checkpointing", "is_causal", "n_ctx", "tie_last_hidden_states"}
        ),
        "transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig": frozenset(
            {"gradient_checkpointing", "is_causal", "num_key_value_heads", "tie_last_hidden_states"}
        ),
        "transformers.models.gpt_neo.configuration_gpt_neo.GPTNeoConfig": frozenset(
            {"attention_layers", "gradient_checkpointing", "is_causal"}
        ),
        "transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig": frozenset(
            {
                "attention_probs_dropout_prob",
                "gradient_checkpointing",
                "head_dim",
                "hidden_dropout_prob",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig": frozenset(
            {
                "experts_per_token",
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.gptj.configuration_gptj.GPTJConfig": frozenset(
            {"gradient_checkpointing", "is_causal", "rotary", "scale_attn_weights", "tie_last_hidden_states"}
        ),
        "transformers.models.granite.configuration_granite.GraniteConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granite4_vision.configuration_granite4_vision.Granite4VisionTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "text_config",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granite_docling.configuration_granite_docling.GraniteDoclingTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granite_swa.configuration_granite_swa.GraniteSWAConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granitemoe.configuration_granitemoe.GraniteMoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granitemoe_swa.configuration_granitemoe_swa.GraniteMoeSWAConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "normalization_function",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.granitemoeshared.configuration_granitemoeshared.GraniteMoeSharedConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "normalization_function",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.helium.configuration_helium.HeliumConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense.HunYuanDenseV1Config": frozenset(
            {
                "attention_head_dim",
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "mlp_bias",
                "norm_type",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "position_embedding_xdrope",
                "rope_theta",
                "tie_last_hidden_states",
                "use_cla",
                "use_mla",
                "use_qk_norm",
                "use_rotary_pos_emb",
            }
        ),
        "transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe.HunYuanMoEV1Config": frozenset(
            {
                "attention_head_dim",
                "gradient_checkpointing",
                "group_limited_greedy",
                "is_causal",
                "layer_types",
                "mlp_bias",
                "moe_layer_num_skipped",
                "norm_topk_prob",
                "norm_type",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "position_embedding_xdrope",
                "rope_theta",
                "routed_scaling_factor",
                "tie_last_hidden_states",
                "use_cla",
                "use_mixed_mlp_moe",
                "use_mla",
                "use_qk_norm",
                "use_rotary_pos_emb",
            }
        ),
        "transformers.models.hy_v3.configuration_hy_v3.HYV3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.internlm3.configuration_internlm3.InternLM3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.iquestcoder.configuration_iquestcoder.IQuestCoderConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.jais2.configuration_jais2.Jais2Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.lara_mini.configuration_lara_mini.LaraMiniConfig": frozenset(
            {
                "gradient_checkpointing",
                "intermediate_size",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.lfm2.configuration_lfm2.Lfm2Config": frozenset(
            {
                "block_dim",
                "block_norm_eps",
                "block_use_swiglu",
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "num_heads",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "use_pos_enc",
            }
        ),
        "transformers.models.lfm2_moe.configuration_lfm2_moe.Lfm2MoeConfig": frozenset(
            {
                "block_use_swiglu",
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "use_pos_enc",
            }
        ),
        "transformers.models.lfm3.configuration_lfm3.Lfm3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.llama.configuration_llama.LlamaConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_interleaved",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "nope_layer_interval",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.mamba2.configuration_mamba2.Mamba2Config": frozenset({"gradient_checkpointing"}),
        "transformers.models.mellum.configuration_mellum.MellumConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig": frozenset(
            {
                "add_full_attention_sink_bias",
                "add_swa_attention_sink_bias",
                "gradient_checkpointing",
                "hybrid_block_size",
                "hybrid_layer_pattern",
                "is_causal",
                "layernorm_epsilon",
                "moe_layer_freq",
                "n_shared_experts",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "scoring_func",
                "swa_head_dim",
                "swa_num_attention_heads",
                "swa_num_key_value_heads",
                "swa_rope_theta",
                "swa_v_head_dim",
                "tie_last_hidden_states",
                "topk_method",
            }
        ),
        "transformers.models.minicpm3.configuration_minicpm3.MiniCPM3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.minimax_m2.configuration_minimax_m2.MiniMaxM2Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_norm_type",
                "rope_theta",
                "scoring_func",
                "shared_intermediate_size",
                "tie_last_hidden_states",
                "use_qk_norm",
                "use_routing_bias",
            }
        ),
        "transformers.models.minimax_m3_vl.configuration_minimax_m3_vl.MiniMaxM3VLTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.ministral.configuration_ministral.MinistralConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.ministral3.configuration_ministral3.Ministral3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.mistral.configuration_mistral.MistralConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.mistral4.configuration_mistral4.Mistral4Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.mixtral.configuration_mixtral.MixtralConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.molmo2.configuration_molmo2.Molmo2TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.nemotron.configuration_nemotron.NemotronConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig": frozenset(
            {
                "attention_head_dim",
                "gradient_checkpointing",
                "is_causal",
                "norm_eps",
                "rms_norm_eps",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.olmo.configuration_olmo.OlmoConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.olmo2.configuration_olmo2.Olmo2Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.olmo3.configuration_olmo3.Olmo3Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.olmoe.configuration_olmoe.OlmoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "sliding_window",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.opt.configuration_opt.OPTConfig": frozenset(
            {"activation_dropout", "gradient_checkpointing", "initializer_range", "is_causal", "tie_last_hidden_states"}
        ),
        "transformers.models.paddleocr_vl.configuration_paddleocr_vl.PaddleOCRTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "sliding_window",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.persimmon.configuration_persimmon.PersimmonConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.phi.configuration_phi.PhiConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.phi3.configuration_phi3.Phi3Config": frozenset(
            {
                "attention_bias",
                "full_attn_mod",
                "gradient_checkpointing",
                "head_dim",
                "interpolate_factor",
                "is_causal",
                "layer_types",
                "lm_head_bias",
                "mlp_bias",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.phimoe.configuration_phimoe.PhimoeConfig": frozenset(
            {
                "expert_dropout",
                "gradient_checkpointing",
                "head_dim",
                "hidden_dropout",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen2.configuration_qwen2.Qwen2Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "num_nextn_predict_layers",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen2_5_omni.configuration_qwen2_5_omni.Qwen2_5OmniTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen2_5_vl.configuration_qwen2_5_vl.Qwen2_5_VLTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.qwen2_moe.configuration_qwen2_moe.Qwen2MoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen2_vl.configuration_qwen2_vl.Qwen2VLTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.qwen3.configuration_qwen3.Qwen3Config": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig": frozenset(
            {
                "attn_output_gate",
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeTextConfig": frozenset(
            {
                "attn_output_gate",
                "decoder_sparse_step",
                "gradient_checkpointing",
                "is_causal",
                "mlp_only_layers",
                "norm_topk_prob",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qkv_bias",
                "rope_theta",
                "shared_expert_intermediate_size",
                "tie_last_hidden_states",
                "use_qk_norm",
            }
        ),
        "transformers.models.qwen3_next.configuration_qwen3_next.Qwen3NextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "use_sliding_window",
            }
        ),
        "transformers.models.qwen3_omni_moe.configuration_qwen3_omni_moe.Qwen3OmniMoeTextConfig": frozenset(
            {
                "codebook_size",
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "num_quantizers",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.qwen3_vl.configuration_qwen3_vl.Qwen3VLTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
                "tie_word_embeddings",
            }
        ),
        "transformers.models.qwen3_vl_moe.configuration_qwen3_vl_moe.Qwen3VLMoeTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "norm_topk_prob",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "sliding_window",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.sarvam_mla.configuration_sarvam_mla.SarvamMLAConfig": frozenset(
            {
                "embedding_dropout",
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "moe_layer_freq",
                "moe_router_enable_expert_bias",
                "original_max_position_embeddings",
                "output_dropout",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "topk_method",
                "use_qk_norm",
            }
        ),
        "transformers.models.sarvam_moe.configuration_sarvam_moe.SarvamMoEConfig": frozenset(
            {
                "embedding_dropout",
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "moe_router_enable_expert_bias",
                "norm_head",
                "norm_softmax",
                "original_max_position_embeddings",
                "output_dropout",
                "partial_rotary_factor",
                "rope_theta",
                "score_function",
                "tie_last_hidden_states",
                "use_bias",
                "use_rmsnorm",
                "use_sliding_window",
            }
        ),
        "transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.smollm3.configuration_smollm3.SmolLM3Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.solar_open.configuration_solar_open.SolarOpenConfig": frozenset(
            {
                "gradient_checkpointing",
                "intermediate_size",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.stablelm.configuration_stablelm.StableLmConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_norm_epsilon",
                "layer_types",
                "mlp_type",
                "norm_type",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rms_norm_eps",
                "rope_theta",
                "scale_attn_weights",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.step3p7.configuration_step3p7.Step3p7TextConfig": frozenset(
            {
                "gating",
                "gradient_checkpointing",
                "is_causal",
                "layer_scale_init_value",
                "moe_router_activation",
                "n_shared_experts",
                "norm_expert_weight",
                "num_nextn_predict_layers",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
                "use_bidirectional_attention",
                "use_head_wise_attn_gate",
                "use_moe_router_bias",
            }
        ),
        "transformers.models.unlimited_ocr.configuration_unlimited_ocr.UnlimitedOcrTextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "scoring_func",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.youtu.configuration_youtu.YoutuConfig": frozenset(
            {
                "gradient_checkpointing",
                "head_dim",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "qk_head_dim",
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
    },
    unread={
        "afmoe": {
            "load_balance_coeff": "how fast the biases of experts moved in training",
            "use_grouped_mm": "which kernel computes experts",
        },
        "axk1": {
            "first_k_dense_replace": "only fills in mlp_layer_types where a config is built without; mlp_layer_types decides",
            "moe_layer_freq": "only fills in mlp_layer_types where a config is built without; mlp_layer_types decides",
        },
        "bamba": {
            "attn_rotary_emb": "the class rotates half of each head, whatever this says",
            "output_router_logits": "belongs to experts, which the class does not have",
            "router_aux_loss_coef": "belongs to experts, which the class does not have",
            "use_mamba_kernels": "kernels are chosen by what is installed, and compute the same",
        },
        "cohere2": {
            "sliding_window_pattern": "the class makes layer_types of it when it is built",
        },
        "deepseek": {
            "aux_loss_alpha": "belongs to the auxiliary loss of DeepSeek's training, which transformers does not compute",
            "ep_size": "over how many ranks DeepSeek's code spreads the experts",
            "num_nextn_predict_layers": "counts or describes the layers that predict further tokens, which transformers does not build; "
            "mtp_num_layers asks Megatron for them",
            "seq_aux": "belongs to the auxiliary loss of DeepSeek's training, which transformers does not compute",
        },
        "deepseek_v32": {
            "num_experts": "the class takes n_routed_experts from it when a config is built, and reads that",
        },
        "gemma2": {
            "cache_implementation": "which cache generation takes",
            "hidden_act": "the class reads hidden_activation, which files have beside it",
        },
        "gemma3_text": {
            "_sliding_window_pattern": "the class makes layer_types of it; files of some releases have both",
            "cache_implementation": "which cache generation takes",
            "sliding_window_pattern": "the class makes layer_types of it when it is built",
        },
        "glm_moe_dsa": {
            "index_skip_topk_offset": "only fills in indexer_types where a config is built without; indexer_types decides",
            "index_topk_freq": "only fills in indexer_types where a config is built without; indexer_types decides",
            "index_topk_pattern": "only fills in indexer_types where a config is built without; indexer_types decides",
            "num_experts": "the class takes n_routed_experts from it when a config is built, and reads that",
        },
        "gpt_bigcode": {
            "inference_runner": "a setting of the server that BigCode ran the model in",
            "max_batch_size": "a setting of the server that BigCode ran the model in",
            "pad_key_length": "a setting of the server that BigCode ran the model in",
            "pre_allocate_kv_cache": "a setting of the server that BigCode ran the model in",
            "validate_runner_input": "a setting of the server that BigCode ran the model in",
        },
        "gpt_oss": {
            "initial_context_length": "the length that YaRN starts from, in OpenAI's own code; original_max_position_embeddings decides",
        },
        "granite": {
            "init_method": "how new weights were drawn",
        },
        "hunyuan": {
            "add_classification_head": "belongs to a head that classifies or embeds",
            "anyres_pooling_size": "belongs to what reads images",
            "anyres_vit_max_image_size": "belongs to what reads images",
            "anyres_vit_two_views": "belongs to what reads images",
            "cla_share_factor": "how many layers would share keys and values, if use_cla were true",
            "class_num": "belongs to a head that classifies or embeds",
            "dense_list": "belongs to a head that classifies",
            "im_end_id": "belongs to what reads images",
            "im_newline_id": "belongs to what reads images",
            "im_start_id": "belongs to what reads images",
            "image_token_id": "belongs to what reads images",
            "kv_lora_rank": "belongs to latent attention, which no layer has",
            "mask_init_id": "belongs to what reads images",
            "num_media_embeds": "belongs to what reads images",
            "org_vocab_size": "how many rows of the vocabulary are no padding",
            "pad_id": "the padding token, under another name",
            "pool_type": "belongs to a head that classifies or embeds",
            "q_lora_rank": "belongs to latent attention, which no layer has",
            "qk_nope_head_dim": "belongs to latent attention, which no layer has",
            "qk_rope_head_dim": "belongs to latent attention, which no layer has",
            "skip_cls_token": "belongs to a head that classifies or embeds",
            "text_end_id": "belongs to what reads images",
            "text_start_id": "belongs to what reads images",
            "v_head_dim": "belongs to latent attention, which no layer has",
            "video_end_id": "belongs to what reads images",
            "video_start_id": "belongs to what reads images",
            "vit_add_patchemb_bias": "belongs to what reads images",
            "vit_input_resolution": "belongs to what reads images",
            "vit_mapping_type": "belongs to what reads images",
            "vit_norm_type": "belongs to what reads images",
            "vit_patch": "belongs to what reads images",
            "vit_path": "belongs to what reads images",
            "vit_remove_prenorm": "belongs to what reads images",
            "vit_token": "belongs to what reads images",
            "vit_type": "belongs to what reads images",
            "vit_used_rms_norm": "belongs to what reads images",
            "xdrope_section": "belongs to positions of several parts, which no token has",
        },
        "hunyuan_v1_moe": {
            "moe_drop_tokens": "says which tokens training leaves out where an expert has too many",
            "moe_random_routing_dropped_token": "says which tokens training leaves out where an expert has too many",
            "n_group": "belongs to groups of experts, of which there are none",
            "topk_group": "belongs to groups of experts, of which there are none",
        },
        "ling": {
            "max_window_layers": "from which layer on attention has a window, which use_sliding_window must switch off",
        },
        "ling_2": {
            "mtp_loss_scaling_factor": "belongs to the loss of the training, which transformers does not compute",
            "router_dtype": "the class scores experts in float32 always",
            "using_split_qkv_in_self_attention": "whether queries, keys and values are stored as one weight",
        },
        "liquid": {
            "block_mlp_init_scale": "how new weights were drawn",
            "block_out_init_scale": "how new weights were drawn",
            "block_use_xavier_init": "how new weights were drawn",
            "conv_dim": "belongs to convolutions, which no layer has",
            "conv_dim_out": "belongs to convolutions, which no layer has",
            "conv_use_xavier_init": "how new weights were drawn",
        },
        "llama": {
            "internal_version": "ALLaM's own name of the checkpoint",
            "is_llama_config": "Nanotron says here that the file is one of this class",
        },
        "mimo_v2_flash": {
            "attention_chunk_size": "no layer of the class attends by chunks",
            "sliding_window_size": "the class takes sliding_window from it when a config is built, and reads that",
        },
        "minicpm": {
            "mup_denominator": "the number of layers of another model, by which a draft model scales its branches",
        },
        "minimax_m2": {
            "attn_type_list": "1 for each layer: all have attention",
            "layernorm_full_attention_beta": "a factor of residuals in MiniMax-M1, which this model has not",
            "layernorm_linear_attention_beta": "a factor of residuals in MiniMax-M1, which this model has not",
            "layernorm_mlp_beta": "a factor of residuals in MiniMax-M1, which this model has not",
            "mlp_intermediate_size": "the width of an MLP without experts, of which there is none",
            "mtp_transformer_layers": "of layers that predict further tokens, which the class has not",
            "num_mtp_modules": "of layers that predict further tokens, which the class has not",
            "rotary_dim": "the class makes partial_rotary_factor of it when it is built",
            "shared_moe_mode": "how a shared expert is weighed, of which there is none",
            "use_mtp": "of layers that predict further tokens, which the class has not",
        },
        "nemotron_h": {
            "partial_rotary_factor": "no layer of the class has rotary embeddings",
            "rope_theta": "no layer of the class has rotary embeddings",
            "time_step_rank": "the class projects time steps through no lower rank",
        },
        "qwen": {
            "max_window_layers": "from which layer on Qwen's dense models have a window; the class has no such rule",
            "use_mrope": "asks for the three-part positions of images, which on text are one",
        },
        "qwen3_5_text": {
            "mlp_only_layers": "every layer of the class has an MLP, and none has experts",
            "output_router_logits": "belongs to experts, which the class does not have",
        },
        "qwen3_vl_text": {
            "bos_token_id": "read by generation and tokenizers only, and written for every class by older releases",
            "eos_token_id": "read by generation and tokenizers only, and written for every class by older releases",
        },
        "qwen_hybrid": {
            "full_attention_interval": "only fills in layer_types where a config is built without; layer_types decides",
            "mamba_ssm_dtype": "the dtype in which the states of generation are kept",
            "mtp_num_hidden_layers": "counts or describes the layers that predict further tokens, which transformers does not build; "
            "mtp_num_layers asks Megatron for them",
            "mtp_use_dedicated_embeddings": "counts or describes the layers that predict further tokens, which transformers does not build; "
            "mtp_num_layers asks Megatron for them",
        },
        "starcoder2": {
            "activation_function": "GPT-BigCode's name of hidden_act, which decides; StarCoder2 7B has another activation there",
            "attention_softmax_in_fp32": "the class takes the softmax in float32 always",
            "scale_attention_softmax_in_fp32": "the class takes the softmax in float32 always",
        },
        "step3p5": {
            "attention_other_setting": "only fills in num_sliding_attention_heads where a config is built without; "
            "num_sliding_attention_heads decides",
            "moe_layers_enum": "only fills in mlp_layer_types where a config is built without; mlp_layer_types decides",
        },
        "tools": {
            "_flash_attn_2_enabled": "asks for a kernel of attention, and all kernels compute the same",
            "_from_model_config": "a mark of transformers on the settings of generation",
            "_num_labels": "belongs to classification heads, which a language model does not have",
            "compression_config": "an older name of quantization_config, which is about the checkpoint's storage",
            "for_llm_compressor": "a switch of LLM Compressor, which stores weights in fewer bits",
            "max_seq_len": "how long a text tokenizers and trainers let through; the model reads max_position_embeddings",
            "max_seq_length": "how long a text tokenizers and trainers let through; the model reads max_position_embeddings",
            "max_sequence_length": "how long a text tokenizers and trainers let through; the model reads max_position_embeddings",
            "model_max_length": "how long a text tokenizers and trainers let through; the model reads max_position_embeddings",
            "output_past": "an older name of use_cache: keys and values are kept for generation only",
            "pretraining_tp": "the number of ranks of the training; the class computes as one",
            "quantization": "MLX says here how it stores the weights, as quantization_config does",
            "transformers.js_config": "settings of Transformers.js, which runs models in a browser",
            "unsloth_fixed": "Unsloth marks the files that it wrote or repaired",
            "unsloth_version": "Unsloth marks the files that it wrote or repaired",
            "use_flash_attn": "asks for a kernel of attention, and all kernels compute the same",
        },
        "unlimited_ocr_text": {
            "first_k_dense_replace": "only fills in mlp_layer_types where a config is built without; mlp_layer_types decides",
        },
    },
    lists={
        "mcore_mappers_runtime.described.deepseek.DeepseekConfig": ("tools",),
        "mcore_mappers_runtime.described.minicpm.MiniCPMConfig": ("minicpm", "tools"),
        "mcore_mappers_runtime.described.nemotron_nas.NemotronNasConfig": ("tools",),
        "transformers.models.afmoe.configuration_afmoe.AfmoeConfig": ("afmoe", "tools"),
        "transformers.models.apertus.configuration_apertus.ApertusConfig": ("tools",),
        "transformers.models.apertus1p5.configuration_apertus1p5.Apertus1p5TextConfig": ("tools",),
        "transformers.models.arcee.configuration_arcee.ArceeConfig": ("tools",),
        "transformers.models.aria.configuration_aria.AriaTextConfig": ("tools",),
        "transformers.models.axk1.configuration_axk1.AXK1Config": ("axk1", "deepseek", "tools"),
        "transformers.models.bamba.configuration_bamba.BambaConfig": ("bamba", "tools"),
        "transformers.models.biogpt.configuration_biogpt.BioGptConfig": ("tools",),
        "transformers.models.codegen.configuration_codegen.CodeGenConfig": ("tools",),
        "transformers.models.cohere.configuration_cohere.CohereConfig": ("tools",),
        "transformers.models.cohere2.configuration_cohere2.Cohere2Config": ("cohere2", "tools"),
        "transformers.models.cosmos3_edge.configuration_cosmos3_edge.Cosmos3EdgeTextConfig": ("tools",),
        "transformers.models.cwm.configuration_cwm.CwmConfig": ("tools",),
        "transformers.models.deepseek_ocr2.configuration_deepseek_ocr2.DeepseekOcr2TextConfig": ("deepseek", "tools"),
        "transformers.models.deepseek_v2.configuration_deepseek_v2.DeepseekV2Config": ("deepseek", "tools"),
        "transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config": ("deepseek", "tools"),
        "transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config": (
            "deepseek",
            "deepseek_v32",
            "tools",
        ),
        "transformers.models.dots1.configuration_dots1.Dots1Config": ("deepseek", "tools"),
        "transformers.models.emu3.configuration_emu3.Emu3TextConfig": ("tools",),
        "transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config": ("tools",),
        "transformers.models.ernie4_5_moe.configuration_ernie4_5_moe.Ernie4_5_MoeConfig": ("tools",),
        "transformers.models.exaone.configuration_exaone.ExaoneConfig": ("tools",),
        "transformers.models.exaone4.configuration_exaone4.Exaone4Config": ("tools",),
        "transformers.models.exaone_moe.configuration_exaone_moe.ExaoneMoeConfig": ("tools",),
        "transformers.models.falcon.configuration_falcon.FalconConfig": ("tools",),
        "transformers.models.flex_olmo.configuration_flex_olmo.FlexOlmoConfig": ("tools",),
        "transformers.models.flint.configuration_flint.FlintConfig": ("tools",),
        "transformers.models.gemma.configuration_gemma.GemmaConfig": ("tools",),
        "transformers.models.gemma2.configuration_gemma2.Gemma2Config": ("gemma2", "tools"),
        "transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig": ("gemma3_text", "tools"),
        "transformers.models.glm.configuration_glm.GlmConfig": ("tools",),
        "transformers.models.glm4.configuration_glm4.Glm4Config": ("tools",),
        "transformers.models.glm4_moe.configuration_glm4_moe.Glm4MoeConfig": ("deepseek", "tools"),
        "transformers.models.glm4_moe_lite.configuration_glm4_moe_lite.Glm4MoeLiteConfig": ("deepseek", "tools"),
        "transformers.models.glm4v.configuration_glm4v.Glm4vTextConfig": ("tools",),
        "transformers.models.glm4v_moe.configuration_glm4v_moe.Glm4vMoeTextConfig": ("deepseek", "tools"),
        "transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig": (
            "deepseek",
            "glm_moe_dsa",
            "tools",
        ),
        "transformers.models.glm_ocr.configuration_glm_ocr.GlmOcrTextConfig": ("tools",),
        "transformers.models.gpt2.configuration_gpt2.GPT2Config": ("tools",),
        "transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig": ("gpt_bigcode", "tools"),
        "transformers.models.gpt_neo.configuration_gpt_neo.GPTNeoConfig": ("tools",),
        "transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig": ("tools",),
        "transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig": ("gpt_oss", "tools"),
        "transformers.models.gptj.configuration_gptj.GPTJConfig": ("tools",),
        "transformers.models.granite.configuration_granite.GraniteConfig": ("tools",),
        "transformers.models.granite4_vision.configuration_granite4_vision.Granite4VisionTextConfig": ("tools",),
        "transformers.models.granite_docling.configuration_granite_docling.GraniteDoclingTextConfig": ("tools",),
        "transformers.models.granite_swa.configuration_granite_swa.GraniteSWAConfig": ("tools",),
        "transformers.models.granitemoe.configuration_granitemoe.GraniteMoeConfig": ("tools",),
        "transformers.models.granitemoe_swa.configuration_granitemoe_swa.GraniteMoeSWAConfig": ("tools",),
        "transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig": (
            "granite",
            "tools",
        ),
        "transformers.models.granitemoeshared.configuration_granitemoeshared.GraniteMoeSharedConfig": (
            "granite",
            "tools",
        ),
        "transformers.models.helium.configuration_helium.HeliumConfig": ("tools",),
        "transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense.HunYuanDenseV1Config": (
            "hunyuan",
            "tools",
        ),
        "transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe.HunYuanMoEV1Config": (
            "hunyuan",
            "hunyuan_v1_moe",
            "tools",
        ),
        "transformers.models.hy_v3.configuration_hy_v3.HYV3Config": ("tools",),
        "transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig": ("tools",),
        "transformers.models.internlm3.configuration_internlm3.InternLM3Config": ("tools",),
        "transformers.models.iquestcoder.configuration_iquestcoder.IQuestCoderConfig": ("tools",),
        "transformers.models.jais2.configuration_jais2.Jais2Config": ("tools",),
        "transformers.models.lara_mini.configuration_lara_mini.LaraMiniConfig": ("tools",),
        "transformers.models.lfm2.configuration_lfm2.Lfm2Config": ("liquid", "tools"),
        "transformers.models.lfm2_moe.configuration_lfm2_moe.Lfm2MoeConfig": ("liquid", "tools"),
        "transformers.models.lfm3.configuration_lfm3.Lfm3Config": ("tools",),
        "transformers.models.llama.configuration_llama.LlamaConfig": ("llama", "tools"),
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig": ("tools",),
        "transformers.models.mamba2.configuration_mamba2.Mamba2Config": ("tools",),
        "transformers.models.mellum.configuration_mellum.MellumConfig": ("tools",),
        "transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig": ("mimo_v2_flash", "tools"),
        "transformers.models.minicpm3.configuration_minicpm3.MiniCPM3Config": ("tools",),
        "transformers.models.minimax_m2.configuration_minimax_m2.MiniMaxM2Config": ("minimax_m2", "tools"),
        "transformers.models.minimax_m3_vl.configuration_minimax_m3_vl.MiniMaxM3VLTextConfig": ("tools",),
        "transformers.models.ministral.configuration_ministral.MinistralConfig": ("tools",),
        "transformers.models.ministral3.configuration_ministral3.Ministral3Config": ("tools",),
        "transformers.models.mistral.configuration_mistral.MistralConfig": ("tools",),
        "transformers.models.mistral4.configuration_mistral4.Mistral4Config": ("tools",),
        "transformers.models.mixtral.configuration_mixtral.MixtralConfig": ("tools",),
        "transformers.models.molmo2.configuration_molmo2.Molmo2TextConfig": ("tools",),
        "transformers.models.nemotron.configuration_nemotron.NemotronConfig": ("tools",),
        "transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig": ("nemotron_h", "tools"),
        "transformers.models.olmo.configuration_olmo.OlmoConfig": ("tools",),
        "transformers.models.olmo2.configuration_olmo2.Olmo2Config": ("tools",),
        "transformers.models.olmo3.configuration_olmo3.Olmo3Config": ("tools",),
        "transformers.models.olmoe.configuration_olmoe.OlmoeConfig": ("tools",),
        "transformers.models.opt.configuration_opt.OPTConfig": ("tools",),
        "transformers.models.paddleocr_vl.configuration_paddleocr_vl.PaddleOCRTextConfig": ("tools",),
        "transformers.models.persimmon.configuration_persimmon.PersimmonConfig": ("tools",),
        "transformers.models.phi.configuration_phi.PhiConfig": ("tools",),
        "transformers.models.phi3.configuration_phi3.Phi3Config": ("tools",),
        "transformers.models.phimoe.configuration_phimoe.PhimoeConfig": ("tools",),
        "transformers.models.qwen2.configuration_qwen2.Qwen2Config": ("qwen", "tools"),
        "transformers.models.qwen2_5_omni.configuration_qwen2_5_omni.Qwen2_5OmniTextConfig": ("qwen", "tools"),
        "transformers.models.qwen2_5_vl.configuration_qwen2_5_vl.Qwen2_5_VLTextConfig": ("qwen", "tools"),
        "transformers.models.qwen2_moe.configuration_qwen2_moe.Qwen2MoeConfig": ("qwen", "tools"),
        "transformers.models.qwen2_vl.configuration_qwen2_vl.Qwen2VLTextConfig": ("qwen", "tools"),
        "transformers.models.qwen3.configuration_qwen3.Qwen3Config": ("qwen", "tools"),
        "transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig": (
            "qwen",
            "qwen3_5_text",
            "qwen_hybrid",
            "tools",
        ),
        "transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeTextConfig": (
            "qwen",
            "qwen_hybrid",
            "tools",
        ),
        "transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig": ("qwen", "tools"),
        "transformers.models.qwen3_next.configuration_qwen3_next.Qwen3NextConfig": ("qwen", "qwen_hybrid", "tools"),
        "transformers.models.qwen3_omni_moe.configuration_qwen3_omni_moe.Qwen3OmniMoeTextConfig": ("qwen", "tools"),
        "transformers.models.qwen3_vl.configuration_qwen3_vl.Qwen3VLTextConfig": ("qwen", "qwen3_vl_text", "tools"),
        "transformers.models.qwen3_vl_moe.configuration_qwen3_vl_moe.Qwen3VLMoeTextConfig": ("qwen", "tools"),
        "transformers.models.sarvam_mla.configuration_sarvam_mla.SarvamMLAConfig": ("tools",),
        "transformers.models.sarvam_moe.configuration_sarvam_moe.SarvamMoEConfig": ("ling", "ling_2", "tools"),
        "transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig": ("tools",),
        "transformers.models.smollm3.configuration_smollm3.SmolLM3Config": ("qwen", "tools"),
        "transformers.models.solar_open.configuration_solar_open.SolarOpenConfig": ("deepseek", "tools"),
        "transformers.models.stablelm.configuration_stablelm.StableLmConfig": ("tools",),
        "transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config": ("starcoder2", "tools"),
        "transformers.models.step3p7.configuration_step3p7.Step3p7TextConfig": ("step3p5", "tools"),
        "transformers.models.unlimited_ocr.configuration_unlimited_ocr.UnlimitedOcrTextConfig": (
            "deepseek",
            "tools",
            "unlimited_ocr_text",
        ),
        "transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig": ("tools",),
        "transformers.models.youtu.configuration_youtu.YoutuConfig": ("deepseek", "tools"),
    },
    restated={
        "transformers.models.falcon.configuration_falcon.FalconConfig": {
            "n_head": "num_attention_heads",
            "n_layer": "num_hidden_layers",
        },
        "transformers.models.gemma.configuration_gemma.GemmaConfig": {
            "hidden_activation": "hidden_act",
        },
        "transformers.models.gemma2.configuration_gemma2.Gemma2Config": {
            "sliding_window_size": "sliding_window",
        },
        "transformers.models.gpt2.configuration_gpt2.GPT2Config": {
            "n_ctx": "n_positions",
        },
        "transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig": {
            "experts_per_token": "num_experts_per_tok",
        },
        "transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense.HunYuanDenseV1Config": {
            "attention_head_dim": "head_dim",
        },
        "transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe.HunYuanMoEV1Config": {
            "attention_head_dim": "head_dim",
        },
        "transformers.models.lfm2.configuration_lfm2.Lfm2Config": {
            "block_dim": "hidden_size",
            "block_norm_eps": "norm_eps",
            "num_heads": "num_attention_heads",
        },
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig": {
            "nope_layer_interval": "no_rope_layer_interval",
        },
        "transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig": {
            "layernorm_epsilon": "rms_norm_eps",
            "swa_head_dim": "head_dim",
            "swa_num_attention_heads": "num_attention_heads",
            "swa_v_head_dim": "v_head_dim",
        },
        "transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig": {
            "attention_head_dim": "head_dim",
            "norm_eps": "layer_norm_epsilon",
            "rms_norm_eps": "layer_norm_epsilon",
        },
        "transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config": {
            "layer_norm_epsilon": "norm_epsilon",
            "rms_norm_eps": "norm_epsilon",
        },
    },
    remote={
        "baichuan": (
            Remote(
                native="llama",
                architectures={"BaiChuanForCausalLM": "LlamaForCausalLM"},
                renamed={},
                dropped=frozenset(),
                defaults={"vocab_size": 64000, "max_position_embeddings": 4096},
                constants=(
                    (
                        "rope_interleaved",
                        False,
                        "the class rotates the halves of each head, and no pairs of neighbours",
                    ),
                ),
                named="Baichuan 2, which normalises the rows of its output layer, and the 13B models, which have ALiBi, are "
                "of this type too",
            ),
        ),
        "bailing_moe": (
            Remote(
                native="aria_text",
                architectures={"BailingMoeForCausalLM": "AriaTextForCausalLM"},
                renamed={
                    "num_experts": "moe_num_experts",
                    "num_experts_per_tok": "moe_topk",
                    "num_shared_experts": "moe_num_shared_experts",
                    "moe_intermediate_size": "intermediate_size",
                },
                dropped=frozenset(
                    {
                        "embedding_dropout",
                        "first_k_dense_replace",
                        "intermediate_size",
                        "max_window_layers",
                        "norm_head",
                        "norm_softmax",
                        "norm_topk_prob",
                        "output_dropout",
                        "output_router_logits",
                        "score_function",
                        "use_bias",
                        "use_qk_norm",
                        "use_qkv_bias",
                        "use_sliding_window",
                    }
                ),
                defaults={
                    "use_bias": True,
                    "attention_dropout": 0.1,
                    "rms_norm_eps": 1e-05,
                    "max_position_embeddings": 16384,
                    "num_shared_experts": 0,
                    "num_experts_per_tok": 2,
                    "num_experts": 16,
                },
                constants=(
                    ("score_function", "softmax", "the class scores experts with a softmax"),
                    ("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
                    ("first_k_dense_replace", 0, "the class has experts in every layer"),
                    ("use_qkv_bias", False, "a bias of the class is on the output projection too"),
                    ("use_qk_norm", False, "the class does not normalise queries and keys"),
                    ("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
                    ("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                    ("norm_softmax", False, "no class normalises what goes into the last softmax"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                ),
            ),
            Remote(
                native="glm4_moe",
                architectures={
                    "BailingMoeForCausalLM": "Glm4MoeForCausalLM",
                    "BailingMoeV2ForCausalLM": "Glm4MoeForCausalLM",
                },
                renamed={
                    "num_experts": "n_routed_experts",
                    "num_shared_experts": "n_shared_experts",
                    "use_qkv_bias": "attention_bias",
                    "moe_shared_expert_intermediate_size": "moe_intermediate_size",
                },
                dropped=frozenset(
                    {
                        "embedding_dropout",
                        "max_window_layers",
                        "moe_router_enable_expert_bias",
                        "mtp_loss_scaling_factor",
                        "norm_head",
                        "norm_softmax",
                        "output_dropout",
                        "rotary_dim",
                        "router_dtype",
                        "score_function",
                        "use_bias",
                        "use_rmsnorm",
                        "use_sliding_window",
                        "using_split_qkv_in_self_attention",
                    }
                ),
                defaults={
                    "use_bias": True,
                    "attention_dropout": 0.1,
                    "rms_norm_eps": 1e-05,
                    "max_position_embeddings": 16384,
                    "num_shared_experts": 0,
                    "num_experts_per_tok": 2,
                    "num_experts": 16,
                    "use_qk_norm": False,
                    "first_k_dense_replace": 0,
                    "partial_rotary_factor": 1.0,
                    "n_group": 8,
                    "topk_group": 4,
                    "routed_scaling_factor": 2.5,
                    "score_function": "softmax",
                },
                constants=(
                    ("moe_router_enable_expert_bias", True, "the class chooses experts with a bias"),
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
                    ("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                    ("norm_softmax", False, "no class normalises what goes into the last softmax"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                ),
            ),
        ),
        "bailing_moe_v2": (
            Remote(
                native="glm4_moe",
                architectures={"BailingMoeV2ForCausalLM": "Glm4MoeForCausalLM"},
                renamed={
                    "num_experts": "n_routed_experts",
                    "num_shared_experts": "n_shared_experts",
                    "use_qkv_bias": "attention_bias",
                    "moe_shared_expert_intermediate_size": "moe_intermediate_size",
                },
                dropped=frozenset(
                    {
                        "embedding_dropout",
                        "max_window_layers",
                        "moe_router_enable_expert_bias",
                        "mtp_loss_scaling_factor",
                        "norm_head",
                        "norm_softmax",
                        "output_dropout",
                        "rotary_dim",
                        "router_dtype",
                        "score_function",
                        "use_bias",
                        "use_rmsnorm",
                        "use_sliding_window",
                        "using_split_qkv_in_self_attention",
                    }
                ),
                defaults={
                    "use_bias": True,
                    "attention_dropout": 0.1,
                    "rms_norm_eps": 1e-05,
                    "max_position_embeddings": 16384,
                    "num_shared_experts": 0,
                    "num_experts_per_tok": 2,
                    "num_experts": 16,
                    "use_qk_norm": False,
                    "first_k_dense_replace": 0,
                    "partial_rotary_factor": 1.0,
                    "n_group": 8,
                    "topk_group": 4,
                    "routed_scaling_factor": 2.5,
                },
                constants=(
                    ("moe_router_enable_expert_bias", True, "the class chooses experts with a bias"),
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
                    ("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                    ("norm_softmax", False, "no class normalises what goes into the last softmax"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                ),
            ),
        ),
        "chatglm": (
            Remote(
                native="glm",
                architectures={"ChatGLMModel": "GlmForCausalLM", "ChatGLMForConditionalGeneration": "GlmForCausalLM"},
                renamed={
                    "num_layers": "num_hidden_layers",
                    "padded_vocab_size": "vocab_size",
                    "ffn_hidden_size": "intermediate_size",
                    "kv_channels": "head_dim",
                    "multi_query_group_num": "num_key_value_heads",
                    "seq_length": "max_position_embeddings",
                    "layernorm_epsilon": "rms_norm_eps",
                    "add_qkv_bias": "attention_bias",
                },
                dropped=frozenset(
                    {
                        "add_bias_linear",
                        "apply_query_key_layer_scaling",
                        "apply_residual_connection_post_layernorm",
                        "attention_softmax_in_fp32",
                        "attn_implementation",
                        "bias_dropout_fusion",
                        "fp32_residual_connection",
                        "hidden_dropout",
                        "multi_query_attention",
                        "original_rope",
                        "position_encoding_2d",
                        "post_layer_norm",
                        "pre_seq_len",
                        "prefix_projection",
                        "quantization_bit",
                        "rmsnorm",
                        "tie_word_embeddings",
                    }
                ),
                defaults={
                    "num_layers": 28,
                    "padded_vocab_size": 65024,
                    "multi_query_attention": False,
                    "multi_query_group_num": 1,
                    "seq_length": 2048,
                    "layernorm_epsilon": 1e-05,
                    "add_qkv_bias": False,
                    "rope_ratio": 1,
                    "pad_token_id": None,
                },
                constants=(
                    ("multi_query_attention", True, "keys without groups are those of the first ChatGLM"),
                    ("position_encoding_2d", False, "the first ChatGLM has two positions for each token"),
                    ("apply_residual_connection_post_layernorm", False, "the class adds to what its norms get"),
                    ("post_layer_norm", True, "the class has a norm after its last layer"),
                    ("rmsnorm", True, "the class has RMSNorm alone"),
                    ("add_bias_linear", False, "query, key and value of the class alone have biases"),
                    ("original_rope", True, "the class has one rope"),
                    ("hidden_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("pre_seq_len", None, "the class has no prefixes of P-tuning"),
                    ("tie_word_embeddings", False, "the code never ties its output layer to the embeddings"),
                ),
                products={"rope_theta": ("rope_ratio", 10000.0)},
            ),
        ),
        "exaone": (
            Remote(
                native="llama",
                architectures={"ExaoneForCausalLM": "LlamaForCausalLM"},
                renamed={
                    "activation_function": "hidden_act",
                    "layer_norm_epsilon": "rms_norm_eps",
                    "num_layers": "num_hidden_layers",
                },
                dropped=frozenset({"embed_dropout", "pretraining_tp"}),
                defaults={
                    "vocab_size": 102400,
                    "intermediate_size": 14336,
                    "num_key_value_heads": 8,
                    "max_position_embeddings": 4096,
                    "rms_norm_eps": 1e-05,
                    "pad_token_id": 0,
                    "eos_token_id": 361,
                    "rope_theta": 500000.0,
                },
                constants=(
                    ("embed_dropout", 0.0, "the class has no dropout on embeddings"),
                    (
                        "rope_interleaved",
                        False,
                        "the class rotates the halves of each head, and no pairs of neighbours",
                    ),
                ),
                native_since="5.24.0",
            ),
        ),
        "internlm2": (
            Remote(
                native="llama",
                architectures={"InternLM2ForCausalLM": "LlamaForCausalLM"},
                renamed={"bias": "attention_bias"},
                dropped=frozenset(),
                defaults={},
                constants=(
                    (
                        "rope_interleaved",
                        False,
                        "the class rotates the halves of each head, and no pairs of neighbours",
                    ),
                ),
            ),
        ),
        "kimi_k2": (
            Remote(
                native="deepseek_v3",
                architectures={"DeepseekV3ForCausalLM": "DeepseekV3ForCausalLM"},
                renamed={},
                dropped=frozenset(),
                defaults={},
                constants=(
                    ("moe_layer_freq", 1, "every layer after the dense ones has experts"),
                    ("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
                    ("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
                ),
            ),
        ),
        "mimo": (
            Remote(
                native="qwen2",
                architectures={"MiMoForCausalLM": "Qwen2ForCausalLM"},
                renamed={},
                dropped=frozenset(),
                defaults={},
                constants=(),
            ),
        ),
        "minicpmv": (
            Remote(
                native="qwen2",
                architectures={"MiniCPMV": "Qwen2ForCausalLM"},
                renamed={},
                dropped=frozenset(
                    {
                        "batch_vision_input",
                        "drop_vision_last_layer",
                        "image_size",
                        "patch_size",
                        "query_num",
                        "slice_config",
                        "slice_mode",
                        "use_image_id",
                        "version",
                        "vision_batch_size",
                        "vision_config",
                    }
                ),
                defaults={"version": None},
                constants=(("version", 2.6, "which version has which language model is known of 2.6 and 4"),),
            ),
            Remote(
                native="llama",
                architectures={"MiniCPMV": "LlamaForCausalLM"},
                renamed={},
                dropped=frozenset(
                    {
                        "batch_vision_input",
                        "drop_vision_last_layer",
                        "image_size",
                        "patch_size",
                        "query_num",
                        "slice_config",
                        "slice_mode",
                        "use_image_id",
                        "version",
                        "vision_batch_size",
                        "vision_config",
                    }
                ),
                defaults={"version": None},
                constants=(
                    ("version", 4.0, "which version has which language model is known of 2.6 and 4"),
                    (
                        "rope_interleaved",
                        False,
                        "the class rotates the halves of each head, and no pairs of neighbours",
                    ),
                ),
            ),
        ),
        "qwen": (
            Remote(
                native="qwen2",
                architectures={"QWenLMHeadModel": "Qwen2ForCausalLM"},
                renamed={
                    "seq_length": "max_position_embeddings",
                    "layer_norm_epsilon": "rms_norm_eps",
                    "attn_dropout_prob": "attention_dropout",
                    "rotary_emb_base": "rope_theta",
                    "kv_channels": "head_dim",
                },
                dropped=frozenset(
                    {
                        "bf16",
                        "emb_dropout_prob",
                        "fp16",
                        "fp32",
                        "max_position_embeddings",
                        "no_bias",
                        "onnx_safe",
                        "rotary_pct",
                        "scale_attn_weights",
                        "softmax_in_fp32",
                        "use_cache_kernel",
                        "use_cache_quantization",
                        "use_dynamic_ntk",
                        "use_flash_attn",
                        "use_logn_attn",
                    }
                ),
                defaults={
                    "use_dynamic_ntk": True,
                    "use_logn_attn": True,
                    "rotary_emb_base": 10000,
                    "num_key_value_heads": None,
                    "kv_channels": 128,
                    "tie_word_embeddings": False,
                },
                constants=(
                    (
                        "use_dynamic_ntk",
                        True,
                        "beyond the length of the training the base of the rope grows, and queries grow with their position",
                    ),
                    (
                        "use_logn_attn",
                        True,
                        "beyond the length of the training the base of the rope grows, and queries grow with their position",
                    ),
                    ("rotary_pct", 1.0, "the class rotates the whole head"),
                    ("scale_attn_weights", True, "the class scales scores by the width of a head"),
                    ("no_bias", True, "query, key and value of the class alone have biases"),
                    ("emb_dropout_prob", 0.0, "the class has no dropout on embeddings"),
                ),
                products={"intermediate_size": ("intermediate_size", 0.5)},
                scaling={"rope_type": "dynamic", "factor": 1.0},
            ),
            Remote(
                native="qwen2",
                architectures={"QWenLMHeadModel": "Qwen2ForCausalLM"},
                renamed={
                    "seq_length": "max_position_embeddings",
                    "layer_norm_epsilon": "rms_norm_eps",
                    "attn_dropout_prob": "attention_dropout",
                    "rotary_emb_base": "rope_theta",
                    "kv_channels": "head_dim",
                },
                dropped=frozenset(
                    {
                        "bf16",
                        "emb_dropout_prob",
                        "fp16",
                        "fp32",
                        "max_position_embeddings",
                        "no_bias",
                        "onnx_safe",
                        "rotary_pct",
                        "scale_attn_weights",
                        "softmax_in_fp32",
                        "use_cache_kernel",
                        "use_cache_quantization",
                        "use_dynamic_ntk",
                        "use_flash_attn",
                        "use_logn_attn",
                    }
                ),
                defaults={
                    "use_dynamic_ntk": True,
                    "use_logn_attn": True,
                    "rotary_emb_base": 10000,
                    "num_key_value_heads": None,
                    "kv_channels": 128,
                    "tie_word_embeddings": False,
                },
                constants=(
                    (
                        "use_dynamic_ntk",
                        False,
                        "beyond the length of the training the base of the rope grows, and queries grow with their position",
                    ),
                    (
                        "use_logn_attn",
                        False,
                        "beyond the length of the training the base of the rope grows, and queries grow with their position",
                    ),
                    ("rotary_pct", 1.0, "the class rotates the whole head"),
                    ("scale_attn_weights", True, "the class scales scores by the width of a head"),
                    ("no_bias", True, "query, key and value of the class alone have biases"),
                    ("emb_dropout_prob", 0.0, "the class has no dropout on embeddings"),
                ),
                products={"intermediate_size": ("intermediate_size", 0.5)},
            ),
        ),
        "sarvam_mla": (
            Remote(
                native="deepseek_v3",
                architectures={"SarvamMLAForCausalLM": "DeepseekV3ForCausalLM"},
                renamed={
                    "num_experts": "n_routed_experts",
                    "num_local_experts": "n_routed_experts",
                    "num_mtp_layers": "num_nextn_predict_layers",
                    "num_shared_experts": "n_shared_experts",
                },
                dropped=frozenset(
                    {
                        "embedding_dropout",
                        "head_dim",
                        "moe_router_enable_expert_bias",
                        "output_dropout",
                        "q_head_dim",
                        "use_qk_norm",
                    }
                ),
                defaults={
                    "vocab_size": 262144,
                    "hidden_size": 4096,
                    "intermediate_size": 16384,
                    "num_hidden_layers": 32,
                    "num_attention_heads": 64,
                    "num_key_value_heads": None,
                    "n_routed_experts": 128,
                    "q_lora_rank": None,
                    "n_group": 1,
                    "topk_group": 1,
                    "first_k_dense_replace": 1,
                    "initializer_range": 0.006,
                    "num_mtp_layers": 0,
                },
                constants=(
                    ("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
                    ("moe_router_enable_expert_bias", True, "the class chooses experts with a bias"),
                    ("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("use_qk_norm", True, "the class normalises the latents always"),
                    ("moe_layer_freq", 1, "every layer after the dense ones has experts"),
                    ("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
                    ("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
                ),
                rope_types={"deepseek_yarn": "yarn"},
                native_since="5.24.0",
            ),
        ),
        "sarvam_moe": (
            Remote(
                native="glm4_moe",
                architectures={"SarvamMoEForCausalLM": "Glm4MoeForCausalLM"},
                renamed={
                    "num_experts": "n_routed_experts",
                    "num_local_experts": "n_routed_experts",
                    "num_mtp_layers": "num_nextn_predict_layers",
                    "num_shared_experts": "n_shared_experts",
                    "use_qkv_bias": "attention_bias",
                },
                dropped=frozenset(
                    {
                        "embedding_dropout",
                        "max_window_layers",
                        "moe_router_enable_expert_bias",
                        "mtp_loss_scaling_factor",
                        "norm_head",
                        "norm_softmax",
                        "output_dropout",
                        "router_dtype",
                        "score_function",
                        "use_bias",
                        "use_rmsnorm",
                        "use_sliding_window",
                        "using_split_qkv_in_self_attention",
                    }
                ),
                defaults={
                    "vocab_size": 262144,
                    "intermediate_size": 8192,
                    "num_hidden_layers": 19,
                    "num_attention_heads": 64,
                    "num_key_value_heads": 4,
                    "initializer_range": 0.006,
                    "rms_norm_eps": 1e-06,
                    "moe_intermediate_size": 1024,
                    "num_experts_per_tok": 6,
                    "routed_scaling_factor": 2.5,
                    "use_qk_norm": True,
                    "eos_token_id": 1,
                    "pad_token_id": 0,
                    "num_mtp_layers": 0,
                    "head_dim": 64,
                    "rope_theta": 8000000.0,
                    "partial_rotary_factor": 1.0,
                },
                constants=(
                    ("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
                    ("moe_router_enable_expert_bias", True, "the class chooses experts with a bias"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                    ("norm_softmax", False, "no class normalises what goes into the last softmax"),
                    ("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                ),
                native_since="5.24.0",
            ),
        ),
        "xverse": (
            Remote(
                native="llama",
                architectures={"XverseForCausalLM": "LlamaForCausalLM"},
                renamed={},
                dropped=frozenset({"max_tokenizer_truncation", "num_experts"}),
                defaults={},
                constants=(
                    ("num_experts", None, "XVERSE-MoE has the same type, and experts, which Llama does not have"),
                    (
                        "rope_interleaved",
                        False,
                        "the class rotates the halves of each head, and no pairs of neighbours",
                    ),
                ),
            ),
        ),
    },
    refused={
        "hunyuan": "layers share keys and values in pairs, and queries and keys are normalised after rope",
        "phi3small": "attention is sparse by blocks in most layers",
    },
    older_ropes={
        "transformers.models.bamba.configuration_bamba.BambaConfig": OlderRope(
            names={}, factor_inside=True, sliding="", keys={}
        ),
        "transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig": OlderRope(
            names={}, factor_inside=False, sliding="rope_local_base_freq", keys={}
        ),
        "transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig": OlderRope(
            names={"rope_theta": "rotary_emb_base", "partial_rotary_factor": "rotary_pct"},
            factor_inside=False,
            sliding="",
            keys={},
        ),
        "transformers.models.olmo.configuration_olmo.OlmoConfig": OlderRope(
            names={},
            factor_inside=False,
            sliding="",
            keys={"linear": ("type", "factor"), "dynamic": ("type", "factor")},
        ),
        "transformers.models.olmo2.configuration_olmo2.Olmo2Config": OlderRope(
            names={},
            factor_inside=False,
            sliding="",
            keys={"linear": ("type", "factor"), "dynamic": ("type", "factor")},
        ),
        "transformers.models.olmo3.configuration_olmo3.Olmo3Config": OlderRope(
            names={}, factor_inside=False, sliding="rope_theta", keys={}
        ),
        "transformers.models.phi3.configuration_phi3.Phi3Config": OlderRope(
            names={}, factor_inside=False, sliding="", keys={"longrope": ("type", "short_factor", "long_factor")}
        ),
    },
    older_types={
        "transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig": {
            "linear_attention": "mamba",
            "full_attention": "attention",
        },
    },
    older_fixed={
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig": {"attention_bias": False},
    },
)
