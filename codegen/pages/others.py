"""What other tools map, and what becomes of it here: one table, and the list of what is written nowhere yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codegen.pages.cures import CURES, MISSING
from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, link, listed, name, prose, raw, read_as, table
from codegen.pages.other_tools import Architecture
from codegen.pages.train import OF_OUTCOME, Answer
from mcore_mappers import Family


@dataclass(frozen=True)
class Row:
    """An architecture of another tool, and what becomes of it here."""

    architecture: Architecture
    family: Family | None
    """What its language model is read as; None where nothing reads it."""
    answers: tuple[Answer, ...]
    """What becomes of its models, which may differ."""
    why: tuple[str, ...]
    """Why some do not map, or only with layers."""
    freed_by: tuple[str, ...]
    """All that it would take to map the rest."""


def rows(facts: Facts) -> Iterator[Row]:
    """All that other tools map.

    Raises:
        ValueError: nothing is known of one, or two places say what it would take to map it.
    """
    for architecture in facts.tools.architectures:
        yield _row(architecture, facts)


def _row(architecture: Architecture, facts: Facts) -> Row:
    family = facts.families.get(architecture.family)
    if family is None or family.status == "pending":
        if not architecture.freed_by:
            raise ValueError(f"{architecture.model_type}: neither mapped nor refused, and nothing says what it lacks")
        why = "no class of transformers is it"
        return Row(architecture, None, (Answer.NO,), (why,), architecture.freed_by)
    if architecture.freed_by:
        raise ValueError(f"{architecture.model_type}: what would free {family.name} is known of that")
    if family.status == "refused":
        reason = family.refusals[0][1]
        return Row(architecture, family, (Answer.NO,), (reason,), facts.cures[reason])
    published = [each for each in facts.checkpoints if each.model_type == architecture.model_type]
    found = {OF_OUTCOME[each.outcome] for each in published} or {Answer.LAYERS if family.lacks else Answer.YES}
    reasons = dict.fromkeys(f"{each.checkpoints}: {each.reason}" for each in published if each.outcome == "refused")
    freed_by = dict.fromkeys(word for each in published for word in each.freed_by)
    return Row(architecture, family, tuple(each for each in Answer if each in found), (*reasons,), (*freed_by,))


def page(facts: Facts) -> str:
    """The page."""
    found = [*rows(facts)]
    mapped = sum(row.answers != (Answer.NO,) for row in found)
    heads = ("type", "other tools", "here", "would be freed by", "measured")
    return f"""---
hide-toc: true
---

# What other tools map

{len(found)} model types have a mapping in {", ".join(facts.tools.releases)}, as their sources register them. That one
is registered does not say that it is right: tools bring layers of their own, or other branches of Megatron, or map what
is another model. Here, {mapped} map, with Megatron's own layers or with those of `mcore_mappers.layers`, at least for
some of their published checkpoints. What the others need stands [below](#what-is-written-nowhere-yet).

{raw(element("div", table(heads, map(_cells, found), "train"), class_="wide"))}

*Measured* is by how much a tool's model is another one than that of transformers, with random weights; a test does it.

## What is written nowhere yet

Neither stock Megatron nor `mcore_mappers.layers` has it.

{raw(table(("what", "what it is", "other tools map", "classes"), _missing(found, facts)))}
"""


def _cells(row: Row) -> tuple[str, ...]:
    badges = " ".join(element("span", answer.value, class_=f"badge {answer.name.lower()}") for answer in row.answers)
    why = element("span", prose("; ".join(row.why)), class_="cure") if row.why else ""
    return (
        read_as(row.architecture.model_type, row.family),
        listed(row.architecture.tools),
        f"{badges}{why}",
        listed(row.freed_by),
        prose(row.architecture.differs),
    )


def _missing(found: Iterable[Row], facts: Facts) -> Iterator[tuple[str, ...]]:
    types: defaultdict[str, list[str]] = defaultdict(list)
    for row in found:
        for word in row.freed_by:
            types[word].append(row.architecture.model_type)
    classes = _classes(facts)
    for word, missing in MISSING.items():
        if word in types:
            told = f"{missing.meaning} {CURES[missing.cure]}"
            names = ", ".join(link(f"refusals.html#{each}", name(each)) for each in classes[word])
            yield prose(word), prose(told), ", ".join(map(code, types[word])), names


def _classes(facts: Facts) -> Mapping[str, list[str]]:
    """By word, the classes that are refused for want of it."""
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for family in facts.refused:
        for word in facts.cures[family.refusals[0][1]]:
            classes[word].append(family.name)
    return classes
