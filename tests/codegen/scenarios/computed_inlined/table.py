"""A function of one expression stands where its value is used, whatever shape the expression has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from codegen.table import DECIDE, Absence, Computed, Inverse, NoInverse, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.layer_kinds import dense_first
    from tests.codegen.scenarios.toys import ToyConfig, ToyTransformerConfig


def channels(hf: ToyConfig) -> int:
    """A docstring does not make it a function of several statements."""
    return hf.hidden_size // hf.heads


def channels_of(transformer: ToyTransformerConfig) -> int:
    return transformer.channels * transformer.heads


def window(hf: ToyConfig) -> tuple[int, int] | None:
    return None if hf.window is None else (hf.window - 1, 0)


def bare_tuple(hf: ToyConfig) -> tuple[int, int]:
    return hf.heads, hf.hidden_size


def several_lines(hf: ToyConfig) -> float:
    return (
        # Comments inside the expression come along.
        hf.heads
        or hf.hidden_size
    )


def with_imports(hf: ToyConfig) -> list[int]:
    return dense_first(math.ceil(hf.heads), 1)


def dropout(hf: ToyConfig) -> float:
    return 0.0 if hf.heads > 1 else 0.1


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("heads"), hf("window", "int | None")),
    inner=(
        megatron("channels"),
        megatron("window", "tuple[int, int] | None", None),
        megatron("pair", "tuple[int, int] | None", None),
        megatron("several_lines", "float"),
        megatron("layer_freq", "list[int]", []),
        megatron("dropout", "float", 0.1),
    ),
)
OWNERS = (
    architecture(*(Absence(name, DECIDE) for name in ("channels", "window", "pair", "several_lines", "layer_freq"))),
    suggested("dropout"),
)
BACK = (Inverse("hidden_size", channels_of),)
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Computed("channels", channels, "", NoInverse("hidden_size is read back from hidden_size")),
        Computed("window", window, "Megatron counts the tokens before the current one.", NO_BACK),
        Computed("pair", bare_tuple, "A tuple without parentheses gets them.", NO_BACK),
        Computed("several_lines", several_lines, "", NO_BACK),
        Computed("layer_freq", with_imports, "", NO_BACK),
        Computed("dropout", dropout, "Small toys need none.", NO_BACK),
        *positive("hidden_size", "heads", "window"),
    )
)
