"""Composite types, and files of them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from transformers import PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from mcore_mappers import UnknownKeysWarning, families, load_config
from mcore_mappers_runtime.composite import TIES, levels
from mcore_mappers_runtime.equal import path_of
from mcore_mappers_runtime.json_numbers import number
from mcore_mappers_runtime.native import language_field
from tests.runtime.fitting import FITTING, SIZE
from tests.selection import draw
from tests.support.about import about

Json = Mapping[str, Any]

MAPPED = {family.config_class: name for name, family in families().items() if family.status == "mapped"}


@cache
def composites() -> Mapping[str, tuple[tuple[str, ...], PreTrainedConfig]]:
    """Every type with a language model in a field: the fields to it, and the default config."""
    found: dict[str, tuple[tuple[str, ...], PreTrainedConfig]] = {}
    for model_type in CONFIG_MAPPING:
        cls = CONFIG_MAPPING[model_type]
        if language_field(cls) is None:
            continue
        try:
            default = cls()
        except Exception:  # a class that transformers does not build without arguments
            continue
        way = levels(default)[-1][0]
        found[model_type] = (tuple(way.split(".")[:-1]), default)
    return found


@cache
def of_mapped() -> Mapping[str, str]:
    """Those whose language model is of a mapped class, and its family; PaliGemma's attends to later tokens."""
    inner = {model_type: path_of(type(levels(default)[-1][1])) for model_type, (_, default) in composites().items()}
    return {each: MAPPED[path] for each, path in inner.items() if path in MAPPED and each != "paligemma"}


FEW = 30
"""How many types a slice tries."""


def for_each(
    types: Callable[[], Iterable[str]],
) -> Callable[[Callable[[str, Path], None]], Callable[[Path], None]]:
    """Makes a test of all types in one, so that no process builds every composite only to collect tests."""

    def of(check: Callable[[str, Path], None]) -> Callable[[Path], None]:
        def test(tmp_path: Path) -> None:
            for model_type in draw(types(), FEW, check.__name__):
                with about(model_type):
                    check(model_type, tmp_path)

        test.__doc__ = check.__doc__
        return test

    return of


def nested(model_type: str, inner: Json, **outer: Any) -> dict[str, Any]:
    """A file of the type with a language model in it."""
    way, _ = composites()[model_type]
    data: dict[str, Any] = {**inner}
    for field in reversed(way):
        data = {field: data}
    fitting = FITTING.get(model_type, {}) if inner.get("hidden_size") == SIZE else {}
    return {"model_type": model_type, **fitting, **outer, **data}


def read(tmp_path: Path, data: Json) -> PreTrainedConfig:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownKeysWarning)
        return load_config(path)


def as_data(hf: PreTrainedConfig) -> dict[str, Any]:
    return json.loads(hf.to_json_string(use_diff=False), object_hook=number)  # type: ignore[no-any-return]


def default_text(model_type: str) -> dict[str, Any]:
    """The default language model of a type, as a file states it, but for its ties."""
    text = levels(composites()[model_type][1])[-1][1]
    return {name: value for name, value in as_data(text).items() if name != TIES}
