"""The round trip of a hybrid model of a family that is a GPT model elsewhere."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from mcore_mappers import dump, load
from tests.back.ways import architecture, bare
from tests.families import PROOFS, mappers
from tests.numerics.cases import Case, cases_of, drawn
from tests.support.about import about
from tests.support.equality import differences

HYBRIDS = [name for name, proof in PROOFS.items() if proof.hybrid is not None]
"""Families that can be hybrid models too."""


def cases(family: str) -> list[Case]:
    return [case for case in cases_of(family) if case.mapper == "to_megatron_hybrid"]


def hybrid(family: str, hf: PreTrainedConfig) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        return mappers(family)["to_megatron_hybrid"](hf)


@pytest.mark.parametrize("family", HYBRIDS)
def test_a_hybrid_comes_back(family: str) -> None:
    """As its own base exactly, and from provenance or class defaults as a config of the same model."""
    for case in drawn(cases(family), 0, f"hybrids of {family}"):
        with about(str(case)):
            comes_back(case)


def comes_back(case: Case) -> None:
    hf = case.config()
    model = hybrid(case.family, hf)
    assert mcore_mappers.to_hf(model, base=hf).to_dict() == hf.to_dict()
    assert not architecture(model, hybrid(case.family, mcore_mappers.to_hf(model)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mcore_mappers.DefaultedFieldsWarning)
        result = mcore_mappers.to_hf(bare(model), family=case.family)
    assert not architecture(model, hybrid(case.family, result))


@pytest.mark.parametrize("family", HYBRIDS)
def test_a_hybrid_survives_the_disk(family: str) -> None:
    model = hybrid(family, next(case for case in cases(family) if case.name == "combined").config())
    assert not differences(load(dump(model)), model)
