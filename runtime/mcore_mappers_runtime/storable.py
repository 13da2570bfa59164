"""What of a Hugging Face config no file can hold: it is neither copied nor written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, Final, cast

from .bounds import DEPTH, RECORDED
from .carried import IN_MEMORY
from .equal import is_huggingface, values_of
from .errors import Refusal
from .shown import shown

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

_NOTHING_OF_A_FILE: Final = "is nothing that a config.json can hold, or holds such a thing"
_TOO_MUCH: Final = "is more than can be copied"

_DTYPE: Final = "dtype"

_STORAGE: Final = "quantization_config"

_BITS: Final = 1024
"""Of whole numbers: larger ones are beyond what JSON is read into elsewhere, which is a double."""


def unstorable(hf: PreTrainedConfig, way: str = "", *, objects: bool = False) -> Iterator[Refusal]:
    """What no file can hold of a config, and of the configs in it.

    Args:
        hf: the config.
        way: to it from the outermost one, with a dot at its end.
        objects: whether somebody's own objects may be there, which no file holds, as they may where it is only copied.
    """
    if way.count(".") > DEPTH:
        yield Refusal(way.partition(".")[0], "...", _TOO_MUCH)
        return
    declared = {field.name for field in dataclasses.fields(cast("Any", type(hf)))}
    for name, value in values_of(hf).items():
        if name not in declared and (reason := hides(type(hf), name)):
            yield Refusal(f"{way}{name if isinstance(cast('object', name), str) else shown(name)}", value, reason)
        elif is_huggingface(value):
            yield from unstorable(value, f"{way}{name}.", objects=objects)
        elif not objects and _is_unwritten(name, value):
            yield Refusal(f"{way}{name}", value, "must be a dictionary or None: transformers asks all else for one")
        elif reason := unfit(name, _listed(value) if name in IN_MEMORY else value, objects=objects):
            yield Refusal(f"{way}{name}", value, reason)


def hides(config_class: type[PreTrainedConfig], name: object) -> str:
    """Why an instance must not have an attribute that the class does not declare as a field; empty for most."""
    if not isinstance(name, str):
        return "names of attributes are strings"
    if name == "attribute_map":
        return "decides which attribute is read under which name; only the class may"
    if hasattr(cast("object", type(getattr_static(config_class, name, None))), "__get__"):
        return "hides a property or a method of the class"
    return ""


def unfit(name: object, value: object, *, objects: bool = False) -> str:
    """Why a file cannot hold a value under a name; empty where it can.

    Args:
        name: of an attribute, or a key.
        value: its value.
        objects: as of `unstorable`.
    """
    left = RECORDED
    level: list[tuple[object, object]] = [(name, value)]
    for _ in range(DEPTH):
        inner: list[tuple[object, object]] = []
        for key, each in level:
            if not (_fits(key, each) or (objects and key != _DTYPE and not _is_plain(each))):
                return _NOTHING_OF_A_FILE
            held = _held(each)
            left -= len(held)
            if left < 0:
                return _TOO_MUCH
            inner += held
        if not inner:
            return ""
        level = inner
    return _TOO_MUCH


def _held(value: object) -> list[tuple[object, object]]:
    """What a value holds, by key; a text holds nothing."""
    if isinstance(value, dict):
        return [*cast("dict[object, object]", value).items()]
    return [("", each) for each in cast("list[object]", value)] if isinstance(value, list | tuple) else []


def _fits(key: object, value: object) -> bool:
    """Whether it is one value of JSON, holds some, or is a thing that transformers keeps, and writes if it is of files.

    What transformers says of dtypes it writes in words, and looks for them under one name.
    """
    if key == _DTYPE and _is_dtype(value):
        return True
    if isinstance(value, int):
        return value.bit_length() <= _BITS
    if isinstance(value, str):
        return len(value) <= RECORDED
    if isinstance(value, float | list | tuple):
        return key != _DTYPE
    if isinstance(value, dict):
        # Those of one kind can be sorted, and are.
        kinds = {str if isinstance(each, str) else type(each) for each in cast("dict[object, object]", value)}
        return kinds in (set(), {str}, {int})
    return value is None or type(value).__module__.startswith("transformers.")


def _is_unwritten(name: str, value: object) -> bool:
    """Whether it stands for how weights are stored, and is neither a dictionary nor anything that gives one."""
    return name == _STORAGE and _is_plain(value) and not isinstance(value, dict)


def _is_plain(value: object) -> bool:
    """Whether it is of a type that JSON has, and so what is wrong with it is how large or what it holds."""
    return isinstance(value, int | float | str | list | tuple | dict)


def _listed(value: object) -> object:
    """Sets that transformers keeps, as lists."""
    return [*cast("set[object]", value)] if isinstance(value, set | frozenset) else value


def _is_dtype(value: object) -> bool:
    return type(value).__module__ == "torch" and type(value).__name__ == "dtype"
