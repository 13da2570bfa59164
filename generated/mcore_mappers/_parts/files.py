"""What families share about files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


def granite(check: Check) -> None:
    """Keys of Granite's training code."""
    check.if_set("normalization_function", ("rmsnorm",), "the class has RMSNorm alone")


def liquid(check: Check) -> None:
    """Keys of Liquid's training code."""
    check.if_set("block_use_swiglu", (True,), "the MLPs of the class have a gate always")
    check.if_set("use_pos_enc", (True,), "the class has rotary embeddings in every layer")
