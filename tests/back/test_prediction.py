"""Layers that predict further tokens: a config counts those of which there are weights."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mcore_mappers import UnsupportedConfigError
from tests.back.ways import architecture, back, bare, targets
from tests.numerics.runtime import CPU_FIELDS, build_megatron
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import described, rows_of

COUNTS = {
    family: row.back[0].field
    for family in FAMILIES
    for row in rows_of(described(family)[0])
    if "mtp_num_layers" in row.targets and isinstance(row.back, tuple)
}
"""The families whose configs count such layers, each with the name under which."""
TWICE: dict[str, Any] = {"mtp_num_layers": 2, "mtp_use_repeated_layer": True}


def test_who_counts_them() -> None:
    assert {"deepseek_v3", "glm4_moe", "nemotron_h", "qwen2"} <= COUNTS.keys()
    assert len(COUNTS) < len(FAMILIES)


@pytest.mark.parametrize("family", COUNTS)
@pytest.mark.parametrize(
    ("caller", "count"),
    [
        ({"mtp_num_layers": 2}, 2),
        (TWICE, 1),
        ({"mtp_num_layers": 1, "mtp_use_repeated_layer": True}, 1),
        ({"mtp_num_layers": None}, 0),
        ({"mtp_num_layers": None, "mtp_use_repeated_layer": True}, 0),
    ],
)
def test_as_many_as_there_are_weights_of(family: str, caller: dict[str, Any], count: int) -> None:
    """Whatever a base or provenance says: the model wins."""
    name = COUNTS[family]
    for mapper in targets(family):
        for base in (config(family, **{name: 1}), config(family, **{name: 0}), config(family, **{name: 3})):
            model = mapper(base, **caller)
            for result in (back(model, base=base), back(model), back(bare(model), family=family)):
                # A key that only remote code knows is left out where there are none.
                assert getattr(result, name, 0) == count
                assert mapper(result).mtp_num_layers == (count or None)
                assert not architecture(model, mapper(result, **caller))


@pytest.mark.parametrize("family", sorted({*FAMILIES} - COUNTS.keys()))
def test_a_config_that_cannot_say_them_is_none_of_the_model(family: str) -> None:
    """They would be lost without a word. No caller gets such a model of the family, but others make some."""
    hf = config(family)
    for mapper in targets(family):
        for fields in ({"mtp_num_layers": 1}, TWICE):
            model = mapper(hf)
            for name, value in fields.items():
                setattr(model.transformer, name, value)
            for keywords in ({"base": hf}, {}):
                with pytest.raises(UnsupportedConfigError) as caught:
                    back(model, **keywords)
                assert {each.field for each in caught.value.refusals} == {"mtp_num_layers"}
        assert back(mapper(hf, mtp_num_layers=None), base=hf).to_dict() == hf.to_dict()


@pytest.mark.usefixtures("process")
def test_one_that_is_applied_twice_has_the_weights_of_one() -> None:
    hf = config("qwen2", num_nextn_predict_layers=1)
    parameters: list[set[tuple[str, Any]]] = []
    for caller in ({"mtp_num_layers": 1}, TWICE, {"mtp_num_layers": 2}):
        model = build_megatron(mapped(hf, **{**CPU_FIELDS, **caller}))
        parameters.append({(name, value.shape) for name, value in model.named_parameters()})
    one, repeated, two = parameters
    assert one == repeated < two
    layers = [
        {found[1] for name, _ in each if (found := re.search(r"mtp\.layers\.(\d+)", name))} for each in parameters
    ]
    assert layers == [{"0"}, {"0"}, {"0", "1"}]
