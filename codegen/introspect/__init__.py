"""Upstream packages in, snapshot out. The only part of the generator that imports transformers, torch or megatron."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

from codegen.introspect import catalogue, huggingface, megatron
from codegen.introspect.values import import_path
from codegen.schemas import Snapshot

_DISTRIBUTIONS = ("megatron-core", "transformers")


def snapshot(
    hf_classes: Sequence[str], megatron_classes: Sequence[str], symbols: Sequence[str], computations: Sequence[str]
) -> Snapshot:
    """Describe the named classes, all by import path, and list those symbols and computations that exist.

    Everything in it is sorted by name: upstream's order of declaration means nothing, and moves.
    """
    hf = [huggingface.introspect(path) for path in hf_classes]
    targets = [megatron.introspect(path) for path in megatron_classes]
    return Snapshot(
        versions={name: importlib.metadata.version(name) for name in _DISTRIBUTIONS},
        hf={kind.path: kind for kind in sorted(hf, key=lambda kind: kind.path)},
        megatron={kind.path: kind for kind in sorted(targets, key=lambda kind: kind.path)},
        symbols=tuple(path for path in sorted(set(symbols)) if _exists(path)),
        causal_lm=catalogue.causal_lm(),
        computations=tuple(path for path in sorted(set(computations)) if catalogue.is_written(path)),
    )


def _exists(path: str) -> bool:
    try:
        import_path(path)
    except LookupError:
        return False
    return True
