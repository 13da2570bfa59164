"""A bias of the output layer, and the builder that makes it."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.training.models.base import ModelConfig
from megatron.training.models.gpt import GPTModelBuilder
from torch.nn import functional

import mcore_mappers as m
from mcore_mappers.layers import LayeredGPTModelBuilder, Layers
from mcore_mappers_runtime.layers.output_bias import add_bias
from tests.layers.models import BIASED, LAYER_NORM, ONLY_AFTER, VOCABULARY, built, gpt, hybrid, logits, shaken
from tests.numerics.emulation import emulated

PLAIN = dataclasses.replace(BIASED, output_layer_bias=False)


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


@pytest.mark.parametrize("tied", [False, True])
def test_it_is_added_to_the_logits(tied: bool) -> None:
    outer = {"share_embeddings_and_output_weights": tied}
    model, plain = (shaken(built(gpt(layers, outer, **LAYER_NORM))) for layers in (BIASED, PLAIN))
    bias = model.output_layer.bias
    assert bias.shape == (VOCABULARY,)
    assert (bias.tensor_model_parallel, bias.partition_dim, bias.partition_stride) == (True, 0, 1)
    plain.load_state_dict(model.state_dict(), strict=False)
    torch.testing.assert_close(logits(model), logits(plain) + bias)
    assert plain.output_layer.bias is None
    assert bias.abs().max() > 0.1


def test_it_starts_at_zero() -> None:
    half: dict[str, Any] = {"bf16": True, "params_dtype": torch.bfloat16, "pipeline_dtype": torch.bfloat16}
    bias = built(gpt(BIASED, **LAYER_NORM, **half)).output_layer.bias
    assert bias.dtype == torch.bfloat16
    assert not bias.any()


@pytest.mark.parametrize(("on_cpu", "asked"), [(True, 0), (False, 1)])
def test_it_is_made_where_other_weights_are(on_cpu: bool, asked: int) -> None:
    config = gpt(BIASED, **LAYER_NORM).transformer
    config.use_cpu_initialization = on_cpu
    layer: Any = SimpleNamespace(config=config, output_size_per_partition=3)
    with patch.object(torch.cuda, "current_device", return_value="cpu") as device:
        add_bias(layer)
    assert device.call_count == asked


def test_other_builders_are_refused() -> None:
    """The config names the one that makes it; Megatron's own would leave it out without a word."""
    config = gpt(BIASED, **LAYER_NORM)
    groups = ProcessGroupCollection.use_mpu_process_groups()
    for _ in range(2):
        with pytest.raises(
            ValueError, match=r"output_layer_bias=True: built around the layers by the builder that get_builder_cls\(\)"
        ):
            GPTModelBuilder(config).build_model(groups)
        built(config)
    spec: Any = m.fields(config)["transformer_layer_spec"]
    with pytest.raises(ValueError, match="output_layer_bias=True"):
        spec(config.transformer)
    GPTModelBuilder(gpt(PLAIN, **LAYER_NORM)).build_model(groups)


def test_megatrons_own_round_trip() -> None:
    gelu: dict[str, Any] = {"activation_func": functional.gelu, "gated_linear_unit": False}
    config = gpt(BIASED, **LAYER_NORM, **gelu)
    data = config.as_dict()
    assert data["_builder_"] == "mcore_mappers.layers.LayeredGPTModelBuilder"
    again: Any = ModelConfig.from_dict(copy.deepcopy(data))
    assert again.get_builder_cls() is LayeredGPTModelBuilder
    model, twin = built(config), built(again)
    assert model.state_dict().keys() == twin.state_dict().keys() >= {"output_layer.bias"}
    assert torch.equal(logits(model), logits(twin))


def test_without_it_nothing_is_added() -> None:
    assert built(gpt(ONLY_AFTER)).output_layer.bias is None


def test_what_leaves_it_out_is_refused() -> None:
    config = gpt(BIASED, **LAYER_NORM)
    config.transformer.defer_embedding_wgrad_compute = True
    with pytest.raises(ValueError, match="output_layer_bias=True needs defer_embedding_wgrad_compute=False, not True"):
        dataclasses.replace(config)
    config = gpt(BIASED, **LAYER_NORM)
    config.transformer.fp8_output_proj = True
    with pytest.raises(ValueError, match="output_layer_bias=True needs fp8_output_proj=False, not True"):
        dataclasses.replace(config)
    with pytest.raises(ValueError, match="output_layer_bias=True: no layer of a hybrid model"):
        hybrid(Layers(output_layer_bias=True))
