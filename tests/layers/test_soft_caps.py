"""Soft caps of scores and logits against Hugging Face's, and what would pass by them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from megatron.core.extensions import transformer_engine_spec_provider as engine
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.enums import AttnBackend
from megatron.training.models.gpt import GPTModelBuilder
from megatron.training.models.hybrid import HybridModelBuilder
from torch import Tensor
from transformers.models.gemma2.modeling_gemma2 import eager_attention_forward

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.soft_caps import SoftCappedAttention
from tests.layers.models import LATENT, LENGTH, WINDOW, built, gpt, hybrid, logits, shaken, tokens
from tests.layers.test_specs import specs, with_engine
from tests.numerics.emulation import emulated

BOTH = pytest.mark.parametrize("make", [gpt, hybrid])
SCORES, LOGITS = Layers(attn_logit_softcapping=1.5), Layers(final_logit_softcapping=2.0)
HALF: Mapping[str, Any] = {"bf16": True, "params_dtype": torch.bfloat16, "pipeline_dtype": torch.bfloat16}


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def states(heads: int, length: int, seed: int) -> Tensor:
    """As queries come: [s, b, heads, channels]."""
    return torch.randn(length, 2, heads, 16, generator=torch.Generator().manual_seed(seed)) * 2


def theirs(query: Tensor, key: Tensor, value: Tensor, window: int | None) -> Tensor:
    """What Gemma 2 makes of the same, with its mask: [s, b, heads * channels]."""
    length = query.shape[0]
    back = torch.arange(length)[:, None] - torch.arange(length)
    hidden = (back < 0) if window is None else (back < 0) | (back >= window)
    mask = torch.zeros(length, length).masked_fill(hidden, torch.finfo(query.dtype).min).to(query.dtype)
    module: Any = SimpleNamespace(num_key_value_groups=query.shape[2] // key.shape[2], training=False)
    q, k, v = (each.permute(1, 2, 0, 3) for each in (query, key, value))
    output, _ = eager_attention_forward(module, q, k, v, mask, scaling=0.25, softcap=1.5)
    return output.transpose(0, 1).flatten(2)


# With Megatron's kernel for softmax asked for, too, which is on a GPU, and knows no windows.
@pytest.mark.parametrize("fields", [{}, {**HALF, "masked_softmax_fusion": True}], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("length", [11, 20])
def test_attention_is_that_of_gemma(fields: Mapping[str, Any], length: int) -> None:
    layers = built(gpt(SCORES, **WINDOW, **fields)).decoder.layers
    query, key, value = states(4, length, 1), states(2, length, 2), states(2, length, 3)
    if fields:
        query, key, value = query.bfloat16(), key.bfloat16(), value.bfloat16()
    rounding = 2**-7 if fields else 1e-6
    for layer, window in ((layers[0], None), (layers[1], 5)):
        attention = layer.self_attention.core_attention
        assert type(attention) is SoftCappedAttention
        found, expected = attention(query, key, value, None), theirs(query, key, value, window)
        assert found.dtype == query.dtype
        torch.testing.assert_close(found, expected, rtol=rounding, atol=rounding)
    assert (theirs(query, key, value, None) - theirs(query, key, value, 5)).abs().max() > 0.1


@BOTH
def test_logits_are_capped_and_so_is_their_loss(make: Any) -> None:
    plain, capped = shaken(built(make(Layers()))), built(make(LOGITS))
    capped.load_state_dict(plain.state_dict())
    expected = 2.0 * torch.tanh(logits(plain) / 2.0)
    torch.testing.assert_close(logits(capped), expected)
    assert logits(plain).abs().max() > 2.0
    ids = tokens()
    losses = capped(ids, torch.arange(LENGTH).expand_as(ids), None, labels=ids)
    right = torch.nn.functional.cross_entropy(expected.flatten(0, 1), ids.flatten(), reduction="none")
    torch.testing.assert_close(losses.flatten(), right)


@BOTH
def test_a_model_that_would_not_cap_its_logits_is_not_built(make: Any) -> None:
    """The spec of layers is all that a stock builder or a provider has of them."""
    stock = GPTModelBuilder if make is gpt else HybridModelBuilder
    with pytest.raises(ValueError, match=r"final_logit_softcapping=2\.0: .* get_builder_cls\(\)"):
        stock(make(LOGITS)).build_model(ProcessGroupCollection.use_mpu_process_groups())
    config = make(SCORES)
    config.builder = f"{stock.__module__}.{stock.__name__}"
    assert torch.equal(logits(built(config)), logits(built(make(SCORES))))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("context_parallel_size", 2),
        ("flash_decode", True),
        ("apply_query_key_layer_scaling", True),
        ("qk_clip", True),
        ("log_max_attention_logit", True),
        ("attention_backend", AttnBackend.flash),
        ("attention_backend", AttnBackend.fused),
    ],
)
def test_what_would_pass_by_capped_scores_is_refused(field: str, value: object) -> None:
    config = gpt(SCORES)
    setattr(config.transformer, field, value)
    with pytest.raises(ValueError, match=rf"attn_logit_softcapping=1\.5 needs {field}="):
        built(config)
    built(gpt(SCORES, attention_backend=AttnBackend.unfused))


def test_other_attention_and_scaled_logits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"attn_logit_softcapping=1\.5 needs multi_latent_attention=False, not True"):
        gpt(SCORES, **LATENT)
    scaled: dict[str, Any] = {"use_mup": True, "mup_base_hidden_size": 48, "softmax_scale": 0.25}
    with pytest.raises(ValueError, match=r"final_logit_softcapping=2\.0 needs mup_output_mult=1\.0, not 0\.5"):
        gpt(LOGITS, **scaled, mup_output_mult=0.5)
    gpt(LOGITS, **scaled, mup_output_mult=1.0)
    # Read with use_mup alone.
    gpt(LOGITS, mup_output_mult=0.5)


@pytest.mark.parametrize("field", ["attn_logit_softcapping", "final_logit_softcapping"])
def test_a_cap_is_above_zero(field: str) -> None:
    caps: dict[str, Any] = {field: 0.0}
    with pytest.raises(ValueError, match=rf"{field}=0\.0 must be above zero"):
        gpt(Layers(**caps))


def test_engines_with_kernels_of_their_own_are_refused() -> None:
    attention = built(gpt(SCORES)).decoder.layers[0].self_attention
    with pytest.raises(NotImplementedError, match="dynamic batches"):
        attention.flash_decode_and_prefill(None, None, None)


def test_transformer_engine_does_not_compute_capped_scores() -> None:
    for layer in with_engine(lambda: specs(SCORES, transformer_impl="transformer_engine")):
        core: Any = layer.submodules.self_attention.submodules.core_attention
        assert core.keywords["core"] is SoftCappedAttention
        assert layer.submodules.self_attention.submodules.linear_proj is engine.TERowParallelLinear
