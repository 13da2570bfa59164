"""Laws that hold for every config: equal model or clear refusal, no traces left, strict exactly where it says."""

from __future__ import annotations

import copy
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers.configuration_utils import PreTrainedConfig
from transformers.utils import logging

import mcore_mappers
from mcore_mappers import DeviationWarning, UnsupportedConfigError
from mcore_mappers_runtime.settings import PROVENANCE
from tests.properties.strategies import attributes, configs, examples, junk, often, rope_junk, scaled, too_few
from tests.selection import some
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config, mapped, mapper_of
from tests.support.plans import SPECIAL


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """transformers warns of most of what is tried here."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    yield
    logging.set_verbosity(level)


def outcome(hf: PreTrainedConfig, **keywords: Any) -> tuple[Any, UnsupportedConfigError | None, tuple[str, ...]]:
    """The Megatron config or the refusal, and the deviations that were warned of. Nothing else may be raised."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result, error = mapper_of(hf)(hf, **keywords), None
        except UnsupportedConfigError as refusal:
            result, error = None, refusal
    warned = [warning.message for warning in caught if isinstance(warning.message, DeviationWarning)]
    assert len(warned) <= 1, "deviations are warned of once"
    return result, error, warned[0].deviations if warned else ()


def snapshot(hf: PreTrainedConfig) -> tuple[dict[str, Any], dict[str, Any]]:
    return copy.deepcopy(hf.to_dict()), copy.deepcopy(vars(hf))


def held(hf: PreTrainedConfig, field: str) -> Any:
    """What the config holds in a field that a refusal names."""
    name, _, key = field.partition(".")
    value = getattr(hf, name, None)
    if not key or not isinstance(value, dict):
        return value
    # Where each type of layer has a rope, what is refused is that of the first layer.
    types = [each for each in getattr(hf, "layer_types", None) or () if isinstance(value.get(each), dict)]
    ropes = [value[each] for each in types] or [each for each in value.values() if isinstance(each, dict)] or [value]
    return ropes[0].get(key, value.get(key))


@pytest.mark.parametrize("family", some(FAMILIES, "test_maps_or_refuses"))
def test_maps_or_refuses(family: str) -> None:
    """And the refusals name real fields with their real values."""
    outcomes: Counter[str] = Counter()

    @given(configs(family))
    @examples(family, 200)
    def check(hf: PreTrainedConfig) -> None:
        result, error, deviations = outcome(hf)
        outcomes["mapped" if error is None else "refused"] += 1
        if error is None:
            # A hybrid model may write a layer as two symbols.
            assert result.num_layers in (hf.num_hidden_layers, 2 * hf.num_hidden_layers)
            assert (result.vocab_size, result.hidden_size) == (hf.vocab_size, hf.hidden_size)
            origin = result.extra_checkpoint_metadata[PROVENANCE]
            assert list(deviations) == origin["deviations"]
            assert json.loads(json.dumps(origin)) == origin, "a checkpoint's metadata is JSON"
            return
        assert error.refusals
        assert not deviations, "a refused config needs no warning"
        assert error.family == family
        for refusal in error.refusals:
            value = held(hf, refusal.field)
            assert refusal.value is value or refusal.value == value, refusal
            assert str(refusal) in str(error)

    check()
    # Or the laws would be about one of the two only. Of the few configs that other families get, one is enough.
    least = scaled(family, 200) // 10 if family in SPECIAL else 0
    assert often(min(outcomes["mapped"], outcomes["refused"]), least), too_few(family, outcomes)


@pytest.mark.parametrize("family", some(FAMILIES, "test_junk_is_refused_or_not_read"))
def test_junk_is_refused_or_not_read(family: str) -> None:
    """Whatever transformers lets through, no other exception than a refusal comes from inside the mapper."""

    @given(data=st.data())
    @examples(family, 400)
    def check(data: st.DataObject) -> None:
        junk_is_refused_or_not_read(family, data)

    check()


def junk_is_refused_or_not_read(family: str, data: st.DataObject) -> None:
    hf = data.draw(configs(family)) if data.draw(st.booleans()) else config(family)
    for name in data.draw(st.lists(st.sampled_from(attributes(family)), min_size=1, max_size=3)):
        value = data.draw(rope_junk if name == "rope_parameters" else junk, label=name)
        if name == "layers_block_type" and value is None:
            continue  # a known bug, see test_bad_input
        try:
            setattr(hf, name, value)
        except Exception:  # whatever transformers says to it, it keeps such a value out
            continue
    outcome(hf)


@given(hf=configs(), data=st.data())
@examples(None, 200)
def test_leaves_no_traces(hf: PreTrainedConfig, data: st.DataObject) -> None:
    metadata = {"mine": [1]}
    layout = {"recompute_granularity": "selective", "recompute_modules": ["core_attn"]}
    caller = {"extra_checkpoint_metadata": metadata} | data.draw(st.sampled_from(({}, layout, {"bf16": True})))
    given_caller = copy.deepcopy(caller)
    before = snapshot(hf)
    first = outcome(hf, **caller)
    assert snapshot(hf) == before
    assert caller == given_caller
    second = outcome(copy.deepcopy(hf), **caller)
    assert str(first[1]) == str(second[1])
    assert first[2] == second[2]
    if first[1] is None:
        assert differences(first[0], second[0]) == {}


@given(hf=configs())
@examples(None, 100)
def test_shares_nothing(hf: PreTrainedConfig) -> None:
    """A config that is changed later does not change what was made of it."""
    result, error, _ = outcome(hf)
    if error is not None:
        return
    expected = copy.deepcopy(result)
    for value in vars(hf).values():
        if isinstance(value, dict | list):
            value.clear()
    assert differences(result, expected) == {}


@given(hf=configs())
@examples(None, 200)
def test_dispatch_is_the_mapper(hf: PreTrainedConfig) -> None:
    direct, error, _ = outcome(hf)
    if error is None:
        assert differences(direct, mapped(hf)) == {}
        return
    with pytest.raises(UnsupportedConfigError) as caught:
        mapped(hf)
    assert str(caught.value) == str(error)


@pytest.mark.parametrize("family", some(FAMILIES, "test_strict_refuses_exactly_the_deviations"))
def test_strict_refuses_exactly_the_deviations(family: str) -> None:
    declared = {each.identifier for each in mcore_mappers.families()[family].deviations}

    @given(configs(family))
    @examples(family, 100)
    def check(hf: PreTrainedConfig) -> None:
        result, error, deviations = outcome(hf)
        strict_result, strict_error, warned = outcome(hf, strict=True)
        assert not warned
        if error is not None:
            assert strict_error is not None
            known = set(map(str, strict_error.refusals))
            assert known >= set(map(str, error.refusals))
            return
        if not deviations:
            assert strict_error is None
            assert differences(result, strict_result) == {}
            return
        assert strict_error is not None
        assert tuple(refusal.field for refusal in strict_error.refusals) == deviations
        assert set(deviations) <= declared

    check()


def test_equality_tells_differences() -> None:
    """Or the laws above would hold of anything."""
    first = mapped(config("llama"), init_method_std=0.02)
    assert differences(first, mapped(config("llama"), init_method_std=0.02)) == {}
    changed = differences(first, mapped(config("llama"), init_method_std=0.03))
    assert {"transformer.init_method_std", "transformer.init_method"} <= changed.keys()
    assert differences(first, mapped(config("llama"), seq_length=5)).keys() == {"seq_length"}
    assert differences(first, mapped(config("nemotron_h"))).keys() == {"class"}
    yarn = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
    assert differences(first, mapped(config("llama", rope_parameters=yarn))).keys() == {"transformer.class"}

    stages = [["embedding", *["decoder"] * 3], ["decoder", "loss"]]
    layout: dict[str, Any] = {"pipeline_model_parallel_size": 2, "pipeline_model_parallel_layout": stages}
    assert differences(mapped(config("llama"), **layout), mapped(config("llama"), **layout)) == {}

    latent, other = mapped(config("deepseek_v3")), mapped(config("deepseek_v3"))
    vars(other)["rotary_base"] = 5  # which the model never reads
    assert differences(latent, other) == {}
    other.transformer.rotary_base = 5
    assert differences(latent, other).keys() == {"transformer.rotary_base"}
