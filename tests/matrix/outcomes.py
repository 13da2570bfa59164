"""What the releases of an environment make of the recorded configs."""

from __future__ import annotations

import json
import platform
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import mcore_mappers
from mcore_mappers_runtime.cli.progress import Progress
from tests.matrix.recorded import FOLDER, Outcome, Recorded, read, there, there_and_back

PACKAGES = ("transformers", "megatron-core")
LOGITS_AT = ("5.5.0", "5.12.1")
"""The releases of transformers whose models are compared too."""
USUAL_PYTHON = "3.12"
SOME = ("default", "combined")
"""The cases that are mapped with another Python, which runs the same code."""
UNREAD: Sequence[Outcome] = ({"refused": ["config.json"]}, {"refused": ["model_type"]})
"""What transformers makes no config of: it refuses the file, or has no class of the type of a composite."""
"""What comes of a file of which transformers builds no config."""


@dataclass(frozen=True)
class Found:
    """What an environment showed."""

    python: str
    releases: Sequence[str]
    """Of `PACKAGES`."""
    cases: int
    """How many cases of families came to the same, there and back."""
    published: int
    """How many published configs did."""
    absent: Sequence[str]
    """Families without a class in this release, of which every config is refused by release."""
    unread: Sequence[str]
    """Configs of which transformers' own class of this release makes none, so that they are refused."""
    unwritten: Sequence[str]
    """Configs that map to the same, and are refused on the way back: the class of this release cannot hold them."""
    different: Sequence[str]
    """A line for each config of which something else came."""
    logits: Sequence[str] = ()
    """The cases whose logits are equal; empty where none were compared."""
    otherwise: Sequence[str] = ()
    """The cases of which this release itself computes something else, with the fields."""


def releases() -> tuple[str, ...]:
    """What is installed."""
    return tuple(metadata.version(package) for package in PACKAGES)


def write(found: Found) -> None:
    """Keep it for the page."""
    name = "-".join(("found", found.python, *found.releases))
    (FOLDER / f"{name}.json").write_text(json.dumps(asdict(found)), encoding="utf-8")


def load(path: Path) -> Found:
    """What `write` kept."""
    return Found(**json.loads(path.read_text(encoding="utf-8")))


ANOTHER_MODEL = {"olmo3"}
"""Families whose class was there before the first release in which it computes what it does now."""


def compare() -> Found:
    """Map every recorded config with what is installed."""
    python = ".".join(platform.python_version_tuple()[:2])
    recorded = [each for each in read() if python == USUAL_PYTHON or each.case in SOME or not each.family]
    came: defaultdict[str, list[str]] = defaultdict(list)
    with Progress(len(recorded), lines=True) as progress:
        for each in recorded:
            progress.next(each.name)
            for kind, told in _came_to(each):
                came[kind].append(told)
    absent = sorted({*came["absent"]})
    unsaid = [family for family in absent if family not in ANOTHER_MODEL and _has_class(family)]
    came["different"] += [f"{family}: is absent, and its class is there" for family in unsaid]
    found = Found(
        python=python,
        releases=releases(),
        cases=len(came["cases"]),
        published=len(came["published"]),
        absent=absent,
        unread=came["unread"],
        unwritten=came["unwritten"],
        different=came["different"],
    )
    return with_logits(found, recorded) if found.releases[0] in LOGITS_AT else found


def _came_to(recorded: Recorded) -> Iterator[tuple[str, str]]:
    """The fields of `Found` to which a config adds something, and what."""
    outcome = there(recorded)
    if family := outcome.get("absent"):
        yield "absent", family
    elif outcome in UNREAD and outcome != recorded.outcome:
        yield "unread", recorded.name
    elif told := _difference(recorded, outcome):
        yield "different", f"{recorded.name}: {told}"
    else:
        yield "cases" if recorded.family else "published", recorded.name
        if "refused" not in outcome:
            yield from _came_back_to(recorded, outcome)


def _came_back_to(recorded: Recorded, outcome: Outcome) -> Iterator[tuple[str, str]]:
    back = there_and_back(recorded)
    if "refused" in back:
        yield "unwritten", recorded.name
    elif told := "; ".join(_keys(back, outcome)):
        yield "different", f"{recorded.name}: there and back, {told}"


def with_logits(found: Found, recorded: Sequence[Recorded]) -> Found:
    """The same, and what the models computed that this release has."""
    from tests.matrix import logits  # which imports torch, and both models

    compared = [*logits.compared([each for each in recorded if each.family not in found.absent])]
    wrong = [f"{each.name}: {each.wrong}" for each in compared if each.wrong]
    otherwise = [f"{each.name} ({', '.join(each.otherwise)})" for each in compared if each.otherwise and not each.wrong]
    equal = [each.name for each in compared if not each.wrong and not each.otherwise]
    return replace(found, different=(*found.different, *wrong), logits=tuple(equal), otherwise=tuple(otherwise))


def _difference(recorded: Recorded, outcome: Outcome) -> str:
    if not recorded.family and "refused" in outcome and "refused" in recorded.outcome:
        return ""  # for whatever is said first of a class that this release does not have
    return "; ".join(_keys(outcome, recorded.outcome))


def _keys(found: Any, expected: Any, place: str = "") -> Iterator[str]:
    """Where two outcomes differ."""
    if isinstance(found, dict) and isinstance(expected, dict) and ("crashed" in found) == ("crashed" in expected):
        for key in sorted(found.keys() | expected.keys()):
            yield from _keys(found.get(key), expected.get(key), f"{place}.{key}")
    elif found != expected:
        yield f"{place} {str(expected)[:200]} became {str(found)[:300]}"


def _has_class(family: str) -> bool:
    module, _, name = mcore_mappers.families()[family].config_class.rpartition(".")
    try:
        return hasattr(import_module(module), name)
    except ModuleNotFoundError:
        return False
