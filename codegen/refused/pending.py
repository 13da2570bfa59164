"""Classes that nobody has looked at yet."""

from __future__ import annotations

from typing import Final

from codegen.table import Pending

PENDING: Final[tuple[Pending, ...]] = ()
