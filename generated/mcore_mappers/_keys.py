"""Keys of a `config.json` that are read beside the fields of its class, and types of remote code."""

from __future__ import annotations

from mcore_mappers_runtime.records import OlderRope, Remote
from mcore_mappers_runtime.registry import Keys

KEYS = Keys(
    read={
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
                "is_causal",
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
        "transformers.models.dots1.configuration_dots1.Dots1Config": frozenset(
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
                "gradient_checkpointing",
                "is_causal",
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
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
                "is_causal",
                "layer_types",
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
        "transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
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
        "transformers.models.gpt2.configuration_gpt2.GPT2Config": frozenset(
            {"gradient_checkpointing", "is_causal", "tie_last_hidden_states"}
        ),
        "transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig": frozenset(
            {"gradient_checkpointing", "is_causal", "num_key_value_heads", "tie_last_hidden_states"}
        ),
        "transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig": frozenset(
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
        "transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
            }
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
        "transformers.models.lfm2.configuration_lfm2.Lfm2Config": frozenset(
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
        "transformers.models.lfm2_moe.configuration_lfm2_moe.Lfm2MoeConfig": frozenset(
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
                "rope_theta",
                "tie_last_hidden_states",
            }
        ),
        "transformers.models.llama4.configuration_llama4.Llama4TextConfig": frozenset(
            {
                "gradient_checkpointing",
                "is_causal",
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
                "gradient_checkpointing",
                "is_causal",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
                "tie_last_hidden_states",
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
            {"gradient_checkpointing", "is_causal", "tie_last_hidden_states"}
        ),
        "transformers.models.opt.configuration_opt.OPTConfig": frozenset(
            {"gradient_checkpointing", "initializer_range", "is_causal", "tie_last_hidden_states"}
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
                "layer_types",
                "original_max_position_embeddings",
                "partial_rotary_factor",
                "rope_theta",
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
    remote={
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
                        "first_k_dense_replace",
                        "intermediate_size",
                        "norm_head",
                        "norm_topk_prob",
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
                    ("use_sliding_window", False, "the attention of the class has no window"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
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
                },
                dropped=frozenset({"norm_head", "score_function", "use_bias", "use_rmsnorm", "use_sliding_window"}),
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
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
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
                },
                dropped=frozenset({"norm_head", "score_function", "use_bias", "use_rmsnorm", "use_sliding_window"}),
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
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                ),
            ),
        ),
        "exaone": (
            Remote(
                native="llama",
                architectures={"ExaoneForCausalLM": "LlamaForCausalLM"},
                renamed={
                    "num_layers": "num_hidden_layers",
                    "activation_function": "hidden_act",
                    "layer_norm_epsilon": "rms_norm_eps",
                },
                dropped=frozenset({"embed_dropout"}),
                defaults={},
                constants=(("embed_dropout", 0.0, "the class has no dropout on embeddings"),),
            ),
        ),
        "internlm2": (
            Remote(
                native="llama",
                architectures={"InternLM2ForCausalLM": "LlamaForCausalLM"},
                renamed={"bias": "attention_bias"},
                dropped=frozenset(),
                defaults={},
                constants=(),
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
        "sarvam_moe": (
            Remote(
                native="glm4_moe",
                architectures={"SarvamMoEForCausalLM": "Glm4MoeForCausalLM"},
                renamed={
                    "num_experts": "n_routed_experts",
                    "num_shared_experts": "n_shared_experts",
                    "use_qkv_bias": "attention_bias",
                },
                dropped=frozenset({"norm_head", "score_function", "use_bias", "use_rmsnorm", "use_sliding_window"}),
                defaults={
                    "use_qk_norm": True,
                    "partial_rotary_factor": 1.0,
                    "rms_norm_eps": 1e-06,
                    "num_experts_per_tok": 6,
                    "max_position_embeddings": 4096,
                    "routed_scaling_factor": 2.5,
                    "head_dim": 256,
                },
                constants=(
                    ("score_function", "sigmoid", "the class scores experts with a sigmoid"),
                    ("use_rmsnorm", True, "the class has RMSNorm alone"),
                    ("use_sliding_window", False, "the attention of the class has no window"),
                    ("use_bias", False, "no class has the biases that this code has in all linear layers"),
                    ("norm_head", False, "no class normalises the rows of its output layer"),
                ),
            ),
        ),
        "xverse": (
            Remote(
                native="llama",
                architectures={"XverseForCausalLM": "LlamaForCausalLM"},
                renamed={},
                dropped=frozenset({"num_experts"}),
                defaults={},
                constants=(
                    ("num_experts", None, "XVERSE-MoE has the same type, and experts, which Llama does not have"),
                ),
            ),
        ),
    },
    refused={
        "baichuan": "the type of Baichuan 2, whose output layer is normalised by row, and of 13B models with ALiBi; no "
        "key tells them from Baichuan 7B",
        "chatglm": "the base of its rope is a constant times `rope_ratio`, and its norms may stand after the residual, "
        "which no native class has; GLM-4 checkpoints in native form are read as glm",
        "deepseek": "experts weighed by softmax scores that are not normalised, beside ungated shared ones and after "
        "dense layers; of native classes DeepSeek-V2's alone has that, with latent attention",
        "hunyuan": "layers share keys and values in pairs, and queries and keys are normalised after rope",
        "minicpm": "residual branches are scaled by the number of layers",
        "nemotron-nas": "attention and MLP differ from layer to layer, or are left out, which no native class has",
        "phi3small": "attention is sparse by blocks in most layers",
        "qwen": "scales queries by the logarithm of their position beyond the training length",
        "sarvam_mla": "latent attention whose queries are not compressed, which Megatron cannot build",
    },
    older_ropes={
        "transformers.models.bamba.configuration_bamba.BambaConfig": OlderRope(names={}, factor_inside=True),
        "transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig": OlderRope(
            names={"rope_theta": "rotary_emb_base", "partial_rotary_factor": "rotary_pct"}, factor_inside=False
        ),
    },
    older_types={
        "transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig": {
            "linear_attention": "mamba",
            "full_attention": "attention",
        },
    },
)
