"""The ratios that `make bench` found, as a file, and what others have recorded. No figure is one machine's seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parents[2] / "docs" / "bench.json"


@dataclass(frozen=True)
class Recorded:
    """What a table that is walked at run time cost somewhere else, in microseconds."""

    what: str
    family: str
    call: float
    floor: float
    """The bare construction of the same dataclass, on the same machine."""

    @property
    def ratio(self) -> float:
        return self.call / self.floor


WALK: Final = Recorded("a table walked at run time (Megatron-Bridge main, Llama; recorded)", "llama", 139.0, 32.5)


@dataclass(frozen=True)
class Figures:
    """What was measured side by side."""

    calls: Mapping[str, float]
    """Of each family, a call of its mapper as a multiple of the bare construction with the same values."""
    growth: Mapping[str, Sequence[float]]
    """By command, its CPU as a part of what `regen` of the whole table takes; "families" has how many there were."""
    layers: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of each field of `Layers`, a layer with it as a multiple of the stock layer: what the page about layers shows."""


def relative(growth: Mapping[str, Sequence[float]]) -> Mapping[str, Sequence[float]]:
    """Seconds by command, as parts of the last of `regen`."""
    whole = growth["regen"][-1]
    counts = {"families": [int(count) for count in growth["families"]]}
    return {
        **counts,
        **{name: [round(each / whole, 3) for each in growth[name]] for name in growth if name != "families"},
    }


def write(figures: Figures) -> None:
    """Where people and the pages find them."""
    FILE.write_text(json.dumps(asdict(figures), indent=1) + "\n", "utf-8")


def read() -> Figures:
    """As they were written last."""
    return Figures(**json.loads(FILE.read_text("utf-8")))
