"""The rope readers by numbers: what transformers computes, and what Megatron makes of what they return."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Iterator
from typing import Any, cast

import pytest
import torch
from megatron.core.models.common.embeddings.rotary_pos_embedding import RotaryEmbedding
from megatron.core.models.common.embeddings.yarn_rotary_pos_embedding import (
    YarnRotaryEmbedding,
    _yarn_get_concentration_factor_from_config,
    _yarn_get_mscale,
)
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from transformers import DeepseekV3Config, Glm4MoeConfig, LlamaConfig
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3RotaryEmbedding, yarn_apply_mscale
from transformers.models.glm4_moe.modeling_glm4_moe import Glm4MoeRotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from mcore_mappers_runtime.rope import GPTRope, HybridRope, MLARope, YarnAttributes, gpt_rope, hybrid_rope, mla_rope
from tests.runtime.rope_inputs import (
    ABSENT,
    LLAMA3,
    MAX_POSITIONS,
    THETAS,
    YARN,
    YARN_GRIDS,
    accept,
    grid,
    read,
    with_keys,
)

LENGTH = 97
HEAD_DIMS = (24, 64, 128)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """The tensors are small: on a busy machine, threads that wait for each other cost many times the work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "current_device", lambda: torch.device("cpu"))


# What transformers computes: cosines and sines, with whatever it multiplies them by.


def hf_rope(module: type[torch.nn.Module], config: Any) -> torch.Tensor:
    cos, sin = module(config)(torch.zeros(1), torch.arange(LENGTH)[None])
    return torch.stack((cos[0], sin[0]))


def llama(rope_parameters: dict[str, Any], head_dim: int) -> torch.Tensor:
    config = LlamaConfig(
        head_dim=head_dim, max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(rope_parameters)
    )
    return hf_rope(LlamaRotaryEmbedding, config)


def deepseek(rope_parameters: dict[str, Any], head_dim: int) -> tuple[torch.Tensor, float]:
    config = DeepseekV3Config(
        qk_rope_head_dim=head_dim, max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(rope_parameters)
    )
    return hf_rope(DeepseekV3RotaryEmbedding, config), yarn_apply_mscale(config.rope_parameters, 1.0)


# What Megatron computes, with the arguments with which GPTModel, HybridModel and MLASelfAttention build it.


def cos_sin(emb: torch.Tensor, mscale: float) -> torch.Tensor:
    return torch.stack((torch.cos(emb) * mscale, torch.sin(emb) * mscale))[:, :, 0, 0]


def megatron(rope: GPTRope | HybridRope, head_dim: int) -> torch.Tensor:
    if rope.yarn is not None:
        assert cast(str, rope.position_embedding_type) == "yarn"
        assert rope.rotary_percent == 1.0
        config = rope.yarn
        emb, mscale = YarnRotaryEmbedding(
            kv_channels=head_dim,
            rotary_base=rope.rotary_base,
            scaling_factor=config.yarn_rotary_scaling_factor,
            original_max_position_embeddings=config.yarn_original_max_position_embeddings,
            beta_fast=config.yarn_beta_fast,
            beta_slow=config.yarn_beta_slow,
            mscale=cast(float, config.yarn_mscale),
            mscale_all_dim=cast(float, config.yarn_mscale_all_dim),
            correction_range_round_to_int=config.yarn_correction_range_round_to_int,
        ).get_emb(LENGTH)
        # The factor that the attention uses is not the embedding's, it comes from the config.
        assert _yarn_get_concentration_factor_from_config(cast(TransformerConfig, config)) == mscale
        return cos_sin(emb, mscale)
    assert rope.position_embedding_type == "rope"
    scaling = (rope.rope_scaling, rope.rope_scaling_factor) if isinstance(rope, GPTRope) else (False, 8.0)
    emb = RotaryEmbedding(
        kv_channels=head_dim,
        rotary_percent=rope.rotary_percent,
        seq_len_interpolation_factor=cast(float, rope.seq_len_interpolation_factor),
        rotary_base=rope.rotary_base,
        rope_scaling=scaling[0],
        rope_scaling_factor=scaling[1],
    ).get_emb(LENGTH)
    return cos_sin(emb, 1.0)


def megatron_mla(rope: MLARope, head_dim: int) -> tuple[torch.Tensor, float]:
    softmax = _yarn_get_mscale(rope.rotary_scaling_factor, rope.mscale_all_dim) ** 2
    if rope.rope_type == "rope":
        embedding = RotaryEmbedding(head_dim, rotary_percent=rope.rotary_percent, rotary_base=rope.rotary_base)
        return cos_sin(embedding.get_emb(LENGTH), 1.0), softmax
    emb, mscale = YarnRotaryEmbedding(
        head_dim,
        rotary_base=rope.rotary_base,
        scaling_factor=rope.rotary_scaling_factor,
        original_max_position_embeddings=rope.original_max_position_embeddings,
        beta_fast=rope.beta_fast,
        beta_slow=rope.beta_slow,
        mscale=rope.mscale,
        mscale_all_dim=rope.mscale_all_dim,
    ).get_emb(LENGTH)
    return cos_sin(emb, mscale), softmax


def close(ours: torch.Tensor, theirs: torch.Tensor, case: dict[str, Any]) -> None:
    # Both sides do the same operations in the same order, except that linear scaling divides the positions on one
    # side and the frequencies on the other.
    assert ours.shape == theirs.shape, case
    tolerance = 1e-5 if case["rope_type"] == "linear" else 1e-7
    assert torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance), (case, (ours - theirs).abs().max())


@pytest.mark.parametrize("head_dim", HEAD_DIMS)
@pytest.mark.parametrize("theta", THETAS)
def test_default_linear_and_llama3_are_equal(theta: float, head_dim: int) -> None:
    plain = {"rope_theta": theta, "rope_type": "default"}
    cases = [plain, with_keys(plain, factor="unread", mrope_section=[1, 2, 3], type="mrope", attention_factor=3.0)]
    cases += [with_keys(plain, rope_type="linear", factor=factor) for factor in (1, 1.0, 2, 4.0, 3.7, 0.5)]
    cases += [with_keys(plain, rope_type="llama3", factor=factor, **LLAMA3) for factor in (1.0, 8, 32.0)]
    for case in cases:
        theirs = llama(case, head_dim)
        close(megatron(accept(gpt_rope, case), head_dim), theirs, case)
        if case["rope_type"] != "llama3":
            close(megatron(accept(hybrid_rope, case), head_dim), theirs, case)


@pytest.mark.parametrize("partial", [0.5, 0.25, 0.3, 1, 1.0, ABSENT])
@pytest.mark.parametrize(
    "scaling", [{}, {"rope_type": "linear", "factor": 4.0}, {"rope_type": "llama3", "factor": 8.0}]
)
def test_partial_rotary_is_equal(scaling: dict[str, Any], partial: Any) -> None:
    case = with_keys(
        {"rope_type": "default", "rope_theta": 10000.0, **LLAMA3}, partial_rotary_factor=partial, **scaling
    )
    for head_dim in HEAD_DIMS:
        config = Glm4MoeConfig(
            head_dim=head_dim, max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(case)
        )
        if partial is ABSENT:  # Glm4MoeConfig would fill in its own default.
            config.rope_parameters = copy.deepcopy(case)
        ours = accept(gpt_rope, case, partial_rotary=True)
        close(megatron(ours, head_dim), hf_rope(Glm4MoeRotaryEmbedding, config), case)


@pytest.mark.parametrize("axes", YARN_GRIDS, ids=lambda axes: "-".join(axes))
def test_yarn_is_equal(axes: dict[str, tuple[Any, ...]]) -> None:
    for number, case in enumerate(grid(YARN, axes)):
        head_dim = HEAD_DIMS[number % len(HEAD_DIMS)]
        theirs = llama(case, head_dim)
        ours = accept(gpt_rope, case)
        close(megatron(ours, head_dim), theirs, case)
        hybrid = accept(hybrid_rope, case)
        assert hybrid._asdict().items() <= ours._asdict().items()


@pytest.mark.parametrize("axes", YARN_GRIDS, ids=lambda axes: "-".join(axes))
def test_yarn_of_latent_attention_is_equal(axes: dict[str, tuple[Any, ...]]) -> None:
    mapped = 0
    for number, case in enumerate(grid(YARN, axes)):
        head_dim = HEAD_DIMS[number % len(HEAD_DIMS)]
        rope, refusals = read(mla_rope, case)
        refused = {field for field, _, _ in refusals}
        if not case.get("truncate", True):
            assert refused == {"rope_parameters.truncate"}
        elif case["factor"] is None and case.get("mscale_all_dim"):
            # transformers itself fails: None <= 1.
            assert refused == {"rope_parameters.factor"}
            with pytest.raises(TypeError):
                deepseek(case, head_dim)
        else:
            assert not refused
            mapped += 1
            (ours, our_softmax), (theirs, their_softmax) = megatron_mla(rope, head_dim), deepseek(case, head_dim)
            close(ours, theirs, case)
            assert math.isclose(our_softmax, their_softmax, rel_tol=1e-12), case
    assert mapped > 30


@pytest.mark.parametrize("extra", [{}, {"mscale_all_dim": 1.0, "mscale": 0.5, "factor": 40, "attention_factor": 2.0}])
def test_latent_attention_without_yarn_ignores_leftovers(extra: dict[str, Any]) -> None:
    for theta in THETAS:
        case = {"rope_type": "default", "rope_theta": theta, **extra}
        rope = accept(mla_rope, case)
        (ours, our_softmax), (theirs, their_softmax) = megatron_mla(rope, 64), deepseek(case, 64)
        close(ours, theirs, case)
        assert our_softmax == their_softmax == 1.0


def test_latent_attention_without_yarn_says_the_defaults_of_what_is_not_read() -> None:
    rope = accept(mla_rope, {"rope_type": "default", "rope_theta": 1e4})
    defaults = {field.name: field.default for field in dataclasses.fields(MLATransformerConfig)}
    for name in ("original_max_position_embeddings", "beta_fast", "beta_slow", "mscale"):
        assert getattr(rope, name) == defaults[name], name


def test_what_is_exact_stays_exact() -> None:
    """mscale is solved for only where Megatron's formula does not take transformers' numbers as they are."""
    both = with_keys(YARN, mscale=0.707, mscale_all_dim=0.5)
    assert accept(gpt_rope, both).yarn == YarnAttributes(4.0, 4096, 32.0, 1.0, 0.707, 0.5, True)
    assert (accept(mla_rope, both).mscale, accept(mla_rope, both).mscale_all_dim) == (0.707, 0.5)
    assert accept(gpt_rope, YARN).yarn == YarnAttributes(4.0, 4096, 32.0, 1.0, None, None, True)
    assert accept(mla_rope, YARN) == MLARope("yarn", 10000, 1.0, 4.0, 4096, 32.0, 1.0, 1.0, 0.0)
    same = with_keys(YARN, attention_factor=0.1 * math.log(4.0) + 1.0)
    assert accept(gpt_rope, same) == accept(gpt_rope, YARN)
    assert accept(mla_rope, same) == accept(mla_rope, YARN)
    one = accept(gpt_rope, with_keys(YARN, attention_factor=1.0)).yarn
    assert (one.yarn_mscale, one.yarn_mscale_all_dim) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("theta", "base"),
    [(10000, 10000), (5e5, 500000), (12345.5, 12345.5), (1e20, 1e20), (2**53 + 1, 2**53 + 1), (2.0**63, 2.0**63)],
)
def test_base_is_an_int_where_that_is_exact(theta: float, base: float) -> None:
    for reader in (gpt_rope, hybrid_rope, mla_rope):
        rope = accept(reader, {"rope_type": "default", "rope_theta": theta})
        assert (rope.rotary_base, type(rope.rotary_base)) == (base, type(base))


@pytest.mark.parametrize("reader", [gpt_rope, hybrid_rope, mla_rope])
def test_dynamic_is_the_default_up_to_a_length(reader: Any) -> None:
    keys = {"rope_type": "dynamic", "rope_theta": 700.0, "factor": 2.5}
    plain = accept(reader, {"rope_type": "default", "rope_theta": 700.0})
    assert plain.equal_up_to is None
    assert accept(reader, keys, max_position_embeddings=97) == plain._replace(equal_up_to=97)
    for key, value in (("factor", ABSENT), ("factor", 0), ("factor", 1e30)):
        _, refusals = read(reader, with_keys(keys, **{key: value}))
        assert [field for field, _, _ in refusals] == [f"rope_parameters.{key}"]


def test_dynamic_scales_no_softmax() -> None:
    keys = {"rope_type": "dynamic", "rope_theta": 700.0, "factor": 2.5, "mscale_all_dim": 0.7}
    _, refusals = read(mla_rope, keys)
    assert [field for field, _, _ in refusals] == ["rope_parameters.mscale_all_dim"]
