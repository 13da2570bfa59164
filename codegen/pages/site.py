"""The sources of the site: what people write in `docs/` and at the top, and the pages that are made of the plans.

Sphinx builds the site from them (`docs/site/conf.py`). Nothing of it is committed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from codegen.pages import facts, family, fields, layers, needs, others, overrides, plots, reference, refusals, train
from codegen.pages.facts import Facts
from codegen.pages.proven import DOCS
from codegen.project import ROOT

_SUMMARY: Final = "families.md"
"""A page for those who read in the repository: the site says the same on several."""

_MOVED: Final[Mapping[str, str]] = {
    "docs/families.md#types-of-remote-code": "refusals.md#types-of-remote-code",
    "docs/families.md#what-models-need-beside-their-configs": "needs.md",
    "docs/families.md": "train.md",
    "families.md": "train.md",
    "codegen/parts/INDEX.md": "overrides.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
    "docs/site/layers.md": "layers.md",
}
"""Where on the site stands what a link in the repository leads to."""

_TITLE = re.compile("^# .*$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def write(folder: Path, families: Collection[str] | None = None) -> None:
    """Write the sources of all pages into a folder, which is emptied before.

    Args:
        folder: what Sphinx reads.
        families: those that get a page, by name; all of them if None.
    """
    shutil.rmtree(folder, ignore_errors=True)
    known = facts.read()
    found = pages(known) if families is None else _said_of_some(pages(_only(known, families)), families)
    for path, text in found.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    plots.write(_plots(), folder / "bench")


def pages(known: Facts) -> Mapping[str, str]:
    """Every page as Markdown, by its path in the site."""
    generated, written = dict(_generated(known)), dict(_written(known))
    files = frozenset((*generated, *written))
    return {**generated, **{path: moved(text, files) for path, text in written.items()}}


def _said_of_some(found: Mapping[str, str], families: Collection[str]) -> Mapping[str, str]:
    """The same pages, each of which says under its title that it is about these families alone."""
    names = ", ".join(f"`{each}`" for each in families)
    note = f"\n\n```{{note}}\nBuilt for {names} alone: other families are missing here, and in all numbers.\n```\n"
    return {path: _TITLE.sub(lambda title: title[0] + note, text, count=1) for path, text in found.items()}


def _only(known: Facts, families: Collection[str]) -> Facts:
    """As if there were no more families than these."""
    kept = {name: each for name, each in known.families.items() if name in families or each.status != "mapped"}
    rows = [row for row in known.checkpoints if row.family not in known.families or row.family in kept]
    kinds = tuple(
        each for each in known.tools.architectures if each.family not in known.families or each.family in kept
    )
    return replace(known, families=kept, checkpoints=rows, tools=replace(known.tools, architectures=kinds))


def _generated(known: Facts) -> Iterator[tuple[str, str]]:
    yield "train.md", train.page(known)
    yield "needs.md", needs.page(known)
    yield "refusals.md", refusals.page(known)
    yield "others.md", others.page(known)
    yield "fields.md", fields.page(known)
    yield "overrides.md", overrides.page(known)
    yield "reference.md", reference.page()
    yield "families/index.md", family.index(known)
    for each in known.mapped:
        yield f"families/{each.name}.md", family.page(each, known)


def _written(known: Facts) -> Iterator[tuple[str, str]]:
    """What people write, and what other tools write for people, with the links of the repository."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guide, work = readme[readme.index("\n## Why") :].split("\n## Work on it\n")
    yield "guide.md", f"# Guide\n{guide}"
    yield "work.md", f"# Work on it\n{work.replace('\n### ', '\n## ')}"
    yield "contributing.md", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    yield "changes.md", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for file in (*DOCS.glob("*.md"), *(DOCS / "site").glob("*.md")):
        if file.name != _SUMMARY:
            text = file.read_text(encoding="utf-8")
            yield file.name, f"{text}{layers.tables(known)}" if file.name == layers.PAGE else text
    yield "bench.md", plots.page(_plots())


def _plots() -> Sequence[Path]:
    return sorted((DOCS / "bench").glob("*.svg"))


def moved(text: str, files: Collection[str]) -> str:
    """A page of the repository with its links as they are on the site.

    Args:
        text: Markdown.
        files: the pages that the site has. A link to anything else of the repository becomes its text.
    """
    return _LINK.sub(lambda link: _moved(link, files), text)


def _moved(link: re.Match[str], files: Collection[str]) -> str:
    """A link as it is on the site; its text alone where that does not have what it leads to."""
    text, target = link.groups()
    if target.startswith(("http:", "https:", "#")):
        return link[0]
    path, _, anchor = target.partition("#")
    # Where the text is a path, the page's title stands in its place.
    said = "" if text.strip("`") == path else text
    moved = _MOVED.get(target) or _MOVED.get(path)
    if moved is None:
        path = path.removeprefix("docs/")
        moved = f"{path}#{anchor}" if anchor else path
    return f"[{said}]({moved})" if moved.partition("#")[0] in files else text
