"""Configs as checkpoints spell them map to the values that their publishers state, or are refused by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcore_mappers import UnsupportedConfigError
from tests.configs.expected import MAPPED, REFUSED
from tests.mapping.support import fields, load, to_megatron

CONFIGS = Path(__file__).parents[1] / "configs"


@pytest.mark.parametrize("name", MAPPED)
def test_maps(name: str) -> None:
    actual = fields(to_megatron(load(CONFIGS / f"{name}.json")))
    wrong = {
        field: (actual.get(field, "absent"), value)
        for field, value in MAPPED[name].items()
        if actual.get(field, "absent") != value
    }
    assert not wrong, "field: (actual, expected)"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_every_field(name: str) -> None:
    with pytest.raises(UnsupportedConfigError) as error:
        to_megatron(load(CONFIGS / f"{name}.json"))
    assert {refusal.field for refusal in error.value.refusals} == REFUSED[name]
    assert error.value.family == name.partition("/")[0]


def test_every_config_has_an_expectation() -> None:
    names = {path.relative_to(CONFIGS).with_suffix("").as_posix() for path in CONFIGS.rglob("*.json")}
    assert names == MAPPED.keys() | REFUSED.keys()
