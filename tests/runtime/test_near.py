"""What a name that nobody knows may have been meant to be."""

from __future__ import annotations

import pytest

from mcore_mappers_runtime.near import hint, hint_of_type

TYPES = ("deepseek_ocr2", "deepseek_v3", "llama", "minimax_m2", "molmo2", "qwen3_moe")


@pytest.mark.parametrize(
    ("said", "meant"), [("lama", "llama"), ("qwen3moe", "qwen3_moe"), ("deepseek_v_3", "deepseek_v3")]
)
def test_a_misspelt_type(said: str, meant: str) -> None:
    assert hint_of_type(said, TYPES) == f" (did you mean {meant!r}?)"


@pytest.mark.parametrize("said", ["deepseek_ref", "molmo", "minimax_m3", "qwen2_moe"])
def test_another_number_is_another_model(said: str) -> None:
    assert hint(said, TYPES)
    assert hint_of_type(said, TYPES) == ""
