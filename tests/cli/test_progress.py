"""What a terminal shows meanwhile, and that nothing else shows it."""

from __future__ import annotations

import io
import re
import sys
import time
from typing import Any

import pytest

from mcore_mappers_runtime.cli import output, progress
from mcore_mappers_runtime.cli.output import Table, tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waited(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, after: float, **options: Any) -> list[str]:
    """The lines that were shown, without what moves the cursor or colours them."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_PATIENCE", after)
    monkeypatch.setattr(progress, "_PACE", after)
    with progress.Progress(3, **options) as shown:
        shown.next("one")
        if after < 1:
            time.sleep(0.2)
        shown.next("[two]")
        shown.clear()
        cleared = stream.getvalue()
        if after < 1:
            time.sleep(0.2)
        # Whoever prints now has the terminal to himself.
        assert stream.getvalue() == cleared
        shown.at(3, "x" * 90)
    assert stream.getvalue() == "" or not stream.isatty() or stream.getvalue().endswith("\x1b[2K")
    return [line.strip() for line in re.split(r"(?:\x1b\[[0-9;?]*[A-Za-z]|[\r\n])+", stream.getvalue()) if line.strip()]


@pytest.mark.parametrize("threads", [True, False])
def test_a_terminal_shows_what_takes_longer_than_somebody_waits(monkeypatch: pytest.MonkeyPatch, threads: bool) -> None:
    told = [line for line in waited(monkeypatch, Terminal(), 0.01, threads=threads) if " of 3: " in line]
    expected = ["2 of 3: [two]", f"3 of 3: {'x' * 60}"]
    assert [re.sub(r".*(?=\d of 3)", "", line) for line in dict.fromkeys(told)] == (
        ["1 of 3: one", *expected] if threads else expected
    )


def test_elsewhere_a_program_says_it_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    found = waited(monkeypatch, stream, 0.1, lines=True)
    assert found[0] == "1 of 3: one"
    assert set(found) <= {"1 of 3: one", "2 of 3: [two]", f"3 of 3: {'x' * 60}"}
    assert len(found) == len(set(found))
    monkeypatch.setattr(progress, "_PACE", 0)
    with progress.Progress(60, "seconds", lines=True, threads=False) as shown:
        shown.at(30, "2 configs")
    assert stream.getvalue().endswith("\n30 of 60 seconds: 2 configs\n")


def test_nothing_is_shown_before_that_or_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, Terminal(), 60) == []
    assert waited(monkeypatch, io.StringIO(), 60, lines=True) == []
    assert waited(monkeypatch, io.StringIO(), 0.01) == []
    monkeypatch.setattr(progress, "_PATIENCE", 0.01)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    with progress.Progress(1) as shown:
        time.sleep(0.05)
        shown.next("one")
    assert stream.getvalue() == ""


def test_headings_are_bold_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(("name", "value"), [("a", "1" * 300)])
    shown: dict[str, str] = {}
    for stream, kind in ((Terminal(), "xterm"), (io.StringIO(), "xterm"), (Terminal(), "dumb")):
        monkeypatch.setenv("TERM", kind)
        monkeypatch.setattr(sys, "stdout", stream)
        tables([table])
        shown[f"{type(stream).__name__} {kind}"] = stream.getvalue()
    plain = "name  value\na     " + "1" * 300 + "\n"
    assert shown["StringIO xterm"] == shown["Terminal dumb"] == plain
    assert shown["Terminal xterm"] == "\x1b[1mname  value\x1b[0m\n" + plain.partition("\n")[2]


def test_what_json_has_no_value_for_is_as_in_tables() -> None:
    assert output.jsonable({"a": [1, None]}) == {"a": [1, None]}
    assert output.jsonable(len) == "len"
    assert output.jsonable((1, 2)) == [1, 2]
