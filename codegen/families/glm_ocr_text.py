"""The language model of GLM-OCR."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.norms import SANDWICH_NORMS
from codegen.parts.decoder.ties import DECODER_IN_COMPOSITE
from codegen.parts.positions.sections import SECTIONS_OF_NEIGHBOURS
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Lacks, Weight

FAMILY = Family(
    config="transformers.models.glm_ocr.configuration_glm_ocr.GlmOcrTextConfig",
    body="transformers.models.glm_ocr.modeling_glm_ocr.GlmOcrTextModel",
    covers="The language model of GLM-OCR.",
    lacks=Lacks(
        "transformers.models.glm_ocr.modeling_glm_ocr.GlmOcrTextDecoderLayer.post_mlp_layernorm",
        "norms after attention and MLP, before the residual",
    ),
    parts=(
        DECODER_IN_COMPOSITE,
        GROUPED_QUERY,
        SECTIONS_OF_NEIGHBOURS,
        UNDECLARED_HEAD_DIM,
        NO_BIAS,
        SANDWICH_NORMS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT,),
    # The class does not declare them.
    replaces=("bos_token_id", "eos_token_id"),
    weights=(
        Weight("self_attn_bda.post_layernorm.weight", "model.layers.{layer}.post_self_attn_layernorm.weight"),
        Weight("mlp_bda.post_layernorm.weight", "model.layers.{layer}.post_mlp_layernorm.weight"),
    ),
)
