"""What Transformer Engine's Python imports of its compiled extension, where that is not installed.

On a CPU nothing of the extension runs: `engine.py` stands in for the kernels that layers reach, and the rest of it are
names. So a comparison with Transformer Engine's layers needs its Python alone, and no compiler.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NoReturn, cast
from unittest.mock import patch

EXTENSION = "transformer_engine_torch"
CUDNN = 91800
"""The release of cuDNN that is claimed, 9.18.0: Transformer Engine asks, and requires a recent one."""
WITHOUT_LIBRARIES = {"NVTE_PROJECT_BUILDING": "1"}
"""So Transformer Engine's own build imports its package, before there are libraries to load."""


class Symbol(type):
    """An enumeration, whose members are those that are asked for, or a function, which cannot be called."""

    __members__: dict[str, int]

    def __getattr__(cls, name: str) -> int:
        if name.startswith("__"):
            raise AttributeError(name)
        member = int.__new__(cast("type[int]", cls), len(cls.__members__))
        member.__dict__["name"] = name
        cls.__members__[name] = member
        setattr(cls, name, member)
        return member

    def __call__(cls, *arguments: object, **keywords: object) -> NoReturn:
        raise NotImplementedError(f"{EXTENSION}.{cls.__name__} is compiled, and nothing stands in for it")


class Extension(ModuleType):
    """Has every name that it is asked for."""

    __all__ = ("__getattr__",)
    """What `import *` takes: one of Transformer Engine's modules has all the names of the extension, and asks here."""

    def __init__(self) -> None:
        super().__init__(EXTENSION)
        self.get_cudnn_version = lambda: CUDNN

    def __getattr__(self, name: str) -> Any:
        if name in vars(self):
            return vars(self)[name]
        if name.startswith("__"):
            raise AttributeError(name)
        made = Symbol(name, (int,), {"__members__": {}, "__str__": lambda member: f"{name}.{member.name}"})
        setattr(self, name, made)
        return made


def stand_in() -> None:
    """Makes Transformer Engine importable where its Python is installed and its extension is not; else does nothing.

    To be called before Megatron is imported, which looks for Transformer Engine once.
    """
    if EXTENSION in sys.modules or find_spec("transformer_engine") is None or find_spec(EXTENSION) is not None:
        return
    sys.modules[EXTENSION] = Extension()
    with patch.dict(os.environ, WITHOUT_LIBRARIES), warnings.catch_warnings():
        # The package is imported without its layers first, and warns of it.
        warnings.simplefilter("ignore", RuntimeWarning)
        common: Any = importlib.import_module("transformer_engine.common")
    with patch.object(common, "load_framework_extension", lambda framework: None):
        importlib.import_module("transformer_engine.pytorch")
