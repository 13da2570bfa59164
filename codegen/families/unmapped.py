"""Causal language models of transformers that no Megatron config can be, each with the computation that decides it.

Looked up in the modeling code of each class. Where several computations stand in the way, the first is named that no
field of the config switches off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from codegen.table import MustBe, Unmapped

ATTENTION_BIAS: Final = MustBe(
    "attention_bias",
    (False,),
    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key and value",
)
NO_CAP_ON_LOGITS: Final = MustBe("final_logit_softcapping", (None,), "Megatron has no soft cap on logits")


def _refused(
    model_type: str,
    config: str,
    computation: str,
    why: str,
    *fields: MustBe,
    package: str = "",
    module: str = "",
) -> Unmapped:
    """A row for a class of `transformers.models.PACKAGE`, whose folder and modules are named as the type by default."""
    package = package or model_type.replace("-", "_")
    module = module or package
    return Unmapped(
        name=model_type.replace("-", "_"),
        config_class=f"transformers.models.{package}.configuration_{module}.{config}",
        computation=f"transformers.models.{package}.modeling_{module}.{computation}",
        why=why,
        fields=fields,
    )


def _encoder(model_type: str, config: str, computation: str, package: str = "", module: str = "") -> Unmapped:
    why = "an encoder, or the decoder of one; its causal language model is another use of parts of it"
    return _refused(model_type, config, computation, why, package=package, module=module)


def _composite(model_type: str, config: str, package: str = "", module: str = "") -> Unmapped:
    row = _refused(
        model_type,
        config,
        config,
        "a model of several; its language model is what text_config() gives",
        package=package,
        module=module,
    )
    return replace(row, computation=row.config_class)


DECODERS: Final = (
    _refused(
        "afmoe",
        "AfmoeConfig",
        "AfmoeDecoderLayer.post_mlp_layernorm",
        "norms after attention and experts, before the residual",
    ),
    _refused("axk2", "AXK2Config", "AXK2GatedRMSNorm", "norms that a small gated MLP scales"),
    _refused(
        "bailing_hybrid",
        "BailingHybridConfig",
        "BailingHybridDeltaAttention",
        "Kimi Delta Attention, whose decay differs by channel",
    ),
    _refused("beam", "BeamConfig", "depth_scaled_residual_add", "residuals weighted by the depth of the layer"),
    _refused(
        "bitnet", "BitNetConfig", "BitNetAttention.attn_sub_norm", "a norm between attention and its output projection"
    ),
    _refused("bloom", "BloomConfig", "build_alibi_tensor", "ALiBi: scores get a bias by distance"),
    _refused("blt", "BltConfig", "BltPatcher", "bytes, cut into patches by an entropy model"),
    _refused("codegen", "CodeGenConfig", "CodeGenBlock", "attention and MLP in parallel"),
    _refused("cohere", "CohereConfig", "CohereDecoderLayer", "attention and MLP in parallel"),
    _refused("cohere2", "Cohere2Config", "Cohere2DecoderLayer", "attention and MLP in parallel"),
    _refused("cohere2_moe", "Cohere2MoeConfig", "Cohere2MoeDecoderLayer", "attention and experts in parallel"),
    _refused(
        "cohere_compass_text",
        "CohereCompassTextConfig",
        "CohereCompassDecoderLayer",
        "attention and MLP in parallel",
        package="cohere_compass",
    ),
    _refused(
        "cpmant",
        "CpmAntConfig",
        "CpmAntSegmentPositionEmbedding",
        "scores get a learned bias by relative position and segment",
    ),
    _refused(
        "ctrl",
        "CTRLConfig",
        "positional_encoding",
        "fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    _refused("dbrx", "DbrxConfig", "DbrxNormAttentionNorm", "LayerNorm without bias"),
    _refused(
        "deepseek_v4",
        "DeepseekV4Config",
        "DeepseekV4HyperConnection",
        "hyper-connections: several residual streams, mixed around every layer",
        MustBe("layer_types", ("sliding_attention",), "Megatron does not compress keys and values"),
        MustBe("mlp_layer_types", ("moe",), "Megatron does not choose experts by the token"),
        MustBe("mlp_bias", (False,), "it biases shared experts and no other; Megatron biases all linear layers"),
    ),
    _refused("diffllama", "DiffLlamaConfig", "DiffLlamaAttention.lambda_q1", "the difference of two attention maps"),
    _refused("doge", "DogeConfig", "DogeAttention.prepare_dynamic_mask", "a mask computed from the values"),
    _refused(
        "dots3_note_text",
        "Dots3NoteTextConfig",
        "Dots3NoteTextAttention",
        "latent attention whose shapes differ by layer, with a norm on the rotated part of keys",
        package="dots3_note",
    ),
    _refused(
        "ernie4_5_moe",
        "Ernie4_5_MoeConfig",
        "Ernie4_5_MoeStatics.e_score_correction_bias",
        "experts chosen by softmax scores with a bias; Megatron has that bias for other scores only",
        MustBe(
            "use_bias",
            (False, None),
            "it biases the output layer and no expert; Megatron biases all linear layers but that one",
        ),
    ),
    _refused(
        "exaone4",
        "Exaone4Config",
        "Exaone4DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
    ),
    _refused("falcon_h1", "FalconH1Config", "FalconH1DecoderLayer", "attention and Mamba in parallel"),
    _refused("falcon_mamba", "FalconMambaConfig", "FalconMambaMixer", "Mamba-1; Megatron has Mamba-2"),
    _refused(
        "flex_olmo",
        "FlexOlmoConfig",
        "FlexOlmoDecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
    ),
    _refused(
        "gemma2",
        "Gemma2Config",
        "Gemma2DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
        MustBe("attn_logit_softcapping", (None,), "Megatron has no soft cap on attention scores"),
        NO_CAP_ON_LOGITS,
        ATTENTION_BIAS,
    ),
    _refused(
        "gemma3_text",
        "Gemma3TextConfig",
        "Gemma3DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
        NO_CAP_ON_LOGITS,
        ATTENTION_BIAS,
        MustBe("use_bidirectional_attention", (False, None), "Megatron's attention is causal"),
        package="gemma3",
    ),
    _refused(
        "gemma3n_text",
        "Gemma3nTextConfig",
        "Gemma3nTextAltUp",
        "several predicted and corrected residual streams",
        package="gemma3n",
    ),
    _refused(
        "gemma4_assistant",
        "Gemma4AssistantConfig",
        "Gemma4AssistantForCausalLM",
        "a draft model, which reads the keys and values of another",
    ),
    _refused(
        "gemma4_text",
        "Gemma4TextConfig",
        "Gemma4TextDecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, before the residual",
        NO_CAP_ON_LOGITS,
        ATTENTION_BIAS,
        MustBe("use_bidirectional_attention", (None, "vision"), "Megatron's attention is causal"),
        MustBe("attention_k_eq_v", (False,), "Megatron's keys and values have weights of their own"),
        MustBe("enable_moe_block", (False,), "Megatron has no experts beside an MLP, each with norms of its own"),
        MustBe("hidden_size_per_layer_input", (0,), "Megatron has no embeddings that enter at every layer"),
        MustBe("num_kv_shared_layers", (0,), "Megatron's layers share no keys and values"),
        package="gemma4",
    ),
    _refused(
        "gemma4_unified_assistant",
        "Gemma4UnifiedAssistantConfig",
        "Gemma4UnifiedAssistantForCausalLM",
        "a draft model, which reads the keys and values of another",
    ),
    _refused(
        "gemma4_unified_text",
        "Gemma4UnifiedTextConfig",
        "Gemma4UnifiedTextDecoderLayer",
        "norms after attention and MLP, before the residual",
        package="gemma4_unified",
    ),
    _refused(
        "git",
        "GitConfig",
        "GitForCausalLM",
        "a text decoder that attends to an image as a prefix, with norms after the residuals",
    ),
    _refused(
        "glm4",
        "Glm4Config",
        "Glm4DecoderLayer.post_mlp_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    _refused(
        "gpt_neo",
        "GPTNeoConfig",
        "GPTNeoSelfAttention.out_proj",
        "a bias on the output projection of attention and none on query, key and value",
    ),
    _refused(
        "gpt_neox_japanese",
        "GPTNeoXJapaneseConfig",
        "GPTNeoXJapaneseAttention.dense_bias",
        "a bias on the output projection of attention in the last layer only",
    ),
    _refused("gptj", "GPTJConfig", "GPTJBlock", "attention and MLP in parallel"),
    _refused("hrm_text", "HrmTextConfig", "HrmTextStack", "two stacks of layers, run several times in turn"),
    _refused(
        "hunyuan_v1_dense",
        "HunYuanDenseV1Config",
        "HunYuanDenseV1Attention.query_layernorm",
        "norms of queries and keys after rope; Megatron has them before",
    ),
    _refused(
        "hunyuan_v1_moe",
        "HunYuanMoEV1Config",
        "HunYuanMoEV1Attention.query_layernorm",
        "norms of queries and keys after rope; Megatron has them before",
    ),
    _refused(
        "hy_v4",
        "HYV4Config",
        "HYV4HyperConnection",
        "hyper-connections: several residual streams, mixed around every layer",
    ),
    _refused(
        "inkling2_text",
        "Inkling2TextConfig",
        "Inkling2BlockAttentionResidual",
        "attention over the states of earlier blocks in place of the residual",
        package="inkling2",
    ),
    _refused(
        "inkling_text",
        "InklingTextConfig",
        "InklingRelativeLogits",
        "scores get a learned bias by relative position; there is no rope",
        package="inkling",
    ),
    _refused("jamba", "JambaConfig", "JambaMambaMixer", "Mamba-1; Megatron has Mamba-2"),
    _refused("jetmoe", "JetMoeConfig", "JetMoeMoA", "experts inside attention: routed query and output projections"),
    _refused(
        "kimi_linear",
        "KimiLinearConfig",
        "KimiLinearDeltaAttention",
        "Kimi Delta Attention, whose decay differs by channel",
    ),
    _refused(
        "kolibri1",
        "Kolibri1Config",
        "Kolibri1DecoderLayer.post_mlp_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    _refused(
        "laguna",
        "LagunaConfig",
        "LagunaAttention.g_proj",
        "a softplus gate on the output of attention; Megatron has a sigmoid",
    ),
    _refused(
        "longcat_flash",
        "LongcatFlashConfig",
        "LongcatFlashDecoderLayer",
        "two attentions and two MLPs in a layer, with experts beside them",
    ),
    _refused("mamba", "MambaConfig", "MambaMixer", "Mamba-1; Megatron has Mamba-2"),
    _refused(
        "minicpm3",
        "MiniCPM3Config",
        "MiniCPM3DecoderLayer.residual_scale",
        "residual branches scaled by the number of layers",
    ),
    _refused(
        "minimax",
        "MiniMaxConfig",
        "MiniMaxDecoderLayer",
        "residuals taken after the norm and weighted; lightning attention",
    ),
    _refused(
        "minimax_m2",
        "MiniMaxM2Config",
        "MiniMaxM2Attention.q_norm",
        "norms of queries and keys over all heads together; Megatron has them by head",
    ),
    _refused(
        "modernbert-decoder",
        "ModernBertDecoderConfig",
        "ModernBertDecoderEmbeddings.norm",
        "a norm on the embeddings, and none before the first attention",
    ),
    _refused(
        "moshi",
        "MoshiConfig",
        "MoshiForCausalLM",
        "embeds a row more than its vocabulary, and gives each token to a second decoder over depth",
    ),
    _refused("mpt", "MptConfig", "build_mpt_alibi_tensor", "ALiBi: scores get a bias by distance"),
    _refused(
        "musicgen",
        "MusicgenConfig",
        "MusicgenForCausalLM",
        "one embedding and one output layer for each codebook, and cross attention",
    ),
    _refused(
        "musicgen_melody",
        "MusicgenMelodyConfig",
        "MusicgenMelodyForCausalLM",
        "one embedding and one output layer for each codebook",
    ),
    _refused("nanochat", "NanoChatConfig", "NanoChatRMSNorm", "norms without weights"),
    _refused("olmo", "OlmoConfig", "OlmoLayerNorm", "LayerNorm without weight and bias"),
    _refused(
        "olmo2",
        "Olmo2Config",
        "Olmo2DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
        ATTENTION_BIAS,
    ),
    _refused(
        "olmo3",
        "Olmo3Config",
        "Olmo3DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
        ATTENTION_BIAS,
    ),
    _refused(
        "olmo_hybrid",
        "OlmoHybridConfig",
        "OlmoHybridAttention.q_norm",
        "norms of queries and keys over all heads together; Megatron has them by head",
    ),
    _refused(
        "olmoe",
        "OlmoeConfig",
        "OlmoeAttention.q_norm",
        "norms of queries and keys over all heads together; Megatron has them by head",
        MustBe("clip_qkv", (None,), "Megatron does not clamp queries, keys and values"),
        ATTENTION_BIAS,
    ),
    _refused("openai-gpt", "OpenAIGPTConfig", "Block", "norms after the residual", package="openai"),
    _refused("phi", "PhiConfig", "PhiDecoderLayer", "attention and MLP in parallel"),
    _refused(
        "phi4_multimodal",
        "Phi4MultimodalConfig",
        "Phi4MultimodalFeatureEmbedding",
        "image and audio towers inside the decoder itself",
    ),
    _refused(
        "phimoe",
        "PhimoeConfig",
        "sparsemixer",
        "SparseMixer: the second expert is chosen and weighed without the first",
    ),
    _refused(
        "qwen4_exp_text",
        "Qwen4ExpTextConfig",
        "Qwen4ExpTextGatedResidual",
        "several residual streams, mixed by gates around every layer",
        package="qwen4_exp",
    ),
    _refused(
        "recurrent_gemma",
        "RecurrentGemmaConfig",
        "RecurrentGemmaRglru",
        "gated linear recurrences in place of attention",
    ),
    _refused(
        "reformer",
        "ReformerConfig",
        "LSHSelfAttention",
        "attention within buckets of hashed positions, in reversible layers",
    ),
    _refused("rwkv", "RwkvConfig", "RwkvSelfAttention", "RWKV: a recurrence with decay in place of attention"),
    _refused(
        "step3p5",
        "Step3p7TextConfig",
        "Step3p7Attention.gate_per_head",
        "one gate on the output of a whole head of attention; Megatron has one for each of its channels",
        ATTENTION_BIAS,
        MustBe(
            "mlp_bias", (False,), "it biases MLPs and no projection of attention; Megatron biases all linear layers"
        ),
        MustBe("swiglu_limits", (None, 0.0), "experts are clamped after the activation, which Megatron does before"),
        MustBe(
            "swiglu_limits_shared", (None, 0.0), "MLPs are clamped after the activation, which Megatron does before"
        ),
        package="step3p7",
    ),
    _refused("trocr", "TrOCRConfig", "TrOCRForCausalLM", "the decoder of a vision model, with cross attention"),
    _refused(
        "xglm",
        "XGLMConfig",
        "XGLMSinusoidalPositionalEmbedding",
        "fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    _refused("xlm", "XLMConfig", "XLMModel", "norms after the residual, and one on the embeddings"),
    _refused("xlnet", "XLNetConfig", "XLNetRelativeAttention", "relative attention over permuted positions"),
    _refused("xlstm", "xLSTMConfig", "xLSTMModel", "mLSTM blocks in place of attention"),
    _refused(
        "zamba",
        "ZambaConfig",
        "ZambaAttentionDecoderLayer",
        "one attention block shared by many layers, on twice the width",
    ),
    _refused(
        "zamba2",
        "Zamba2Config",
        "Zamba2AttentionDecoderLayer",
        "one attention block shared by many layers, on twice the width",
    ),
    _refused("zaya", "ZayaConfig", "ZayaCCAProjection", "queries, keys and values compressed by convolutions"),
)

ENCODERS: Final = (
    _encoder("bart", "BartConfig", "BartForCausalLM"),
    _encoder("bert", "BertConfig", "BertLMHeadModel"),
    _encoder("bert-generation", "BertGenerationConfig", "BertGenerationDecoder"),
    _encoder("big_bird", "BigBirdConfig", "BigBirdForCausalLM"),
    _encoder("bigbird_pegasus", "BigBirdPegasusConfig", "BigBirdPegasusForCausalLM"),
    _encoder("blenderbot", "BlenderbotConfig", "BlenderbotForCausalLM"),
    _encoder("blenderbot-small", "BlenderbotSmallConfig", "BlenderbotSmallForCausalLM"),
    _encoder("camembert", "CamembertConfig", "CamembertForCausalLM"),
    _encoder(
        "data2vec-text", "Data2VecTextConfig", "Data2VecTextForCausalLM", package="data2vec", module="data2vec_text"
    ),
    _encoder("electra", "ElectraConfig", "ElectraForCausalLM"),
    _encoder("ernie", "ErnieConfig", "ErnieForCausalLM"),
    _encoder("marian", "MarianConfig", "MarianForCausalLM"),
    _encoder("mbart", "MBartConfig", "MBartForCausalLM"),
    _encoder("megatron-bert", "MegatronBertConfig", "MegatronBertForCausalLM"),
    _encoder("mvp", "MvpConfig", "MvpForCausalLM"),
    _encoder("pegasus", "PegasusConfig", "PegasusForCausalLM"),
    _encoder("plbart", "PLBartConfig", "PLBartForCausalLM"),
    _encoder("prophetnet", "ProphetNetConfig", "ProphetNetForCausalLM"),
    _encoder("rembert", "RemBertConfig", "RemBertForCausalLM"),
    _encoder("roberta", "RobertaConfig", "RobertaForCausalLM"),
    _encoder("roberta-prelayernorm", "RobertaPreLayerNormConfig", "RobertaPreLayerNormForCausalLM"),
    _encoder("roc_bert", "RoCBertConfig", "RoCBertForCausalLM"),
    _encoder("roformer", "RoFormerConfig", "RoFormerForCausalLM"),
    _encoder("whisper", "WhisperConfig", "WhisperForCausalLM"),
    _encoder("xlm-roberta", "XLMRobertaConfig", "XLMRobertaForCausalLM"),
    _encoder("xlm-roberta-xl", "XLMRobertaXLConfig", "XLMRobertaXLForCausalLM"),
    _encoder("xmod", "XmodConfig", "XmodForCausalLM"),
)

COMPOSITES: Final = (
    _composite("dots3_note", "Dots3NoteConfig"),
    _composite("emu3", "Emu3Config"),
    _composite("fuyu", "FuyuConfig"),
    _composite("gemma3", "Gemma3Config"),
    _composite("gemma3n", "Gemma3nConfig"),
    _composite("gemma4", "Gemma4Config"),
    _composite("gemma4_unified", "Gemma4UnifiedConfig"),
    _composite("got_ocr2", "GotOcr2Config"),
    _composite("llama4", "Llama4Config"),
    _composite("mllama", "MllamaConfig"),
    _composite("moss_transcribe_diarize", "MossTranscribeDiarizeConfig"),
    _composite("qwen3_5", "Qwen3_5Config"),
    _composite("qwen3_5_moe", "Qwen3_5MoeConfig"),
    _composite("qwen4_exp", "Qwen4ExpConfig"),
    _composite("step3p7", "Step3p7Config"),
)

UNMAPPED: Final[tuple[Unmapped, ...]] = (*DECODERS, *ENCODERS, *COMPOSITES)
