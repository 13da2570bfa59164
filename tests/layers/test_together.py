"""Changes of one layer by several fields at once: whatever is not refused is built, and runs."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from itertools import combinations
from typing import Any

import pytest
import torch

from mcore_mappers.layers import Layers
from tests.layers.models import CHUNKS, GROWTH, L2_NORM, LAYER_NORM, LONG_ROPE, built, gpt, logits
from tests.numerics.emulation import emulated

Fields = Mapping[str, Any]

CHANGES: Mapping[str, tuple[Fields, Fields]] = {
    "over_heads": ({"qk_layernorm_over_heads": True}, {}),
    "after_rope": ({"qk_layernorm_after_rope": True}, {}),
    "by_head": ({"qk_layernorm_by_head": True}, LAYER_NORM),
    "biases": ({"add_proj_bias": True}, {}),
    "own_ropes": ({"rotary_base_by_layer": (500.0, None, 90.0), "rotary_percent_by_layer": (0.5, None, None)}, {}),
    "head_gates": ({"attention_output_gate_by_head": True}, {}),
    "own_heads": ({"num_attention_heads_by_layer": (4, 6, 4)}, {}),
    "clamps": ({"mlp_glu_clamp_by_layer": (0.5, None, 0.4)}, {}),
    "long_rope": (LONG_ROPE, {}),
    "cap": ({"attn_logit_softcapping": 1.5}, {}),
    "growth": (GROWTH, {}),
    "chunks": (CHUNKS, {}),
    "l2_norms": ({"qk_l2_norm_freq": (1, 0, 1)}, L2_NORM),
    "branch_norms": ({"post_attention_layernorm": True, "post_mlp_layernorm": True}, {}),
    "residuals": ({"residual_multiplier": 0.3}, {}),
    "parallel": ({"parallel_mlp": True}, {}),
}
"""Fields of layers, with what the inner config has to say for them."""

STEP = ("head_gates", "own_heads", "own_ropes", "clamps")
LLAMA_4 = ("biases", "growth", "chunks", "l2_norms")


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def runs(*names: str) -> bool:
    """Whether these go together; a model that is made of them runs."""
    layers = {field: value for name in names for field, value in CHANGES[name][0].items()}
    changes = {field: value for name in names for field, value in CHANGES[name][1].items()}
    try:
        config = gpt(Layers(**layers), **changes)
    except ValueError:
        return False
    assert bool(torch.isfinite(logits(built(config))).all()), names
    return True


@pytest.mark.parametrize("name", CHANGES)
def test_each_goes_with_others(name: str) -> None:
    others = [other for first, other in combinations(CHANGES, 2) if first == name]
    together = [other for other in others if runs(name, other)]
    assert together or len(others) < 2


def test_all_of_llama_4_go_together() -> None:
    assert runs(*LLAMA_4)


def test_all_of_step_go_together() -> None:
    assert runs(*STEP)
