"""Constants by import path that upstream does not have, in a row and in a table of values."""

from __future__ import annotations

from codegen.table import Absence, Choice, Constant, Symbol, ValueTable
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

ACTIVATIONS = ValueTable(
    "ACTIVATIONS",
    {"silu": Symbol("torch.nn.functional.silu"), "gelu": Symbol("torch.nn.functional.glu")},
    "Activations.",
)

SNAPSHOT = snapshot(
    (hf("act", "str", "silu"),),
    inner=(megatron("act", "Callable"), megatron("backend", "toy_megatron.enums.Backend")),
    symbols=("torch.nn.functional.gelu", "torch.nn.functional.silu"),
)
OWNERS = (architecture(Absence("act", 0), Absence("backend", 0)),)
FAMILY = family(
    (
        Choice("act", "act", ACTIVATIONS),
        Constant("backend", Symbol("toy_megatron.enums.Backend.fused"), "The only one."),
    )
)
