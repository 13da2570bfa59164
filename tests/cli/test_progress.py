"""What a terminal shows meanwhile, and that nothing else shows it."""

from __future__ import annotations

import io
import sys
import time

import pytest

from mcore_mappers_runtime.cli import output, progress
from mcore_mappers_runtime.cli.output import Table, tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def waited(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "_PATIENCE", patience)
    with progress.Progress(3) as shown:
        shown.next("one")
        if patience < 1:
            time.sleep(0.2)
        shown.next("two")
    return stream.getvalue()


def test_a_terminal_shows_what_takes_longer_than_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    told = waited(monkeypatch, Terminal(), 0.01)
    assert [line for line in told.split(progress._CLEAR) if line] == ["1 of 3: one", "2 of 3: two"]
    assert told.endswith(progress._CLEAR)


def test_nothing_is_shown_before_that_or_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, Terminal(), 60) == ""
    assert waited(monkeypatch, io.StringIO(), 0.01) == ""


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
