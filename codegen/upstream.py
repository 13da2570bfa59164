"""The commands of a bump: what changed upstream, new pins, and a new snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from codegen import commands, project
from codegen.bodies import carried
from codegen.drift import report
from codegen.drift.render import markdown, terminal
from codegen.files import put, write_snapshot
from codegen.introspect import documentation
from codegen.pins import pinned
from codegen.project import SCHEMAS, Place
from codegen.releases import Release, fetch, folder_of, introspected
from codegen.snapshot import load, render


def drift(place: Place, releases: Sequence[Release], to: Path | None, arguments: Sequence[str]) -> int:
    """Report what other releases would change, without touching the environment.

    Args:
        place: whose snapshot they are compared with.
        releases: to be compared; for the rest what is installed.
        to: a file for the report as Markdown.
        arguments: the options that gave `place`.
    """
    found = report(place.table, load(place.schemas), introspected(releases, arguments))
    upstream = partial(documentation.text, beside=tuple(map(folder_of, releases)))
    print(terminal(found, upstream), end="")
    if to is not None:
        to.write_text(markdown(found, upstream), encoding="utf-8")
        print(f"\nas Markdown in {to}")
    return 0


def pin(releases: Sequence[Release]) -> int:
    """Write other releases into pyproject.toml; each is fetched first, so that it is one that can be read."""
    for release in releases:
        fetch(release)
    text = project.PYPROJECT.read_text(encoding="utf-8")
    project.PYPROJECT.write_text(pinned(text, releases), encoding="utf-8")
    print(f"pyproject.toml pins {', '.join(f'{release.package} {release.version}' for release in releases)}")
    return 0


def snapshot(place: Place, to: Path | None) -> int:
    """Introspect what is installed, and write the snapshot alone: there, or where it belongs, with a report."""
    new = commands.introspected(place.table)
    if to is not None:
        for path, text in render(new).items():
            put(to / path, text)
        return 0
    old = load(place.schemas)
    print(terminal(report(place.table, old, new), documentation.text), end="")
    write_snapshot(place.generated, commands.snapshot_files(carried(old, new)))
    print(f"\nwrote {place.generated.name}/{SCHEMAS}: with the pins it makes a commit of its own, before the rules")
    return 0
