"""The mark of a Hugging Face field that a Megatron config says nothing about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class NotCarried:
    """Says that this Megatron config does not hold the field (the number of experts, where no layer has any)."""


NOT_CARRIED: Final = NotCarried()
