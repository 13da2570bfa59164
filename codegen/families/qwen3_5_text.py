"""The language models of Qwen3.5's dense models: Gated DeltaNet in three layers of four."""

from __future__ import annotations

from codegen.families.decoder import KERNELS
from codegen.families.delta_net import DELTA_NET, HYBRID_DENSE, IN_PATTERN_TOO
from codegen.families.hybrid import as_hybrid
from codegen.families.targets import GPT
from codegen.table import Family, HardWired, Rows

TABLE = Rows(
    module=__name__,
    extends=(DELTA_NET, KERNELS),
    rows=(HardWired("attn_output_gate", True, "the class gates the output of its attention always"),),
)

QWEN3_5_TEXT = Family(
    name="qwen3_5_text",
    config_class="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig",
    target=GPT,
    table=TABLE,
    covers="The language models of Qwen3.5's dense models.",
    hybrid=as_hybrid(TABLE, *HYBRID_DENSE, without=IN_PATTERN_TOO),
)
