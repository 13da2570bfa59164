"""Megatron configurations of the same model, for Hugging Face configs.

`to_megatron(hf)` finds the mapper by the class of `hf`; every family is also a module of this package. Importing the
package imports neither torch nor transformers: what needs them is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module

from ._dispatch import to_hf, to_megatron
from mcore_mappers_runtime.errors import (
    DefaultedFieldsWarning,
    DeviationWarning,
    Refusal,
    UnknownKeysWarning,
    UnsupportedConfigError,
    UpstreamVersionWarning,
)
from mcore_mappers_runtime.catalog import families
from mcore_mappers_runtime.records import Family
from ._refused import REFUSED
from ._registry import FAMILIES

TYPE_ONLY

__all__ = [
    "DefaultedFieldsWarning",
    "DeviationWarning",
    "Difference",
    "Family",
    "Refusal",
    "UnknownKeysWarning",
    "UnsupportedConfigError",
    "UpstreamVersionWarning",
    "diff",
    "dump",
    "dump_file",
    "families",
    "load",
    "load_config",
    "load_file",
    "save_config",
    "text_config",
    "to_hf",
    "to_megatron",
]

_HOMES = {
    "Difference": "diff",
    "diff": "diff",
    "dump": "disk",
    "dump_file": "disk",
    "load": "disk",
    "load_config": "load_config",
    "load_file": "disk",
    "save_config": "save_config",
    "text_config": "load_config",
}


def __getattr__(name: str) -> object:
    if name in FAMILIES:
        return import_module(f".{name}", __name__)
    if name in REFUSED:
        raise AttributeError(f"{name} has no mapper: {REFUSED[name].reason} ({REFUSED[name].computation})")
    if name in _HOMES:
        return vars(import_module(f"mcore_mappers_runtime.{_HOMES[name]}"))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *FAMILIES})
