"""Sparse attention: which layers have an indexer of their own, and which use what an earlier one picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .hybrid import of_mixers

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from .check import Check

FULL, SHARED = "full", "shared"


def indexer_period(check: Check, indexer_types: Sequence[str] | None, num_layers: int) -> tuple[int, int]:
    """`dsa_indexer_topk_freq` and `dsa_indexer_skip_topk_offset`.

    After as many layers as the second says, each of which has an indexer, every so many have one as the first says.

    Args:
        check: takes a list of another length, with other types, or of no such period.
        indexer_types: for each layer whether it has an indexer of its own.
        num_layers: how many layers there are.
    """
    if indexer_types is None or len(indexer_types) != num_layers:
        check.refuse("indexer_types", indexer_types, f"must list {num_layers} layers, as num_hidden_layers says")
        return 1, 0
    if SHARED not in indexer_types:
        period = (1, 0)
    else:
        offset = indexer_types.index(SHARED)
        later = indexer_types.index(FULL, offset) if FULL in indexer_types[offset:] else num_layers
        period = (later - offset + 1, offset)
    if _types(*period, num_layers) != [*indexer_types]:
        reason = (
            f"must be {FULL!r} in some first layers, and then in one of every so many, with {SHARED!r} in all others: "
            "Megatron has two numbers for it"
        )
        check.refuse("indexer_types", indexer_types, reason)
    return period


def indexer_period_by_symbol(check: Check, indexer_types: Sequence[str] | None, num_layers: int) -> tuple[int, int]:
    """The same of a hybrid model, in which a layer is two symbols, the first of which attends."""
    freq, offset = indexer_period(check, indexer_types, num_layers)
    return (1, 0) if freq == 1 else (2 * freq, 2 * offset - 1)


def indexer_types(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    """The list that became the two numbers."""
    transformer = model.transformer
    types = _types(transformer.dsa_indexer_topk_freq, transformer.dsa_indexer_skip_topk_offset, transformer.num_layers)
    return of_mixers(model, types)


def _types(freq: int, offset: int, num_layers: int) -> list[str]:
    # As Megatron's is_dsa_skip_topk_layer, which counts layers from one: `max(layer - last, 0) % freq` are shared.
    last = max(offset, 1)
    period = [*[SHARED] * (freq - 1), FULL]
    return [*[FULL] * last, *period * (num_layers // freq + 1)][:num_layers]
