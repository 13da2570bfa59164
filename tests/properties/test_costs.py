"""What a config may cost, however large what it holds is: two hundred megabytes, and time that ends."""

from __future__ import annotations

import json
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any, Final

import pytest
from transformers import PreTrainedConfig, Qwen3_5Config

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from tests.families import family_of, mappers
from tests.numerics.test_sensitivity import quiet
from tests.properties.odd import MANY
from tests.selection import draw, sample, whole
from tests.support.about import about
from tests.support.hf import CLASSES, FAMILIES, config
from tests.support.plans import described, verdicts

SECONDS: Final = 60.0
"""Against what grows with the numbers in a config: mapping takes milliseconds, and a slow machine ten times as long."""
BYTES: Final = 200 * 2**20

NUMBERS: Final = (10_000, MANY, 10**9, 2**31)
VALUES: Final[Mapping[str, Callable[[], Any]]] = {
    **{f"{number:,}": lambda number=number: number for number in NUMBERS},
    "many layers": lambda: ["full_attention"] * MANY,
    "many numbers": lambda: [*range(MANY)],
    "many entries": lambda: dict.fromkeys(range(MANY), "x"),
    "many in many": lambda: {name: [{"x": [0] * 100}] * 100 for name in range(100)},
}
IN_A_SLICE, IN_ALL = 8, 30
"""How many values are tried of a family: in a slice, and in a whole run."""
SOME_FAMILIES: Final = 8
"""How many families a slice measures: every mapper begins with the same checks."""


def within_bounds(call: Callable[[], object]) -> None:
    """What a call takes, whether it gives something or refuses."""
    tracemalloc.start()
    started = process_time()
    try:
        # What transformers raises for itself is its own; what it takes until then counts.
        with quiet(), warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter("ignore")
            call()
        seconds, (_, most) = process_time() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seconds < SECONDS
    assert most < BYTES


def sized(family: str) -> Iterator[tuple[str, str]]:
    """Fields that count something or list something, and those that decide nothing, with a value."""
    for field in described(family)[1].fields:
        if any(kind in field.type for kind in ("int", "list", "dict", "tuple")) or field.name == "rope_parameters":
            yield from ((field.name, value) for value in VALUES)
    yield from (("unknown", value) for value in VALUES)


@pytest.mark.costly
@pytest.mark.parametrize("family", draw(FAMILIES, SOME_FAMILIES, "families that cost"))
def test_mapper(family: str) -> None:
    counts = {name for name in verdicts(family) if name.endswith("layers")}
    for field, value in sample(
        sized(family),
        IN_ALL if whole() else IN_A_SLICE,
        f"sizes of {family}",
        always=lambda pair: pair[0] in counts and pair[1] == "2,147,483,648",
    ):
        hf = config(family)
        vars(hf)[CLASSES[family].attribute_map.get(field, field)] = VALUES[value]()
        with about(family, field, value):
            within_bounds(lambda hf=hf: _there_and_back(hf))


def _there_and_back(hf: PreTrainedConfig) -> None:
    for mapper in mappers(family_of(mcore_mappers.text_config(hf))).values():
        with suppress(UnsupportedConfigError):
            mcore_mappers.to_hf(mapper(hf))


@pytest.mark.parametrize("family", draw(FAMILIES, SOME_FAMILIES, "families of files that cost"))
def test_file(family: str, tmp_path: Path) -> None:
    """A file of a few numbers; what transformers builds of them counts too."""
    stated = config(family).to_dict()
    counts = [name for name in stated if name.endswith(("layers", "n_layer"))]
    for name in draw((*counts, "num_labels"), 1, f"counts of {family}"):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**stated, "dtype": "float32", name: 10**7}, default=str))
        with about(family, name):
            within_bounds(lambda path=path: mcore_mappers.load_config(path))


@pytest.mark.parametrize("depth", [100, 900, 5_000])
def test_deep_file(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"model_type": "llama", "deep": ' + '{"x": ' * depth + "1" + "}" * depth + "}")
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.load_config(path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("value", VALUES)
def test_composite(value: str) -> None:
    hf = Qwen3_5Config()
    for level in (hf, hf.text_config):
        vars(level)["unknown"] = VALUES[value]()
    within_bounds(lambda: mcore_mappers.text_config(hf))
