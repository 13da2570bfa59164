"""Deviations whose bound is a length: equal up to it, and not one token later; nothing longer is mapped."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from transformers import PreTrainedConfig

from codegen.rows.guard import Guard, Length
from mcore_mappers import UnsupportedConfigError, diff, dump, families, load, to_hf
from tests.families import PROOFS, build, needing, stated
from tests.families.proof import Keywords
from tests.numerics.compare import compare
from tests.numerics.deviations import CARRIED, LENGTHS
from tests.numerics.lengths import LENGTH
from tests.numerics.mapping import warned
from tests.selection import some
from tests.support.plans import described, rows_of

pytestmark = pytest.mark.usefixtures("process")

# In standard deviations of the logits: a difference that is no rounding.
VISIBLE = 1e-3


@dataclass(frozen=True)
class Bounded:
    """A config that deviates beyond `LENGTH` tokens, and a mapper of its family."""

    family: str
    identifier: str
    changes: Keywords
    """What says so, beside the base of the family."""
    mapper: str

    def __str__(self) -> str:
        return f"{self.family}-{self.identifier}-{self.mapper}"

    def config(self) -> PreTrainedConfig:
        return build(self.family, {**PROOFS[self.family].base, **self.changes})

    def mapped(self, config: PreTrainedConfig, **caller: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.to_megatron(config, **caller)

    @property
    def to_megatron(self) -> Any:
        """Without layers where it goes: with them, some deviations are none."""
        return partial(vars(import_module(f"mcore_mappers.{self.family}"))[self.mapper], **needing(self.family))

    @property
    def lifted(self) -> bool:
        """Whether layers compute it."""
        deviations = families()[self.family].deviations
        return any(each.layers for each in deviations if each.identifier == self.identifier)


def declared(family: str) -> frozenset[str]:
    """The ids of the family's deviations whose bound is a length."""
    tests = (row.test for row in rows_of(described(family)[0]) if isinstance(row, Guard))
    return frozenset(test.identifier for test in tests if isinstance(test, Length))


def bounded(family: str) -> Iterator[Bounded]:
    proof = PROOFS[family]
    found = dict(proof.bounded)
    if "dynamic_ntk" in declared(family):
        found["dynamic_ntk"] = {**proof.shallow, **proof.cases["rope_dynamic"], "max_position_embeddings": LENGTH}
    for identifier, changes in found.items():
        yield Bounded(family, identifier, changes, "to_megatron")
        if proof.hybrid is not None:
            yield Bounded(family, identifier, changes, "to_megatron_hybrid")


# Dynamic NTK is one row, and ropes are compared as cases, too.
FAMILIES = [*some(PROOFS, "bounded"), *(family for family, proof in PROOFS.items() if proof.bounded)]
CASES = [case for family in dict.fromkeys(FAMILIES) for case in bounded(family)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_models_are_equal_up_to_the_length(case: Bounded) -> None:
    config = case.config()
    model, deviations = warned(case.to_megatron, config)
    assert case.identifier in deviations
    assert model.seq_length == LENGTH
    tolerance = PROOFS[case.family].tolerance
    equal = compare(config, model, deviations, tokens=LENGTH)
    assert max(equal.max_difference_eval, equal.max_difference_train) <= tolerance
    # A model of its own: once it has seen a longer text, transformers computes shorter ones otherwise, too.
    assert compare(config, model, deviations, tokens=LENGTH + 1).max_difference_eval > VISIBLE


@pytest.mark.parametrize("case", [case for case in CASES if case.lifted], ids=str)
def test_with_layers_there_is_no_length(case: Bounded) -> None:
    config = case.config()
    model, deviations = warned(partial(case.to_megatron, layers=True, strict=True), config)
    assert case.identifier not in deviations
    assert model.seq_length == PROOFS[case.family].base["max_position_embeddings"] > LENGTH
    found = compare(config, model, deviations, tokens=4 * LENGTH)
    assert max(found.max_difference_eval, found.max_difference_train) <= PROOFS[case.family].tolerance
    with pytest.raises(UnsupportedConfigError, match="layers=True"):
        case.mapped(config, seq_length=LENGTH + 1)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_longer_texts_are_refused(case: Bounded) -> None:
    config = case.config()
    for length in (LENGTH, LENGTH - 1):
        assert case.mapped(config, seq_length=length).seq_length == length
    with pytest.raises(UnsupportedConfigError) as caught:
        case.mapped(config, seq_length=LENGTH + 1)
    [refusal] = caught.value.refusals
    assert (refusal.field, refusal.value) == ("seq_length", LENGTH + 1)
    assert f"at most {LENGTH}, where {case.identifier} begins" in refusal.reason
    with pytest.raises(UnsupportedConfigError) as caught:
        case.mapped(config, strict=True)
    assert case.identifier in {refusal.field for refusal in caught.value.refusals}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_config_comes_back(case: Bounded) -> None:
    """From a base or the provenance. A model of longer texts is what Megatron computes, whatever these say, or nothing
    where no config is that."""
    config = case.config()
    model = case.mapped(config)
    origin = model.extra_checkpoint_metadata["mcore_mappers"]
    assert (origin["equal_up_to"], case.identifier in origin["deviations"]) == (LENGTH, True)
    assert diff(model, config) == ()
    for back in (to_hf(model), to_hf(model, base=config), to_hf(load(dump(model)))):
        assert {name: getattr(back, name) for name in case.changes} == {
            name: stated(config, name) for name in case.changes
        }
    model.seq_length = LENGTH + 1
    if case.identifier in CARRIED:
        for base in (None, config):
            with pytest.raises(UnsupportedConfigError, match="seq_length"):
                to_hf(model, base=base)
        return
    for plain in (to_hf(model), to_hf(model, base=config)):
        _, deviations = warned(case.to_megatron, plain)
        assert case.identifier not in deviations
        assert diff(model, plain) == ()


@pytest.mark.parametrize("family", PROOFS)
def test_every_length_has_a_config(family: str) -> None:
    assert declared(family) == {case.identifier for case in bounded(family)}
    assert declared(family) <= LENGTHS
