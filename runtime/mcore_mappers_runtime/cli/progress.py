"""How far something is that takes its time."""

from __future__ import annotations

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import Final

_PATIENCE: Final = 2.0
"""Seconds after which somebody wants to know."""

_CLEAR: Final = "\r\x1b[2K"
"""Empties the line of a terminal."""


class Progress:
    """Says on a terminal which of several things is at hand, once they have taken two seconds."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._what, self._visible = total, 0, "", False
        self._terminal = sys.stderr if sys.stderr.isatty() else None
        self._lock, self._timer = Lock(), Timer(_PATIENCE, self._appear)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if self._terminal is not None:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._timer.cancel()
        self.clear()

    def next(self, what: str) -> None:
        """The next thing is at hand."""
        with self._lock:
            self._done, self._what = self._done + 1, what
            self._draw()

    def clear(self) -> None:
        """Leave the line to somebody else."""
        if self._visible and self._terminal is not None:
            self._terminal.write(_CLEAR)
            self._terminal.flush()

    def _appear(self) -> None:
        with self._lock:
            self._visible = True
            self._draw()

    def _draw(self) -> None:
        if self._visible and self._terminal is not None:
            self._terminal.write(f"{_CLEAR}{self._done} of {self._total}: {self._what[-60:]}")
            self._terminal.flush()
