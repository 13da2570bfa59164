"""A plan as it is drawn: the fields of both sides, all that is known of each, and the lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from codegen.introspect import documentation
from codegen.owners import Owner
from codegen.plan import Mapper, Plan, Side, Verdict
from codegen.resolve.ownership import documentation_of, show
from codegen.schemas import HfClass, HfField, HfProperty, MegatronField, Snapshot
from mcore_mappers._registry import REGISTRY
from mcore_mappers_runtime.explained import Explanation

PASSED: Final = frozenset({Owner.ARCHITECTURE.value, Owner.SUGGESTED.value})
"""Whose fields a mapper may pass."""


@dataclass(frozen=True)
class Field:
    """A field of either side, and what becomes of it."""

    side: Side
    name: str
    verdict: str
    """As the plan has it; "constant" for what is the same in every model of the family."""
    reason: str
    decided_in: tuple[str, ...]
    """File and row of each rule that is about it."""
    expression: str
    """What generated code computes for it; empty where it writes nothing."""
    type: str
    """Canonical; empty where no class declares the field."""
    default: str
    """Upstream's own; empty where there is none."""
    others: tuple[str, ...]
    """Fields of the other side: what it decides, or is decided by."""
    upstream: str
    """What upstream says of it; empty where it says nothing."""


@dataclass(frozen=True)
class Drawn:
    """One target of a family."""

    outer: str
    """Name of the Megatron config."""
    inner: str
    """Name of the config in it."""
    fields: tuple[Field, ...]

    def of(self, side: Side) -> tuple[Field, ...]:
        """The fields of one side."""
        return tuple(field for field in self.fields if field.side is side)

    @cached_property
    def left(self) -> tuple[Field, ...]:
        """The Hugging Face fields that are drawn: what decides something, and what has values that are refused."""
        found = self.of(Side.HUGGINGFACE)
        deciding = [field for field in found if field.others]
        return (*deciding, *(field for field in found if not field.others and field.verdict != "ignored"))

    @cached_property
    def right(self) -> tuple[Field, ...]:
        """The Megatron fields that the mapper passes, so ordered that few lines cross; constants last."""
        places = {field.name: place for place, field in enumerate(self.left)}
        passed = [field for field in self.of(Side.MEGATRON) if field.expression or field.others]
        drawn = sorted((field for field in passed if field.others), key=lambda field: _height(field, places))
        return (*drawn, *(field for field in passed if not field.others))

    @cached_property
    def ignored(self) -> tuple[Field, ...]:
        """The Hugging Face fields that decide nothing."""
        return tuple(field for field in self.of(Side.HUGGINGFACE) if field not in self.left)

    @cached_property
    def left_alone(self) -> tuple[Field, ...]:
        """The Megatron fields that could be passed, and are not: the model does not have what they are about."""
        drawn = frozenset(field.name for field in self.right)
        rest = (field for field in self.of(Side.MEGATRON) if field.name not in drawn)
        return tuple(field for field in rest if field.verdict in PASSED)

    def owned_by(self, owner: Owner) -> tuple[Field, ...]:
        """The Megatron fields that are the caller's, or that Megatron derives."""
        return tuple(field for field in self.of(Side.MEGATRON) if field.verdict == owner.value)


def _height(field: Field, places: Mapping[str, int]) -> float:
    heights = [places[other] for other in field.others]
    return sum(heights) / len(heights)


def mappings(plan: Plan, snapshot: Snapshot) -> tuple[Drawn, ...]:
    """What a family maps to, `to_megatron` first."""
    return tuple(_mapping(plan, mapper, snapshot) for mapper in plan.mappers)


def _mapping(plan: Plan, mapper: Mapper, snapshot: Snapshot) -> Drawn:
    known = Explanation(REGISTRY, REGISTRY.families[plan.family.name], mapper.target.model_name, {})
    theirs = {known_.name: known_ for known_ in plan.hf.attributes}
    outer, inner = (snapshot.megatron[path] for path in (mapper.target.model_class, mapper.target.transformer_class))
    declared = {field.name: field for cls in (outer, inner) for field in cls.fields}
    drawn = frozenset(verdict.field for verdict in mapper.verdicts if verdict.side is Side.HUGGINGFACE)
    fields = [
        (
            _huggingface(verdict, plan.hf, known, theirs.get(verdict.field))
            if verdict.side is Side.HUGGINGFACE
            else _megatron(verdict, mapper, snapshot, known, declared.get(verdict.field), drawn)
        )
        for verdict in _once(mapper.verdicts)
    ]
    return Drawn(outer.name, inner.name, tuple(fields))


def _once(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """A field that both of Megatron's classes declare has one name."""
    seen: dict[tuple[Side, str], Verdict] = {}
    for verdict in verdicts:
        seen.setdefault((verdict.side, verdict.field), verdict)
    yield from seen.values()


def _huggingface(verdict: Verdict, cls: HfClass, known: Explanation, declared: object) -> Field:
    found = known.huggingface(verdict.field)
    documented = cls.documented(verdict.field)
    return Field(
        side=verdict.side,
        name=verdict.field,
        verdict=verdict.verdict,
        reason=verdict.reason,
        decided_in=_rules(verdict),
        expression=" ".join(verdict.expression.split()),
        type=declared.type if isinstance(declared, HfField | HfProperty) else "",
        default=show(declared.after_init) if isinstance(declared, HfField) else "",
        others=found.others if found is not None else (),
        upstream=(documentation.text(documented) or "") if documented else "",
    )


def _megatron(
    verdict: Verdict,
    mapper: Mapper,
    snapshot: Snapshot,
    known: Explanation,
    declared: MegatronField | None,
    drawn: frozenset[str],
) -> Field:
    documented = documentation_of(mapper.target, verdict.field, snapshot)
    others = tuple(name for name in known.sources(verdict.field) if name in drawn)
    is_constant = bool(verdict.expression) and not others and verdict.verdict == Owner.ARCHITECTURE.value
    return Field(
        side=verdict.side,
        name=verdict.field,
        verdict="constant" if is_constant else verdict.verdict,
        reason=verdict.reason,
        decided_in=_rules(verdict),
        expression=" ".join(verdict.expression.split()),
        type=declared.type if declared is not None else "",
        default=show(declared.default) if declared is not None else "",
        others=others,
        upstream=(documentation.text(documented) or "") if documented else "",
    )


def _rules(verdict: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(verdict.decided_in.split("; ")))
