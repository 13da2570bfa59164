"""Values that several lines share, read once; one gives Megatron fields itself, and all may be taken by functions.

One depends on what is suggested, and comes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import DECIDE, Absence, Computed, Constant, Local, NoInverse, positive
from tests.codegen.scenarios.toys import OUTER, architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import PatternFields
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope
    from tests.codegen.scenarios.toys import ToyConfig


def rope(hf: ToyConfig, check: Check) -> GPTRope:
    return gpt_rope(check, hf.rope_parameters, max_position_embeddings=hf.max_length)


def half(hf: ToyConfig) -> int:
    rounded = hf.max_length + hf.max_length % 2
    return rounded // 2


def quarter(half: int) -> int:
    return half // 2


def interpolation(half: int, rope: GPTRope) -> float | None:
    return rope.seq_len_interpolation_factor if half > 1 else None


def further(settings: PatternFields, half: int) -> bool:
    return bool(settings.get("mtp_num_layers")) and half > 1


def further_layers(further: bool, half: int) -> int:
    return half if further else 0


SNAPSHOT = snapshot(
    (hf("rope_parameters", "dict[str, object]", {}), hf("max_length")),
    inner=(
        megatron("quarter"),
        megatron("interpolation", "float | None", None),
        megatron("further_layers"),
        megatron("mtp_num_layers", "int | None", None),
    ),
    outer=(megatron("rotary_base"), megatron("rotary_percent", "float", 1.0)),
)
OWNERS = (
    architecture(Absence("quarter", DECIDE), Absence("interpolation", DECIDE), Absence("further_layers", DECIDE)),
    suggested("mtp_num_layers"),
    architecture(Absence("rotary_base", DECIDE), Absence("rotary_percent", DECIDE), classes=OUTER),
)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Computed("quarter", quarter, "", NO_BACK),
        Computed("interpolation", interpolation, "", NO_BACK),
        Computed("further_layers", further_layers, "", NO_BACK),
        Constant("mtp_num_layers", 1, "As many as toys have."),
        Local("rope", rope, NO_BACK, gives=("rotary_percent", "rotary_base")),
        Local("half", half, NO_BACK),
        Local("further", further, NO_BACK),
        *positive("max_length"),
    )
)
