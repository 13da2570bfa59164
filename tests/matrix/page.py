"""`docs/window.md`: what older releases made of the recorded configs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import mcore_mappers
from tests.matrix.outcomes import PACKAGES, Found, load
from tests.matrix.recorded import FOLDER, ROOT

PAGE = ROOT / "docs" / "window.md"
INTRODUCTION = """# The window of releases

What `make matrix` showed, which writes this page if nothing is different: every case of the families' proofs, and every
published config that it was given, read with older releases of transformers and megatron-core, each in an environment
of its own. All those counted came to what they come to beside the newest releases, and where that is a Megatron config,
back from there to a Hugging Face config that comes to it again. There are three exceptions, and all are refusals:
transformers has no class for the family yet (`UpstreamVersionError`); its class makes no config of the file, or it has
none of that composite; or the class cannot hold what the model is, and `to_hf` says so.

"""
HEAD = (
    f"| Python | {" | ".join(PACKAGES)} | cases | published configs | without a class | not read | not written |",
    "|---|---|---|---|---|---|---|---|",
)
LOGITS = """
## Logits

With these releases of transformers, the models of one case for each family and target were compared by their logits, as
in [the proofs](proofs.md). Where an older release itself computes something else, mappers give what the newest does,
and warn; these are named with the fields.

| transformers | equal GPTModel cases | equal HybridModel cases | computed otherwise |
|---|---|---|---|
"""


def write() -> str:
    """Write the page, unless something is different.

    Raises:
        ValueError: something is.
    """
    found = sorted(map(load, FOLDER.glob("found-*.json")), key=_order)
    if wrong := [each for each in found if each.different]:
        raise ValueError(f"something is different with {', '.join(' and '.join(each.releases) for each in wrong)}")
    PAGE.write_text(text(found), encoding="utf-8")
    return f"wrote {PAGE.relative_to(ROOT)}"


def text(found: Sequence[Found]) -> str:
    """The page."""
    rows = "\n".join((*HEAD, *map(_row, found)))
    logits = "".join(_logits(each) for each in found if each.logits)
    return f"{INTRODUCTION}{rows}\n{LOGITS}{logits}"


def _row(found: Found) -> str:
    refused = (found.absent, _counted(found.unread), _counted(found.unwritten))
    cells = (
        found.python,
        *found.releases,
        found.cases,
        found.published,
        *(", ".join(each) or "none" for each in refused),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _counted(names: Sequence[str]) -> list[str]:
    """How many configs there are of each family, or folder of published ones: `nemotron_h 12`."""
    families = Counter(re.split("[-/]", name)[0] for name in names)
    return [f"{family} {count}" for family, count in sorted(families.items())]


def _logits(found: Found) -> str:
    hybrid = sum(map(_is_hybrid, found.logits))
    otherwise = "; ".join(found.otherwise) or "none"
    return f"| {found.releases[0]} | {len(found.logits) - hybrid} | {hybrid} | {otherwise} |\n"


def _is_hybrid(case: str) -> bool:
    """Whether it was compared with a `HybridModel`."""
    targets = mcore_mappers.families()[case.partition("-")[0]].targets
    return "-hybrid-" in case or targets[0].endswith(".HybridModelConfig")


def _order(found: Found) -> list[list[int]]:
    return [[int(part) for part in release.split(".")] for release in (*found.releases, found.python)]
