"""Every class of causal language models that no Megatron config can be, and why."""

from __future__ import annotations

from collections.abc import Mapping

from mcore_mappers_runtime.records import Unmapped

REFUSED: Mapping[str, Unmapped] = {
    "afmoe": Unmapped(
        name="afmoe",
        config_class="transformers.models.afmoe.configuration_afmoe.AfmoeConfig",
        computation="transformers.models.afmoe.modeling_afmoe.AfmoeDecoderLayer.post_mlp_layernorm",
        reason="norms after attention and experts, before the residual",
    ),
    "axk2": Unmapped(
        name="axk2",
        config_class="transformers.models.axk2.configuration_axk2.AXK2Config",
        computation="transformers.models.axk2.modeling_axk2.AXK2GatedRMSNorm",
        reason="norms that a small gated MLP scales",
    ),
    "bailing_hybrid": Unmapped(
        name="bailing_hybrid",
        config_class="transformers.models.bailing_hybrid.configuration_bailing_hybrid.BailingHybridConfig",
        computation="transformers.models.bailing_hybrid.modeling_bailing_hybrid.BailingHybridDeltaAttention",
        reason="Kimi Delta Attention, whose decay differs by channel",
    ),
    "bart": Unmapped(
        name="bart",
        config_class="transformers.models.bart.configuration_bart.BartConfig",
        computation="transformers.models.bart.modeling_bart.BartForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "beam": Unmapped(
        name="beam",
        config_class="transformers.models.beam.configuration_beam.BeamConfig",
        computation="transformers.models.beam.modeling_beam.depth_scaled_residual_add",
        reason="residuals weighted by the depth of the layer",
    ),
    "bert": Unmapped(
        name="bert",
        config_class="transformers.models.bert.configuration_bert.BertConfig",
        computation="transformers.models.bert.modeling_bert.BertLMHeadModel",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "bert_generation": Unmapped(
        name="bert_generation",
        config_class="transformers.models.bert_generation.configuration_bert_generation.BertGenerationConfig",
        computation="transformers.models.bert_generation.modeling_bert_generation.BertGenerationDecoder",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "big_bird": Unmapped(
        name="big_bird",
        config_class="transformers.models.big_bird.configuration_big_bird.BigBirdConfig",
        computation="transformers.models.big_bird.modeling_big_bird.BigBirdForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "bigbird_pegasus": Unmapped(
        name="bigbird_pegasus",
        config_class="transformers.models.bigbird_pegasus.configuration_bigbird_pegasus.BigBirdPegasusConfig",
        computation="transformers.models.bigbird_pegasus.modeling_bigbird_pegasus.BigBirdPegasusForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "bitnet": Unmapped(
        name="bitnet",
        config_class="transformers.models.bitnet.configuration_bitnet.BitNetConfig",
        computation="transformers.models.bitnet.modeling_bitnet.BitNetAttention.attn_sub_norm",
        reason="a norm between attention and its output projection",
    ),
    "blenderbot": Unmapped(
        name="blenderbot",
        config_class="transformers.models.blenderbot.configuration_blenderbot.BlenderbotConfig",
        computation="transformers.models.blenderbot.modeling_blenderbot.BlenderbotForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "blenderbot_small": Unmapped(
        name="blenderbot_small",
        config_class="transformers.models.blenderbot_small.configuration_blenderbot_small.BlenderbotSmallConfig",
        computation="transformers.models.blenderbot_small.modeling_blenderbot_small.BlenderbotSmallForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "bloom": Unmapped(
        name="bloom",
        config_class="transformers.models.bloom.configuration_bloom.BloomConfig",
        computation="transformers.models.bloom.modeling_bloom.build_alibi_tensor",
        reason="ALiBi: scores get a bias by distance",
    ),
    "blt": Unmapped(
        name="blt",
        config_class="transformers.models.blt.configuration_blt.BltConfig",
        computation="transformers.models.blt.modeling_blt.BltPatcher",
        reason="bytes, cut into patches by an entropy model",
    ),
    "camembert": Unmapped(
        name="camembert",
        config_class="transformers.models.camembert.configuration_camembert.CamembertConfig",
        computation="transformers.models.camembert.modeling_camembert.CamembertForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "codegen": Unmapped(
        name="codegen",
        config_class="transformers.models.codegen.configuration_codegen.CodeGenConfig",
        computation="transformers.models.codegen.modeling_codegen.CodeGenBlock",
        reason="attention and MLP in parallel",
    ),
    "cohere": Unmapped(
        name="cohere",
        config_class="transformers.models.cohere.configuration_cohere.CohereConfig",
        computation="transformers.models.cohere.modeling_cohere.CohereDecoderLayer",
        reason="attention and MLP in parallel",
    ),
    "cohere2": Unmapped(
        name="cohere2",
        config_class="transformers.models.cohere2.configuration_cohere2.Cohere2Config",
        computation="transformers.models.cohere2.modeling_cohere2.Cohere2DecoderLayer",
        reason="attention and MLP in parallel",
    ),
    "cohere2_moe": Unmapped(
        name="cohere2_moe",
        config_class="transformers.models.cohere2_moe.configuration_cohere2_moe.Cohere2MoeConfig",
        computation="transformers.models.cohere2_moe.modeling_cohere2_moe.Cohere2MoeDecoderLayer",
        reason="attention and experts in parallel",
    ),
    "cohere_compass_text": Unmapped(
        name="cohere_compass_text",
        config_class="transformers.models.cohere_compass.configuration_cohere_compass.CohereCompassTextConfig",
        computation="transformers.models.cohere_compass.modeling_cohere_compass.CohereCompassDecoderLayer",
        reason="attention and MLP in parallel",
    ),
    "cpmant": Unmapped(
        name="cpmant",
        config_class="transformers.models.cpmant.configuration_cpmant.CpmAntConfig",
        computation="transformers.models.cpmant.modeling_cpmant.CpmAntSegmentPositionEmbedding",
        reason="scores get a learned bias by relative position and segment",
    ),
    "ctrl": Unmapped(
        name="ctrl",
        config_class="transformers.models.ctrl.configuration_ctrl.CTRLConfig",
        computation="transformers.models.ctrl.modeling_ctrl.positional_encoding",
        reason="fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    "data2vec_text": Unmapped(
        name="data2vec_text",
        config_class="transformers.models.data2vec.configuration_data2vec_text.Data2VecTextConfig",
        computation="transformers.models.data2vec.modeling_data2vec_text.Data2VecTextForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "dbrx": Unmapped(
        name="dbrx",
        config_class="transformers.models.dbrx.configuration_dbrx.DbrxConfig",
        computation="transformers.models.dbrx.modeling_dbrx.DbrxNormAttentionNorm",
        reason="LayerNorm without bias",
    ),
    "deepseek_v4": Unmapped(
        name="deepseek_v4",
        config_class="transformers.models.deepseek_v4.configuration_deepseek_v4.DeepseekV4Config",
        computation="transformers.models.deepseek_v4.modeling_deepseek_v4.DeepseekV4HyperConnection",
        reason="hyper-connections: several residual streams, mixed around every layer",
        fields=(
            ("layer_types", ("sliding_attention",), "Megatron does not compress keys and values"),
            ("mlp_layer_types", ("moe",), "Megatron does not choose experts by the token"),
            ("mlp_bias", (False,), "it biases shared experts and no other; Megatron biases all linear layers"),
        ),
    ),
    "diffllama": Unmapped(
        name="diffllama",
        config_class="transformers.models.diffllama.configuration_diffllama.DiffLlamaConfig",
        computation="transformers.models.diffllama.modeling_diffllama.DiffLlamaAttention.lambda_q1",
        reason="the difference of two attention maps",
    ),
    "doge": Unmapped(
        name="doge",
        config_class="transformers.models.doge.configuration_doge.DogeConfig",
        computation="transformers.models.doge.modeling_doge.DogeAttention.prepare_dynamic_mask",
        reason="a mask computed from the values",
    ),
    "dots3_note": Unmapped(
        name="dots3_note",
        config_class="transformers.models.dots3_note.configuration_dots3_note.Dots3NoteConfig",
        computation="transformers.models.dots3_note.configuration_dots3_note.Dots3NoteConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "dots3_note_text": Unmapped(
        name="dots3_note_text",
        config_class="transformers.models.dots3_note.configuration_dots3_note.Dots3NoteTextConfig",
        computation="transformers.models.dots3_note.modeling_dots3_note.Dots3NoteTextAttention",
        reason="latent attention whose shapes differ by layer, with a norm on the rotated part of keys",
    ),
    "electra": Unmapped(
        name="electra",
        config_class="transformers.models.electra.configuration_electra.ElectraConfig",
        computation="transformers.models.electra.modeling_electra.ElectraForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "emu3": Unmapped(
        name="emu3",
        config_class="transformers.models.emu3.configuration_emu3.Emu3Config",
        computation="transformers.models.emu3.configuration_emu3.Emu3Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "ernie": Unmapped(
        name="ernie",
        config_class="transformers.models.ernie.configuration_ernie.ErnieConfig",
        computation="transformers.models.ernie.modeling_ernie.ErnieForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "ernie4_5_moe": Unmapped(
        name="ernie4_5_moe",
        config_class="transformers.models.ernie4_5_moe.configuration_ernie4_5_moe.Ernie4_5_MoeConfig",
        computation="transformers.models.ernie4_5_moe.modeling_ernie4_5_moe.Ernie4_5_MoeStatics.e_score_correction_bias",
        reason="experts chosen by softmax scores with a bias; Megatron has that bias for other scores only",
        fields=(
            (
                "use_bias",
                (False, None),
                "it biases the output layer and no expert; Megatron biases all linear layers but that one",
            ),
        ),
    ),
    "exaone4": Unmapped(
        name="exaone4",
        config_class="transformers.models.exaone4.configuration_exaone4.Exaone4Config",
        computation="transformers.models.exaone4.modeling_exaone4.Exaone4DecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, and none before",
    ),
    "falcon_h1": Unmapped(
        name="falcon_h1",
        config_class="transformers.models.falcon_h1.configuration_falcon_h1.FalconH1Config",
        computation="transformers.models.falcon_h1.modeling_falcon_h1.FalconH1DecoderLayer",
        reason="attention and Mamba in parallel",
    ),
    "falcon_mamba": Unmapped(
        name="falcon_mamba",
        config_class="transformers.models.falcon_mamba.configuration_falcon_mamba.FalconMambaConfig",
        computation="transformers.models.falcon_mamba.modeling_falcon_mamba.FalconMambaMixer",
        reason="Mamba-1; Megatron has Mamba-2",
    ),
    "flex_olmo": Unmapped(
        name="flex_olmo",
        config_class="transformers.models.flex_olmo.configuration_flex_olmo.FlexOlmoConfig",
        computation="transformers.models.flex_olmo.modeling_flex_olmo.FlexOlmoDecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, and none before",
    ),
    "fuyu": Unmapped(
        name="fuyu",
        config_class="transformers.models.fuyu.configuration_fuyu.FuyuConfig",
        computation="transformers.models.fuyu.configuration_fuyu.FuyuConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gemma2": Unmapped(
        name="gemma2",
        config_class="transformers.models.gemma2.configuration_gemma2.Gemma2Config",
        computation="transformers.models.gemma2.modeling_gemma2.Gemma2DecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, before the residual",
        fields=(
            ("attn_logit_softcapping", (None,), "Megatron has no soft cap on attention scores"),
            ("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
        ),
    ),
    "gemma3": Unmapped(
        name="gemma3",
        config_class="transformers.models.gemma3.configuration_gemma3.Gemma3Config",
        computation="transformers.models.gemma3.configuration_gemma3.Gemma3Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gemma3_text": Unmapped(
        name="gemma3_text",
        config_class="transformers.models.gemma3.configuration_gemma3.Gemma3TextConfig",
        computation="transformers.models.gemma3.modeling_gemma3.Gemma3DecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, before the residual",
        fields=(
            ("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
            ("use_bidirectional_attention", (False, None), "Megatron's attention is causal"),
        ),
    ),
    "gemma3n": Unmapped(
        name="gemma3n",
        config_class="transformers.models.gemma3n.configuration_gemma3n.Gemma3nConfig",
        computation="transformers.models.gemma3n.configuration_gemma3n.Gemma3nConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gemma3n_text": Unmapped(
        name="gemma3n_text",
        config_class="transformers.models.gemma3n.configuration_gemma3n.Gemma3nTextConfig",
        computation="transformers.models.gemma3n.modeling_gemma3n.Gemma3nTextAltUp",
        reason="several predicted and corrected residual streams",
    ),
    "gemma4": Unmapped(
        name="gemma4",
        config_class="transformers.models.gemma4.configuration_gemma4.Gemma4Config",
        computation="transformers.models.gemma4.configuration_gemma4.Gemma4Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gemma4_assistant": Unmapped(
        name="gemma4_assistant",
        config_class="transformers.models.gemma4_assistant.configuration_gemma4_assistant.Gemma4AssistantConfig",
        computation="transformers.models.gemma4_assistant.modeling_gemma4_assistant.Gemma4AssistantForCausalLM",
        reason="a draft model, which reads the keys and values of another",
    ),
    "gemma4_text": Unmapped(
        name="gemma4_text",
        config_class="transformers.models.gemma4.configuration_gemma4.Gemma4TextConfig",
        computation="transformers.models.gemma4.modeling_gemma4.Gemma4TextDecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, before the residual",
        fields=(
            ("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
            ("use_bidirectional_attention", (None, "vision"), "Megatron's attention is causal"),
            ("attention_k_eq_v", (False,), "Megatron's keys and values have weights of their own"),
            ("enable_moe_block", (False,), "Megatron has no experts beside an MLP, each with norms of its own"),
            ("hidden_size_per_layer_input", (0,), "Megatron has no embeddings that enter at every layer"),
            ("num_kv_shared_layers", (0,), "Megatron's layers share no keys and values"),
        ),
    ),
    "gemma4_unified": Unmapped(
        name="gemma4_unified",
        config_class="transformers.models.gemma4_unified.configuration_gemma4_unified.Gemma4UnifiedConfig",
        computation="transformers.models.gemma4_unified.configuration_gemma4_unified.Gemma4UnifiedConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gemma4_unified_assistant": Unmapped(
        name="gemma4_unified_assistant",
        config_class="transformers.models.gemma4_unified_assistant.configuration_gemma4_unified_assistant.Gemma4UnifiedAssistantConfig",
        computation="transformers.models.gemma4_unified_assistant.modeling_gemma4_unified_assistant.Gemma4UnifiedAssistantForCausalLM",
        reason="a draft model, which reads the keys and values of another",
    ),
    "gemma4_unified_text": Unmapped(
        name="gemma4_unified_text",
        config_class="transformers.models.gemma4_unified.configuration_gemma4_unified.Gemma4UnifiedTextConfig",
        computation="transformers.models.gemma4_unified.modeling_gemma4_unified.Gemma4UnifiedTextDecoderLayer",
        reason="norms after attention and MLP, before the residual",
    ),
    "git": Unmapped(
        name="git",
        config_class="transformers.models.git.configuration_git.GitConfig",
        computation="transformers.models.git.modeling_git.GitForCausalLM",
        reason="a text decoder that attends to an image as a prefix, with norms after the residuals",
    ),
    "glm4": Unmapped(
        name="glm4",
        config_class="transformers.models.glm4.configuration_glm4.Glm4Config",
        computation="transformers.models.glm4.modeling_glm4.Glm4DecoderLayer.post_mlp_layernorm",
        reason="norms after attention and MLP, before the residual",
    ),
    "got_ocr2": Unmapped(
        name="got_ocr2",
        config_class="transformers.models.got_ocr2.configuration_got_ocr2.GotOcr2Config",
        computation="transformers.models.got_ocr2.configuration_got_ocr2.GotOcr2Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "gpt_neo": Unmapped(
        name="gpt_neo",
        config_class="transformers.models.gpt_neo.configuration_gpt_neo.GPTNeoConfig",
        computation="transformers.models.gpt_neo.modeling_gpt_neo.GPTNeoSelfAttention.out_proj",
        reason="a bias on the output projection of attention and none on query, key and value",
    ),
    "gpt_neox_japanese": Unmapped(
        name="gpt_neox_japanese",
        config_class="transformers.models.gpt_neox_japanese.configuration_gpt_neox_japanese.GPTNeoXJapaneseConfig",
        computation="transformers.models.gpt_neox_japanese.modeling_gpt_neox_japanese.GPTNeoXJapaneseAttention.dense_bias",
        reason="a bias on the output projection of attention in the last layer only",
    ),
    "gptj": Unmapped(
        name="gptj",
        config_class="transformers.models.gptj.configuration_gptj.GPTJConfig",
        computation="transformers.models.gptj.modeling_gptj.GPTJBlock",
        reason="attention and MLP in parallel",
    ),
    "hrm_text": Unmapped(
        name="hrm_text",
        config_class="transformers.models.hrm_text.configuration_hrm_text.HrmTextConfig",
        computation="transformers.models.hrm_text.modeling_hrm_text.HrmTextStack",
        reason="two stacks of layers, run several times in turn",
    ),
    "hunyuan_v1_dense": Unmapped(
        name="hunyuan_v1_dense",
        config_class="transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense.HunYuanDenseV1Config",
        computation="transformers.models.hunyuan_v1_dense.modeling_hunyuan_v1_dense.HunYuanDenseV1Attention.query_layernorm",
        reason="norms of queries and keys after rope; Megatron has them before",
    ),
    "hunyuan_v1_moe": Unmapped(
        name="hunyuan_v1_moe",
        config_class="transformers.models.hunyuan_v1_moe.configuration_hunyuan_v1_moe.HunYuanMoEV1Config",
        computation="transformers.models.hunyuan_v1_moe.modeling_hunyuan_v1_moe.HunYuanMoEV1Attention.query_layernorm",
        reason="norms of queries and keys after rope; Megatron has them before",
    ),
    "hy_v4": Unmapped(
        name="hy_v4",
        config_class="transformers.models.hy_v4.configuration_hy_v4.HYV4Config",
        computation="transformers.models.hy_v4.modeling_hy_v4.HYV4HyperConnection",
        reason="hyper-connections: several residual streams, mixed around every layer",
    ),
    "inkling2_text": Unmapped(
        name="inkling2_text",
        config_class="transformers.models.inkling2.configuration_inkling2.Inkling2TextConfig",
        computation="transformers.models.inkling2.modeling_inkling2.Inkling2BlockAttentionResidual",
        reason="attention over the states of earlier blocks in place of the residual",
    ),
    "inkling_text": Unmapped(
        name="inkling_text",
        config_class="transformers.models.inkling.configuration_inkling.InklingTextConfig",
        computation="transformers.models.inkling.modeling_inkling.InklingRelativeLogits",
        reason="scores get a learned bias by relative position; there is no rope",
    ),
    "jamba": Unmapped(
        name="jamba",
        config_class="transformers.models.jamba.configuration_jamba.JambaConfig",
        computation="transformers.models.jamba.modeling_jamba.JambaMambaMixer",
        reason="Mamba-1; Megatron has Mamba-2",
    ),
    "jetmoe": Unmapped(
        name="jetmoe",
        config_class="transformers.models.jetmoe.configuration_jetmoe.JetMoeConfig",
        computation="transformers.models.jetmoe.modeling_jetmoe.JetMoeMoA",
        reason="experts inside attention: routed query and output projections",
    ),
    "kimi_linear": Unmapped(
        name="kimi_linear",
        config_class="transformers.models.kimi_linear.configuration_kimi_linear.KimiLinearConfig",
        computation="transformers.models.kimi_linear.modeling_kimi_linear.KimiLinearDeltaAttention",
        reason="Kimi Delta Attention, whose decay differs by channel",
    ),
    "kolibri1": Unmapped(
        name="kolibri1",
        config_class="transformers.models.kolibri1.configuration_kolibri1.Kolibri1Config",
        computation="transformers.models.kolibri1.modeling_kolibri1.Kolibri1DecoderLayer.post_mlp_layernorm",
        reason="norms after attention and MLP, before the residual",
    ),
    "laguna": Unmapped(
        name="laguna",
        config_class="transformers.models.laguna.configuration_laguna.LagunaConfig",
        computation="transformers.models.laguna.modeling_laguna.LagunaAttention.g_proj",
        reason="a softplus gate on the output of attention; Megatron has a sigmoid",
    ),
    "llama4": Unmapped(
        name="llama4",
        config_class="transformers.models.llama4.configuration_llama4.Llama4Config",
        computation="transformers.models.llama4.configuration_llama4.Llama4Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "longcat_flash": Unmapped(
        name="longcat_flash",
        config_class="transformers.models.longcat_flash.configuration_longcat_flash.LongcatFlashConfig",
        computation="transformers.models.longcat_flash.modeling_longcat_flash.LongcatFlashDecoderLayer",
        reason="two attentions and two MLPs in a layer, with experts beside them",
    ),
    "mamba": Unmapped(
        name="mamba",
        config_class="transformers.models.mamba.configuration_mamba.MambaConfig",
        computation="transformers.models.mamba.modeling_mamba.MambaMixer",
        reason="Mamba-1; Megatron has Mamba-2",
    ),
    "marian": Unmapped(
        name="marian",
        config_class="transformers.models.marian.configuration_marian.MarianConfig",
        computation="transformers.models.marian.modeling_marian.MarianForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "mbart": Unmapped(
        name="mbart",
        config_class="transformers.models.mbart.configuration_mbart.MBartConfig",
        computation="transformers.models.mbart.modeling_mbart.MBartForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "megatron_bert": Unmapped(
        name="megatron_bert",
        config_class="transformers.models.megatron_bert.configuration_megatron_bert.MegatronBertConfig",
        computation="transformers.models.megatron_bert.modeling_megatron_bert.MegatronBertForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "minicpm3": Unmapped(
        name="minicpm3",
        config_class="transformers.models.minicpm3.configuration_minicpm3.MiniCPM3Config",
        computation="transformers.models.minicpm3.modeling_minicpm3.MiniCPM3DecoderLayer.residual_scale",
        reason="residual branches scaled by the number of layers",
    ),
    "minimax": Unmapped(
        name="minimax",
        config_class="transformers.models.minimax.configuration_minimax.MiniMaxConfig",
        computation="transformers.models.minimax.modeling_minimax.MiniMaxDecoderLayer",
        reason="residuals taken after the norm and weighted; lightning attention",
    ),
    "minimax_m2": Unmapped(
        name="minimax_m2",
        config_class="transformers.models.minimax_m2.configuration_minimax_m2.MiniMaxM2Config",
        computation="transformers.models.minimax_m2.modeling_minimax_m2.MiniMaxM2Attention.q_norm",
        reason="norms of queries and keys over all heads together; Megatron has them by head",
    ),
    "mllama": Unmapped(
        name="mllama",
        config_class="transformers.models.mllama.configuration_mllama.MllamaConfig",
        computation="transformers.models.mllama.configuration_mllama.MllamaConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "modernbert_decoder": Unmapped(
        name="modernbert_decoder",
        config_class="transformers.models.modernbert_decoder.configuration_modernbert_decoder.ModernBertDecoderConfig",
        computation="transformers.models.modernbert_decoder.modeling_modernbert_decoder.ModernBertDecoderEmbeddings.norm",
        reason="a norm on the embeddings, and none before the first attention",
    ),
    "moshi": Unmapped(
        name="moshi",
        config_class="transformers.models.moshi.configuration_moshi.MoshiConfig",
        computation="transformers.models.moshi.modeling_moshi.MoshiForCausalLM",
        reason="embeds a row more than its vocabulary, and gives each token to a second decoder over depth",
    ),
    "moss_transcribe_diarize": Unmapped(
        name="moss_transcribe_diarize",
        config_class="transformers.models.moss_transcribe_diarize.configuration_moss_transcribe_diarize.MossTranscribeDiarizeConfig",
        computation="transformers.models.moss_transcribe_diarize.configuration_moss_transcribe_diarize.MossTranscribeDiarizeConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "mpt": Unmapped(
        name="mpt",
        config_class="transformers.models.mpt.configuration_mpt.MptConfig",
        computation="transformers.models.mpt.modeling_mpt.build_mpt_alibi_tensor",
        reason="ALiBi: scores get a bias by distance",
    ),
    "musicgen": Unmapped(
        name="musicgen",
        config_class="transformers.models.musicgen.configuration_musicgen.MusicgenConfig",
        computation="transformers.models.musicgen.modeling_musicgen.MusicgenForCausalLM",
        reason="one embedding and one output layer for each codebook, and cross attention",
    ),
    "musicgen_melody": Unmapped(
        name="musicgen_melody",
        config_class="transformers.models.musicgen_melody.configuration_musicgen_melody.MusicgenMelodyConfig",
        computation="transformers.models.musicgen_melody.modeling_musicgen_melody.MusicgenMelodyForCausalLM",
        reason="one embedding and one output layer for each codebook",
    ),
    "mvp": Unmapped(
        name="mvp",
        config_class="transformers.models.mvp.configuration_mvp.MvpConfig",
        computation="transformers.models.mvp.modeling_mvp.MvpForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "nanochat": Unmapped(
        name="nanochat",
        config_class="transformers.models.nanochat.configuration_nanochat.NanoChatConfig",
        computation="transformers.models.nanochat.modeling_nanochat.NanoChatRMSNorm",
        reason="norms without weights",
    ),
    "olmo": Unmapped(
        name="olmo",
        config_class="transformers.models.olmo.configuration_olmo.OlmoConfig",
        computation="transformers.models.olmo.modeling_olmo.OlmoLayerNorm",
        reason="LayerNorm without weight and bias",
    ),
    "olmo2": Unmapped(
        name="olmo2",
        config_class="transformers.models.olmo2.configuration_olmo2.Olmo2Config",
        computation="transformers.models.olmo2.modeling_olmo2.Olmo2DecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, and none before",
        fields=(
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
        ),
    ),
    "olmo3": Unmapped(
        name="olmo3",
        config_class="transformers.models.olmo3.configuration_olmo3.Olmo3Config",
        computation="transformers.models.olmo3.modeling_olmo3.Olmo3DecoderLayer.post_feedforward_layernorm",
        reason="norms after attention and MLP, and none before",
        fields=(
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
        ),
    ),
    "olmo_hybrid": Unmapped(
        name="olmo_hybrid",
        config_class="transformers.models.olmo_hybrid.configuration_olmo_hybrid.OlmoHybridConfig",
        computation="transformers.models.olmo_hybrid.modeling_olmo_hybrid.OlmoHybridAttention.q_norm",
        reason="norms of queries and keys over all heads together; Megatron has them by head",
    ),
    "olmoe": Unmapped(
        name="olmoe",
        config_class="transformers.models.olmoe.configuration_olmoe.OlmoeConfig",
        computation="transformers.models.olmoe.modeling_olmoe.OlmoeAttention.q_norm",
        reason="norms of queries and keys over all heads together; Megatron has them by head",
        fields=(
            ("clip_qkv", (None,), "Megatron does not clamp queries, keys and values"),
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
        ),
    ),
    "openai_gpt": Unmapped(
        name="openai_gpt",
        config_class="transformers.models.openai.configuration_openai.OpenAIGPTConfig",
        computation="transformers.models.openai.modeling_openai.Block",
        reason="norms after the residual",
    ),
    "pegasus": Unmapped(
        name="pegasus",
        config_class="transformers.models.pegasus.configuration_pegasus.PegasusConfig",
        computation="transformers.models.pegasus.modeling_pegasus.PegasusForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "phi": Unmapped(
        name="phi",
        config_class="transformers.models.phi.configuration_phi.PhiConfig",
        computation="transformers.models.phi.modeling_phi.PhiDecoderLayer",
        reason="attention and MLP in parallel",
    ),
    "phi4_multimodal": Unmapped(
        name="phi4_multimodal",
        config_class="transformers.models.phi4_multimodal.configuration_phi4_multimodal.Phi4MultimodalConfig",
        computation="transformers.models.phi4_multimodal.modeling_phi4_multimodal.Phi4MultimodalFeatureEmbedding",
        reason="image and audio towers inside the decoder itself",
    ),
    "phimoe": Unmapped(
        name="phimoe",
        config_class="transformers.models.phimoe.configuration_phimoe.PhimoeConfig",
        computation="transformers.models.phimoe.modeling_phimoe.sparsemixer",
        reason="SparseMixer: the second expert is chosen and weighed without the first",
    ),
    "plbart": Unmapped(
        name="plbart",
        config_class="transformers.models.plbart.configuration_plbart.PLBartConfig",
        computation="transformers.models.plbart.modeling_plbart.PLBartForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "prophetnet": Unmapped(
        name="prophetnet",
        config_class="transformers.models.prophetnet.configuration_prophetnet.ProphetNetConfig",
        computation="transformers.models.prophetnet.modeling_prophetnet.ProphetNetForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "qwen3_5": Unmapped(
        name="qwen3_5",
        config_class="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5Config",
        computation="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "qwen3_5_moe": Unmapped(
        name="qwen3_5_moe",
        config_class="transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeConfig",
        computation="transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "qwen4_exp": Unmapped(
        name="qwen4_exp",
        config_class="transformers.models.qwen4_exp.configuration_qwen4_exp.Qwen4ExpConfig",
        computation="transformers.models.qwen4_exp.configuration_qwen4_exp.Qwen4ExpConfig",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "qwen4_exp_text": Unmapped(
        name="qwen4_exp_text",
        config_class="transformers.models.qwen4_exp.configuration_qwen4_exp.Qwen4ExpTextConfig",
        computation="transformers.models.qwen4_exp.modeling_qwen4_exp.Qwen4ExpTextGatedResidual",
        reason="several residual streams, mixed by gates around every layer",
    ),
    "recurrent_gemma": Unmapped(
        name="recurrent_gemma",
        config_class="transformers.models.recurrent_gemma.configuration_recurrent_gemma.RecurrentGemmaConfig",
        computation="transformers.models.recurrent_gemma.modeling_recurrent_gemma.RecurrentGemmaRglru",
        reason="gated linear recurrences in place of attention",
    ),
    "reformer": Unmapped(
        name="reformer",
        config_class="transformers.models.reformer.configuration_reformer.ReformerConfig",
        computation="transformers.models.reformer.modeling_reformer.LSHSelfAttention",
        reason="attention within buckets of hashed positions, in reversible layers",
    ),
    "rembert": Unmapped(
        name="rembert",
        config_class="transformers.models.rembert.configuration_rembert.RemBertConfig",
        computation="transformers.models.rembert.modeling_rembert.RemBertForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "roberta": Unmapped(
        name="roberta",
        config_class="transformers.models.roberta.configuration_roberta.RobertaConfig",
        computation="transformers.models.roberta.modeling_roberta.RobertaForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "roberta_prelayernorm": Unmapped(
        name="roberta_prelayernorm",
        config_class="transformers.models.roberta_prelayernorm.configuration_roberta_prelayernorm.RobertaPreLayerNormConfig",
        computation="transformers.models.roberta_prelayernorm.modeling_roberta_prelayernorm.RobertaPreLayerNormForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "roc_bert": Unmapped(
        name="roc_bert",
        config_class="transformers.models.roc_bert.configuration_roc_bert.RoCBertConfig",
        computation="transformers.models.roc_bert.modeling_roc_bert.RoCBertForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "roformer": Unmapped(
        name="roformer",
        config_class="transformers.models.roformer.configuration_roformer.RoFormerConfig",
        computation="transformers.models.roformer.modeling_roformer.RoFormerForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "rwkv": Unmapped(
        name="rwkv",
        config_class="transformers.models.rwkv.configuration_rwkv.RwkvConfig",
        computation="transformers.models.rwkv.modeling_rwkv.RwkvSelfAttention",
        reason="RWKV: a recurrence with decay in place of attention",
    ),
    "step3p5": Unmapped(
        name="step3p5",
        config_class="transformers.models.step3p7.configuration_step3p7.Step3p7TextConfig",
        computation="transformers.models.step3p7.modeling_step3p7.Step3p7Attention.gate_per_head",
        reason="one gate on the output of a whole head of attention; Megatron has one for each of its channels",
        fields=(
            (
                "attention_bias",
                (False,),
                (
                    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key "
                    "and value"
                ),
            ),
            ("mlp_bias", (False,), "it biases MLPs and no projection of attention; Megatron biases all linear layers"),
            ("swiglu_limits", (None, 0.0), "experts are clamped after the activation, which Megatron does before"),
            ("swiglu_limits_shared", (None, 0.0), "MLPs are clamped after the activation, which Megatron does before"),
        ),
    ),
    "step3p7": Unmapped(
        name="step3p7",
        config_class="transformers.models.step3p7.configuration_step3p7.Step3p7Config",
        computation="transformers.models.step3p7.configuration_step3p7.Step3p7Config",
        reason="a model of several; its language model is what text_config() gives",
    ),
    "trocr": Unmapped(
        name="trocr",
        config_class="transformers.models.trocr.configuration_trocr.TrOCRConfig",
        computation="transformers.models.trocr.modeling_trocr.TrOCRForCausalLM",
        reason="the decoder of a vision model, with cross attention",
    ),
    "whisper": Unmapped(
        name="whisper",
        config_class="transformers.models.whisper.configuration_whisper.WhisperConfig",
        computation="transformers.models.whisper.modeling_whisper.WhisperForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "xglm": Unmapped(
        name="xglm",
        config_class="transformers.models.xglm.configuration_xglm.XGLMConfig",
        computation="transformers.models.xglm.modeling_xglm.XGLMSinusoidalPositionalEmbedding",
        reason="fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    "xlm": Unmapped(
        name="xlm",
        config_class="transformers.models.xlm.configuration_xlm.XLMConfig",
        computation="transformers.models.xlm.modeling_xlm.XLMModel",
        reason="norms after the residual, and one on the embeddings",
    ),
    "xlm_roberta": Unmapped(
        name="xlm_roberta",
        config_class="transformers.models.xlm_roberta.configuration_xlm_roberta.XLMRobertaConfig",
        computation="transformers.models.xlm_roberta.modeling_xlm_roberta.XLMRobertaForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "xlm_roberta_xl": Unmapped(
        name="xlm_roberta_xl",
        config_class="transformers.models.xlm_roberta_xl.configuration_xlm_roberta_xl.XLMRobertaXLConfig",
        computation="transformers.models.xlm_roberta_xl.modeling_xlm_roberta_xl.XLMRobertaXLForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "xlnet": Unmapped(
        name="xlnet",
        config_class="transformers.models.xlnet.configuration_xlnet.XLNetConfig",
        computation="transformers.models.xlnet.modeling_xlnet.XLNetRelativeAttention",
        reason="relative attention over permuted positions",
    ),
    "xlstm": Unmapped(
        name="xlstm",
        config_class="transformers.models.xlstm.configuration_xlstm.xLSTMConfig",
        computation="transformers.models.xlstm.modeling_xlstm.xLSTMModel",
        reason="mLSTM blocks in place of attention",
    ),
    "xmod": Unmapped(
        name="xmod",
        config_class="transformers.models.xmod.configuration_xmod.XmodConfig",
        computation="transformers.models.xmod.modeling_xmod.XmodForCausalLM",
        reason="an encoder, or the decoder of one; its causal language model is another use of parts of it",
    ),
    "zamba": Unmapped(
        name="zamba",
        config_class="transformers.models.zamba.configuration_zamba.ZambaConfig",
        computation="transformers.models.zamba.modeling_zamba.ZambaAttentionDecoderLayer",
        reason="one attention block shared by many layers, on twice the width",
    ),
    "zamba2": Unmapped(
        name="zamba2",
        config_class="transformers.models.zamba2.configuration_zamba2.Zamba2Config",
        computation="transformers.models.zamba2.modeling_zamba2.Zamba2AttentionDecoderLayer",
        reason="one attention block shared by many layers, on twice the width",
    ),
    "zaya": Unmapped(
        name="zaya",
        config_class="transformers.models.zaya.configuration_zaya.ZayaConfig",
        computation="transformers.models.zaya.modeling_zaya.ZayaCCAProjection",
        reason="queries, keys and values compressed by convolutions",
    ),
}
