"""What the rope readers refuse, and what they leave alone."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

import pytest
from transformers import LlamaConfig

from mcore_mappers_runtime.rope import gpt_rope, hybrid_rope, mla_rope, rope_key, rope_parameters_of
from tests.runtime.rope_inputs import ABSENT, LLAMA3, YARN, accept, read, with_keys


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
        ("longrope", "factor of its own"),
        ("proportional", "exponents"),
        ("axial", "coordinate"),
        ("YARN", "did you mean 'yarn'?"),
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
        (gpt_rope, "llama_3", "did you mean 'llama3'?"),
        (hybrid_rope, "llama_3", "unknown to transformers; supported: 'default', 'linear', 'dynamic', 'yarn'"),
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
    ("default", "partial_rotary_factor", (*BAD_NUMBERS, *ZEROS, None, 0.5, 1.5)),
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
