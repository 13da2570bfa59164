"""Bodies of upstream that changed, and that somebody has read since: what relies on them is true of what they are now.

A row holds for all bodies that changed alike. It goes when its body changes again.
"""

from __future__ import annotations

from typing import Final

from codegen.table import Confirmed

CONFIRMED: Final[tuple[Confirmed, ...]] = ()
