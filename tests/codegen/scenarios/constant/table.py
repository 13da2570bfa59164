"""Constants with their reasons; what is as absent as Megatron's default is written only where absence must be said."""

from __future__ import annotations

from codegen.table import DECIDE, Absence, Constant, Symbol
from tests.codegen.scenarios.toys import architecture, family, megatron, snapshot, suggested

SILU = Symbol("torch.nn.functional.silu")
GELU = Symbol("torch.nn.functional.gelu")

SNAPSHOT = snapshot(
    (),
    inner=(
        megatron("normalization", "str", "LayerNorm"),
        megatron("activation", "Callable", {"$symbol": GELU.path}),
        megatron("gate", "bool", False),
        megatron("window", "int | None", None),
        megatron("sinks", "int", 0),
        megatron("unused_activation", "Callable", {"$symbol": GELU.path}),
        megatron("dropout", "float", 0.1),
        megatron("pad_vocab", "bool", False),
    ),
    symbols=(SILU.path, GELU.path),
)
OWNERS = (
    architecture(
        Absence("normalization", DECIDE),
        Absence("activation", GELU),
        Absence("gate", DECIDE),
        Absence("window", None),
        Absence("sinks", 0),
        Absence("unused_activation", GELU),
    ),
    suggested("dropout", "pad_vocab"),
)
FAMILY = family(
    (
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        Constant("activation", SILU, "SwiGLU: Hugging Face has no flag."),
        Constant("gate", False, "To be decided, and decided: written although it is Megatron's default."),
        Constant("window", None, "Absent, and left out: Megatron's default says the same."),
        Constant("unused_activation", GELU, "Absent, and left out, and not imported either."),
        Constant(
            "sinks",
            4,
            "A reason that is longer than a line is wrapped above its line, and none of its words is lost on the "
            "way from the table to the generated module.",
        ),
        Constant("dropout", 0.0, "A suggestion: an entry of the settings, before the caller's."),
        Constant("pad_vocab", False, "A suggestion is written even where it is Megatron's default."),
    )
)
