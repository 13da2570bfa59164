"""The language model of PaddleOCR-VL."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import USED_BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import NO_DROPOUT_IN_ATTENTION
from codegen.parts.positions.sections import SECTIONED_ROPE
from codegen.parts.stack.kinds import UNDECLARED_LAYER_TYPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, must_be

FAMILY = Family(
    config="transformers.models.paddleocr_vl.configuration_paddleocr_vl.PaddleOCRTextConfig",
    body="transformers.models.paddleocr_vl.modeling_paddleocr_vl.PaddleOCRTextModel",
    covers="The language model of PaddleOCR-VL.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        SECTIONED_ROPE,
        HEAD_DIM,
        USED_BIASES,
        UNDECLARED_LAYER_TYPES,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("attention_dropout",),
    rows=(
        NO_DROPOUT_IN_ATTENTION,
        must_be("sliding_window", (None,), "the class masks no token by it, and hands it to kernels that may"),
    ),
)
