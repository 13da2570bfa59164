"""Megatron configurations of the same model, for Hugging Face configs.

`to_megatron(hf)` finds the mapper by the class of `hf`; every family is also a module of this package. Importing the
package imports neither torch nor transformers: what needs them is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._dispatch import to_hf, to_megatron
from ._errors import DefaultedFieldsWarning, DeviationWarning, Refusal, UnsupportedConfigError
from ._family import Family
from ._registry import families

if TYPE_CHECKING:
    from . import bamba as bamba
    from . import biogpt as biogpt
    from . import deepseek_v3 as deepseek_v3
    from . import gpt2 as gpt2
    from . import gpt_bigcode as gpt_bigcode
    from . import gpt_neox as gpt_neox
    from . import jais2 as jais2
    from . import llama as llama
    from . import mamba2 as mamba2
    from . import mistral as mistral
    from . import nemotron as nemotron
    from . import nemotron_h as nemotron_h
    from . import opt as opt
    from . import persimmon as persimmon
    from . import qwen2 as qwen2
    from . import qwen3 as qwen3
    from . import qwen3_moe as qwen3_moe
    from . import stablelm as stablelm
    from . import starcoder2 as starcoder2

    from ._diff import Difference, diff
    from ._disk import dump, dump_file, load, load_file
    from ._save import save_config

__all__ = [
    "DefaultedFieldsWarning",
    "DeviationWarning",
    "Difference",
    "Family",
    "Refusal",
    "UnsupportedConfigError",
    "diff",
    "dump",
    "dump_file",
    "families",
    "load",
    "load_file",
    "save_config",
    "to_hf",
    "to_megatron",
]

_HOMES = {
    "Difference": "_diff",
    "diff": "_diff",
    "dump": "_disk",
    "dump_file": "_disk",
    "load": "_disk",
    "load_file": "_disk",
    "save_config": "_save",
}


def __getattr__(name: str) -> object:
    if name in families():
        return import_module(f".{name}", __name__)
    if name in _HOMES:
        return vars(import_module(f".{_HOMES[name]}", __name__))[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *families()})
