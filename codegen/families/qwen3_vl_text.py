"""The language model of Qwen3-VL's dense models."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.ties import DECODER_IN_COMPOSITE
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.stack.kinds import UNDECLARED_LAYER_TYPES
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Unread

FAMILY = Family(
    config="transformers.models.qwen3_vl.configuration_qwen3_vl.Qwen3VLTextConfig",
    body="transformers.models.qwen3_vl.modeling_qwen3_vl.Qwen3VLTextModel",
    covers="The language model of Qwen3-VL's dense models, whose tokens of images also enter its first layers.",
    parts=(
        DECODER_IN_COMPOSITE,
        GROUPED_QUERY,
        ROPE,
        INTERLEAVED_SECTIONS,
        GIVEN_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        UNDECLARED_LAYER_TYPES,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=tuple(
        Unread(key, "read by generation and tokenizers only, and written for every class by older releases")
        for key in ("bos_token_id", "eos_token_id")
    ),
    replaces=("bos_token_id", "eos_token_id"),
)
