"""Values in messages: short, whatever they are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from reprlib import Repr
from typing import Final

_MOST: Final = 200
"""Characters of one value; published files have longer ones in lists with an entry for each layer alone."""


class _Short(Repr):
    def __init__(self) -> None:
        super().__init__(
            maxlevel=4, maxlist=20, maxtuple=20, maxdict=20, maxset=20, maxstring=100, maxlong=50, maxother=100
        )

    def repr_dict(self, x: dict[object, object], level: int) -> str:
        """In the order in which it is, as it is shown elsewhere."""
        if level <= 0 and x:
            return "{...}"
        entries = [f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}" for key in islice(x, self.maxdict)]
        return f"{{{', '.join([*entries, *(['...'] if len(x) > self.maxdict else [])])}}}"


_SHORT: Final = _Short()


def shown(value: object) -> str:
    """The value as Python writes it, cut where it is long; its class, where it cannot be written."""
    try:
        text = _SHORT.repr(value)
    except Exception:  # an integer of too many digits, or whatever the class of an object raises
        text = f"<{type(value).__qualname__}>"
    return text if len(text) <= _MOST else f"{text[: _MOST - 3]}..."


def listed(values: Iterable[object]) -> str:
    """Some of the values, with commas between them."""
    texts = [shown(value) for value in islice(values, _SHORT.maxlist + 1)]
    return ", ".join([*texts[: _SHORT.maxlist], *(["..."] if len(texts) > _SHORT.maxlist else [])])


def in_one_line(error: Exception) -> str:
    """What an error of somebody else says, cut where it is long."""
    return " ".join(str(error).split())[:300]
