"""Qwen2 and Qwen2.5, and what is distilled into them."""

from __future__ import annotations

from codegen.families.attention import QKV_BIAS, QWEN_WINDOW, UNDECLARED_HEAD_DIM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ROPE
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.mtp import REMOTE_MTP
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, QKV_BIAS, QWEN_WINDOW, KERNELS, REMOTE_MTP),
    rows=(),
)

QWEN2 = Family(
    name="qwen2",
    config_class="transformers.models.qwen2.configuration_qwen2.Qwen2Config",
    target=GPT,
    table=TABLE,
    covers="Qwen2 and Qwen2.5, and what is distilled into them.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS),
)
