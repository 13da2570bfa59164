"""The values of one checkpoint's config on both sides, for `explain --config`.

Unlike the rest of the generator's later stages this runs upstream's code and a generated mapper, so that nothing in it
is imported before it is asked for.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from codegen.plan import Plan, Side
from codegen.project import GENERATED, RUNTIME, Place

Values = Mapping[tuple[str, str], object]
"""Values by the name of the side and the name of the field; a field that the config lacks is not there."""


class ConfigError(ValueError):
    """The file is no config of the family."""


def values_of(plan: Plan, path: Path, place: Place) -> tuple[Values, tuple[str, ...]]:
    """The values of both sides, and what the mapper refuses; then there are none of Megatron's.

    Args:
        plan: of the family.
        path: of a `config.json`, or of the folder that holds it.
        place: where the generated package is.

    Raises:
        ConfigError: the file cannot be read, or is of another model type.
    """
    data = _read(path / "config.json" if path.is_dir() else path)
    hf = _config(plan, data)
    values = {
        (verdict.side.value, verdict.field): getattr(hf, verdict.field)
        for verdict in plan.main.verdicts
        if verdict.side is Side.HUGGINGFACE and hasattr(hf, verdict.field)
    }
    with _importable(place.generated, GENERATED, RUNTIME):
        mapper = importlib.import_module(f"{place.table.package}.{plan.family.name}")
        errors = importlib.import_module("mcore_mappers_runtime.errors")
    try:
        model = mapper.to_megatron(hf)
    except errors.UnsupportedConfigError as error:
        return values, tuple(map(str, error.refusals))
    for verdict in plan.main.verdicts:
        if verdict.side is Side.MEGATRON:
            for holder in _holders(model, verdict.field):
                values[verdict.side.value, verdict.field] = getattr(holder, verdict.field)
    return values, ()


def _read(path: Path) -> dict[str, object]:
    try:
        data: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path} holds no JSON object")
    return cast(dict[str, object], data)


def _config(plan: Plan, data: dict[str, object]) -> object:
    module, _, name = plan.family.config.rpartition(".")
    config_class = getattr(importlib.import_module(module), name)
    # `from_dict` reads a config of any type as its own, and says nothing of it.
    if data.get("model_type") != config_class.model_type:
        given, wanted = data.get("model_type"), config_class.model_type
        raise ConfigError(f"the config is of model type {given!r}; {plan.family.name} reads {wanted!r}")
    return config_class.from_dict(data)


def _holders(model: object, field: str) -> Iterator[object]:
    """The config from which Megatron's model code reads the field: the inner one, where both have it."""
    inner = getattr(model, "transformer", None)
    for holder in (inner, model):
        if hasattr(holder, "__dict__") and field in vars(holder):
            yield holder
            return


@contextmanager
def _importable(*folders: Path) -> Generator[None]:
    """These folders on the path, where what is in them is not installed."""
    paths = [str(folder) for folder in folders]
    sys.path[:0] = paths
    try:
        yield
    finally:
        for path in paths:
            sys.path.remove(path)
