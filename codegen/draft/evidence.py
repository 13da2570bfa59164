"""What modeling code says of the computation: lines that only families of which one thing is true have."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from codegen.draft.fit import held
from codegen.draft.near import Lines
from codegen.schemas import HfClass, Snapshot
from codegen.table import Constant, Family, Local, Part, Row

WITNESSES: Final = (3, 4)
"""With how many houses a line counts at all, and how many of them count."""
MARGIN: Final = 3.0
"""By how much one line must outweigh another."""
TOLERATED: Final = 0.2
"""How many of the families with a line may say what it speaks against."""
CLEAR: Final = 2.0
"""From which weight on a line is worth a reader's while."""

_ANNOTATED: Final = re.compile(r"\w+: ")

NOTHING: Final = ""
"""What is said of a subject by a family that has no row about it."""


def facts_of(family: Family) -> Mapping[str, str]:
    """What the rows of a family say of the computation, by subject: constants, and how shared values are read."""
    whole = Part(family.rows, family.parts, family.replaces, family.gpt, family.hybrid)
    return {subject: said for row in held(whole, frozenset({family.targets[0].kind})) for subject, said in facts(row)}


def facts(row: Row) -> Iterator[tuple[str, str]]:
    """What a row says of the computation, each with its subject: a Megatron field, or the name of a shared value."""
    match row:
        case Constant(target):
            yield target, str(row)
        case Local(name):
            yield name, str(row)
        case _:
            pass


def is_computation(line: str) -> bool:
    """Whether a line of code computes something, and is no import, signature or sentence."""
    return re.match(r"return \w|[\w., \[\]:-]+ = (?!None|True|False)", line) is not None and not _ANNOTATED.match(line)


def houses(names: Sequence[str]) -> int:
    """How many houses these families are of: those of one house (qwen2, qwen3_moe) are heirs of one another."""
    return len({re.split(r"\d|_|moe", name)[0] for name in names})


@dataclass(frozen=True)
class Sign:
    """A line of modeling code that the class has, and that speaks for something."""

    line: str
    families: tuple[str, ...]
    """The families with that line. The same is true of all of them."""
    weight: float
    """How unlikely it is that they agree by chance."""


NO_SIGN: Final = Sign("", (), 0.0)


@dataclass(frozen=True)
class Evidence:
    """The modeling code of a class beside that of all families."""

    having: Mapping[str, tuple[str, ...]]
    """Of each line of the class, the families that have it too."""
    facts: Mapping[str, Mapping[str, str]]
    """What each family says, by subject."""

    @staticmethod
    def of(families: Sequence[Family], snapshot: Snapshot, hf: HfClass, lines: Lines) -> Evidence:
        """The evidence for a class."""
        code = {each.name: lines(snapshot.hf[each.config]) for each in families if each.config in snapshot.hf}
        facts = {each.name: facts_of(each) for each in families if code.get(each.name)}
        own = sorted(filter(is_computation, lines(hf)))
        having = {line: tuple(sorted(name for name in facts if line in code[name])) for line in own}
        return Evidence({line: names for line, names in having.items() if names}, facts)

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Everything that some family says something of."""
        return tuple(sorted({subject for facts in self.facts.values() for subject in facts}))

    def signs(self, subject: str) -> Mapping[str, Sign]:
        """For each thing that may be true of a subject, the line that speaks for it most."""
        usual = Counter(facts.get(subject, NOTHING) for facts in self.facts.values())
        found: dict[str, Sign] = {}
        least, most = WITNESSES
        for line, names in self.having.items():
            said = {self.facts[name].get(subject, NOTHING) for name in names}
            if len(said) == 1 and houses(names) >= least:
                value = said.pop()
                weight = -min(houses(names), most) * math.log(usual[value] / len(self.facts))
                found[value] = max(found.get(value, NO_SIGN), Sign(line, names, weight), key=lambda sign: sign.weight)
        return found

    def denial(self, subject: str, said: str) -> Sign:
        """The line that speaks most against what is said of a subject: of few families that have it, that is true."""
        usual = sum(facts.get(subject, NOTHING) == said for facts in self.facts.values()) / max(len(self.facts), 1)
        least, most = WITNESSES
        signs = (
            Sign(line, names, -min(houses(names), most) * math.log(1 - usual))
            for line, names in self.having.items()
            if houses(names) >= least and self._share(names, subject, said) <= TOLERATED
        )
        return max(signs, key=lambda sign: sign.weight, default=NO_SIGN)

    def _share(self, names: Sequence[str], subject: str, said: str) -> float:
        """Of how many of these families it is true."""
        return sum(self.facts[name].get(subject, NOTHING) == said for name in names) / len(names)

    def against(self, subject: str, said: str) -> tuple[str, Sign] | None:
        """What else is true of a subject by the code, and the line that says so; None where the code agrees."""
        signs, denial = self.signs(subject), self.denial(subject, said)
        best = max(signs, key=lambda value: signs[value].weight, default=said)
        held = signs.get(said, NO_SIGN).weight
        if best != said and signs[best].weight - held >= MARGIN:
            return best, signs[best]
        # That something is not said is the lack of a claim: only a line for the claim speaks against it.
        if said == NOTHING or denial.weight - held < MARGIN:
            return None
        instead = Counter(self.facts[name].get(subject, NOTHING) for name in denial.families)
        return instead.most_common(1)[0][0], denial
