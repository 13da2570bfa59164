"""The language model of Qwen2.5-VL."""

from __future__ import annotations

from tests.families.qwen2_vl_text import PROOF as PROOF
