"""Classes whose layers may compute otherwise than one half after the other."""

from __future__ import annotations

from typing import Final

from codegen.table import Part, must_be

PARALLEL: Final = (
    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both read the same"
)

SEQUENTIAL: Final = Part(rows=(must_be("use_parallel_residual", (False,), PARALLEL),))
"""Attention and MLP one after the other."""
