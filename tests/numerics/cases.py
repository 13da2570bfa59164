"""The cases of every family, from its proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from transformers import PreTrainedConfig

import mcore_mappers
from tests.families import PROOFS, build
from tests.families.keys import cases_of_keys
from tests.families.proof import Keywords, Proof
from tests.selection import draw


@dataclass(frozen=True)
class Case:
    """One Hugging Face config, and how close the two models must come."""

    family: str
    name: str
    keywords: Keywords
    mapper: Literal["to_megatron", "to_megatron_hybrid"] = "to_megatron"
    tolerance: float = 3e-5

    def config(self) -> PreTrainedConfig:
        return build(self.family, self.keywords)

    @property
    def hybrid(self) -> bool:
        """Whether it is compared with a `HybridModel`."""
        targets = mcore_mappers.families()[self.family].targets
        return self.mapper == "to_megatron_hybrid" or targets[0].endswith(".HybridModelConfig")

    def __str__(self) -> str:
        suffix = "-hybrid" if self.mapper == "to_megatron_hybrid" else ""
        return f"{self.family}{suffix}-{self.name}"


ROPES_REPEATED = frozenset({"deepseek_v3", "flint", "glm4_moe", "llama", "mellum", "ministral3", "phi3", "qwen3_next"})
"""Families of which the hybrid model too is compared with every rope: one for each set of rows about rope, plain,
partial, latent, by layer, and with rules of its own. All others have the same rows, and are compared with two."""


def _repeated(family: str, proof: Proof, name: str) -> bool:
    """Whether a case is compared with the hybrid model too."""
    if proof.hybrid is None or name in proof.hybrid:
        return False
    return family in ROPES_REPEATED or not name.startswith("rope_") or name in ("rope_linear", "rope_yarn")


def _base(proof: Proof, name: str) -> Keywords:
    return {**proof.base, **proof.shallow} if name.startswith("rope_") else proof.base


@cache
def cases_of(family: str) -> tuple[Case, ...]:
    """The cases of one family, for both of its targets."""
    proof = PROOFS[family]
    return tuple(
        Case(family, name, {**_base(proof, name), **changes}, mapper, proof.tolerance)
        for name, changes in {**proof.cases, **cases_of_keys(family)}.items()
        for mapper in ("to_megatron", "to_megatron_hybrid")
        if mapper == "to_megatron" or _repeated(family, proof, name)
    )


CASES: tuple[Case, ...] = tuple(case for family in PROOFS for case in cases_of(family))


def drawn(cases: Iterable[Case], count: int, about: str) -> tuple[Case, ...]:
    """Of a slice, `default`, `combined` of each target, one case about rope, and `count` more."""
    return draw(
        cases,
        count,
        about,
        always=lambda case: case.name == "combined" or (case.name == "default" and case.mapper == "to_megatron"),
        kinds=lambda case: [case.family] if case.name.startswith("rope_") else [],
    )
