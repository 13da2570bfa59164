"""Llama 3's rope with other bands of frequencies: that of Hugging Face, built around the layers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.training.models.gpt import GPTModelBuilder
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from mcore_mappers.layers import Layers
from tests.layers.models import built, gpt, hybrid, logits
from tests.numerics.emulation import emulated

OUTER = {"rope_scaling": True, "rope_scaling_factor": 16.0, "rotary_base": 90000}


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def bands(low: float, high: float) -> Layers:
    return Layers(rope_scaling_low_freq_factor=low, rope_scaling_high_freq_factor=high)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 40.0), (1.0, 4.0)])
def test_frequencies_are_those_of_hugging_face(low: float, high: float) -> None:
    rope: dict[str, Any] = {
        "rope_type": "llama3",
        "rope_theta": 90000.0,
        "factor": 16.0,
        "low_freq_factor": low,
        "high_freq_factor": high,
        "original_max_position_embeddings": 8192,
    }
    config = LlamaConfig(head_dim=16, max_position_embeddings=20000, rope_parameters=rope)
    expected, _ = ROPE_INIT_FUNCTIONS["llama3"](config, torch.device("cpu"))
    model = built(gpt(bands(low, high), OUTER))
    torch.testing.assert_close(model.rotary_pos_emb.inv_freq, expected)
    stock = built(gpt(Layers(), OUTER)).rotary_pos_emb.inv_freq
    assert torch.equal(stock, model.rotary_pos_emb.inv_freq) == ((low, high) == (1.0, 4.0))


@pytest.mark.parametrize(
    ("outer", "told"),
    [
        ({**OUTER, "rope_scaling": False}, "needs rope_scaling=True, not False"),
        ({**OUTER, "position_embedding_type": "none"}, "needs position_embedding_type='rope', not 'none'"),
    ],
)
def test_bands_need_such_a_rope(outer: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=f"rope_scaling_low_freq_factor {told}"):
        gpt(bands(2.0, 4.0), outer)
    config = gpt(bands(2.0, 4.0), OUTER)
    vars(config).update(outer)
    with pytest.raises(ValueError, match=told):
        built(config)


def test_bands_are_above_zero_and_of_gpt_models() -> None:
    for name, low, high in (("low", 0.0, 4.0), ("high", 1.0, 0.0)):
        with pytest.raises(ValueError, match=rf"rope_scaling_{name}_freq_factor=0\.0 must be above zero"):
            gpt(bands(low, high), OUTER)
    with pytest.raises(ValueError, match="rope_scaling_high_freq_factor needs rope_scaling=True"):
        hybrid(bands(1.0, 8.0))


def test_a_model_without_the_bands_is_not_built() -> None:
    config = gpt(bands(1.0, 1.0), OUTER)
    with pytest.raises(ValueError, match=r"rope_scaling_high_freq_factor=1\.0: .* get_builder_cls\(\)"):
        GPTModelBuilder(config).build_model(ProcessGroupCollection.use_mpu_process_groups())
    assert logits(built(config)).isfinite().all()
