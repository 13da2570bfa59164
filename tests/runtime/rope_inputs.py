"""Inputs of the rope readers, and a way to call one without a config."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check

MAX_POSITIONS = 16384
THETAS = (10000, 10000.0, 500000.0, 1e6, 12345.5, 1e20)
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 4096}
ABSENT = object()


class Recorder:
    """Stands for a Check: keeps what is refused."""

    def __init__(self) -> None:
        self.refusals: list[tuple[str, object, str]] = []

    def refuse(self, field: str, value: object, reason: str) -> None:
        self.refusals.append((field, value, reason))

    def width_of_heads(self, field: str) -> object:
        return None

    def refuse_width(self, field: str, width: object, reason: str) -> None:
        self.refuse(field, width, reason)

    def is_set(self, field: str) -> bool:
        return False


def read(reader: Any, rope_parameters: object, **keywords: Any) -> tuple[Any, list[tuple[str, object, str]]]:
    check = Recorder()
    keywords.setdefault("max_position_embeddings", MAX_POSITIONS)
    rope = reader(cast("Check", check), rope_parameters, **keywords)
    return rope, check.refusals


def accept(reader: Any, rope_parameters: object, **keywords: Any) -> Any:
    rope, refusals = read(reader, rope_parameters, **keywords)
    assert refusals == [], rope_parameters
    return rope


def with_keys(base: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """`base` with `keys`, less those that are ABSENT."""
    return {key: value for key, value in {**base, **keys}.items() if value is not ABSENT}


YARN_GRIDS: tuple[dict[str, tuple[Any, ...]], ...] = (
    {
        "beta_fast": (ABSENT, None, 0, 32, 1.0, 64.0),
        "beta_slow": (ABSENT, None, 0.0, 1, 2.5),
        "truncate": (ABSENT, True, False, None),
    },
    {
        "mscale": (ABSENT, None, 0, 1.0, 0.707),
        "mscale_all_dim": (ABSENT, None, 0.0, 1, 0.5),
        "factor": (4.0, None, 1, 0.5, 40.0),
    },
    {
        "attention_factor": (ABSENT, None, 1.0, 1, 0.25, 1.1386294361119891, 2.5),
        "mscale": (ABSENT, 0.707),
        "mscale_all_dim": (ABSENT, 0, 0.5),
        "factor": (4.0, None, 32, 1.5),
    },
    {"rope_theta": THETAS, "factor": (2, 40.0), "original_max_position_embeddings": (512, 4096, 4096.0)},
)


def grid(base: dict[str, Any], axes: dict[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [with_keys(base, **dict(zip(axes, values, strict=True))) for values in itertools.product(*axes.values())]
