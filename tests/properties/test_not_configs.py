"""What is no config of the family, and keywords that are not the caller's."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import Gemma3nTextConfig, LlamaConfig, PreTrainedConfig

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from tests.selection import draw
from tests.support.about import about
from tests.support.hf import CLASSES, FAMILIES, LEARNED, config, map_dispatched, mapped, mapper
from tests.support.plans import ONE_OF_EACH_TARGET, TABLES


@pytest.mark.parametrize("family", FAMILIES)
def test_config_of_another_family(family: str) -> None:
    """Also of one that is the same by name, by fields or by inheritance; and of one that has no family."""
    related = [name for name in TABLES if name.startswith(family[:4])]
    for other in draw(TABLES, 2, f"others of {family}", always=related.__contains__):
        if other != family:
            is_refused_for_its_class(family, config(other))
    is_refused_for_its_class(family, Gemma3nTextConfig())


def is_refused_for_its_class(family: str, hf: PreTrainedConfig) -> None:
    with about(family, type(hf).__name__):
        with pytest.raises(UnsupportedConfigError) as caught:
            mapper(family)(hf)
        (refusal,) = caught.value.refusals
        assert (caught.value.family, refusal.field) == (family, "class")
        assert refusal.value == f"{type(hf).__module__}.{type(hf).__qualname__}"
        assert CLASSES[family].__name__ in refusal.reason


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("disguised", [False, True], ids=["named otherwise", "of the same name"])
def test_subclass(family: str, disguised: bool) -> None:
    """The modeling code of a subclass may read the same fields otherwise; its name proves nothing."""
    base = CLASSES[family]
    derived: Any = type(base.__name__ if disguised else "Derived", (base,), {"__module__": __name__})
    if disguised:
        derived.__module__, derived.__qualname__ = base.__module__, base.__qualname__
    hf = derived(**config(family).to_dict())
    for to_megatron in (mapper(family), map_dispatched):
        with pytest.raises(UnsupportedConfigError) as caught:
            to_megatron(hf)
        assert [refusal.field for refusal in caught.value.refusals] == ["class"]
    with pytest.raises(UnsupportedConfigError, match="subclass"):
        mapper(family)(hf)


def test_dispatch_says_who_lists_what_there_is() -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.to_megatron(PreTrainedConfig())
    assert caught.value.family is None
    (refusal,) = caught.value.refusals
    assert refusal.value == "transformers.configuration_utils.PreTrainedConfig"
    assert "families() lists those that are mapped" in refusal.reason
    assert len(str(caught.value)) < 500, "not every family on every error"


def test_dispatch_names_the_nearest_family() -> None:
    derived: Any = type("Qwen3MoEConfig", (PreTrainedConfig,), {"__module__": __name__})
    with pytest.raises(UnsupportedConfigError, match=r"the nearest is qwen3_moe \(Qwen3MoeConfig\)"):
        mcore_mappers.to_megatron(derived())


@pytest.mark.parametrize(
    ("value", "named"),
    [(None, "NoneType"), ({"model_type": "llama"}, "dict"), ("llama", "str"), (LlamaConfig, "the class LlamaConfig")],
)
def test_no_config_at_all(value: Any, named: str) -> None:
    with pytest.raises(TypeError, match=f"takes a Hugging Face config, not {named}"):
        mcore_mappers.to_megatron(value)
    if isinstance(value, str):
        with pytest.raises(TypeError, match=r"not str: load_config\(\) reads one from a file or a folder$"):
            mcore_mappers.to_megatron(value)
    for family in FAMILIES:
        with pytest.raises(TypeError, match=f"{family}.*takes a {CLASSES[family].__name__}, not {named}"):
            mapper(family)(value)


def test_the_result_is_no_config_to_map() -> None:
    """A config that was mapped already."""
    with pytest.raises(TypeError, match="not GPTModelConfig"):
        mcore_mappers.to_megatron(mapped(config("llama")))


def test_configs_are_positional() -> None:
    """Or a field of Megatron named like the parameter could never be passed."""
    with pytest.raises(TypeError):
        mapper("llama")(hf=config("llama"))


ARCHITECTURE = (
    "num_layers",
    "hidden_size",
    "rotary_base",
    "vocab_size",
    "num_moe_experts",
    "activation_func",
    "transformer",
)
DERIVED = ("mtp_standalone", "gtp_weight_remat_size", "mup_width_mult", "hybrid_override_pattern")


@pytest.mark.parametrize("family", ONE_OF_EACH_TARGET)
@pytest.mark.parametrize("name", ARCHITECTURE + DERIVED)
def test_keyword_that_is_not_the_callers(family: str, name: str) -> None:
    with pytest.raises(TypeError, match=f"'{name}' is decided by .* cannot be overridden"):
        mapper(family)(config(family), **{name: 1})


@pytest.mark.parametrize("family", FAMILIES)
def test_keywords_of_every_mapper(family: str) -> None:
    """Each looks at them, and says of itself that it does."""
    with pytest.raises(TypeError, match=rf"{family}\.to_megatron\(\): 'hidden_size' is decided by .*; 'bf61' .*bf16"):
        mapper(family)(config(family), hidden_size=1, bf61=True)


@pytest.mark.parametrize("family", ONE_OF_EACH_TARGET)
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("tensor_model_paralel_size", "tensor_model_parallel_size"),
        ("bf61", "bf16"),
        ("seq_len", "seq_length"),
        ("hiden_size", None),
    ],
)
def test_misspelt_keyword(family: str, name: str, meant: str | None) -> None:
    """What would be refused then is not offered: the number of positions, where they are learned."""
    offered = meant and not (meant == "seq_length" and family in LEARNED)
    told = rf"'{name}' .*did you mean '{meant}'\?" if offered else rf"'{name}' is no field[^(]*$"
    with pytest.raises(TypeError, match=rf"{family}\.to_megatron\(\): {told}"):
        mapper(family)(config(family), **{name: 1})


def test_all_bad_keywords_at_once() -> None:
    with pytest.raises(TypeError) as caught:
        mapped(config("llama"), hidden_size=1, bf61=True, bf16=True, qqq=1)
    message = str(caught.value)
    assert "'hidden_size' is decided" in message
    assert "did you mean 'bf16'?" in message
    assert "'qqq'" in message
    assert "'bf16' is" not in message


@pytest.mark.parametrize(
    ("family", "name"),
    [("llama", "hybrid_layer_pattern"), ("llama", "cache_mla_latents"), ("nemotron_h", "transformer_layer_spec")],
)
def test_keyword_of_another_target(family: str, name: str) -> None:
    """A field that Megatron has, but not in the config that this family becomes."""
    with pytest.raises(TypeError, match=f"'{name}'"):
        mapper(family)(config(family), **{name: None})
    with pytest.raises(TypeError, match=f"'{name}'"):
        mapped(config(family), **{name: None})


def test_bad_keyword_before_bad_config() -> None:
    """A keyword is wrong whatever the config is, and the call has to be written anew anyway."""
    with pytest.raises(TypeError, match="bf61"):
        mapper("llama")(config("qwen3_moe"), bf61=True)
