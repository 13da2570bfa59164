"""What README.md shows: its Python, and calls of the command with what they print.

`python -m tests.docs.readme BIN` runs all of it with the interpreter and the command of another environment.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "README.md").read_text("utf-8")
CHECKPOINT: Final = ROOT / "tests" / "configs" / "llama" / "llama-3.1-8b.json"
"""What stands for `path/to/checkpoint`."""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


PYTHON: Final = _blocks("python")
"""The examples, as they stand there."""


@dataclass(frozen=True)
class Call:
    """A line that begins with a dollar, and the lines below it."""

    words: Sequence[str]
    printed: str


def _calls(block: str) -> list[Call]:
    _, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    return [Call(line.split(), printed) for line, _, printed in (part.partition("\n") for part in parts)]


CALLS: Final = [call for block in _blocks("console") for call in _calls(block)]


def prepare(folder: Path) -> None:
    """Put a checkpoint where the examples look for one."""
    there = folder / "path" / "to" / "checkpoint"
    there.mkdir(parents=True)
    shutil.copy(CHECKPOINT, there / "config.json")


def run(words: Sequence[str | Path], folder: Path) -> str:
    """What a program prints there.

    Raises:
        RuntimeError: it fails.
    """
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stderr or done.stdout}")
    return done.stdout


def main(programs: Path) -> int:
    """Run everything, and say what is not as it should be."""
    programs = programs.absolute()
    wrong: list[str] = []
    asked = [Call(("mcore-mappers", word), "") for word in ("--help", "families")]
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for call in (*asked, *CALLS, *(Call(("python", "-W", "ignore", "-c", source), "") for source in PYTHON)):
            program, *arguments = call.words
            try:
                printed = run((programs / program, *arguments), folder)
            except RuntimeError as error:
                wrong.append(str(error))
                continue
            if call.printed and printed != call.printed:
                wrong.append(f"{' '.join(call.words)} prints\n{printed}and README.md shows\n{call.printed}")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
