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

from .at_caller import warn
from .bounds import DEPTH, LAYERS, RECORDED
from .equal import path_of
from .errors import OtherReleaseWarning, Refusal, UnknownKeysWarning, UnsupportedConfigError
from .json_numbers import number
from .native import Data, as_native, class_of, language_field
from .older_configs import NOTHING, older_release_of, read_as_newest
from .registry import known
from .releases import installed, need
from .shown import in_one_line
from .stated import levels_of, tie
from .unknown_keys import unknown_keys

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


def load_config(path: str | os.PathLike[str], /) -> PreTrainedConfig:
    """The Hugging Face config of a checkpoint.

    Of a composite, whether embeddings and output layer of its language model are tied is decided by what the file
    states, and stands at every level then. A composite that nobody knows, with one language model in it that is known,
    is read as that.

    One file means one model whatever is installed: where an older release of transformers makes something else of it
    than the newest, it is read as that reads it.

    Args:
        path: of a `config.json` under whatever name, or of the folder that holds it; of any release of transformers.

    Raises:
        FileNotFoundError: there is no such file.
        UnsupportedConfigError: it is no JSON object, or transformers builds no config of it; or its model type is
            neither native nor one of remote code that computes what a native class does; or it holds a value that this
            class cannot have, two for one field, or no language model.
        UpstreamVersionError: transformers is older than any family needs, or not installed; or the model type is a
            family's, and a newer release has the class.

    Warns:
        OtherReleaseWarning: the installed release of transformers by itself makes another model of the file.
        UnknownKeysWarning: the file has keys that neither the class nor its modeling code reads. Of classes that are
            not mapped it is not known what they read.
    """
    need("transformers")
    file = Path(path) / "config.json" if Path(path).is_dir() else Path(path)
    if not file.exists():
        raise FileNotFoundError(
            f"there is no {file}: give a config.json, or the folder of a checkpoint that holds one; a checkpoint on a "
            "hub has to be downloaded first"
        )
    stated = _read(file)
    _look_at(stated)
    cls, data = as_native(stated)
    config = _built(cls, _as_newest(cls, data, file), file)
    around = levels_of(config, data)
    if len(around) > 1:
        tie(around)
    unknown = unknown_keys(stated, around)
    if unknown:
        warn(UnknownKeysWarning(unknown, str(file)))
    return config


def _as_newest(cls: type[PreTrainedConfig], data: Data, file: Path) -> Data:
    """The file so that the class makes of it what that of the newest release does, at the level of a language model."""
    field = language_field(cls)
    inner: object = data.get(field) if field is not None else None
    if field is not None and isinstance(inner, dict):
        level = cast("dict[str, Any]", inner)
        held = class_of(level)
        return data if held is None else {**data, field: _as_newest(held, level, file)}
    release = older_release_of(path_of(cls))
    if release is NOTHING:
        return data
    read = read_as_newest(cls, release, data)
    if read.changed:
        warn(OtherReleaseWarning(installed("transformers"), read.changed, str(file)))
    return read.data


def _built(cls: type[PreTrainedConfig], data: Data, file: Path) -> PreTrainedConfig:
    """The config of a class, which looks at what it is given in ways of its own.

    Raises:
        UnsupportedConfigError: it takes no config like this.
    """
    try:
        return cls(**copy.deepcopy(dict(data)))
    except Exception as error:  # whatever transformers, or huggingface_hub, has for it
        said = f"{type(error).__name__}: {in_one_line(error)}"
        reason = (
            f"transformers {installed('transformers')} builds no {cls.__qualname__} of this file: {said}. Correct what "
            "it names in the file; if the file is right, a newer release may build one"
        )
        raise UnsupportedConfigError(None, (Refusal("config.json", str(file), reason),)) from error


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
