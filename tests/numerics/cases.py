"""The cases of every family, from its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from transformers import PreTrainedConfig

from tests.families import PROOFS, build
from tests.families.proof import Keywords


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

    def __str__(self) -> str:
        suffix = "-hybrid" if self.mapper == "to_megatron_hybrid" else ""
        return f"{self.family}{suffix}-{self.name}"


CASES: tuple[Case, ...] = tuple(
    Case(family, name, {**proof.base, **changes}, mapper, proof.tolerance)
    for family, proof in PROOFS.items()
    for name, changes in proof.cases.items()
    for mapper in ("to_megatron", "to_megatron_hybrid")
    if mapper == "to_megatron" or (proof.hybrid is not None and name not in proof.hybrid)
)
