"""Dropouts, without chance: how both sides are made to drop the same, and which fields are about that."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Final
from unittest.mock import patch

import torch
from torch import Tensor
from torch.nn import functional

from tests.support.plans import described, rows_of

WORDS: Final = ("drop", "jitter", "noise")
"""Parts of the names of fields that are about training alone."""
OURS: Final = frozenset({"hidden_dropout", "attention_dropout"})
"""Megatron's dropouts."""


def _dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """What a dropout leaves on average, three quarters of it here and a quarter there.

    Not the same everywhere: a dropout before a linear layer would be one after it.
    """
    del inplace
    if not training or p == 0:
        return x
    odd = torch.arange(x.shape[-1], device=x.device) % 2
    return x * (1 - p * (0.25 + 0.5 * odd))


def _exponential(x: Tensor, lambd: float = 1.0) -> Tensor:
    """Numbers that differ by expert, the same for every token: each side has tokens in an order of its own."""
    experts = torch.arange(x.shape[-1], device=x.device)
    return x.copy_((0.4 + experts * 7 % 5) / lambd)


def _rand_like(x: Tensor) -> Tensor:
    return torch.full_like(x, 0.5)


_uniform = Tensor.uniform_


def _uniform_of_tokens(
    x: Tensor, low: float = 0.0, high: float = 1.0, *, generator: torch.Generator | None = None
) -> Tensor:
    """Of a number for each token the middle; all else is drawn."""
    return x.fill_((low + high) / 2) if x.shape[-1:] == (1,) else _uniform(x, low, high, generator=generator)


@contextmanager
def with_fixed_samples() -> Generator[None]:
    """Experts that are sampled are the same each time, on either side."""
    with (
        patch.object(torch, "rand_like", _rand_like),
        patch.object(Tensor, "exponential_", _exponential),
        patch.object(Tensor, "uniform_", _uniform_of_tokens),
    ):
        yield


@contextmanager
def without_chance() -> Generator[None]:
    """Every dropout of either side goes through one function, whether it is a module or not, and samples are fixed."""
    with patch.object(functional, "dropout", _dropout), with_fixed_samples():
        yield


@cache
def dropouts(family: str) -> tuple[str, ...]:
    """The fields of a class that drop something or add noise, declared or not, and their aliases."""
    plan, hf = described(family)
    found = {known.name for known in hf.attributes} | hf.attribute_map.keys()
    named = {name for name in found if any(word in name.lower() for word in WORDS)}
    feeding = (row.reads for row in rows_of(plan) if OURS & set(row.targets))
    return tuple(sorted(named.union(*feeding)))
