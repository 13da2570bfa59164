"""Misspelt keys, made mechanically, and the keys of files that decide something."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from transformers.configuration_utils import PreTrainedConfig

from codegen.schemas import HfField
from mcore_mappers_runtime.unknown_keys import _ROPE, _ROPE_ANY
from tests.support.hf import CLASSES, keywords
from tests.support.plans import described, unread, verdicts


def slips(key: str) -> Iterator[str]:
    """The key with one letter left out, doubled, or swapped with the next."""
    for place, letter in enumerate(key):
        before, after = key[:place], key[place + 1 :]
        yield before + after
        yield before + letter + letter + after
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:]


def misspelt(keys: Iterable[str]) -> frozenset[str]:
    """All slips of keys, but those that are another one of them."""
    names = frozenset(keys)
    return frozenset(slip for key in names for slip in slips(key) if slip) - names


def deciding(family: str) -> frozenset[str]:
    """Keys of a file of a family that decide something: its fields, their aliases, keys of remote code, older names."""
    found = {name for name, verdict in verdicts(family).items() if verdict != "ignored"}
    fields = [known.name for known in described(family)[0].hf.attributes if isinstance(known, HfField)]
    older = {"rope_theta", "rope_scaling"} if "rope_parameters" in fields else set[str]()
    aliases = {alias for alias, name in CLASSES[family].attribute_map.items() if name in found}
    return frozenset(found | aliases | older | {"torch_dtype", "model_type"} | taken_when_built(CLASSES[family]))


def taken_when_built(cls: type[PreTrainedConfig]) -> frozenset[str]:
    """Keys beside its fields that a class looks for when a config is built."""
    methods = [vars(cls)[name] for name in ("__post_init__", "convert_rope_params_to_dict") if name in vars(cls)]
    trees = [ast.parse(textwrap.dedent(inspect.getsource(method))) for method in methods]
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("kwargs"), attr="get" | "pop"), args=[ast.Constant(str(key)), *_]
            ):
                found.add(key)
            case _:
                continue
    return frozenset(found)


def known_beside(family: str) -> frozenset[str]:
    """Keys that nobody reads, and that are known."""
    return frozenset(unread(described(family)[0]))


def rope_keys() -> frozenset[str]:
    """Keys of ropes of any type."""
    return frozenset(_ROPE_ANY).union(*_ROPE.values())


def file_of(family: str) -> dict[str, Any]:
    """The small config of a family, as a file has it."""
    from tests.families.proof import ABSENT

    said = {key: value for key, value in keywords(family).items() if value is not ABSENT}
    return {**said, "model_type": CLASSES[family].model_type}
