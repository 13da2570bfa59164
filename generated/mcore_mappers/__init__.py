"""Megatron configurations of the same model, for Hugging Face configs.

`to_megatron(hf)` finds the mapper by the class of `hf`; every family is also a module of this package. Importing the
package imports neither torch nor transformers: a family is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ._disk import dump, dump_file, load, load_file
from ._dispatch import to_hf, to_megatron
from ._errors import DefaultedFieldsWarning, DeviationWarning, Refusal, UnsupportedConfigError
from ._family import Family
from ._registry import families

if TYPE_CHECKING:
    from . import deepseek_v3 as deepseek_v3
    from . import llama as llama
    from . import nemotron_h as nemotron_h
    from . import qwen3_moe as qwen3_moe

__all__ = [
    "DefaultedFieldsWarning",
    "DeviationWarning",
    "Family",
    "Refusal",
    "UnsupportedConfigError",
    "dump",
    "dump_file",
    "families",
    "load",
    "load_file",
    "to_hf",
    "to_megatron",
]


def __getattr__(name: str) -> ModuleType:
    if name in families():
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *families()})
