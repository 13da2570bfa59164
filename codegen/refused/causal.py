"""Decoders that compute what no Megatron config can say.

Where several computations stand in the way, the first is named that no field of the config switches off.
"""

from __future__ import annotations

from typing import Final

from codegen.refused.form import refused
from codegen.table import must_be

ATTENTION_BIAS: Final = must_be(
    "attention_bias",
    (False,),
    "it biases all projections of attention and no MLP; Megatron biases all linear layers, or query, key and value",
)
NO_CAP_ON_LOGITS: Final = must_be("final_logit_softcapping", (None,), "Megatron has no soft cap on logits")

DECODERS: Final = (
    refused("axk2", "AXK2Config", "AXK2GatedRMSNorm", "norms that a small gated MLP scales"),
    refused(
        "bailing_hybrid",
        "BailingHybridConfig",
        "BailingHybridDeltaAttention",
        "Kimi Delta Attention, whose decay differs by channel",
    ),
    refused("beam", "BeamConfig", "depth_scaled_residual_add", "residuals weighted by the depth of the layer"),
    refused(
        "bitnet", "BitNetConfig", "BitNetAttention.attn_sub_norm", "a norm between attention and its output projection"
    ),
    refused("bloom", "BloomConfig", "build_alibi_tensor", "ALiBi: scores get a bias by distance"),
    refused("blt", "BltConfig", "BltPatcher", "bytes, cut into patches by an entropy model"),
    refused("cohere2_moe", "Cohere2MoeConfig", "Cohere2MoeDecoderLayer", "attention and experts in parallel"),
    refused(
        "cohere_compass_text",
        "CohereCompassTextConfig",
        "CohereCompassDecoderLayer",
        "attention and MLP in parallel",
        package="cohere_compass",
    ),
    refused(
        "cpmant",
        "CpmAntConfig",
        "CpmAntSegmentPositionEmbedding",
        "scores get a learned bias by relative position and segment",
    ),
    refused(
        "ctrl",
        "CTRLConfig",
        "positional_encoding",
        "fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    refused("dbrx", "DbrxConfig", "DbrxAttention.clip_qkv", "queries, keys and values are clamped"),
    refused(
        "deepseek_v4",
        "DeepseekV4Config",
        "DeepseekV4HyperConnection",
        "hyper-connections: several residual streams, mixed around every layer; compressed keys and values",
        must_be("layer_types", ("sliding_attention",), "Megatron does not compress keys and values"),
        must_be("mlp_layer_types", ("moe",), "Megatron does not choose experts by the token"),
        must_be("mlp_bias", (False,), "it biases shared experts and no other; Megatron biases all linear layers"),
    ),
    refused("diffllama", "DiffLlamaConfig", "DiffLlamaAttention.lambda_q1", "the difference of two attention maps"),
    refused("doge", "DogeConfig", "DogeAttention.prepare_dynamic_mask", "a mask computed from the values"),
    refused(
        "dory",
        "DoryConfig",
        "DoryDecoderLayer.lambda_1",
        "residuals that move towards the normalised update, at a learned rate by channel",
    ),
    refused(
        "dots3_note_text",
        "Dots3NoteTextConfig",
        "Dots3NoteTextAttention",
        "latent attention whose shapes differ by layer, with a norm on the rotated part of keys",
        package="dots3_note",
    ),
    refused("falcon_h1", "FalconH1Config", "FalconH1DecoderLayer", "attention and Mamba in parallel"),
    refused("falcon_mamba", "FalconMambaConfig", "FalconMambaMixer", "Mamba-1; Megatron has Mamba-2"),
    refused(
        "gemma3n_text",
        "Gemma3nTextConfig",
        "Gemma3nTextAltUp",
        "several predicted and corrected residual streams",
        package="gemma3n",
    ),
    refused(
        "gemma4_assistant",
        "Gemma4AssistantConfig",
        "Gemma4AssistantForCausalLM",
        "a draft model, which reads the keys and values of another",
    ),
    refused(
        "gemma4_text",
        "Gemma4TextConfig",
        "Gemma4TextAttention.v_norm",
        "a norm of values, and heads as wide as each kind of layer has them",
        NO_CAP_ON_LOGITS,
        ATTENTION_BIAS,
        must_be("use_bidirectional_attention", (None, "vision"), "Megatron's attention is causal"),
        must_be("attention_k_eq_v", (False,), "Megatron's keys and values have weights of their own"),
        must_be("enable_moe_block", (False,), "Megatron has no experts beside an MLP, each with norms of its own"),
        must_be("hidden_size_per_layer_input", (0,), "Megatron has no embeddings that enter at every layer"),
        must_be("num_kv_shared_layers", (0,), "Megatron's layers share no keys and values"),
        package="gemma4",
    ),
    refused(
        "gemma4_unified_assistant",
        "Gemma4UnifiedAssistantConfig",
        "Gemma4UnifiedAssistantForCausalLM",
        "a draft model, which reads the keys and values of another",
    ),
    refused(
        "gemma4_unified_text",
        "Gemma4UnifiedTextConfig",
        "Gemma4UnifiedTextAttention.v_norm",
        "a norm of values, and heads as wide as each kind of layer has them",
        package="gemma4_unified",
    ),
    refused(
        "git",
        "GitConfig",
        "GitForCausalLM",
        "a text decoder that attends to an image as a prefix, with norms after the residuals",
    ),
    refused(
        "gpt_neox_japanese",
        "GPTNeoXJapaneseConfig",
        "GPTNeoXJapaneseAttention.dense_bias",
        "a bias on the output projection of attention in the last layer only",
    ),
    refused("hrm_text", "HrmTextConfig", "HrmTextStack", "two stacks of layers, run several times in turn"),
    refused(
        "hy_v4",
        "HYV4Config",
        "HYV4HyperConnection",
        "hyper-connections: several residual streams, mixed around every layer",
    ),
    refused(
        "inkling2_text",
        "Inkling2TextConfig",
        "Inkling2BlockAttentionResidual",
        "attention over the states of earlier blocks in place of the residual",
        package="inkling2",
    ),
    refused(
        "inkling2_loop_text",
        "Inkling2LoopTextConfig",
        "Inkling2LoopBlockAttentionResidual",
        "attention over the states of earlier blocks in place of the residual",
        package="inkling2_loop",
    ),
    refused(
        "inkling_text",
        "InklingTextConfig",
        "InklingRelativeLogits",
        "scores get a learned bias by relative position; there is no rope",
        package="inkling",
    ),
    refused("jamba", "JambaConfig", "JambaMambaMixer", "Mamba-1; Megatron has Mamba-2"),
    refused("jetmoe", "JetMoeConfig", "JetMoeMoA", "experts inside attention: routed query and output projections"),
    refused(
        "kimi_linear",
        "KimiLinearConfig",
        "KimiLinearDeltaAttention",
        "Kimi Delta Attention, whose decay differs by channel",
    ),
    refused(
        "kolibri1",
        "Kolibri1Config",
        "Kolibri1TopKRouter",
        "experts chosen by what a sigmoid makes scores of, and a bias; Megatron adds the bias to the scores",
        must_be("norm_topk_prob", (True,), "Megatron's weights of a token's experts add up to one"),
    ),
    refused(
        "laguna",
        "LagunaConfig",
        "LagunaAttention.g_proj",
        "a softplus gate on the output of attention; Megatron has a sigmoid",
    ),
    refused(
        "longcat_flash",
        "LongcatFlashConfig",
        "LongcatFlashDecoderLayer",
        "two attentions and two MLPs in a layer, with experts beside them",
    ),
    refused("mamba", "MambaConfig", "MambaMixer", "Mamba-1; Megatron has Mamba-2"),
    refused(
        "minimax",
        "MiniMaxConfig",
        "MiniMaxDecoderLayer",
        "residuals taken after the norm and weighted; lightning attention",
    ),
    refused(
        "modernbert-decoder",
        "ModernBertDecoderConfig",
        "ModernBertDecoderEmbeddings.norm",
        "a norm on the embeddings, and none before the first attention",
    ),
    refused(
        "moshi",
        "MoshiConfig",
        "MoshiForCausalLM",
        "embeds a row more than its vocabulary, and gives each token to a second decoder over depth",
    ),
    refused("mpt", "MptConfig", "build_mpt_alibi_tensor", "ALiBi: scores get a bias by distance"),
    refused(
        "musicgen",
        "MusicgenConfig",
        "MusicgenForCausalLM",
        "one embedding and one output layer for each codebook, and cross attention",
    ),
    refused(
        "musicgen_melody",
        "MusicgenMelodyConfig",
        "MusicgenMelodyForCausalLM",
        "one embedding and one output layer for each codebook",
    ),
    refused("nanochat", "NanoChatConfig", "NanoChatRMSNorm", "norms without weights"),
    refused(
        "olmo_hybrid",
        "OlmoHybridConfig",
        "OlmoHybridAttentionDecoderLayer",
        "norms after attention and MLP in some layers, and before linear attention and MLP in the others",
    ),
    refused("openai-gpt", "OpenAIGPTConfig", "Block", "norms after the residual", package="openai"),
    refused(
        "phi4_multimodal",
        "Phi4MultimodalConfig",
        "Phi4MultimodalFeatureEmbedding",
        "image and audio towers inside the decoder itself",
    ),
    refused(
        "qwen4_exp_text",
        "Qwen4ExpTextConfig",
        "Qwen4ExpTextGatedResidual",
        "several residual streams, mixed by gates around every layer",
        package="qwen4_exp",
    ),
    refused(
        "recurrent_gemma",
        "RecurrentGemmaConfig",
        "RecurrentGemmaRglru",
        "gated linear recurrences in place of attention",
    ),
    refused(
        "reformer",
        "ReformerConfig",
        "LSHSelfAttention",
        "attention within buckets of hashed positions, in reversible layers",
    ),
    refused("rwkv", "RwkvConfig", "RwkvSelfAttention", "RWKV: a recurrence with decay in place of attention"),
    refused("trocr", "TrOCRConfig", "TrOCRForCausalLM", "the decoder of a vision model, with cross attention"),
    refused(
        "xglm",
        "XGLMConfig",
        "XGLMSinusoidalPositionalEmbedding",
        "fixed sinusoidal positions, and embeddings scaled before they are added",
    ),
    refused("xlm", "XLMConfig", "XLMModel", "norms after the residual, and one on the embeddings"),
    refused("xlnet", "XLNetConfig", "XLNetRelativeAttention", "relative attention over permuted positions"),
    refused("xlstm", "xLSTMConfig", "xLSTMModel", "mLSTM blocks in place of attention"),
    refused(
        "zamba",
        "ZambaConfig",
        "ZambaAttentionDecoderLayer",
        "one attention block shared by many layers, on twice the width",
    ),
    refused(
        "zamba2",
        "Zamba2Config",
        "Zamba2AttentionDecoderLayer",
        "one attention block shared by many layers, on twice the width",
    ),
    refused("zaya", "ZayaConfig", "ZayaCCAProjection", "queries, keys and values compressed by convolutions"),
)
