"""Reads a checkpoint's `config.json` into the Hugging Face config that the mappers take.

Nothing that a checkpoint brings along is executed, and nothing is registered: a type of remote code is read as the
native class that computes the same, once every key that this class hard-wires has been looked at.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .bounds import DEPTH, LAYERS, RECORDED
from .callers import warn
from .errors import Refusal, UnknownKeysWarning, UnsupportedConfigError
from .json_numbers import number
from .native import Data, as_native
from .registry import known
from .stated import levels_of, tie
from .unknown_keys import unknown_keys

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


def load_config(path: str | os.PathLike[str], /) -> PreTrainedConfig:
    """The Hugging Face config of a checkpoint.

    Of a composite, whether embeddings and output layer of its language model are tied is decided by what the file
    states, and stands at every level then. A composite that nobody knows, with one language model in it that is known,
    is read as that.

    Args:
        path: of a `config.json`, or of the folder that holds it; of any release of transformers.

    Raises:
        FileNotFoundError: there is no such file.
        UnsupportedConfigError: it is no JSON object; or its model type is neither native nor one of remote code that
            computes what a native class does; or it holds a value that this class cannot have, two for one field, or
            no language model.

    Warns:
        UnknownKeysWarning: the file has keys that neither the class nor its modeling code reads. Of classes that are
            not mapped it is not known what they read.
    """
    file = Path(path) / "config.json" if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}")
    stated = _read(file)
    _look_at(stated)
    cls, data = as_native(stated)
    config = cls(**copy.deepcopy(data))
    around = levels_of(config, data)
    if len(around) > 1:
        tie(around)
    unknown = unknown_keys(stated, around)
    if unknown:
        warn(UnknownKeysWarning(unknown, str(file)))
    return config


def _look_at(stated: Data) -> None:
    """Refuse what transformers would build endlessly, or nobody can copy, at whatever level it stands.

    Raises:
        UnsupportedConfigError: it is nested too deeply, or counts more layers or labels than there are.
    """
    most = {name: LAYERS for each in known().registries for name in each.fields.layers} | {"num_labels": RECORDED}
    refusals: list[Refusal] = []
    values: list[tuple[str, object]] = [("", stated)]
    for _ in range(DEPTH):
        for way, value in values:
            if isinstance(value, dict):
                for name, count in cast("dict[str, object]", value).items():
                    if type(count) is int and count > most.get(name, count):
                        reason = f"must be at most {most[name]:,}: transformers builds as many"
                        refusals.append(Refusal(f"{way}{name}", count, reason))
        values = [inner for way, value in values for inner in _inside(way, value)]
    if values:
        reason = f"has more than {DEPTH} levels"
        refusals.append(Refusal(values[0][0].partition(".")[0], "...", reason))
    if refusals:
        raise UnsupportedConfigError(None, tuple(refusals))


def _inside(way: str, value: object) -> Iterator[tuple[str, object]]:
    """What a value holds that holds something itself, with the way to it."""
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            if isinstance(inner, dict | list):
                yield f"{way}{name}.", cast("object", inner)
    else:
        yield from ((way, inner) for inner in cast("list[object]", value) if isinstance(inner, dict | list))


def _read(file: Path) -> Data:
    """The object in a file."""
    try:
        found: object = json.loads(file.read_bytes().decode("utf-8-sig"), object_hook=number)
    except (ValueError, RecursionError) as error:
        raise UnsupportedConfigError(None, (Refusal("config.json", str(file), f"is no JSON: {error}"),)) from error
    if not isinstance(found, dict):
        raise UnsupportedConfigError(None, (Refusal("config.json", found, "must be a JSON object"),))
    data = cast("dict[str, Any]", found)
    if "" in data:
        raise UnsupportedConfigError(None, (Refusal("''", data[""], "a key must have a name"),))
    return data
