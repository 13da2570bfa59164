"""The caller's fields as they are typed in a shell: `tensor_model_parallel_size=8`.

A text is read as the type that Megatron declares. What is of no such type stays a text, so that the mapper refuses it
by name, as it refuses a name that it does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, cast, get_args

from ..declared_types import fits
from .output import CommandError

_WORDS: Final[Mapping[str, object]] = {"true": True, "false": False, "none": None, "null": None}

_SHORT: Final[Mapping[str, str]] = {"bf16": "bfloat16", "fp16": "float16", "half": "float16", "fp32": "float32"}
"""What people call dtypes."""


def settings_in(texts: Sequence[str], types: Mapping[str, object]) -> Mapping[str, object]:
    """The fields that are set; of a name that is set twice the last value counts.

    Args:
        texts: each a name, an equals sign and a value.
        types: by name, the types of the fields of Megatron's configs.

    Raises:
        CommandError: one has no equals sign.
    """
    found: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise CommandError(f"--set {text}: write it as name=value")
        found[name.strip()] = value_of(value.strip(), types.get(name.strip(), object))
    return found


def value_of(text: str, declared: object) -> object:
    """The first value that a text can mean which is of a declared type; else the text."""
    return next((value for value in _readings(text, declared) if fits(value, declared)), text)


def _readings(text: str, declared: object) -> Iterator[object]:
    if text.lower() in _WORDS:
        yield _WORDS[text.lower()]
    for kind in (int, float):
        try:
            yield kind(text)
        except ValueError:
            continue
    yield from _members(text, declared)
    if text.startswith(("[", "{")):
        try:
            read: object = json.loads(text)
        except ValueError:
            return
        yield read
        if isinstance(read, list):
            yield tuple(cast("list[object]", read))
    yield text


def _members(text: str, declared: object) -> Iterator[object]:
    """Dtypes and members of enumerations, by their names."""
    for kind in (declared, *get_args(declared)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield from (member for member in kind if member.name == text.rpartition(".")[2])
        if isinstance(kind, type) and kind.__name__ == "dtype":
            import torch

            name = text.removeprefix("torch.")
            yield vars(torch).get(_SHORT.get(name, name))
