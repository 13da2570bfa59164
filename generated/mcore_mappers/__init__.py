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
    from . import aria_text as aria_text
    from . import deepseek_v3 as deepseek_v3
    from . import flint as flint
    from . import gpt_oss as gpt_oss
    from . import llama as llama
    from . import mistral as mistral
    from . import mixtral as mixtral
    from . import nemotron_h as nemotron_h
    from . import qwen2 as qwen2
    from . import qwen2_moe as qwen2_moe
    from . import qwen3 as qwen3
    from . import qwen3_5_moe_text as qwen3_5_moe_text
    from . import qwen3_5_text as qwen3_5_text
    from . import qwen3_moe as qwen3_moe
    from . import qwen3_next as qwen3_next

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
