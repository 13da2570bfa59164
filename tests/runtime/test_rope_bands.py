"""Bands of Llama 3's rope, in units of the length that Megatron hard-wires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from megatron.core.models.common.embeddings.rotary_pos_embedding import RotaryEmbedding
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from mcore_mappers_runtime.rope_bands import of_megatrons_length

ROPE: Mapping[str, Any] = {
    "rope_type": "llama3",
    "rope_theta": 5000000.0,
    "factor": 2.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 32.0,
    "original_max_position_embeddings": 131072,
}


def test_bands_for_another_length_are_the_same_frequencies() -> None:
    scaled = of_megatrons_length(ROPE)
    assert scaled == {
        **ROPE,
        "low_freq_factor": 0.0625,
        "high_freq_factor": 2.0,
        "original_max_position_embeddings": 8192,
    }
    hf = LlamaConfig(hidden_size=512, num_attention_heads=4, max_position_embeddings=262144, rope_parameters={**ROPE})
    expected, _ = ROPE_INIT_FUNCTIONS["llama3"](hf, torch.device("cpu"))
    # Megatron types these numbers as whole ones.
    plain: Any = RotaryEmbedding(128, 1.0, rotary_base=5000000, use_cpu_initialization=True)
    found = plain._apply_scaling(plain.inv_freq, factor=2.0, low_freq_factor=0.0625, high_freq_factor=2.0)
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(plain.inv_freq, expected)


def test_every_length_is_scaled() -> None:
    assert of_megatrons_length({**ROPE, "original_max_position_embeddings": 1})["low_freq_factor"] == 8192.0


@pytest.mark.parametrize(
    "rope",
    [
        {"rope_type": "default", "rope_theta": 100.0, "original_max_position_embeddings": 64},
        {**ROPE, "original_max_position_embeddings": 0},
        {**ROPE, "original_max_position_embeddings": None},
        {**ROPE, "low_freq_factor": "1"},
    ],
    ids=str,
)
def test_what_nobody_could_compute_stays_as_it_is(rope: Mapping[str, Any]) -> None:
    assert of_megatrons_length(rope) == rope
