"""What pages show: their Python, and calls of the command with what they print.

`python -m tests.docs.examples BIN` runs what the README shows with the interpreter and the command of another
environment.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import mcore_mappers
from codegen.pages.family import example
from codegen.pages.proven import DOCS

ROOT: Final = Path(__file__).parents[2]
CHECKPOINT: Final = ROOT / "tests" / "configs" / "llama" / "llama-3.1-8b.json"
"""What stands for `path/to/checkpoint`."""

_BLOCK = re.compile(r"^```(\S+)?[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PYTHON_IN_SHELL = re.compile(r"python -c '([^']*)'")
_FILE = re.compile(r"# ([\w./]+)\n")


@dataclass(frozen=True)
class Call:
    """A line that begins with a dollar, and the lines below it."""

    words: Sequence[str]
    printed: str


@dataclass(frozen=True)
class Page:
    """A page of Markdown, and the blocks in it."""

    name: str
    text: str
    family: str = ""
    """Of which `path/to/checkpoint` is; a published Llama if none is named."""

    def __str__(self) -> str:
        return self.name

    @cached_property
    def blocks(self) -> tuple[tuple[str, str], ...]:
        """Each block with its language, or with what Sphinx makes of it (`{raw}`)."""
        return tuple(_BLOCK.findall(self.text))

    def of(self, language: str) -> tuple[str, ...]:
        """The blocks in a language."""
        return tuple(block for each, block in self.blocks if each == language)

    @property
    def python(self) -> tuple[str, ...]:
        """The examples, in their order."""
        return self.of("python")

    @property
    def python_in_shell(self) -> tuple[str, ...]:
        """What is handed to an interpreter, on one machine or another."""
        return tuple(source for block in self.of("sh") for source in _PYTHON_IN_SHELL.findall(block))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of the command."""
        return tuple(call for block in self.of("console") for call in _calls(block))

    @property
    def files(self) -> dict[str, str]:
        """By name, the blocks whose first line is a comment that names a file."""
        named = ((_FILE.match(block), block) for _, block in self.blocks)
        return {match[1]: block for match, block in named if match}

    def prepare(self, folder: Path) -> None:
        """Put files where the examples look for them, and a checkpoint but for that of a family."""
        there = folder / "path" / "to" / "checkpoint"
        there.mkdir(parents=True)
        if not self.family:
            shutil.copy(CHECKPOINT, there / "config.json")
        for name, text in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def _calls(block: str) -> list[Call]:
    _, *parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    return [Call(line.split(), printed) for line, _, printed in (part.partition("\n") for part in parts)]


def _page(path: Path) -> Page:
    return Page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


README: Final = _page(ROOT / "README.md")
WRITTEN: Final = (
    README,
    *map(_page, (ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")),
    *map(_page, sorted((*DOCS.glob("*.md"), *(DOCS / "site").glob("*.md")))),
)
"""The pages that are committed."""


def of_families(families: Iterable[str]) -> Iterator[Page]:
    """What the pages of families show in Python."""
    for name in families:
        yield Page(f"families/{name}.md", f"```python\n{example(mcore_mappers.families()[name])}```\n", name)


def run(words: Sequence[str | Path], folder: Path) -> str:
    """What a program prints there.

    Raises:
        RuntimeError: it fails.
    """
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stderr or done.stdout}")
    return done.stdout


def main(programs: Path, page: Page = README) -> int:
    """Run everything, and say what is not as it should be."""
    programs = programs.absolute()
    wrong: list[str] = []
    asked = [Call(("mcore-mappers", word), "") for word in ("--help", "families")]
    with TemporaryDirectory() as name:
        folder = Path(name)
        page.prepare(folder)
        for call in (*asked, *page.calls, *(Call(("python", "-W", "ignore", "-c", each), "") for each in page.python)):
            program, *arguments = call.words
            try:
                printed = run((programs / program, *arguments), folder)
            except RuntimeError as error:
                wrong.append(str(error))
                continue
            if call.printed and printed != call.printed:
                wrong.append(f"{' '.join(call.words)} prints\n{printed}and {page} shows\n{call.printed}")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
