"""What the tests of the round trip share: configs that map, and which fields travel."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from mcore_mappers import DefaultedFieldsWarning, UnsupportedConfigError
from mcore_mappers._owners import OWNERS
from tests.families import PROOFS, mappers
from tests.support.equality import differences
from tests.support.hf import config, mapped
from tests.support.plans import described, hard_wired, restated


def targets(family: str) -> list[Callable[..., Any]]:
    """The family's mappers, one for each target, with layers; deviations are not their subject."""
    return [_quiet(mapper) for mapper in mappers(family).values()]


def _quiet(mapper: Callable[..., Any]) -> Callable[..., Any]:
    def quiet(hf: PreTrainedConfig, **caller: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
            return mapper(hf, **caller)

    return quiet


def accepted(hf: PreTrainedConfig) -> bool:
    """Whether the family's mapper takes it."""
    try:
        mapped(hf)
    except UnsupportedConfigError:
        return False
    return True


def back(model: Any, **keywords: Any) -> Any:
    """`to_hf`, whose warnings are not the subject."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mcore_mappers.to_hf(model, **keywords)


def told(model: Any, **keywords: Any) -> tuple[Any, DefaultedFieldsWarning]:
    """`to_hf`, and what it warns of: nothing, where it does not warn."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = mcore_mappers.to_hf(model, **keywords)
    found = [each.message for each in caught if isinstance(each.message, DefaultedFieldsWarning)]
    assert len(found) <= 1, "one warning for all"
    for each in found:
        assert set(each.left_out) <= set(each.fields)
        assert all(name in str(each) for name in each.fields)
        assert ("class's defaults" in str(each)) == (each.fields != each.left_out), "nothing that is not so"
        assert ("left out" in str(each)) == bool(each.left_out)
    return result, found[0] if found else DefaultedFieldsWarning("", ())


def bare(model: Any) -> Any:
    """The model as a checkpoint of another tool has it: without provenance."""
    model = copy.deepcopy(model)
    model.extra_checkpoint_metadata = None
    return model


def not_carried(family: str) -> frozenset[str]:
    """The fields that the generator found Megatron to know nothing of, or not in every model."""
    return frozenset(("architectures", *import_module(f"mcore_mappers.{family}")._NOT_CARRIED))


def spellings(family: str) -> frozenset[str]:
    """Fields that may come back in another spelling: the proof's, and keys that say what the class does anyway."""
    plan, known = described(family)
    said_anyway = {each.name for each in known.undeclared}
    return PROOFS[family].spellings | said_anyway | hard_wired(plan).keys() | restated(plan).keys()


def never_carried(family: str) -> frozenset[str]:
    """Those of them that no model holds: what the base has there, the result has."""
    model = mapped(config(family))
    carried = import_module(f"mcore_mappers.{family}")._carried(model)
    held = {name for names in carried for name in ((names,) if isinstance(names, str) else names)}
    return not_carried(family) - held - {"transformers_version"}


def architecture(first: Any, second: Any) -> dict[str, Any]:
    """The architecture fields in which two models differ."""
    found = differences(first, second)
    return {name: pair for name, pair in found.items() if name.rpartition(".")[2] in {*OWNERS.architecture, "class"}}


def changed_keys(first: PreTrainedConfig, second: PreTrainedConfig) -> set[str]:
    """The declared names under which two configs differ by `to_dict()`."""
    ours, theirs = first.to_dict(), second.to_dict()
    stored = {own: name for name, own in type(first).attribute_map.items() if name in type(first).__annotations__}
    absent = object()
    return {stored.get(key, key) for key in {*ours, *theirs} if ours.get(key, absent) != theirs.get(key, absent)}
