"""What modeling code says of the computation: lines that only families of which one thing is true have."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import Final

from codegen.new_family.fit import held
from codegen.new_family.near import Lines
from codegen.schemas import HfClass, Snapshot
from codegen.table import Constant, Family, Local, Part, Row

WITNESSES: Final = (3, 5)
"""With how many houses a line counts at all, and how many of them count."""
MARGIN: Final = 2.0
"""By how much one line must outweigh another. The more families say a thing, the less a line weighs that they have."""
TELLING: Final = 0.45
"""How far more often than of all families something must be true of those with a line, that the line tells it."""
COVERED: Final = 0.8
"""How many of the families of which something is true must have a line that tells it, that the lack of all speaks."""
RARE: Final = 0.2
"""What is true of fewer families than that needs more than one line that tells it."""
CLEAR: Final = 2.0
"""From which weight on a line is worth a reader's while."""
SPREAD: Final = 0.1
"""What no more than so many of all families have is a line of few, and tells how the class differs from the others."""

_SAID: Final = ("#", "def ", "`", 'return f"')
"""How sentences begin, and what only names things."""

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
        case Local(name, function):
            # Functions of several parts have one name.
            yield name, f"{row} of {function.__module__.removeprefix('codegen.').replace('.', '/')}.py"
        case _:
            pass


def is_computation(line: str) -> bool:
    """Whether a line of code computes something, and is no import, signature or sentence."""
    computes = line.startswith("return ") or " = " in line
    known = any(name in line for name in ("self.", "torch.", "config.", "[..., ", " * "))
    return computes and known and not line.startswith(_SAID) and not line.rstrip(",").endswith(" = None")


def has_its_own(hf: HfClass) -> bool:
    """Whether the model class of a config class is written beside it."""
    package, code = hf.path.rpartition(".configuration_")[0], hf.causal_lm.rpartition(".modeling_")[0]
    return package == code


def houses(names: Iterable[str]) -> int:
    """How many houses these families are of: those of one house (qwen2, qwen3_moe) are heirs of one another."""
    return len(set(map(house, names)))


@cache
def house(name: str) -> str:
    """The house of a family."""
    return re.split(r"\d|_|moe", name)[0]


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

    code: frozenset[str]
    """Its lines."""
    having: Mapping[str, tuple[str, ...]]
    """Of each line that computes something, the families that have it too."""
    shared: Mapping[str, frozenset[str]]
    """Of each line that families of several houses have, these families."""
    facts: Mapping[str, Mapping[str, str]]
    """What each family says, by subject."""
    spread: Mapping[str, float]
    """How many of all families have each line of the class."""

    @staticmethod
    def of(families: Sequence[Family], snapshot: Snapshot, hf: HfClass, lines: Lines) -> Evidence:
        """The evidence for a class."""
        known = {each.name: snapshot.hf[each.config] for each in families if each.config in snapshot.hf}
        # What runs the model class of another family bears no witness beside that.
        models = {each.causal_lm for each in known.values() if has_its_own(each)}
        code = {name: lines(each) for name, each in known.items() if has_its_own(each) or each.causal_lm not in models}
        facts = {each.name: facts_of(each) for each in families if code.get(each.name)}
        own = sorted(filter(is_computation, lines(hf)))
        having = {line: tuple(sorted(name for name in facts if line in code[name])) for line in own}
        by_line: defaultdict[str, set[str]] = defaultdict(set)
        for name in facts:
            for line in filter(is_computation, code[name]):
                by_line[line].add(name)
        shared = {line: frozenset(names) for line, names in by_line.items() if houses(names) > 1}
        spread = {line: sum(line in code[name] for name in facts) / max(len(facts), 1) for line in lines(hf)}
        return Evidence(lines(hf), {line: names for line, names in having.items() if names}, shared, facts, spread)

    def is_disputed(self, subject: str) -> bool:
        """Whether families that say something of it say different things."""
        return len({facts[subject] for facts in self.facts.values() if subject in facts}) > 1

    def lines_with(self, field: str) -> list[str]:
        """The lines that read a field: those of few families first, and of these the shortest."""
        found = [line for line in self.code if re.search(rf"config\.{field}\b", line)]
        return sorted(found, key=lambda line: (self.spread[line] > SPREAD, len(line), line))

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Everything that some family says something of."""
        return tuple(sorted({subject for facts in self.facts.values() for subject in facts}))

    def signs(self, subject: str) -> Mapping[str, Sign]:
        """For each thing that may be true of a subject, the line that speaks for it most; of equals, the rarest."""
        usual = Counter(facts.get(subject, NOTHING) for facts in self.facts.values())
        found: dict[str, Sign] = {}
        least, most = WITNESSES
        for line, names in self.having.items():
            said = {self.facts[name].get(subject, NOTHING) for name in names}
            if len(said) == 1 and houses(names) >= least:
                value = said.pop()
                weight = -min(houses(names), most) * math.log(usual[value] / len(self.facts))
                found[value] = max(found.get(value, NO_SIGN), Sign(line, names, weight), key=self._telling_most)
        return found

    def _telling_most(self, sign: Sign) -> tuple[float, float]:
        return sign.weight, -self.spread.get(sign.line, 0.0)

    def lacking(self, subject: str, said: str) -> Sign:
        """The most usual line that the class should have, were this true of it.

        Nearly every family of which it is true has one of a few lines that tell it, and the class has none of these.
        """
        if self.signs(subject).get(said, NO_SIGN).weight >= CLEAR:
            return NO_SIGN
        saying = frozenset(name for name, facts in self.facts.items() if facts.get(subject, NOTHING) == said)
        # One line may have been copied: of what is true of few, the class has more than that.
        copied = 1 if len(saying) < RARE * len(self.facts) else 0
        own = self._telling(saying, self.code if copied else frozenset())
        if houses(saying) < WITNESSES[0] or not own or len(self.code & self._telling(saying).keys()) > copied:
            return NO_SIGN
        most = max(own, key=lambda line: (houses(own[line]), line))
        return Sign(most, tuple(sorted(own[most])), CLEAR)

    def _telling(self, saying: Set[str], less: Set[str] = frozenset()) -> Mapping[str, frozenset[str]]:
        """Lines that tell these families from others, the most telling first, until nearly all have one; else none."""
        base = len(saying) / max(len(self.facts), 1)
        shares = {line: len(names & saying) / len(names) for line, names in self.shared.items() if line not in less}
        # What the heirs of one house alone have of these families may be for anything else that they share, and what
        # is true of many families is true of any two houses by chance.
        least = 2 if base and -2 * math.log(base) >= CLEAR else WITNESSES[0]
        telling = [
            line
            for line, share in shares.items()
            if share >= base + TELLING * (1 - base) and houses(self.shared[line] & saying) >= least
        ]
        found: dict[str, frozenset[str]] = {}
        for share, lines in groupby(sorted(telling, key=shares.__getitem__, reverse=True), key=shares.__getitem__):
            found |= {line: self.shared[line] & saying for line in lines}
            if share and len(frozenset[str]().union(*found.values())) >= COVERED * len(saying):
                return found
        return {}

    def against(self, subject: str, said: str) -> tuple[str, Sign] | None:
        """What else is true of a subject by the code, and the line that says so; None where the code agrees."""
        signs = self.signs(subject)
        best = max(signs, key=lambda value: signs[value].weight, default=said)
        held = signs.get(said, NO_SIGN).weight
        if best != said and signs[best].weight - held >= MARGIN:
            return best, signs[best]
        return None

    def instead(self, subject: str, said: str) -> str | None:
        """What to say of a subject in its place; None where nothing speaks clearly for anything else."""
        if found := self.against(subject, said):
            return found[0]
        others = Counter(facts.get(subject, NOTHING) for facts in self.facts.values() if facts.get(subject) != said)
        usual = next((other for other, _ in others.most_common(1)), said)
        is_missing = said != NOTHING and self.lacking(subject, said).line
        return usual if is_missing and not self.lacking(subject, usual).line else None
