"""A function of several statements is carried over whole, with its docstring and comments, under a private name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import DECIDE, Absence, Computed, Local, NoInverse, positive, require
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import PatternFields, dense_first
    from tests.codegen.scenarios.toys import ToyConfig


# A comment above the definition is about the rules, and stays behind.
def layer_freq(hf: ToyConfig) -> list[int]:  # a trailing comment:
    """Which layers have experts.

    The docstring comes along, blank lines included.
    """
    # So do comments, above statements

    first = max(hf.first_dense, 0)  # and behind them.
    if first >= hf.layers:
        return [0] * hf.layers
    return dense_first(hf.layers, first)
    # Even the last one.


def window_size(hf: ToyConfig, check: Check) -> int | None:
    size = check.undeclared_size("window")
    return size if hf.layers > 1 else None


def window(
    window_size: int | None,
    settings: PatternFields,
) -> int | None:
    depth = settings.get("mtp_num_layers") or 1
    return window_size and window_size * depth


def is_deep(hf: ToyConfig) -> bool:
    """Used by two rows, and carried over once."""
    deep = hf.layers > 1
    return bool(deep)


SNAPSHOT = snapshot(
    (hf("layers"), hf("first_dense"), hf("window", "int | None", declared=False)),
    inner=(
        megatron("layer_freq", "list[int]", []),
        megatron("window", "int | None", None),
        megatron("fusion", "bool", False),
    ),
)
OWNERS = (architecture(Absence("layer_freq", DECIDE), Absence("window", DECIDE)), suggested("fusion"))
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Computed("layer_freq", layer_freq, "One entry for each layer.", NO_BACK),
        Local("window_size", window_size, NO_BACK),
        Computed("window", window, "", NO_BACK),
        Computed("fusion", is_deep, "", NO_BACK),
        require("layers", is_deep, "must be above one"),
        *positive("layers", "first_dense", "window"),
    )
)
