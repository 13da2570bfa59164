"""How far something is that takes its time: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import os
import sys
from threading import Event, RLock, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PATIENCE: Final = 2.0
"""Seconds after which somebody at a terminal wants to know."""
_PACE: Final = 30.0
"""Seconds between two lines."""
_WIDEST: Final = 60
"""Characters of what is at hand; of a longer path the end says more."""


class Progress:
    """Says on the standard error which of several things is at hand, once they have taken a while."""

    def __init__(self, total: int, unit: str = "", *, lines: bool = False, threads: bool = True) -> None:
        """With nothing to show yet.

        Args:
            total: how many things there are.
            unit: what they are, where that does not go without saying.
            lines: whether there are lines where there is no terminal; else there is nothing.
            threads: whether it goes on being shown while a thing takes its time. Not where processes are forked
                meanwhile: they would begin with whatever a thread holds at that moment.
        """
        self._total, self._unit, self._begun, self._now = total, f" {unit}".rstrip(), 0, ""
        self._shown: str | None = None
        self._stream = sys.stderr
        self._terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._every = _PATIENCE if self._terminal else _PACE if lines else None
        self._due = monotonic() + (self._every or 0)
        self._bar: Bar | None = None
        self._lock, self._over, self._threads = RLock(), Event(), threads

    def __enter__(self) -> Progress:
        if self._threads and self._every is not None:
            Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._over.set()
        self.clear()

    def next(self, what: str) -> None:
        """The next thing is at hand."""
        self.at(self._begun + 1, what)

    def at(self, place: int, what: str) -> None:
        """A thing is at hand, by its place among all; from 1."""
        with self._lock:
            self._begun, self._now = place, f"{place} of {self._total}{self._unit}: {what[-_WIDEST:]}"
            self._show()

    def clear(self) -> None:
        """Leave the terminal to somebody else, until the next thing is at hand."""
        with self._lock:
            self._now = ""
            if self._bar is not None:
                self._bar.stop()

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            with self._lock:
                self._show()

    def _show(self) -> None:
        if self._every is None or not self._now or monotonic() < self._due or self._over.is_set():
            return
        if self._terminal:
            self._draw()
        elif self._now != self._shown:
            self._stream.write(f"{self._now}\n")
            self._stream.flush()
            self._shown, self._due = self._now, monotonic() + self._every

    def _draw(self) -> None:
        if self._bar is None:
            self._bar = _bar(self._stream, ticking=self._threads)
            self._bar.add_task("", total=self._total)
        # What is at hand is not done yet.
        self._bar.update(self._bar.task_ids[0], completed=self._begun - 1, description=self._now)
        self._bar.start()
        self._bar.refresh()


def _bar(stream: TextIO, *, ticking: bool) -> Bar:
    # Nothing is imported for what is over soon.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(file=stream, force_terminal=True),
        auto_refresh=ticking,
        transient=True,
        # What is printed is printed where it was to be.
        redirect_stdout=False,
        redirect_stderr=False,
    )
