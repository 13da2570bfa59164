"""Values that a Megatron field does not take, told by type: `int | None` into `int`, and constants of other types."""

from __future__ import annotations

from codegen.table import Absence, Choice, Constant, Rename, Symbol, ValueTable, positive
from tests.codegen.scenarios.toys import architecture, derived, family, hf, megatron, snapshot, unknown

SILU = Symbol("torch.nn.functional.silu")
ACTIVATIONS = ValueTable("ACTIVATIONS", {"silu": SILU, "none": None}, "Activations.")

SNAPSHOT = snapshot(
    (
        hf("heads", "int | None"),
        hf("required_heads", "int | None"),
        hf("epsilon", "int"),
        hf("theta", "float"),
        hf("act", "str", "silu"),
        hf("kind", 'Literal["rope", "yarn"]', "rope"),
        hf("other_kind", 'Literal["rope", "none"]', "rope"),
        derived("half", "float"),
        unknown("window"),
    ),
    inner=(
        megatron("heads"),
        megatron("required_heads"),
        megatron("epsilon", "float"),
        megatron("theta", "int"),
        megatron("act", "Callable | None"),
        megatron("kind", 'Literal["rope", "yarn", "none"]'),
        megatron("other_kind", 'Literal["rope", "yarn"]'),
        megatron("half", "int"),
        megatron("window", "int"),
        megatron("flag", "bool", False),
        megatron("count", "int", 0),
        megatron("norm", 'Literal["LayerNorm", "RMSNorm"]', "LayerNorm"),
        megatron("init", "str", ""),
        megatron("base", "Callable"),
    ),
    symbols=(SILU.path,),
)
OWNERS = (
    architecture(
        *(Absence(name, 0) for name in ("heads", "required_heads", "epsilon", "theta", "act", "kind", "other_kind")),
        *(Absence(name, 0) for name in ("half", "window", "count", "base")),
        Absence("flag", False),
        Absence("norm", "LayerNorm"),
        Absence("init", ""),
    ),
)
FAMILY = family(
    (
        Rename("heads", "heads"),
        Rename("required_heads", "required_heads", required="there is no model without it"),
        Rename("epsilon", "epsilon"),
        Rename("theta", "theta"),
        Choice("act", "act", ACTIVATIONS),
        Rename("kind", "kind"),
        Rename("other_kind", "other_kind"),
        Rename("half", "half"),
        Rename("window", "window"),
        Constant("flag", 1, "A number is no flag."),
        Constant("count", True, "A flag is no number."),
        Constant("norm", "RmsNorm", "Not how Megatron spells it."),
        Constant("init", SILU, "A function is no string."),
        Constant("base", "silu", "A string is no function."),
        *positive("heads", "required_heads", "epsilon", "theta"),
    )
)
