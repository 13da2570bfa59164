"""How long the texts are up to which the two sides are equal, in configs whose deviation is bound by a length."""

from __future__ import annotations

from typing import Final

LENGTH: Final = 9
"""In tokens."""
