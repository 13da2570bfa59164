"""Megatron configurations of the same model, for Hugging Face configs.

`to_megatron(hf)` finds the mapper by the class of `hf`; every family is also a module of this package, and so are those
of other installed packages that name theirs in the entry points of `mcore_mappers.families`. Importing the package
imports neither torch nor transformers: what needs them is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module

from mcore_mappers_runtime.catalog import families
from mcore_mappers_runtime.dispatch import family_module, to_hf
from mcore_mappers_runtime.errors import (
    DefaultedFieldsWarning,
    DeviationWarning,
    NeedsWarning,
    NoFlag,
    NotComparedWarning,
    OtherReleaseWarning,
    Refusal,
    TableConflictError,
    TableWarning,
    UnknownArchitectureWarning,
    UnknownKeysWarning,
    UnsupportedArgumentError,
    UnsupportedConfigError,
    UpstreamVersionError,
    UpstreamVersionWarning,
)
from mcore_mappers_runtime.records import Family, Need
from mcore_mappers_runtime.registry import Registry, announce, known
from mcore_mappers_runtime.version import VERSION

from ._dispatch import to_megatron

TYPE_ONLY

__all__ = [
    "DefaultedFieldsWarning",
    "DeviationWarning",
    "Difference",
    "Family",
    "FieldOwner",
    "Need",
    "NeedsWarning",
    "NoFlag",
    "NotComparedWarning",
    "OtherReleaseWarning",
    "Owner",
    "Refusal",
    "TableConflictError",
    "TableWarning",
    "UnknownArchitectureWarning",
    "UnknownKeysWarning",
    "UnsupportedArgumentError",
    "UnsupportedConfigError",
    "UpstreamVersionError",
    "UpstreamVersionWarning",
    "allow_in_run_configs",
    "diff",
    "dump",
    "dump_file",
    "families",
    "fields",
    "load",
    "load_config",
    "load_file",
    "save_config",
    "text_config",
    "to_args",
    "to_hf",
    "to_megatron",
]

__version__ = VERSION

_HOMES = {
    "Difference": "diff",
    "FieldOwner": "owned",
    "Owner": "diff",
    "allow_in_run_configs": "layers.run_configs",
    "diff": "diff",
    "dump": "disk",
    "dump_file": "disk",
    "fields": "fields",
    "load": "disk",
    "load_config": "load_config",
    "load_file": "disk",
    "save_config": "save_config",
    "text_config": "composite",
    "to_args": "to_args",
}
_MODULES = ("cpu", "layers", "typing")


def _own() -> Registry:
    from ._registry import REGISTRY

    return REGISTRY


announce(__name__, __file__, _own)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return vars(import_module(f"mcore_mappers_runtime.{_HOMES[name]}"))[name]
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    return family_module(__name__, name)


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__", *_MODULES, *known().families})
