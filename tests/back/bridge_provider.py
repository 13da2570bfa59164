"""Run by an interpreter that has Megatron-Bridge: makes its providers from `fields`, and says where they differ.

Arguments: the folder of a checkpoint's config for each family. What Megatron-Bridge imports and a machine without a GPU
does not have, Transformer Engine above all, is replaced by modules that hold nothing.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import logging
import sys
import types
import warnings
from pathlib import Path
from typing import Any

ABSENT = [name for name in ("transformer_engine",) if importlib.util.find_spec(name) is None]


class Nothing(types.ModuleType):
    """A module of which every name is a class that does nothing, or another such module."""

    __version__ = "2.9.0"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {}) if name[0].isupper() else Nothing(f"{self.__name__}.{name}")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what is absent."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        del path, target
        wanted = fullname.partition(".")[0] in ABSENT
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if wanted else None

    def create_module(self, spec: Any) -> types.ModuleType:
        return Nothing(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def provider_of(model: Any) -> Any:
    """Megatron-Bridge's class for a model; where this is checked it is not installed."""
    if type(model).__name__ == "HybridModelConfig":
        module, name = "hybrid.hybrid_provider", "HybridModelProvider"
    elif model.transformer.multi_latent_attention:
        module, name = "mla_provider", "MLAModelProvider"
    else:
        module, name = "gpt_provider", "GPTModelProvider"
    return vars(importlib.import_module(f"megatron.bridge.models.{module}"))[name]


def differences(folder: Path) -> list[str]:
    import mcore_mappers as m
    from mcore_mappers_runtime.equal import same_value

    hf = m.load_config(folder)
    model = m.to_megatron(hf)
    provider = provider_of(model)(**m.fields(model))
    found = [str(each) for each in m.diff(provider, hf, only="architecture")]
    both = provider_of(model)(**m.fields(model, owners=("architecture", "suggested")))
    both.finalize()
    found += [str(each) for each in m.diff(both, hf, only="architecture")]
    suggested = m.fields(model, owners=("suggested",))
    found += [name for name, value in suggested.items() if not same_value(value, vars(both)[name])]
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.meta_path.append(Finder())
    importlib.import_module("megatron.bridge.models")
    logging.disable(logging.CRITICAL)
    print(json.dumps({folder: differences(Path(folder)) for folder in sys.argv[1:]}))
