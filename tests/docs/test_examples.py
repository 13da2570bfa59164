"""Pages do what they show. That their Python is typed, `tests/typing` looks at."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

import mcore_mappers
from mcore_mappers_runtime.kernels import installed
from tests.cli.support import checkpoint
from tests.cli.support import run as called
from tests.docs import examples
from tests.docs.examples import README, WRITTEN, Call, Page, of_families
from tests.selection import draw

FIRST_SCREEN = "\n".join(README.text.splitlines()[:32])
MAPPED = [name for name, family in mcore_mappers.families().items() if family.status == "mapped"]
PAGES = (*WRITTEN, *of_families(draw(MAPPED, 6, "families whose example runs")))
SHOWING = [page for page in PAGES if page.python]
CALLS = [pytest.param(page, call, id=" ".join(call.words)) for page in PAGES for call in page.calls]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("page", "call"), CALLS)
def test_what_is_shown_is_what_is_printed(page: Page, call: Call, folder: Path) -> None:
    page.prepare(folder)
    name, *arguments = call.words
    assert name == "mcore-mappers"
    assert called(*arguments).out == call.printed


@pytest.mark.parametrize("page", SHOWING, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_examples_run(page: Page, folder: Path) -> None:
    page.prepare(folder)
    if page.family:
        checkpoint(folder / "path" / "to" / "checkpoint", page.family)
    for place, source in enumerate(page.python):
        exec(compile(source, f"{page}, example {place}", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.python_in_shell], ids=str)
@pytest.mark.filterwarnings("ignore")
def test_examples_in_the_shell_run(page: Page, folder: Path) -> None:
    """One after the other. They are for two machines, of which one has Transformer Engine: where this has it not, the
    kernels that were asked for are named."""
    page.prepare(folder)
    *others, last = page.python_in_shell
    for source in others:
        exec(compile(source, str(page), "exec"), {"__name__": "__main__"})
    with nullcontext() if installed().fused_rope else pytest.raises(ValueError, match="this machine lacks the kernels"):
        exec(compile(last, str(page), "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("page", WRITTEN, ids=str)
def test_blocks_are_of_languages_that_are_run(page: Page) -> None:
    assert {language for language, _ in page.blocks} <= {"python", "console", "sh", "{toctree}"}


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.of("sh")], ids=str)
def test_what_a_shell_is_told_installs_or_makes(page: Page, tmp_path: Path) -> None:
    """The rest is a file that an example reads. What installs packages is not run: `make install-test` does as much."""
    for block in page.of("sh"):
        (tmp_path / "block.sh").write_text(block)
        subprocess.run(["bash", "-n", "block.sh"], cwd=tmp_path, check=True)
        if block in page.files.values():
            continue
        words = [line.split() for line in block.splitlines() if line and not line.startswith(("m.", "#"))]
        assert {first.rpartition("/")[2] for first, *_ in words} <= {"pip", "python", "make", "pre-commit", "torchrun"}
        makefile = (examples.ROOT / "Makefile").read_text()
        assert all(re.search(f"^{target}:", makefile, re.MULTILINE) for first, target, *_ in words if first == "make")


def test_the_first_screen_says_what_it_is_and_what_not() -> None:
    for told in (
        "no weights, no tokenizer, no generation config",
        "pip install",
        "to_megatron(hf, ",
        "$ mcore-mappers",
    ):
        assert told in FIRST_SCREEN


def test_another_environment_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong there is said, and nothing else is."""
    right = Page("right.md", "```python\nprint(1)\n```\n")
    wrong = Page(
        "wrong.md",
        "```console\n$ mcore-mappers families llama\nllama\n```\n```python\nraise SystemExit('no')\n```\n",
    )
    assert examples.main(Path(sys.executable).parent, right) == 0
    assert examples.main(Path(sys.executable).parent, wrong) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "families llama prints\n" in err
    assert "raise SystemExit('no')\n\nno\n" in err
