"""A caller's keywords, held against what Megatron declares of its fields, before anything is computed with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import get_type_hints

from .declared_types import described, fits, types_of
from .explained import explanation
from .near import hint
from .needs import WorkerFields
from .prediction import KEYWORD, may_predict
from .ranges import outside
from .registry import Registry, registry_of
from .sections import KEYWORD as POSITIONS
from .sections import PositionFields
from .shown import shown
from .symbols import symbol


def complaints(
    family: str,
    caller: Mapping[str, object],
    fields: Mapping[str, object],
    values: Mapping[str, object],
    switches: Mapping[str, object],
) -> str:
    """All that is wrong with the keywords of a call, in one message; empty where nothing is.

    Types are those of the installed Megatron. A keyword that it does not have is left for it to refuse.

    Args:
        family: whose mapper is called.
        caller: what was passed.
        fields: by name, what may be passed.
        values: the attributes of the Hugging Face config.
        switches: the mapper's own, which are True or False.
    """
    registry = registry_of(family)
    types = keyword_types(registry)
    known = {name: value for name, value in caller.items() if name in fields}
    wrong = {name: _misfit(name, value, types[name]) for name, value in known.items() if name in types}
    fitting = {name: value for name, value in known.items() if not wrong.get(name)}
    wrong |= {name: f"{name}={shown(fitting[name])} {reason}" for name, reason in outside(fitting)}
    if fitting.get(KEYWORD) and not wrong.get(KEYWORD) and not may_predict(registry, family, values):
        reason = f"the class of {family} has no multi-token prediction, and the config counts no layers of it"
        wrong[KEYWORD] = f"{KEYWORD}={shown(fitting[KEYWORD])} must be 0 or None: {reason}"
    found = [
        wrong.get(name, "") if name in known else _stranger(registry, family, name, fields, values) for name in caller
    ]
    found += (_misfit(name, value, bool) for name, value in switches.items())
    said = "; ".join(filter(None, found))
    return said and f"{family}.to_megatron(): {said}"


@cache
def keyword_types(registry: Registry) -> Mapping[str, object]:
    """The types of all fields of the Megatron classes that a package maps to; classes that share a field agree."""
    found: dict[str, object] = {}
    for path in sorted(registry.symbols.classes):
        found |= types_of(symbol(path))
    return found | get_type_hints(WorkerFields) | {POSITIONS: get_type_hints(PositionFields)[POSITIONS]}


def _misfit(name: str, value: object, declared: object) -> str:
    return "" if fits(value, declared) else f"{name}={shown(value)} must be {described(declared)}"


def _stranger(
    registry: Registry, family: str, name: str, fields: Mapping[str, object], values: Mapping[str, object]
) -> str:
    """Why a keyword is none of the mapper's."""
    owners = registry.owners
    if name in owners.decided or name in owners.sometimes:
        return f"{name!r} is decided by {_deciding(family, name)}"
    near = hint(name, ("strict", "layers", *fields))
    if not near and name in values:
        return f"{name!r} is a field of the Hugging Face config: set it there"
    return f"{name!r} is no field of this family's Megatron config{near}"


def _deciding(family: str, name: str) -> str:
    """Who decides a field that no caller does, and where it is changed."""
    target, *_ = registry_of(family).families[family].targets
    sources = explanation(family, target.rpartition(".")[2], {}).sources(name)
    if not sources:
        return "the Hugging Face config or by Megatron, and cannot be overridden"
    return f"the Hugging Face config, and cannot be overridden: change {' and '.join(sources)} there"
