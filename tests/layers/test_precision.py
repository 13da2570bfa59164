"""Models with layers in other precisions, and with activations that are computed again."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core import tensor_parallel
from megatron.core.tensor_parallel import random as megatron_random
from torch import Tensor

from mcore_mappers.layers import Layers
from tests.layers.models import (
    AFTER_ROPE,
    CAPPED,
    CHUNKED,
    EVERYWHERE,
    FLASH,
    LAYER_NORM,
    LONG_TEXTS,
    ONLY_AFTER,
    OWN_ROPES,
    PARALLEL,
    SHARED,
    SINKS,
    built,
    gpt,
    logits,
    outputs_of_layers,
    shaken,
)
from tests.numerics.emulation import emulated


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


VARIANTS = pytest.mark.parametrize(
    ("layers", "fields"),
    [
        (ONLY_AFTER, {}),
        (EVERYWHERE, {}),
        (OWN_ROPES, {}),
        (LONG_TEXTS, {}),
        (CAPPED, {}),
        (CHUNKED, {}),
        (AFTER_ROPE, {}),
        (PARALLEL, {}),
        (SHARED, LAYER_NORM),
        (FLASH, SINKS),
    ],
    ids=(
        "only_after",
        "everywhere",
        "own_ropes",
        "long_texts",
        "capped",
        "chunked",
        "after_rope",
        "parallel",
        "shared",
        "flash",
    ),
)


@VARIANTS
def test_bfloat16_rounds_and_does_nothing_else(layers: Layers, fields: Mapping[str, Any]) -> None:
    half: dict[str, Any] = {"bf16": True, "params_dtype": torch.bfloat16, "pipeline_dtype": torch.bfloat16}
    model = shaken(built(gpt(layers, **fields, **half))).bfloat16()
    exact = built(gpt(layers, **fields))
    exact.load_state_dict({name: each.float() for name, each in model.state_dict().items() if each is not None})
    found, expected = logits(model), logits(exact)
    assert found.dtype == torch.bfloat16
    assert (found.float() - expected).abs().max() / expected.std() < 0.1


@VARIANTS
def test_the_residual_stream_stays_in_float32(layers: Layers, fields: Mapping[str, Any]) -> None:
    """As Megatron trains so: within an autocast, which makes the inputs of projections what their weights are."""
    half: dict[str, Any] = {
        "bf16": True,
        "params_dtype": torch.bfloat16,
        "fp32_residual_connection": True,
        "pipeline_dtype": torch.float32,
    }
    model = shaken(built(gpt(layers, **fields, **half))).bfloat16()
    exact = built(gpt(layers, **fields))
    exact.load_state_dict({name: each.float() for name, each in model.state_dict().items() if each is not None})
    with torch.autocast("cpu", torch.bfloat16):
        found = outputs_of_layers(model)
    assert {each.dtype for each in found} == {torch.float32}
    expected = outputs_of_layers(exact)[-1]
    assert (found[-1] - expected).abs().max() / expected.std() < 0.1


RECOMPUTED: Mapping[str, Mapping[str, Any]] = {
    "full": {"recompute_granularity": "full", "recompute_method": "uniform", "recompute_num_layers": 1},
    "layernorm": {"recompute_granularity": "selective", "recompute_modules": ["layernorm"]},
    "mlp": {"recompute_granularity": "selective", "recompute_modules": ["mlp", "core_attn"]},
}


@pytest.mark.costly
@VARIANTS
@pytest.mark.parametrize("recomputed", RECOMPUTED)
def test_recomputing_changes_no_gradient(layers: Layers, fields: Mapping[str, Any], recomputed: str) -> None:
    without_output: Any = tensor_parallel.CheckpointWithoutOutput

    def gradients(**changes: Any) -> Mapping[str, Tensor]:
        model = shaken(built(gpt(layers, **fields, **changes))).train()
        logits(model).square().mean().backward()
        return {name: each.grad for name, each in model.named_parameters()}

    with (
        patch.object(megatron_random, "_get_cuda_rng_state", lambda *args, **kwargs: torch.empty(0)),
        patch.object(megatron_random, "_set_cuda_rng_state", lambda *args, **kwargs: None),
        # Without float8, which is Transformer Engine's, and which it takes for granted.
        patch.object(tensor_parallel, "CheckpointWithoutOutput", partial(without_output, fp8=None)),
    ):
        found = gradients(**RECOMPUTED[recomputed])
    expected = gradients()
    # Megatron sums the gradients of the residual stream in another order.
    off = {name: ((found[name] - each).abs().max() / each.std()).item() for name, each in expected.items()}
    assert max(off.values()) < 5e-5
