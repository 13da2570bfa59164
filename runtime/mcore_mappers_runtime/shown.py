"""Values in messages: short, whatever they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import partial
from itertools import islice
from reprlib import Repr
from types import BuiltinFunctionType, FunctionType
from typing import Final, cast

_FIRST: Final = 8
_LAST: Final = 4
"""Entries of a list that are shown, where it has more."""

_MOST: Final = 200
"""Characters of one value; published files have longer ones in lists with an entry for each layer alone."""


class _Short(Repr):
    def __init__(self) -> None:
        super().__init__(maxlevel=4, maxdict=20, maxset=20, maxstring=100, maxlong=50, maxother=100)

    def repr1(self, x: object, level: int) -> str:
        """Functions and members of enumerations by their names, as people call them."""
        if isinstance(x, Enum):
            return f"{type(x).__qualname__}.{x.name}"
        if isinstance(x, partial):
            return f"partial({self.repr1(cast('partial[object]', x).func, level)})"
        if isinstance(x, FunctionType | BuiltinFunctionType):
            return x.__qualname__.rpartition(".")[2]
        return super().repr1(x, level)

    def repr_list(self, x: list[object], level: int) -> str:
        """What it begins and ends with: lists with an entry for each layer often have what is special there."""
        return f"[{self._entries(x, level)}]"

    def repr_tuple(self, x: tuple[object, ...], level: int) -> str:
        """As lists."""
        return f"({self._entries(x, level)}{',' if len(x) == 1 else ''})"

    def _entries(self, x: Sequence[object], level: int) -> str:
        if level <= 0 and x:
            return "..."
        cut = len(x) > _FIRST + _LAST
        kept = [*x[:_FIRST], *x[-_LAST:]] if cut else x
        texts = [self.repr1(each, level - 1) for each in kept]
        if cut:
            texts.insert(_FIRST, f"... {len(x) - len(kept)} more ...")
        return ", ".join(texts)

    def repr_dict(self, x: dict[object, object], level: int) -> str:
        """In the order in which it is, as it is shown elsewhere."""
        if level <= 0 and x:
            return "{...}"
        entries = [f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}" for key in islice(x, self.maxdict)]
        return f"{{{', '.join([*entries, *(['...'] if len(x) > self.maxdict else [])])}}}"


_SHORT: Final = _Short()
_LISTED: Final = 20
_LINES: Final = 16


def shown(value: object) -> str:
    """The value as Python writes it, cut where it is long; a function's name; its class, where it cannot be written."""
    try:
        text = _SHORT.repr(value)
    except Exception:  # an integer of too many digits, or whatever the class of an object raises
        text = f"<{type(value).__qualname__}>"
    return text if len(text) <= _MOST else f"{text[: _MOST // 2]} ... {text[-_MOST // 3 :]}"


def listed(values: Iterable[object]) -> str:
    """Some of the values, with commas between them."""
    texts = [shown(value) for value in islice(values, _LISTED + 1)]
    return ", ".join([*texts[:_LISTED], *(["..."] if len(texts) > _LISTED else [])])


def lines(entries: Sequence[object]) -> str:
    """An indented line for each, as many as fit on one screen, each begun on a line of its own."""
    texts = [f"\n  - {entry}" for entry in entries]
    if len(texts) > _LINES:
        texts[_LINES - _LAST : -_LAST] = [f"\n  ... {len(texts) - _LINES} more ..."]
    return "".join(texts)


def in_one_line(error: Exception) -> str:
    """What an error of somebody else says, cut where it is long."""
    return " ".join(str(error).split())[:300]
