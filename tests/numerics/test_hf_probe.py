"""The sweep runs no model to see that what nobody read makes no difference: is everything that is read, seen?"""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest
from transformers import GenerationConfig, PreTrainedConfig

from tests.families import PROOFS, build
from tests.numerics.hf_probe import Probe, outline, reads
from tests.numerics.test_sensitivity import EXACT

pytestmark = pytest.mark.usefixtures("process")


class Toy(PreTrainedConfig):
    model_type = "toy"
    attribute_map: ClassVar = {"another_name": "width"}
    width: int = 4
    depth: int = 2

    @property
    def area(self) -> int:
        return self.width * self.depth


def seen(read: Any) -> set[str]:
    """Of what a toy is about, and of what it lacks, what a function reads."""
    toy = Toy()
    with reads(Toy) as names:
        read(toy)
    return names & {"another_name", "area", "depth", "height", "width"}


def test_what_is_read_is_seen() -> None:
    assert seen(lambda toy: toy.width) == {"width"}
    assert seen(lambda toy: toy.another_name) == {"another_name", "width"}
    assert seen(lambda toy: toy.area) == {"area", "depth", "width"}
    assert seen(lambda toy: getattr(toy, "depth", None)) == {"depth"}
    assert seen(lambda toy: hasattr(toy, "depth")) == {"depth"}
    assert seen(lambda toy: hasattr(toy, "height")) == {"height"}
    assert seen(lambda toy: copy.deepcopy(toy).depth) == {"depth"}


def test_who_takes_everything_reads_everything() -> None:
    assert seen(vars) == {"depth", "width"}
    assert seen(lambda toy: toy.to_dict()) == {"depth", "width"}


def test_a_copy_and_what_it_generates_with_read_nothing() -> None:
    assert not seen(copy.deepcopy)
    assert not seen(lambda toy: GenerationConfig.from_model_config(toy))


def test_nothing_is_seen_afterwards() -> None:
    toy = Toy()
    with reads(Toy) as names:
        pass
    assert toy.width == 4
    assert not names
    assert "__getattribute__" not in vars(Toy)


@pytest.mark.parametrize("family", PROOFS)
def test_what_no_model_reads_makes_no_difference(family: str) -> None:
    """Of each family with all of it at once, where the sweep takes it as read from the names."""
    config = build(family, PROOFS[family].base)
    probe = Probe(config)
    odd = copy.deepcopy(config)
    for name in vars(config).keys() - probe.read:
        # What a model generates with is looked at.
        vars(odd)[name] = 7 if name.endswith("token_id") else "odd"
    assert probe.different(odd, EXACT) == {}
    outline(odd)
