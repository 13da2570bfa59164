"""Reads a checkpoint's `config.json` into the Hugging Face config that the mappers take.

Nothing that a checkpoint brings along is executed, and nothing is registered: a type of remote code is read as the
native class that computes the same, once every key that this class hard-wires has been looked at.
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .callers import warn
from .errors import Refusal, UnknownKeysWarning, UnsupportedConfigError
from .json_numbers import number
from .native import Data, as_native
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
    cls, data = as_native(stated)
    config = cls(**copy.deepcopy(data))
    around = levels_of(config, data)
    if len(around) > 1:
        tie(around)
    unknown = unknown_keys(stated, around)
    if unknown:
        warn(UnknownKeysWarning(unknown, str(file)))
    return config


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
