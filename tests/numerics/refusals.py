"""What mappers refuse: for each family the one change that must be refused, and the nearest config that is accepted.

The evidence that a refusal is true is a difference between the Hugging Face model of the refused config and the
Megatron model of every nearest one. Where a setting of Megatron's comes close to what the refused config asks for, it
is tried too: it must not do either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from transformers import PreTrainedConfig

from codegen.rows.interface import Row
from mcore_mappers import UnsupportedConfigError
from tests.families import PROOFS, build, needing, stated
from tests.families.keys import refused_keys
from tests.families.proof import NOTHING, Keywords, Refused
from tests.selection import draw
from tests.support.plans import row_kinds

ROPE: Final = frozenset({"rope_parameters", "rope_theta", "partial_rotary_factor", "original_max_position_embeddings"})
"""Fields of a refusal that is about rope only."""


@dataclass(frozen=True)
class Refusal:
    """A refused config of a family."""

    family: str
    row: Refused

    def __str__(self) -> str:
        return f"{self.family}-{self.row.name}"

    @property
    def asking(self) -> Keywords:
        """The keywords of who has the accepted configs mapped."""
        return {"layers": True} if self.row.layers else needing(self.family)

    def _start(self) -> Keywords:
        proof = PROOFS[self.family]
        shallow = proof.shallow if self.row.field.partition(".")[0] in ROPE else NOTHING
        return {**proof.base, **shallow, **self.row.start}

    def config(self) -> PreTrainedConfig:
        config = build(self.family, {**self._start(), **self.row.change})
        for name, value in self.row.attributes.items():
            setattr(config, name, value)
        return config

    def accepted(self) -> Sequence[PreTrainedConfig]:
        return [build(self.family, {**self._start(), **nearest}) for nearest in self.row.nearest]


@cache
def refusals_of(family: str) -> tuple[Refusal, ...]:
    """What one family refuses."""
    return tuple(Refusal(family, row) for row in (*PROOFS[family].refused, *refused_keys(family)))


REFUSALS: tuple[Refusal, ...] = tuple(row for family in PROOFS for row in refusals_of(family))


def drawn(count: int) -> tuple[Refusal, ...]:
    """Of a slice, a refusal of each family and one for each kind of row that is about a field, and `count` more."""
    return draw(REFUSALS, count, "refusals", kinds=kinds_of)


def kinds_of(refusal: Refusal) -> Iterator[str | type[Row]]:
    """What a refusal is an example of."""
    yield refusal.family
    yield from row_kinds(refusal.family).get(refusal.row.field, ())


def values_are_said(config: PreTrainedConfig, error: UnsupportedConfigError) -> bool:
    """Whether each refusal has the value that the config has of its field.

    The keys of a rope are fields of none, and of a structure of structures a refusal may show the part that is wrong.
    """
    absent = object()
    held = ((stated(config, refusal.field, absent), refusal.value) for refusal in error.refusals)
    return all(value is absent or isinstance(said, dict) or repr(value) == repr(said) for value, said in held)
