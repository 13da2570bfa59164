"""The numbers that make sense for a field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codegen.rows.interface import Role, Row


class Domain(Enum):
    """The numbers that make sense for a field, by the name of the function that makes its row, and of the check."""

    POSITIVE = "positive"
    NOT_NEGATIVE = "not_negative"
    PROBABILITY = "probability"


@dataclass(frozen=True)
class InDomain(Row):
    """A number outside its domain is refused. All numbers of one domain are checked in one call."""

    field: str
    domain: Domain
    counts_layers: bool = False
    """Whether lists are as long as the number: one that is too large is refused before anything is computed."""

    def __str__(self) -> str:
        return f"{self.domain.value}({self.field!r})"

    @property
    def role(self) -> Role:
        return Role.MUST_BE

    @property
    def source(self) -> str:
        return self.field

    @property
    def names(self) -> tuple[str, ...]:
        return (self.field,)

    @property
    def decides(self) -> bool:
        """Whatever uses the number decides something; a domain alone does not."""
        return False

    @property
    def bounds(self) -> bool:
        return True


def positive(*fields: str) -> tuple[InDomain, ...]:
    """Sizes, counts and epsilons: finite and above zero."""
    return tuple(InDomain(field, Domain.POSITIVE) for field in fields)


def not_negative(*fields: str) -> tuple[InDomain, ...]:
    """Counts that may be none, and coefficients: finite and at least zero."""
    return tuple(InDomain(field, Domain.NOT_NEGATIVE) for field in fields)


def layers(*fields: str) -> tuple[InDomain, ...]:
    """Counts of layers: as `positive`."""
    return tuple(InDomain(field, Domain.POSITIVE, counts_layers=True) for field in fields)


def further_layers(*fields: str) -> tuple[InDomain, ...]:
    """Counts of layers that may be none: as `not_negative`."""
    return tuple(InDomain(field, Domain.NOT_NEGATIVE, counts_layers=True) for field in fields)


def probability(*fields: str) -> tuple[InDomain, ...]:
    """Dropout: in [0, 1)."""
    return tuple(InDomain(field, Domain.PROBABILITY) for field in fields)
