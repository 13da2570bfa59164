"""The rope readers: by numbers against transformers and Megatron, and what they refuse."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
import pickle
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

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

from mcore_mappers._rope import (
    GPTRope,
    HybridRope,
    MLARope,
    YarnAttributes,
    gpt_rope,
    hybrid_rope,
    mla_rope,
    rope_key,
    rope_parameters_of,
)
from mcore_mappers._yarn import YarnTransformerConfig, with_yarn

if TYPE_CHECKING:
    from mcore_mappers._check import Check

LENGTH = 97
MAX_POSITIONS = 16384
THETAS = (10000, 10000.0, 500000.0, 1e6, 12345.5, 1e20)
HEAD_DIMS = (24, 64, 128)
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 4096}
ABSENT = object()


class Recorder:
    """Stands for a Check: keeps what is refused."""

    def __init__(self) -> None:
        self.refusals: list[tuple[str, object, str]] = []

    def refuse(self, field: str, value: object, reason: str) -> None:
        self.refusals.append((field, value, reason))


def read(reader: Any, rope_parameters: object, **keywords: Any) -> tuple[Any, list[tuple[str, object, str]]]:
    check = Recorder()
    keywords.setdefault("max_position_embeddings", MAX_POSITIONS)
    rope = reader(cast("Check", check), rope_parameters, **keywords)
    return rope, check.refusals


def accept(reader: Any, rope_parameters: object, **keywords: Any) -> Any:
    rope, refusals = read(reader, rope_parameters, **keywords)
    assert refusals == [], rope_parameters
    return rope


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


def with_keys(base: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """`base` with `keys`, less those that are ABSENT."""
    return {key: value for key, value in {**base, **keys}.items() if value is not ABSENT}


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


YARN_GRIDS: tuple[dict[str, tuple[Any, ...]], ...] = (
    {
        "beta_fast": (ABSENT, None, 0, 32, 1.0, 64.0),
        "beta_slow": (ABSENT, None, 0.0, 1, 2.5),
        "truncate": (ABSENT, True, False, None),
    },
    {
        "mscale": (ABSENT, None, 0, 1.0, 0.707),
        "mscale_all_dim": (ABSENT, None, 0.0, 1, 0.5),
        "factor": (4.0, None, 1, 0.5, 40.0),
    },
    {
        "attention_factor": (ABSENT, None, 1.0, 1, 0.25, 1.1386294361119891, 2.5),
        "mscale": (ABSENT, 0.707),
        "mscale_all_dim": (ABSENT, 0, 0.5),
        "factor": (4.0, None, 32, 1.5),
    },
    {"rope_theta": THETAS, "factor": (2, 40.0), "original_max_position_embeddings": (512, 4096, 4096.0)},
)


def grid(base: dict[str, Any], axes: dict[str, tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [with_keys(base, **dict(zip(axes, values, strict=True))) for values in itertools.product(*axes.values())]


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


def refused_fields(reader: Any, rope_parameters: object, **keywords: Any) -> list[str]:
    _, refusals = read(reader, rope_parameters, **keywords)
    assert all(reason for _, _, reason in refusals)
    return [field for field, _, _ in refusals]


@pytest.mark.parametrize("reader", [gpt_rope, hybrid_rope, mla_rope])
@pytest.mark.parametrize("bad", [None, {}, [], "default", 3, {"full_attention": YARN, "sliding_attention": None}])
def test_what_is_no_rope_is_refused_once(reader: Any, bad: object) -> None:
    _, refusals = read(reader, bad)
    assert [(field, value) for field, value, _ in refusals] == [("rope_parameters", bad)]


@pytest.mark.parametrize("reader", [gpt_rope, hybrid_rope, mla_rope])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dynamic", "grows with the sequence"),
        ("longrope", "factor of its own"),
        ("proportional", "exponents"),
        ("axial", "coordinate"),
        ("YARN", "did you mean 'yarn'?"),
        ("llama_3", "did you mean 'llama3'?"),
        ("ntk", "unknown to transformers; supported: 'default'"),
        (None, "missing"),
        (ABSENT, "missing"),
        (7, "must be a string"),
        (["yarn"], "must be a string"),
    ],
)
def test_other_types_are_refused_by_name(reader: Any, name: object, words: str) -> None:
    _, refusals = read(reader, with_keys(YARN, rope_type=name, factor="unread"))
    [(field, value, reason)] = refusals
    assert field == "rope_parameters.rope_type"
    assert value == (None if name is ABSENT else name)
    assert words in reason


@pytest.mark.parametrize(
    ("reader", "name", "words"),
    [
        (hybrid_rope, "llama3", "HybridModelConfig has no rope_scaling"),
        (mla_rope, "llama3", "MLA has only plain rope and YaRN"),
        (mla_rope, "linear", "MLA has only plain rope and YaRN"),
    ],
)
def test_types_that_the_target_lacks_are_refused(reader: Any, name: str, words: str) -> None:
    [(field, _, reason)] = read(reader, {"rope_theta": 1e4, "rope_type": name, "factor": 8.0, **LLAMA3})[1]
    assert field == "rope_parameters.rope_type"
    assert words in reason


BAD_NUMBERS = ("4.0", True, [4.0], math.nan, math.inf, -math.inf, -1.0, 10**400, 1j)
ZEROS = (0, 0.0)
BAD_VALUES: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("default", "rope_theta", (*BAD_NUMBERS, *ZEROS, None, ABSENT)),
    ("linear", "factor", (*BAD_NUMBERS, *ZEROS, None, ABSENT)),
    ("llama3", "factor", (*BAD_NUMBERS, *ZEROS, None, ABSENT)),
    ("llama3", "low_freq_factor", (*BAD_NUMBERS, *ZEROS, None, ABSENT, 2.0)),
    ("llama3", "high_freq_factor", (*BAD_NUMBERS, *ZEROS, None, ABSENT, 8)),
    ("llama3", "original_max_position_embeddings", (*BAD_NUMBERS, *ZEROS, None, ABSENT, 4096)),
    ("yarn", "rope_theta", (*BAD_NUMBERS, *ZEROS, None, ABSENT, 1, 1.0)),
    ("yarn", "factor", (*BAD_NUMBERS, *ZEROS, ABSENT)),
    ("yarn", "original_max_position_embeddings", (*BAD_NUMBERS, *ZEROS, None, ABSENT, 4096.5)),
    ("yarn", "attention_factor", (*BAD_NUMBERS, *ZEROS)),
    ("yarn", "beta_fast", BAD_NUMBERS),
    ("yarn", "beta_slow", BAD_NUMBERS),
    ("yarn", "truncate", (0, 1, "true")),
    ("yarn", "partial_rotary_factor", (*BAD_NUMBERS, *ZEROS, None, 0.5, 1.5)),
    ("yarn", "mscale", tuple(value for value in BAD_NUMBERS if value != -1.0)),
    # The last makes the divisor zero: 0.1 * -10 / ln 4 * ln 4 + 1.
    ("yarn", "mscale_all_dim", (*(value for value in BAD_NUMBERS if value != -1.0), -10 / math.log(4.0))),
    ("linear", "partial_rotary_factor", (*BAD_NUMBERS, *ZEROS, None, 0.5, 1.5)),
    ("default", "partial_rotary_factor", (*BAD_NUMBERS, *ZEROS, 0.5, 1.5)),
)


@pytest.mark.parametrize(
    ("name", "key", "values"), BAD_VALUES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_bad_values_are_refused_by_key(name: str, key: str, values: tuple[Any, ...]) -> None:
    good = {"rope_type": name, "rope_theta": 10000.0, "factor": 4.0, "mscale": 1.0, "mscale_all_dim": 1.0, **LLAMA3}
    readers = {"default": (gpt_rope, hybrid_rope, mla_rope), "linear": (gpt_rope, hybrid_rope), "llama3": (gpt_rope,)}
    for reader in readers.get(name, (gpt_rope, hybrid_rope, mla_rope)):
        accept(reader, good)
        for value in values:
            assert refused_fields(reader, with_keys(good, **{key: value})) == [f"rope_parameters.{key}"], value


def test_all_is_refused_at_once() -> None:
    bad = {"rope_type": "yarn", "rope_theta": "x", "factor": -1, "beta_fast": math.nan, "truncate": "no"}
    expected = {"rope_theta", "factor", "beta_fast", "truncate", "original_max_position_embeddings"}
    for reader in (gpt_rope, hybrid_rope, mla_rope):
        for more in ({}, {"attention_factor": 1.7}, {"mscale": 1.0, "mscale_all_dim": 1.0}):
            fields = refused_fields(reader, {**bad, **more})
            assert sorted(fields) == sorted(f"rope_parameters.{key}" for key in expected), more


def test_numbers_without_end_are_refused() -> None:
    """What overflows on the way is refused too, and nothing raises."""
    extreme = (1e308, -1e308, 5e-324, 2**63, 10**308)
    keys = ("factor", "original_max_position_embeddings", "attention_factor", "mscale", "mscale_all_dim", "beta_fast")
    for key, value, other in itertools.product(keys, extreme, ("attention_factor", "mscale_all_dim", "mscale")):
        for reader in (gpt_rope, hybrid_rope, mla_rope):
            rope, refusals = read(reader, with_keys(YARN, **{other: 1e300}, **{key: value} if key != other else {}))
            numbers = [number for number in flat(rope) if isinstance(number, float)]
            assert refusals or all(map(math.isfinite, numbers)), (key, value, other)


def flat(rope: Any) -> list[Any]:
    yarn = getattr(rope, "yarn", None)
    return [*rope, *(vars(yarn).values() if yarn else ())]


@pytest.mark.parametrize("reader", [gpt_rope, hybrid_rope, mla_rope])
@pytest.mark.parametrize("length", [None, "x", 0, -1, math.nan, 10**400])
def test_a_factor_of_none_needs_the_new_length(reader: Any, length: Any) -> None:
    fields = refused_fields(reader, with_keys(YARN, factor=None), max_position_embeddings=length)
    assert fields == ["max_position_embeddings"]
    accept(reader, YARN, max_position_embeddings=length)


def test_a_factor_of_at_most_one_leaves_no_attention_factor() -> None:
    for reader, factor in itertools.product((gpt_rope, hybrid_rope, mla_rope), (1, 0.5)):
        accept(reader, with_keys(YARN, factor=factor, attention_factor=1.0))
        fields = refused_fields(reader, with_keys(YARN, factor=factor, attention_factor=1.2))
        assert fields == ["rope_parameters.attention_factor"]


def test_partial_and_interleaved_are_what_the_family_says() -> None:
    half = {"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 0.5}
    assert accept(gpt_rope, half, partial_rotary=True).rotary_percent == 0.5
    assert accept(hybrid_rope, half, partial_rotary=True).rotary_percent == 0.5
    assert refused_fields(mla_rope, half) == ["rope_parameters.partial_rotary_factor"]
    accept(gpt_rope, with_keys(half, partial_rotary_factor=None))
    none = with_keys(half, partial_rotary_factor=None)
    assert refused_fields(gpt_rope, none, partial_rotary=True) == ["rope_parameters.partial_rotary_factor"]
    accept(gpt_rope, half, partial_rotary=True, rotary_interleaved=True)
    assert refused_fields(gpt_rope, YARN, rotary_interleaved=True) == ["rope_parameters.rope_type"]


@pytest.mark.parametrize("value", [*BAD_NUMBERS, *ZEROS, 1.5], ids=str)
def test_a_part_that_cannot_be_rotated(value: Any) -> None:
    """Of a family whose heads are rotated in part; the others refuse every part but the whole."""
    rope = {"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": value}
    for reader in (gpt_rope, hybrid_rope):
        assert refused_fields(reader, rope, partial_rotary=True) == ["rope_parameters.partial_rotary_factor"]


@pytest.mark.parametrize("key", ["mscale_all_dim", "attention_factor"])
def test_the_key_that_asks_for_too_much_is_named(key: str) -> None:
    """The mscale that makes up for it would be beyond the largest float."""
    assert refused_fields(mla_rope, with_keys(YARN, **{key: 1.7e308})) == [f"rope_parameters.{key}"]


def test_input_is_left_alone() -> None:
    for reader in (gpt_rope, hybrid_rope, mla_rope):
        given = {"rope_type": "yarn", "rope_theta": 1e4, "factor": None}
        before = copy.deepcopy(given)
        read(reader, given)
        assert given == before


def test_rope_parameters_are_read_from_a_config() -> None:
    config = LlamaConfig()
    assert rope_parameters_of(config) is config.rope_parameters
    accept(gpt_rope, rope_parameters_of(config))


def test_rope_key_reads_what_only_a_family_reads() -> None:
    assert rope_key({"llama_4_scaling_beta": 0.1}, "llama_4_scaling_beta") == 0.1
    assert rope_key({}, "llama_4_scaling_beta") is None
    assert rope_key(None, "llama_4_scaling_beta") is None


# YarnTransformerConfig

ATTRIBUTES = YarnAttributes(4.0, 2048, 16.0, 2.0, None, 0.5, False)


def transformer_config() -> TransformerConfig:
    return TransformerConfig(num_layers=2, hidden_size=64, num_attention_heads=4, no_rope_freq=[0, 1])


def test_without_yarn_the_config_is_itself() -> None:
    config = transformer_config()
    assert with_yarn(config, None) is config


def test_with_yarn_keeps_everything_and_derives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    config = transformer_config()
    monkeypatch.setattr(TransformerConfig, "__post_init__", lambda self: pytest.fail("derived twice"))
    result = with_yarn(config, ATTRIBUTES)
    assert type(result) is YarnTransformerConfig
    assert vars(result) == {**vars(config), **dataclasses.asdict(ATTRIBUTES)}
    assert type(config) is TransformerConfig
    assert not hasattr(config, "yarn_beta_fast")


def test_the_attributes_are_fields() -> None:
    own = {field.name for field in dataclasses.fields(YarnTransformerConfig)}
    inherited = {field.name for field in dataclasses.fields(TransformerConfig)}
    assert own - inherited == {field.name for field in dataclasses.fields(YarnAttributes)}

    result = cast(YarnTransformerConfig, with_yarn(transformer_config(), ATTRIBUTES))
    assert dataclasses.asdict(result).items() >= dataclasses.asdict(ATTRIBUTES).items()
    assert "yarn_beta_fast=16.0" in repr(result)
    for twin in (copy.copy(result), copy.deepcopy(result), pickle.loads(pickle.dumps(result))):
        assert type(twin) is YarnTransformerConfig
        assert {**vars(twin), **initialisers(result)} == vars(result)
    assert copy.copy(result) == result
    other = dataclasses.replace(result, yarn_beta_fast=17.0, layernorm_epsilon=1e-6)
    assert (other.yarn_beta_fast, other.layernorm_epsilon, other.yarn_mscale) == (17.0, 1e-6, None)
    changed = {key for key, value in vars(other).items() if value != vars(result)[key]}
    assert changed == {"yarn_beta_fast", "layernorm_epsilon"}
    assert other != result


def initialisers(config: TransformerConfig) -> dict[str, Any]:
    """Partials, which are equal to nothing but themselves."""
    return {key: value for key, value in vars(config).items() if key.endswith("init_method")}


def test_the_attributes_take_no_part_in_post_init() -> None:
    """The promise on which with_yarn rests: a config constructed with them is the same."""
    arguments = dataclasses.asdict(ATTRIBUTES)
    constructed = YarnTransformerConfig(
        num_layers=2, hidden_size=64, num_attention_heads=4, no_rope_freq=[0, 1], **arguments
    )
    result = with_yarn(transformer_config(), ATTRIBUTES)
    assert {**vars(constructed), **initialisers(result)} == vars(result)


def test_with_yarn_takes_no_subclass() -> None:
    with pytest.raises(TypeError, match="not MLATransformerConfig"):
        with_yarn(MLATransformerConfig(num_layers=1, hidden_size=64, num_attention_heads=4), ATTRIBUTES)
