"""The README does what it says. That its Python is typed, `tests/typing` looks at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.support import run as called
from tests.docs import readme

FIRST_SCREEN = "\n".join(readme.TEXT.splitlines()[:32])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    readme.prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("call", readme.CALLS, ids=lambda call: " ".join(call.words))
def test_what_is_shown_is_what_is_printed(call: readme.Call, folder: Path) -> None:
    name, *arguments = call.words
    assert name == "mcore-mappers"
    assert called(*arguments).out == call.printed


@pytest.mark.parametrize("place", range(len(readme.PYTHON)))
@pytest.mark.filterwarnings("ignore")
def test_examples_run(place: int, folder: Path) -> None:
    exec(compile(readme.PYTHON[place], f"README.md, example {place}", "exec"), {"__name__": "__main__"})


def test_the_first_screen_says_what_it_is_and_what_not() -> None:
    for told in (
        "no weights, no tokenizer, no generation config",
        "pip install",
        "to_megatron(hf, ",
        "$ mcore-mappers",
    ):
        assert told in FIRST_SCREEN


def test_another_environment_is_asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong there is said, and nothing else is."""
    monkeypatch.setattr(readme, "PYTHON", ["print(1)"])
    shown = readme.Call(("mcore-mappers", "families", "llama"), "llama\n")
    monkeypatch.setattr(readme, "CALLS", [])
    assert readme.main(Path(sys.executable).parent) == 0
    monkeypatch.setattr(readme, "CALLS", [shown])
    monkeypatch.setattr(readme, "PYTHON", ["raise SystemExit('no')"])
    assert readme.main(Path(sys.executable).parent) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "families llama prints\n" in err
    assert "raise SystemExit('no')\nno\n" in err
