"""Qwen3's dense models."""

from __future__ import annotations

from codegen.families.attention import NO_ATTENTION_BIAS, QK_NORM, QWEN_WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ROPE
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, QK_NORM, NO_ATTENTION_BIAS, QWEN_WINDOW, KERNELS, GIVEN_HEAD_DIM),
)

QWEN3 = Family(
    name="qwen3",
    config_class="transformers.models.qwen3.configuration_qwen3.Qwen3Config",
    target=GPT,
    table=TABLE,
    covers="Qwen3's dense models.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS),
)
