"""The language models of Qwen3.5's dense models: Gated DeltaNet in three layers of four."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.recurrent.delta_net import DELTA_NET
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Since, hard_wired

FAMILY = Family(
    config="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig",
    covers="The language models of Qwen3.5's dense models.",
    parts=(DELTA_NET, DENSE),
    targets=(GPT, HYBRID),
    rows=(hard_wired("attn_output_gate", True, "the class gates the output of its attention always"),),
    since=Since("5.23.0", "The class set partial_rotary_factor beside rope_parameters, which has it now."),
)
