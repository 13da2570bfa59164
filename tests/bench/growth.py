"""What the generator costs, by the number of families: `python -m tests.bench.growth COMMAND COUNT FOLDER` runs one.

The families of a part of the table are spread evenly over it, so that each part has some of every size. `regen` begins
with an empty folder, and the others come after it: what they find is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from codegen import commands, project
from tests.bench.commands import cpu_seconds

COMMANDS: Final = {"regen": commands.regen, "emit": commands.emit, "check": commands.check}
PARTS: Final = (8, 4, 2, 1)
"""The table, divided by these."""


def part(count: int, folder: Path) -> project.Place:
    """The project's table with so many of its families, and a folder to generate into.

    Without the refused classes, with which the generator asks what becomes of the families that are left out, and
    without what was confirmed, which is about a snapshot that was there before.
    """
    whole = project.place(None, None)
    families = whole.table.families
    chosen = [families[place * len(families) // count] for place in range(count)]
    table = replace(whole.table, families=chosen, refused_classes=(), confirmed=())
    return replace(whole, table=table, generated=folder)


def costs(count: int) -> Mapping[str, float]:
    """Seconds of CPU of each command, with so many families."""
    with TemporaryDirectory() as folder:
        call = (sys.executable, "-m", "tests.bench.growth")
        found = {name: cpu_seconds(*call, name, str(count), folder, runs=1) for name in COMMANDS}
    print(f"{count} families: {', '.join(f'{name} {spent:.1f} s' for name, spent in found.items())} of CPU")
    return found


def measure() -> Mapping[str, Sequence[float]]:
    """Seconds by command, and the numbers of families as "families"."""
    counts = [len(project.load_table().families) // divisor for divisor in PARTS]
    found = [costs(count) for count in counts]
    return {"families": counts, **{name: [each[name] for each in found] for name in COMMANDS}}


if __name__ == "__main__":
    command, families, to = sys.argv[1:]
    sys.exit(COMMANDS[command](part(int(families), Path(to))))
