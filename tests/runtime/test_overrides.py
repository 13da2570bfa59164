"""Configs of a class that overrides fields by layer by itself: what of them is read, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers.models.step3p7.configuration_step3p7 import Step3p7TextConfig

import mcore_mappers as m
from mcore_mappers_runtime.overrides import otherwise
from mcore_mappers_runtime.records import Override

TYPES = ["full_attention", "sliding_attention", "sliding_attention"]
TINY: Mapping[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "layer_types": TYPES,
    "sliding_window": 5,
    "num_attention_heads": 4,
    "num_sliding_attention_heads": 6,
    "num_key_value_heads": 2,
}


def config(**changes: Any) -> Step3p7TextConfig:
    return Step3p7TextConfig(**{**TINY, **changes})


def heads(hf: Step3p7TextConfig) -> Any:
    return m.to_megatron(hf, layers=True).layers.num_attention_heads_by_layer  # type: ignore[attr-defined]


def test_what_the_class_overrides_by_itself_is_read() -> None:
    assert heads(config()) == (4, 6, 6)
    assert heads(config(num_sliding_attention_heads=4)) is None
    assert heads(config(layer_types=["full_attention"] * 3)) is None


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {1: {"num_attention_heads": 6}},
        {1: {"num_attention_heads": 6}, 2: {"num_attention_heads": 2}},
        {0: {"num_attention_heads": 6}, 1: {"num_attention_heads": 6}, 2: {"num_attention_heads": 6}},
        {1: {"num_attention_heads": 6}, 2: {"num_attention_heads": 6, "rms_norm_eps": 0.5}},
    ],
    ids=str,
)
def test_whatever_else_is_overridden_is_refused(overrides: Any) -> None:
    with pytest.raises(m.UnsupportedConfigError, match="must override num_attention_heads by num_sliding_attention"):
        m.to_megatron(config(per_layer_config=overrides), layers=True)


def test_what_was_changed_later_is_refused() -> None:
    """The class reads what it has overridden, and not the field of which it has made that."""
    hf = config()
    hf.num_sliding_attention_heads = 8
    with pytest.raises(m.UnsupportedConfigError) as caught:
        m.to_megatron(hf, layers=True)
    assert [each.field for each in caught.value.refusals] == ["per_layer_config"]
    hf.per_layer_config = {1: {"num_attention_heads": 8}, 2: {"num_attention_heads": 8}}
    assert heads(hf) == (4, 8, 8)


def test_what_is_spelt_out_and_says_the_same_is_no_other() -> None:
    assert heads(config(per_layer_config={1: {"num_attention_heads": 6}, 2: {"num_attention_heads": 6}})) == (4, 6, 6)


def test_the_way_back_overrides_anew() -> None:
    """Of the model, whatever the base overrides."""
    model, base = m.to_megatron(config(num_sliding_attention_heads=2), layers=True), config()
    back = m.to_hf(model, base=base)
    assert back.to_dict()["per_layer_config"] == {str(layer): {"num_attention_heads": 2} for layer in (1, 2)}
    assert heads(back) == (4, 2, 2)  # type: ignore[arg-type]


def test_files_keep_them(tmp_path: Path) -> None:
    m.save_config(config(), tmp_path)
    again = m.load_config(tmp_path)
    assert again.to_dict() == config().to_dict()
    assert heads(again) == (4, 6, 6)  # type: ignore[arg-type]


def test_of_what_is_refused_otherwise_nothing_is_said() -> None:
    own = (Override("num_attention_heads", "sliding_attention", "num_sliding_attention_heads"),)
    values = {**TINY, "_heterogeneity_spec": None}
    assert otherwise(own, values)
    for name, value in (("layer_types", None), ("layer_types", ["full_attention"]), ("num_attention_heads", 0)):
        assert otherwise(own, {**values, name: value}) == ""
    assert otherwise(own, {**values, "num_sliding_attention_heads": None}) == ""
    assert otherwise(own, {**values, "layer_types": ["full_attention", "chunked", "full_attention"]}) == ""
