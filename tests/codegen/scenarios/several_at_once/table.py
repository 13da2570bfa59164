"""What a bump brings: all of it in one run, each diagnostic once, sorted by code, file and row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import DECIDE, Absence, Computed, Constant, Ignored, Kind, Part
from tests.codegen.scenarios.several_at_once.shared import SHARED
from tests.codegen.scenarios.toys import architecture, caller, derived, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig

FACTOR = 2


def scaled(hf: ToyConfig) -> int:
    return hf.intermediate_sizes * FACTOR


SNAPSHOT = snapshot(
    (
        hf("hidden_size", "int | None"),
        hf("intermediate_size"),
        hf("new_field", "bool", default=False, documented=True),
        hf("cache", "bool"),
        derived("new_property", "int"),
        unknown("new_attribute"),
    ),
    inner=(
        megatron("hidden_size"),
        megatron("ffn_hidden_size"),
        megatron("num_layers", documented=True),
        megatron("window", "int | None", 4096),
        megatron("tensor_parallel", "int", 1),
        megatron("new_knob", "bool", False, documented=True),
    ),
)
OWNERS = (
    architecture(*(Absence(name, DECIDE) for name in ("num_layers", "hidden_size", "ffn_hidden_size"))),
    architecture(Absence("window", None), Absence("gone", None)),
    caller("tensor_parallel"),
)
TABLE = Part(
    rows=(
        Computed("ffn_hidden_size", scaled, "", inverse=()),
        Constant("tensor_parallel", 1, ""),
        Ignored("cache", Kind.DEAD, "nobody reads it"),
        Ignored("hidden_size", Kind.INFERENCE, "said in spite of the rename"),
        Ignored("old_field", Kind.INFERENCE, "gone with the bump"),
    ),
    includes=(SHARED,),
    replaces=("old_drop",),
)
# The second family has the same part: what is wrong with a shared row is said once.
FAMILIES = (family(parts=(TABLE,)), family(parts=(TABLE,), name="toy_two"))
