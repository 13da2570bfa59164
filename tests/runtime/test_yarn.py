"""The TransformerConfig that carries YaRN's parameters."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any, cast

import pytest
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig

from mcore_mappers_runtime.rope import YarnAttributes
from mcore_mappers_runtime.yarn import YarnTransformerConfig, with_yarn

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
