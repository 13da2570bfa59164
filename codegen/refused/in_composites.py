"""Classes for text that composites hold, and that no Megatron config can be.

Where several computations stand in the way, the first is named that no field of the config switches off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from codegen.refused.form import refused
from codegen.table import RefusedClass

_STREAMS: Final = "hyper-connections: several residual streams, mixed around every layer"
_SINUSOIDAL: Final = "fixed sinusoidal positions, and embeddings scaled before they are added"


def _encoder(model_type: str, config: str, computation: str, package: str, module: str = "") -> RefusedClass:
    why = "reads a text as a whole for the rest of its composite, and predicts no token"
    return refused(model_type, config, computation, why, package=package, module=module)


LANGUAGE_MODELS: Final = (
    refused(
        "ernie4_5_vl_moe_text",
        "Ernie4_5_VLMoeTextConfig",
        "Ernie4_5_VLMoeMoeBlock.vision_moe",
        "experts for images alone, beside those for texts",
        package="ernie4_5_vl_moe",
    ),
    refused("glm5_next_text", "Glm5NextTextConfig", "Glm5NextTextHyperConnection", _STREAMS, package="glm5_next"),
    refused(
        "glm_image_text",
        "GlmImageTextConfig",
        "GlmImageForConditionalGeneration.lm_head",
        "more tokens are embedded than predicted",
        package="glm_image",
    ),
    refused(
        "hunyuan_vl_text",
        "HunYuanVLTextConfig",
        "HunYuanVLDenseV1Attention.query_layernorm",
        "queries and keys are normalised after rope",
        package="hunyuan_vl",
    ),
    refused("hy_v4_vl_text", "HYV4VLTextConfig", "HYV4VLHyperConnection", _STREAMS, package="hy_v4_vl"),
    refused(
        "kosmos_2_text_model",
        "Kosmos2TextConfig",
        "Kosmos2TextSinusoidalPositionalEmbedding",
        _SINUSOIDAL,
        package="kosmos2",
    ),
    refused(
        "kosmos_2_5_text_model",
        "Kosmos2_5TextConfig",
        "Kosmos2_5TextSinusoidalPositionalEmbedding",
        _SINUSOIDAL,
        package="kosmos2_5",
    ),
    refused(
        "mistral_large4_text",
        "MistralLarge4TextConfig",
        "MistralLarge4TextSoftmaxScaling",
        "queries scaled by the logarithm of their position, at a learned rate by head",
        package="mistral_large4",
    ),
    refused(
        "mllama_text_model",
        "MllamaTextConfig",
        "MllamaTextModel.embed_tokens",
        "eight tokens more are embedded than predicted, and some layers attend to images alone",
        package="mllama",
    ),
    refused(
        "muse_glimmer_text",
        "MuseGlimmerTextConfig",
        "MuseGlimmerTextNormedEmbedding",
        "a norm on the embeddings, and norms of queries and keys without weights",
        package="muse_glimmer",
    ),
    refused(
        "muse_spark_text",
        "MuseSparkTextConfig",
        "MuseSparkResidualGate",
        "gates of what attention and MLP add to the residual",
        package="muse_spark",
    ),
    refused(
        "pix2struct_text_model",
        "Pix2StructTextConfig",
        "Pix2StructTextLayerCrossAttention",
        "every layer attends to patches of an image too",
        package="pix2struct",
    ),
    refused(
        "pp_formulanet_text",
        "PPFormulaNetTextConfig",
        "PPFormulaNetDecoderLayer.encoder_attn",
        "every layer attends to an image too",
        package="pp_formulanet",
    ),
    refused(
        "qwen2_5_omni_talker",
        "Qwen2_5OmniTalkerConfig",
        "Qwen2_5OmniTalkerForConditionalGeneration.thinker_to_talker_proj",
        "codes are embedded, added to what the thinker made of the text, and projected to the width of the layers",
        package="qwen2_5_omni",
    ),
    refused(
        "qwen3_omni_moe_talker_text",
        "Qwen3OmniMoeTalkerTextConfig",
        "Qwen3OmniMoeTalkerForConditionalGeneration.text_projection",
        "a position is the sum of the codes of one frame and of what the thinker made of the text",
        package="qwen3_omni_moe",
    ),
    refused(
        "qwen3_omni_moe_talker_code_predictor",
        "Qwen3OmniMoeTalkerCodePredictorConfig",
        "Qwen3OmniMoeTalkerCodePredictorModel.codec_embedding",
        "an embedding and an output layer for each code of a frame",
        package="qwen3_omni_moe",
    ),
    refused(
        "voxtral_realtime_text",
        "VoxtralRealtimeTextConfig",
        "VoxtralRealtimeTextAdaRmsNorm",
        "norms that are scaled by the delay of the transcription",
        package="voxtral_realtime",
    ),
)

ENCODERS_IN_COMPOSITES: Final = (
    _encoder("aimv2_text_model", "Aimv2TextConfig", "Aimv2TextModel", "aimv2"),
    _encoder("align_text_model", "AlignTextConfig", "AlignTextModel", "align"),
    _encoder("altclip_text_model", "AltCLIPTextConfig", "AltCLIPTextModel", "altclip"),
    replace(
        refused("blip_text_model", "BlipTextConfig", "", "norms after the residual", package="blip"),
        computation="transformers.models.blip.modeling_blip_text.BlipTextSelfOutput",
    ),
    _encoder("bridgetower_text_model", "BridgeTowerTextConfig", "BridgeTowerTextModel", "bridgetower"),
    _encoder("chinese_clip_text_model", "ChineseCLIPTextConfig", "ChineseCLIPTextModel", "chinese_clip"),
    _encoder("clap_text_model", "ClapTextConfig", "ClapTextModel", "clap"),
    _encoder("clip_text_model", "CLIPTextConfig", "CLIPTextModel", "clip"),
    _encoder("clipseg_text_model", "CLIPSegTextConfig", "CLIPSegTextModel", "clipseg"),
    _encoder("clvp_encoder", "ClvpEncoderConfig", "ClvpEncoder", "clvp"),
    refused(
        "diffusion_gemma_text",
        "DiffusionGemmaTextConfig",
        "DiffusionGemmaSelfConditioning",
        "writes blocks of tokens by diffusion, and not one after the other",
        package="diffusion_gemma",
    ),
    _encoder("embedding_gemma2_text", "EmbeddingGemma2TextConfig", "EmbeddingGemma2TextModel", "embedding_gemma2"),
    _encoder("flava_text_model", "FlavaTextConfig", "FlavaTextModel", "flava"),
    _encoder("groupvit_text_model", "GroupViTTextConfig", "GroupViTTextModel", "groupvit"),
    _encoder("metaclip_2_text_model", "MetaClip2TextConfig", "MetaClip2TextModel", "metaclip_2"),
    _encoder("modernbert", "ModernBertConfig", "ModernBertModel", "modernbert"),
    _encoder("owlv2_text_model", "Owlv2TextConfig", "Owlv2TextModel", "owlv2"),
    _encoder("owlvit_text_model", "OwlViTTextConfig", "OwlViTTextModel", "owlvit"),
    _encoder("sam3_lite_text_text_model", "Sam3LiteTextTextConfig", "Sam3LiteTextTextModel", "sam3_lite_text"),
    _encoder("siglip2_text_model", "Siglip2TextConfig", "Siglip2TextModel", "siglip2"),
    _encoder("siglip_text_model", "SiglipTextConfig", "SiglipTextModel", "siglip"),
    _encoder("t5gemma2_text", "T5Gemma2TextConfig", "T5Gemma2TextEncoder", "t5gemma2"),
    _encoder("tipsv2_text_model", "Tipsv2TextConfig", "Tipsv2TextModel", "tipsv2"),
    _encoder("ultrabert", "UltrabertConfig", "UltrabertModel", "ultrabert"),
    _encoder("videoprism_text_model", "VideoPrismTextConfig", "VideoPrismTextModel", "videoprism"),
    _encoder("xclip_text_model", "XCLIPTextConfig", "XCLIPTextModel", "x_clip"),
)
