"""What no Megatron config has of a Hugging Face config: keys inside of fields, and attributes of its own.

They come from a base, else from provenance; what neither can hold, and what nobody knows, is named.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mcore_mappers import UnsupportedConfigError
from tests.back.ways import architecture, back, bare, changed_keys, spellings, targets, told
from tests.families import PROOFS
from tests.families.proof import Rope
from tests.runtime.test_load import ROPES
from tests.selection import draw, some
from tests.support.hf import CLASSES, FAMILIES, config, mapped

ROTARY = [family for family in FAMILIES if PROOFS[family].rope is not None]
KEYS: Mapping[str, Any] = {
    "mrope_section": None,
    "mrope_interleaved": True,
    "somebody's": {"a": [1, None]},
    "type": None,
    "factor": 3.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 77,
    "attention_factor": 0.9,
    "beta_fast": 31.0,
    "mscale": 0.6,
    "mscale_all_dim": 0.0,
    "truncate": True,
    "partial_rotary_factor": 1.0,
}
"""Keys of all types of rope, and of none, with values that decide nothing in most. None stands for what the type or the
family says."""


def rope_of(family: str) -> Rope:
    rope = PROOFS[family].rope
    assert rope is not None
    return rope


def with_key(family: str, kind: str, key: str) -> Any:
    """The small config with one more key in its rope, or in each of its ropes."""
    rope = rope_of(family)
    own = rope.read(config(family).rope_parameters)[0]
    keys = {**own, "rope_type": kind, "rope_theta": 1e4, **ROPES[kind], **rope.needs.get(kind, {})}
    hf = config(family, rope_parameters=rope.given(keys))
    said = {"type": kind, "mrope_section": [*rope.sections]}
    value = said[key] if key in said else copy.deepcopy(KEYS[key])
    for each in [hf.rope_parameters[name] for name in rope.layer_types] or [hf.rope_parameters]:
        each.setdefault(key, value)
    return hf


def ropes(family: str) -> Iterator[tuple[str, str]]:
    yield from ((kind, key) for kind in ROPES if kind in rope_of(family).types for key in KEYS)


@pytest.mark.parametrize("family", some(ROTARY, "test_keys_of_a_rope_that_decide_nothing"))
def test_keys_of_a_rope_that_decide_nothing(family: str) -> None:
    """They stay with base and provenance, also where the model has another base frequency by now."""
    tried = 0
    every = list(ropes(family))
    for kind, key in draw(every, 1, f"keys of rope of {family}", always=lambda each: each[1] == "mrope_section"):
        hf = with_key(family, kind, key)
        for mapper in targets(family):
            try:
                model = mapper(hf)
            except UnsupportedConfigError:
                continue
            assert back(model, base=hf).to_dict() == hf.to_dict(), (kind, key)
            rope = rope_of(family)
            for given, found in zip(rope.read(hf.rope_parameters), rope.read(back(model).rope_parameters), strict=True):
                # What is left out of YaRN may be spelt out.
                assert given.items() <= found.items(), (kind, key)
            tried += 1
    assert tried


@pytest.mark.parametrize("family", ROTARY)
def test_keys_of_a_rope_that_is_another_now(family: str) -> None:
    # A plain one, which some classes call otherwise.
    kind = "default" if "default" in rope_of(family).types else "linear"
    hf = with_key(family, kind, "mrope_section")
    for mapper in targets(family):
        model = mapper(hf)
        other = mapper(with_key(family, kind, "mrope_interleaved"))
        for part in (model, model.transformer):
            if "rotary_base" in vars(part):
                vars(part)["rotary_base"] = 20000
        if architecture(model, other):
            for result in (back(model, base=hf), back(model)):
                found = rope_of(family).read(result.rope_parameters)
                assert found
                assert all(each["mrope_section"] == [*rope_of(family).sections] for each in found)
                assert not architecture(model, mapper(result))


def test_a_key_of_another_type_of_rope_stays_behind() -> None:
    """The base's factor is that of its own type, and its note is nobody's."""
    base = config("llama", rope_parameters={"rope_type": "linear", "rope_theta": 1e4, "factor": 3.0, "note": "x"})
    rope = back(mapped(config("llama")), base=base).rope_parameters
    assert rope == {"rope_type": "default", "rope_theta": 1e4, "note": "x"}


def test_a_key_that_would_decide_something_stays_behind() -> None:
    """Provenance of a plain rope has a number that YaRN reads: the model's own YaRN has none."""
    hf = config("llama", rope_parameters={"rope_type": "default", "rope_theta": 1e4, "mscale": 0.5, "note": "x"})
    yarn = {"rope_type": "yarn", "rope_theta": 1e4, **ROPES["yarn"]}
    model = mapped(config("llama", rope_parameters=dict(yarn)))
    model.extra_checkpoint_metadata = mapped(hf).extra_checkpoint_metadata
    result = back(model)
    assert not architecture(model, mapped(result))
    assert result.rope_parameters.keys() == {*yarn, "beta_fast", "beta_slow", "note"}


def test_ropes_of_layers_that_a_model_has_not() -> None:
    hf = config("mellum")
    hf.layer_types = ["full_attention"] * hf.num_hidden_layers
    for result in (back(mapped(hf), base=hf), back(mapped(hf))):
        assert result.rope_parameters.keys() == {"full_attention", "sliding_attention"}


NAMED = [family for family in ROTARY if CLASSES[family].ignore_keys_at_rope_validation]
"""Families whose classes say that their rope has more keys."""


@pytest.mark.parametrize("family", NAMED)
def test_keys_that_nobody_knows_are_named(family: str) -> None:
    """Without base and provenance; what the family itself gives back is known."""
    result, warning = told(bare(mapped(config(family))), family=family)
    assert {each.partition(".")[2] for each in warning.fields if each.startswith("rope_parameters.")} == {
        key for key in CLASSES[family].ignore_keys_at_rope_validation if key not in result.rope_parameters
    }


def test_that_some_are_named() -> None:
    assert set(NAMED) >= {"qwen3_5_text", "qwen3_5_moe_text"}


@pytest.mark.parametrize("family", FAMILIES)
def test_attributes_of_its_own(family: str) -> None:
    """Those that JSON cannot hold come back from a base, and are named where there is none."""
    hf = config(family)
    hf.somebodys_note = {"a": [1, None]}
    hf._somebodys_own = 3
    hf.somebodys_object = object
    for mapper in targets(family):
        model = mapper(hf)
        result, warning = told(model, base=hf)
        assert (result.to_dict(), warning.fields) == (hf.to_dict(), ())
        result, warning = told(model)
        assert changed_keys(hf, result) - spellings(family) == {"somebodys_object"}
        assert warning.fields == ("somebodys_object",)


def test_what_transformers_keeps_for_itself_is_no_attribute_of_its_own() -> None:
    """A factor in rope makes it remember a set of keys, which no file has."""
    rope = {"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 1.0}
    hf = config("llama", rope_parameters=rope, partial_rotary_factor=1.0)
    assert "ignore_keys_at_rope_validation" in vars(hf)
    assert told(mapped(hf))[1].fields == ()
