"""Mappers of a table that is kept elsewhere: every family is a module of this package.

`mcore_mappers` finds them where an installed distribution names `REGISTRY` in the entry points of
`mcore_mappers.families`.
"""

from __future__ import annotations

from importlib import import_module

from mcore_mappers_runtime.registry import Registry, announce

from ._registry import REGISTRY

TYPE_ONLY

__all__ = ["REGISTRY"]


def _own() -> Registry:
    return REGISTRY


announce(__name__, __file__, _own)


def __getattr__(name: str) -> object:
    if name in REGISTRY.families:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *REGISTRY.families})
