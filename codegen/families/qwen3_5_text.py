"""The language models of Qwen3.5's dense models: Gated DeltaNet in three layers of four."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.files.lineages import QWEN_HYBRID
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.recurrent.delta_net import DELTA_NET
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Family,
    Unread,
    hard_wired,
)

FAMILY = Family(
    config="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig",
    covers="The language models of Qwen3.5's dense models.",
    parts=(DELTA_NET, INTERLEAVED_SECTIONS, QWEN_HYBRID, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        hard_wired("attn_output_gate", True, "the class gates the output of its attention always"),
        Unread("mlp_only_layers", "every layer of the class has an MLP, and none has experts"),
        Unread("output_router_logits", "belongs to experts, which the class does not have"),
    ),
)
