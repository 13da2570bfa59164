"""Rope read back from Megatron: the laws of the round trip over the grids of `ropes`, and what is refused."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import math
import random
from functools import cache
from logging.handlers import BufferingHandler
from typing import Any

import pytest
import torch
from megatron.core.models.common.embeddings.yarn_rotary_pos_embedding import (
    _yarn_get_mscale,
)
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers import DeepseekV3Config, Glm4MoeConfig, LlamaConfig
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3RotaryEmbedding, yarn_apply_mscale
from transformers.models.glm4_moe.modeling_glm4_moe import Glm4MoeRotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from mcore_mappers_runtime.rope import GPTRope, HybridRope, MLARope, gpt_rope, hybrid_rope, mla_rope
from mcore_mappers_runtime.rope_back import (
    gpt_rope_parameters,
    hybrid_rope_parameters,
    mla_rope_parameters,
)
from mcore_mappers_runtime.yarn import with_yarn
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

# Megatron's configs, as the mappers make them.


@cache
def plain_transformer() -> TransformerConfig:
    return TransformerConfig(num_layers=1, hidden_size=64, num_attention_heads=1)


@cache
def latent_transformer() -> MLATransformerConfig:
    return MLATransformerConfig(num_layers=1, hidden_size=64, num_attention_heads=1)


def gpt(rope: GPTRope) -> GPTModelConfig:
    fields = {name: value for name, value in rope._asdict().items() if name not in ("yarn", "equal_up_to")}
    return GPTModelConfig(transformer=with_yarn(copy.copy(plain_transformer()), rope.yarn), **fields)


def hybrid(rope: HybridRope) -> HybridModelConfig:
    fields = {name: value for name, value in rope._asdict().items() if name not in ("yarn", "equal_up_to")}
    return HybridModelConfig(transformer=with_yarn(copy.copy(plain_transformer()), rope.yarn), **fields)


def mla(rope: MLARope, target: Any = GPTModelConfig, kind: str = "rope") -> Any:
    outer = {"rotary_base": rope.rotary_base, "rotary_percent": rope.rotary_percent}
    transformer = copy.copy(latent_transformer())
    vars(transformer).update({name: value for name, value in rope._asdict().items() if name not in outer})
    return target(transformer=transformer, position_embedding_type=kind, **outer)


def gpt_back(rope: GPTRope, **keywords: Any) -> dict[str, Any]:
    return gpt_rope_parameters(gpt(rope), **keywords)


def hybrid_back(rope: HybridRope, **keywords: Any) -> dict[str, Any]:
    return hybrid_rope_parameters(hybrid(rope), **keywords)


def mla_back(rope: MLARope) -> dict[str, Any]:
    return mla_rope_parameters(mla(rope))


# What transformers computes.


def numbers(module: Any, config: Any) -> tuple[torch.Tensor, float]:
    embedding = module(config)
    return embedding.inv_freq, embedding.attention_scaling


def llama(rope_parameters: dict[str, Any], head_dim: int = 64) -> tuple[torch.Tensor, float]:
    config = LlamaConfig(
        head_dim=head_dim, max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(rope_parameters)
    )
    return numbers(LlamaRotaryEmbedding, config)


def deepseek(rope_parameters: dict[str, Any]) -> tuple[torch.Tensor, float, float]:
    config = DeepseekV3Config(max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(rope_parameters))
    return *numbers(DeepseekV3RotaryEmbedding, config), yarn_apply_mscale(config.rope_parameters, 1.0)


def assert_equal(ours: tuple[Any, ...], theirs: tuple[Any, ...], case: dict[str, Any]) -> None:
    assert torch.equal(ours[0], theirs[0]), case
    for our_number, their_number in zip(ours[1:], theirs[1:], strict=True):
        assert math.isclose(our_number, their_number, rel_tol=1e-12), case


# The laws.


@pytest.mark.parametrize("theta", [*THETAS, 2**53 + 1])
def test_default_linear_and_llama3_return(theta: float) -> None:
    plain = {"rope_theta": theta, "rope_type": "default"}
    cases = [plain, with_keys(plain, factor="unread", mrope_section=[1, 2, 3], type="mrope", attention_factor=3.0)]
    cases += [with_keys(plain, rope_type="linear", factor=factor) for factor in (1, 1.0, 2, 4.0, 3.7, 0.5)]
    cases += [with_keys(plain, rope_type="llama3", factor=factor, **LLAMA3) for factor in (1.0, 8, 32.0)]
    for case in cases:
        rope = accept(gpt_rope, case)
        returned = gpt_back(rope)
        assert accept(gpt_rope, returned) == rope, case
        assert_equal(llama(returned), llama(case), case)
        if case["rope_type"] != "llama3":
            hybrid_one = accept(hybrid_rope, case)
            assert hybrid_back(hybrid_one) == returned
        if case["rope_type"] == "default":
            latent = accept(mla_rope, case)
            assert mla_back(latent) == returned
            assert accept(mla_rope, returned) == latent
            assert_equal(deepseek(returned), deepseek(case), case)


@pytest.mark.parametrize("axes", YARN_GRIDS, ids=lambda axes: "-".join(axes))
def test_yarn_returns(axes: dict[str, tuple[Any, ...]]) -> None:
    for case in grid(YARN, axes):
        rope = accept(gpt_rope, case)
        returned = gpt_back(rope)
        assert accept(gpt_rope, returned) == rope, case
        assert_equal(llama(returned), llama(case), case)
        assert hybrid_back(accept(hybrid_rope, case)) == returned


@pytest.mark.parametrize("axes", YARN_GRIDS, ids=lambda axes: "-".join(axes))
def test_yarn_of_latent_attention_returns(axes: dict[str, tuple[Any, ...]]) -> None:
    returned_cases = 0
    for case in grid(YARN, axes):
        rope, refusals = read(mla_rope, case)
        if refusals:
            continue
        returned = mla_back(rope)
        assert accept(mla_rope, returned) == rope, case
        assert_equal(deepseek(returned), deepseek(case), case)
        returned_cases += 1
    assert returned_cases > 30


@pytest.mark.parametrize(
    "scaling", [{}, {"rope_type": "linear", "factor": 4.0}, {"rope_type": "llama3", "factor": 8.0}, YARN]
)
def test_partial_rotary_returns(scaling: dict[str, Any]) -> None:
    """Config classes of these families fill in a part of their own, so that it must be said."""
    base = {"rope_type": "default", "rope_theta": 10000.0, **LLAMA3, **scaling}
    config_class: Any = Glm4MoeConfig  # It does not declare the head_dim that it takes.
    for partial in (1, 1.0, ABSENT) if scaling is YARN else (0.5, 0.25, 0.3, 1, 1.0, ABSENT):
        case = with_keys(base, partial_rotary_factor=partial)
        rope = accept(gpt_rope, case, partial_rotary=True)
        returned = gpt_back(rope, partial_rotary=True)
        assert returned["partial_rotary_factor"] == rope.rotary_percent
        assert accept(gpt_rope, returned, partial_rotary=True) == rope
        if case["rope_type"] != "llama3":
            hybrid_one = accept(hybrid_rope, case, partial_rotary=True)
            assert hybrid_back(hybrid_one, partial_rotary=True) == returned
        built = config_class(head_dim=64, rope_parameters=copy.deepcopy(returned))
        assert built.rope_parameters == returned
        original = config_class(head_dim=64, rope_parameters=copy.deepcopy(case))
        if partial is ABSENT:
            original.rope_parameters = copy.deepcopy(case)
        theirs = numbers(Glm4MoeRotaryEmbedding, original)
        assert_equal(numbers(Glm4MoeRotaryEmbedding, built), theirs, case)


def test_solved_numbers_return_exactly() -> None:
    """Thousands of factors of cosines and sines: the number that comes back solves to the same mscale."""
    draw = random.Random(0)
    for _ in range(3000):
        factor = math.exp(draw.uniform(0.01, 12))
        attention = math.exp(draw.uniform(math.log(1e-3), math.log(1e3)))
        case = with_keys(YARN, factor=factor, attention_factor=attention)
        rope, latent = accept(gpt_rope, case), accept(mla_rope, case)
        returned = gpt_back(rope)
        assert accept(gpt_rope, returned) == rope
        assert mla_back(latent) == returned
        assert accept(mla_rope, returned) == latent
        assert math.isclose(returned["attention_factor"], attention, rel_tol=1e-12)
        # At most one neighbour solves to the same mscale, except where subtracting 1 loses digits.
        assert abs(returned["attention_factor"] - attention) <= max(math.ulp(attention), math.ulp(1.0))


def test_a_product_of_one_returns_exactly() -> None:
    """Latent attention with an mscale of zero: cosines and sines are divided by what scales the softmax."""
    draw = random.Random(0)
    zeros = 0
    for _ in range(3000):
        factor, all_dim = math.exp(draw.uniform(0.01, 12)), draw.uniform(-0.5, 4)
        attention = 1.0 / _yarn_get_mscale(factor, all_dim)
        attention += draw.choice((-1, 0, 1)) * math.ulp(attention)
        case = with_keys(YARN, factor=factor, mscale_all_dim=all_dim, attention_factor=attention)
        rope, refusals = read(mla_rope, case)
        if refusals:
            continue
        zeros += rope.mscale == 0
        returned = mla_back(rope)
        assert accept(mla_rope, returned) == rope, case
        assert ("attention_factor" in returned) == (rope.mscale == 0), case
    assert zeros > 500


# How it is spelt.

RETURNED: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"factor": None}, {}),
    ({"beta_fast": 0, "beta_slow": None, "mscale": 1.0, "truncate": True}, {}),
    ({"attention_factor": 0.1 * math.log(4.0) + 1.0}, {}),
    ({"mscale": 0.707, "mscale_all_dim": 0.5}, {"mscale": 0.707, "mscale_all_dim": 0.5}),
    ({"attention_factor": 2.5}, {"attention_factor": 2.5}),
    ({"attention_factor": 1}, {"attention_factor": 1.0}),
    ({"attention_factor": 2.5, "mscale": 0.707, "mscale_all_dim": 0.0}, {"attention_factor": 2.5}),
)
CANONICAL = {**YARN, "beta_fast": 32.0, "beta_slow": 1.0}


@pytest.mark.parametrize(("keys", "returned"), [*RETURNED, ({"truncate": None}, {"truncate": False})])
def test_one_spelling(keys: dict[str, Any], returned: dict[str, Any]) -> None:
    case = with_keys(YARN, **keys)
    found = gpt_back(accept(gpt_rope, case))
    assert found == {**CANONICAL, **returned}
    if "truncate" not in returned:
        assert mla_back(accept(mla_rope, case)) == found


def test_latent_attention_keeps_what_scales_the_softmax() -> None:
    for keys in ({"mscale_all_dim": 0.5}, {"mscale_all_dim": 0.5, "attention_factor": 2.5}):
        rope = accept(mla_rope, with_keys(YARN, **keys))
        # Solved for, and so given back as the pair that needs no solving.
        assert mla_back(rope) == {**CANONICAL, "mscale": rope.mscale, "mscale_all_dim": 0.5}
    divided = MLARope("yarn", 10000, 1.0, 4.0, 4096, 32.0, 1.0, 0.0, 0.5)
    attention = 1.0 / _yarn_get_mscale(4.0, 0.5)
    assert mla_back(divided) == {**CANONICAL, "attention_factor": attention, "mscale_all_dim": 0.5}


@pytest.mark.parametrize(
    "case",
    [
        {"rope_type": "default", "rope_theta": 500000.0},
        {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
        {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, **LLAMA3},
        {**CANONICAL, "attention_factor": 2.5, "truncate": False},
        {**CANONICAL, "mscale": 0.707, "mscale_all_dim": 0.5},
    ],
    ids=lambda case: case["rope_type"],
)
def test_it_is_what_a_built_config_holds(case: dict[str, Any]) -> None:
    returned = gpt_back(accept(gpt_rope, case))
    told = BufferingHandler(capacity=100)
    logging.getLogger("transformers").addHandler(told)
    try:
        config = LlamaConfig(max_position_embeddings=MAX_POSITIONS, rope_parameters=copy.deepcopy(returned))
    finally:
        logging.getLogger("transformers").removeHandler(told)
    assert [record.getMessage() for record in told.buffer] == []
    assert config.rope_parameters == returned == json.loads(json.dumps(returned))
    for key, value in returned.items():
        wanted = {"rope_type": str, "original_max_position_embeddings": int, "truncate": bool}
        assert type(value) is wanted.get(key, float), key
    assert returned == case


# Configs that came from elsewhere.


def test_attributes_of_yarn_may_be_plain() -> None:
    """As Megatron's own scripts set them; its defaults for mscale are YaRN's own factor."""
    transformer: Any = copy.copy(plain_transformer())
    transformer.yarn_rotary_scaling_factor = 4
    transformer.yarn_original_max_position_embeddings = 4096.0
    transformer.yarn_beta_fast = 32
    transformer.yarn_beta_slow = 1
    transformer.yarn_mscale = 1.0
    transformer.yarn_mscale_all_dim = 0.0
    transformer.yarn_correction_range_round_to_int = True
    mcore = GPTModelConfig(transformer=transformer, position_embedding_type="yarn", rotary_percent=0.5)
    found = gpt_rope_parameters(mcore)
    assert found == CANONICAL
    assert {key: type(value) for key, value in found.items()} == {key: type(value) for key, value in CANONICAL.items()}
    # Neither of the two is Megatron's YaRN interested in.
    mcore.seq_len_interpolation_factor, mcore.rope_scaling = 2.0, True
    assert gpt_rope_parameters(mcore) == CANONICAL


@pytest.mark.parametrize("target", [GPTModelConfig, HybridModelConfig])
@pytest.mark.parametrize("kind", ["rope", "none"])
def test_the_base_of_latent_attention_is_the_inner_one(target: Any, kind: str) -> None:
    for case in ({"rope_type": "default", "rope_theta": 12345.5}, {**CANONICAL, "rope_theta": 12345.5}):
        mcore = mla(accept(mla_rope, case), target, kind)
        assert mcore.rotary_base == 10000
        assert mla_rope_parameters(mcore) == case


def test_what_is_off_is_not_read() -> None:
    plain = {"rope_type": "default", "rope_theta": 10000.0}
    mcore = gpt(accept(gpt_rope, plain))
    mcore.rope_scaling_factor = 32.0
    assert gpt_rope_parameters(mcore) == plain
    # A factor of at most 1, and a pair that cancels out, scale nothing in a model without YaRN.
    for factor, mscale in ((1.0, None), (0.5, 1.0), (4.0, 0.707)):
        yarn = accept(gpt_rope, YARN).yarn
        kept = dataclasses.replace(
            yarn, yarn_rotary_scaling_factor=factor, yarn_mscale=mscale, yarn_mscale_all_dim=0.707
        )
        mcore = gpt(accept(gpt_rope, plain)._replace(yarn=kept))
        assert gpt_rope_parameters(mcore) == plain
    # Latent attention without YaRN reads neither mscale, nor mscale_all_dim unless the factor is above 1.
    for factor, all_dim in ((40, 0.0), (1, 1.0)):
        latent = mla(MLARope("rope", 10000, 1.0, factor, 4096, 32.0, 1.0, 0.707, all_dim))
        assert mla_rope_parameters(latent) == plain
    with_yarn_percent = mla(accept(mla_rope, YARN)._replace(rotary_percent=0.5))
    assert mla_rope_parameters(with_yarn_percent) == CANONICAL
    # Llama 3's, with an interpolation that is none.
    llama3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, **LLAMA3}
    mcore = gpt(accept(gpt_rope, llama3)._replace(seq_len_interpolation_factor=1.0))
    assert gpt_rope_parameters(mcore) == llama3


def test_the_config_is_left_alone() -> None:
    mcore = gpt(accept(gpt_rope, with_keys(YARN, attention_factor=2.5)))
    before = copy.deepcopy((vars(mcore.transformer), {k: v for k, v in vars(mcore).items() if k != "transformer"}))
    first = gpt_rope_parameters(mcore)
    first["rope_theta"] = 1.0
    assert gpt_rope_parameters(mcore)["rope_theta"] == 10000.0
    after = (vars(mcore.transformer), {k: v for k, v in vars(mcore).items() if k != "transformer"})
    assert repr(after) == repr(before)
