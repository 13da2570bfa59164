"""How large things may be. No model is larger, and what computes with larger ones takes time and memory without end."""

from __future__ import annotations

from typing import Final

NUMBER: Final = 2**63 - 1
"""Sizes, counts and factors: torch counts in 64 bits."""

LAYERS: Final = 10_000
"""Counts of layers, and entries of lists, most of which have one for each layer. The two sides build layers one by one,
and mappers compute lists of them; published models have about a hundred."""

RECORDED: Final = 100_000
"""Values inside of one that a mapper copies into a checkpoint's metadata. Labels of classes are the most of them, and
ImageNet has 21,841."""

DEPTH: Final = 50
"""Levels of such a value. Those of a config.json are three or four."""
