"""A Megatron config that is not of the family is refused, and every field that makes it another model is named.

The last part is what other tools' way back gets wrong.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from megatron.core.activations import squared_relu
from torch.nn.functional import gelu, sigmoid, silu

import mcore_mappers
from codegen.table import Rename
from mcore_mappers import UnsupportedConfigError
from mcore_mappers._owners import OWNERS
from mcore_mappers_runtime.equal import flat
from mcore_mappers_runtime.hybrid import symbols
from mcore_mappers_runtime.immaterial import alike
from tests.back.ways import architecture, back, bare
from tests.selection import draw, some
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import described, rows_of

LLAMA3: dict[str, Any] = {
    "rope_type": "llama3",
    "rope_theta": 5e5,
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
YARN: dict[str, Any] = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}


def changed(model: Any, **fields: Any) -> Any:
    """The same with other values, as somebody's own code would set them: nothing is derived or validated again."""
    model = copy.deepcopy(model)
    for name, value in fields.items():
        part = model.transformer if name in vars(model.transformer) or name not in vars(model) else model
        vars(part)[name] = value
    return model


def refused(model: Any, family: str, **keywords: Any) -> set[str]:
    with pytest.raises(UnsupportedConfigError) as caught:
        back(model, family=family, **keywords)
    assert caught.value.family == family
    assert str(caught.value).startswith(f"this Megatron config has no equal {family} config:\n")
    assert all(refusal.reason for refusal in caught.value.refusals)
    return {refusal.field for refusal in caught.value.refusals}


FOREIGN: Mapping[str, Any] = {
    "normalization": "LayerNorm",
    "layernorm_zero_centered_gamma": None,
    "qk_layernorm": None,
    "add_qkv_bias": None,
    "gated_linear_unit": None,
    "activation_func": sigmoid,
    # No root of a whole number.
    "softmax_scale": 0.3,
    "window_size": (3, 2),
    "multi_latent_attention": None,
    "attention_output_gate": None,
    "apply_residual_connection_post_layernorm": True,
    "position_embedding_type": "learned_absolute",
    "rotary_interleaved": None,
}
"""Values that no family has whose config does not say them; None stands for the other of True and False."""
HELD: Mapping[str, Any] = {"normalization": "RMSNorm", "position_embedding_type": "rope"}
"""Others, for families that have those."""
ANY_VALUE: Mapping[str, frozenset[str]] = {"step3p5": frozenset({"softmax_scale"})}
"""Fields of which a config of the family can say any value, in other words."""


@pytest.mark.parametrize("family", some(FAMILIES, "test_every_field_is_named"))
@pytest.mark.parametrize("with_base", [True, False])
def test_every_field_is_named(family: str, with_base: bool) -> None:
    """One by one, and all at once."""
    hf = config(family)
    model = mapped(hf)
    keywords = {"base": hf} if with_base else {}
    said = {row.target for row in rows_of(described(family)[0]) if isinstance(row, Rename)}
    said |= ANY_VALUE.get(family, frozenset())
    foreign = {name: value for name, value in FOREIGN.items() if name in OWNERS.architecture - said}
    held = {name: vars(model.transformer).get(name, vars(model).get(name)) for name in foreign}
    for name, value in foreign.items():
        foreign[name] = (not held[name]) if value is None else HELD.get(name, value) if held[name] == value else value
    alone = {name: changed(model, **{name: value}) for name, value in foreign.items()}
    others = [name for name, other in alone.items() if name not in immaterial(other, model)]
    for name in draw(others, 2, f"foreign fields for {family}"):
        assert name in refused(alone[name], family, **keywords)
    assert len(foreign) > 10
    together = changed(model, **foreign)
    assert refused(together, family, **keywords) >= foreign.keys() - immaterial(together, model)


def immaterial(one: Any, other: Any) -> frozenset[str]:
    """What two models may differ in, as is tried on Megatron's own models."""
    return alike(flat(one), flat(other), OWNERS.architecture)


UNREAD: Mapping[str, set[str]] = {
    "gpt": {"rope_scaling_factor"},
    "gpt_mla": {
        *("beta_fast", "beta_slow", "mscale", "mscale_all_dim", "original_max_position_embeddings"),
        *("rotary_scaling_factor", "rope_scaling", "rope_scaling_factor", "seq_len_interpolation_factor"),
    },
    "gpt_heterogeneous": {"rope_scaling_factor", "heterogeneous_layers_config_path"},
    "hybrid": set(),
    "no positions": {"rotary_base", "rotary_percent", "seq_len_interpolation_factor"},
    "learned positions": {
        *("rotary_base", "rotary_percent", "seq_len_interpolation_factor", "rope_scaling", "rope_scaling_factor"),
    },
}
"""By target, or by positions that are not rotary, some of what nothing looks at in a small model."""


def unread_by(model: Any) -> set[str]:
    """Fields that only some value of another makes count."""
    transformer = model.transformer
    return {
        "mrope_section",
        *(("window_attn_skip_freq",) if transformer.window_size is None else ()),
        *(("linear_attention_freq",) if transformer.experimental_attention_variant is None else ()),
        *(("softmax_scale",) if transformer.multi_latent_attention else ()),
        *(() if attends(model) else ("window_size", "window_attn_skip_freq", "no_rope_freq")),
    }


def attends(model: Any) -> bool:
    """Whether any layer has attention."""
    kinds = symbols(model)
    return kinds is None or not {*kinds} <= {"M", "-", "E"}


@pytest.mark.parametrize("family", some(FAMILIES, "test_every_architecture_field_is_read_or_refused"))
def test_every_architecture_field_is_read_or_refused(family: str) -> None:
    """No third outcome, whatever field is changed: what comes back maps to the changed model, or the field is named."""
    model = mapped(config(family))
    read, unread = set[str](), set[str]()
    parts = (model.transformer, model)
    names = {field.name for part in parts for field in dataclasses.fields(part)} & OWNERS.architecture
    assert len(names) > 60
    without_rope = {"none": "no positions", "learned_absolute": "learned positions"}
    kind = without_rope.get(model.position_embedding_type, described(family)[0].main.target.name)
    unread_here = UNREAD[kind] | unread_by(model)
    known = {*unread_here, "hidden_size", "num_layers"}
    for name in draw(sorted(names), 5, f"architecture fields of {family}", always=known.__contains__):
        value = getattr(model.transformer, name) if name in vars(model.transformer) else getattr(model, name)
        # A number for every so many layers might be none of those that there are.
        freq = [0, *[1] * (model.transformer.num_layers - 1)]
        value = freq if value is None and name.endswith("_freq") else _other(value)
        other = changed(model, **{name: (3, 2) if name == "window_size" else value})
        same = name in immaterial(other, model)
        try:
            result = back(other)
        except UnsupportedConfigError as error:
            fields = {refusal.field for refusal in error.refusals}
            assert fields, name
            assert not same, name
            # A value that the family's own mapper refuses has the name that it has there.
            if name not in fields:
                read.add(name)
            continue
        read.add(name)
        found = architecture(other, mapped(result)).keys()
        assert not {each.rpartition(".")[2] for each in found} - {name, *immaterial(other, mapped(result))}, name
        if any(each.rpartition(".")[2] == name for each in found):
            assert same, name
            unread.add(name)
    assert unread >= unread_here
    assert {"hidden_size", "num_layers"} & read


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * 2 or 1
    if isinstance(value, str):
        return "other"
    if isinstance(value, list):
        return [1 - item if item in (0, 1) else item + 1 for item in value]
    return squared_relu if value is silu else silu if callable(value) else 3


@pytest.mark.parametrize(
    "pattern",
    ["MG*-", "ME*", "", "ME*-E", "ME*-/*E/*-", None],
    ids=["symbol", "short", "none", "long", "uneven", "missing"],
)
def test_a_pattern_that_the_family_cannot_have(pattern: str | None) -> None:
    """With an unknown symbol, with another number of layers, with steps of prediction that are not alike."""
    model = mapped(config("nemotron_h"))
    fields = refused(changed(model, hybrid_layer_pattern=pattern), "nemotron_h")
    assert fields & {"hybrid_layer_pattern", "num_layers"}


def test_pipeline_marks_are_the_callers() -> None:
    hf = config("nemotron_h")
    marked = mapped(hf, hybrid_layer_pattern="ME|*-")
    assert marked.hybrid_layer_pattern == "ME|*-"
    assert back(marked).to_dict() == back(mapped(hf)).to_dict()


def test_refused_by_the_familys_own_mapper() -> None:
    """The Megatron field is named, and why: here Mamba's gated norm has an epsilon of its own. With all others."""
    model = changed(mapped(config("nemotron_h")), layernorm_epsilon=1e-3, normalization="LayerNorm")
    assert refused(model, "nemotron_h") == {"layernorm_epsilon", "normalization", "layer_norm_epsilon"}


def test_refused_by_transformers() -> None:
    """A LlamaConfig cannot hold heads that do not divide the hidden size, whatever their width is."""
    model = mapped(config("llama", num_attention_heads=4, num_key_value_heads=2, head_dim=16))
    fields = refused(changed(model, num_attention_heads=6, kv_channels=16), "llama")
    assert fields >= {"num_attention_heads"}


def test_other_inner_classes() -> None:
    """A subclass of TransformerConfig may mean more, and a plain one is no latent attention."""
    other = type("Other", (type(mapped(config("llama")).transformer),), {})
    model = mapped(config("llama"))
    model.transformer.__class__ = other
    assert refused(model, "llama") == {"transformer"}
    assert refused(mapped(config("llama")), "deepseek_v3") == {"transformer"}
    assert "multi_latent_attention" in refused(mapped(config("deepseek_v3")), "llama")


def test_yarn_attributes() -> None:
    """Set by hand as Megatron's own code does they count; without YaRN they scale the attention, and are refused."""
    yarn = mapped(config("llama", rope_parameters={**YARN, "rope_theta": 1e4}))
    plain = mapped(config("llama"))
    by_hand = changed(plain, position_embedding_type="yarn")
    attributes = {name: value for name, value in vars(yarn.transformer).items() if name.startswith("yarn_")}
    vars(by_hand.transformer).update(attributes)
    assert back(by_hand).rope_parameters == back(yarn).rope_parameters
    vars(plain.transformer).update(attributes)
    assert "yarn_rotary_scaling_factor" in refused(plain, "llama")


def yarn_by_hand(**numbers: Any) -> Any:
    """A Llama with YaRN as Megatron's own arguments spell it."""
    yarn = mapped(config("llama", rope_parameters={**YARN, "rope_theta": 1e4}))
    return changed(yarn, **{f"yarn_{name}": value for name, value in numbers.items()})


def assert_means(model: Any, family: str, rope: dict[str, Any]) -> None:
    """It comes back, with and without a base, as this rope, and `diff` finds nothing either."""
    hf = config(family, rope_parameters=dict(rope))
    assert back(model, base=hf).rope_parameters == hf.rope_parameters
    found = back(bare(model), family=family)
    assert not architecture(mapped(found), mapped(hf))
    assert not [each for each in mcore_mappers.diff(model, hf) if each.owner != "suggested"]


@pytest.mark.parametrize(
    "numbers",
    [
        {"mscale": 1.0, "mscale_all_dim": 0.0},  # Megatron's defaults
        {"mscale": None, "mscale_all_dim": 0.7},
        {"mscale": 0.7, "mscale_all_dim": None},
        {"mscale": 1, "mscale_all_dim": 0},
    ],
)
def test_yarns_own_factor_in_every_spelling(numbers: dict[str, Any]) -> None:
    assert_means(yarn_by_hand(**numbers), "llama", {**YARN, "rope_theta": 1e4})


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"mscale": 2.0, "mscale_all_dim": 0.0}, "yarn_mscale"),
        ({"mscale": 1.0, "mscale_all_dim": 1.0}, "yarn_mscale_all_dim"),
        ({"mscale": 1.0 + 1e-9, "mscale_all_dim": 0.0}, "yarn_mscale"),
        ({"rotary_scaling_factor": 8.0}, "yarn_rotary_scaling_factor"),
        ({"beta_fast": 16.0}, "yarn_beta_fast"),
    ],
)
def test_another_yarn_is_another_model(numbers: dict[str, Any], field: str) -> None:
    """It is found by `diff`, and comes back as itself."""
    model, hf = yarn_by_hand(**numbers), config("llama", rope_parameters={**YARN, "rope_theta": 1e4})
    assert field in {each.field for each in mcore_mappers.diff(model, hf) if each.owner == "architecture"}
    result = back(model)
    assert result.rope_parameters != hf.rope_parameters
    assert not [each for each in mcore_mappers.diff(model, result) if each.owner == "architecture"]


def test_a_ratio_of_mscales_that_the_mapper_solves_for() -> None:
    """transformers takes a zero for absent: the ratio comes back as an attention_factor, and maps to other numbers."""
    model = yarn_by_hand(mscale=0.0, mscale_all_dim=0.5)
    rope = back(model).rope_parameters
    assert rope["attention_factor"] == pytest.approx(1 / (0.05 * math.log(4.0) + 1), rel=1e-12)
    assert mapped(config("llama", rope_parameters=rope)).transformer.yarn_mscale < 0


def test_what_yarn_does_not_read() -> None:
    """It rotates the whole head, and knows nothing of the other ways to stretch a sequence."""
    model = yarn_by_hand()
    for name, value in {"rotary_percent": 0.5, "rope_scaling": True, "seq_len_interpolation_factor": 2.0}.items():
        assert_means(changed(model, **{name: value}), "llama", {**YARN, "rope_theta": 1e4})
    plain = mapped(config("llama"))
    assert back(changed(plain, rope_scaling=True)).rope_parameters["rope_type"] == "llama3"
    assert back(changed(plain, seq_len_interpolation_factor=2.0)).rope_parameters["rope_type"] == "linear"
    assert refused(changed(plain, rotary_percent=0.5), "llama") >= {"rotary_percent"}


def test_yarn_attributes_that_multiply_by_one() -> None:
    """Without YaRN the attention makes one number of them, and nobody else reads them."""
    by_hand = mapped(config("llama"))
    vars(by_hand.transformer).update(vars(yarn_by_hand(rotary_scaling_factor=1.0).transformer))
    assert_means(by_hand, "llama", {"rope_type": "default", "rope_theta": 1e4})
    vars(by_hand.transformer).update(yarn_rotary_scaling_factor=4.0)
    assert "yarn_rotary_scaling_factor" in refused(by_hand, "llama")


def test_latent_attention_in_other_spellings() -> None:
    """Its plain rope leaves YaRN's numbers at Megatron's defaults, of which only the softmax scale reads two."""
    plain = {"rope_type": "default", "rope_theta": 1e4}
    model = changed(mapped(config("deepseek_v3", rope_parameters=dict(plain))), rotary_scaling_factor=40, mscale=0.7)
    assert_means(model, "deepseek_v3", plain)
    model.position_embedding_type = "none"
    assert_means(model, "deepseek_v3", plain)
    assert refused(changed(model, mscale_all_dim=1.0), "deepseek_v3") == {"mscale_all_dim", "rotary_scaling_factor"}
    assert refused(changed(model, position_embedding_type="learned_absolute"), "deepseek_v3") == {
        "position_embedding_type"
    }
    yarn = mapped(
        config("deepseek_v3", rope_parameters={**YARN, "rope_theta": 1e4, "mscale": 1.0, "mscale_all_dim": 1.0})
    )
    assert back(changed(yarn, mscale=0.7)).rope_parameters["mscale"] == 0.7
    assert back(changed(yarn, mscale=0.0)).rope_parameters["attention_factor"] < 1


def test_layers_of_experts_in_either_spelling() -> None:
    """Megatron's default is a number, not a list; a config that is written by hand has that."""
    model = mapped(config("qwen3_moe"))
    assert back(changed(model, moe_layer_freq=1)).to_dict() == back(model).to_dict()
    assert back(changed(model, moe_layer_freq=2)).mlp_only_layers == [1, 3]


# ----- what Megatron-Bridge's way back gets wrong


def by_model(family: str, **changes: Any) -> Callable[[], Any]:
    return lambda: back(bare(mapped(config(family, **changes))), family=family)


def test_llama3_constants_are_read_or_refused() -> None:
    """Bridge writes 1, 4 and 8192 into every config; here the factor is the model's, other constants never get in."""
    rope = by_model("llama", rope_parameters=dict(LLAMA3))().rope_parameters
    assert rope == LLAMA3
    assert by_model("llama", rope_parameters=LLAMA3 | {"factor": 8.0})().rope_parameters["factor"] == 8.0
    assert by_model("llama")().rope_parameters == {"rope_type": "default", "rope_theta": 10000.0}
    with pytest.raises(UnsupportedConfigError, match=r"rope_parameters\.low_freq_factor"):
        mapped(config("llama", rope_parameters=LLAMA3 | {"low_freq_factor": 2.0}))


@pytest.mark.parametrize("dense", [0, 1, 3])
def test_first_k_dense_replace_is_kept(dense: int) -> None:
    assert by_model("deepseek_v3", first_k_dense_replace=dense)().first_k_dense_replace == dense


@pytest.mark.parametrize("shared", [0, 1, 3])
def test_n_shared_experts_is_kept(shared: int) -> None:
    assert by_model("deepseek_v3", n_shared_experts=shared)().n_shared_experts == shared


def test_shared_experts_that_are_no_multiple_are_refused() -> None:
    model = changed(mapped(config("deepseek_v3")), moe_shared_expert_intermediate_size=33)
    assert refused(model, "deepseek_v3") == {"moe_shared_expert_intermediate_size"}


def test_rope_scaling_of_latent_attention_is_kept() -> None:
    scaling = {**YARN, "rope_theta": 1e4, "mscale": 0.707, "mscale_all_dim": 1.0, "beta_fast": 16.0, "beta_slow": 2.0}
    assert by_model("deepseek_v3", rope_parameters=scaling)().rope_parameters == scaling
    plain = {"rope_type": "default", "rope_theta": 5e5}
    assert by_model("deepseek_v3", rope_parameters=plain)().rope_parameters == plain


@pytest.mark.parametrize(("family", "name"), [("qwen3_moe", "num_experts"), ("deepseek_v3", "n_routed_experts")])
def test_the_number_of_experts_has_one_name(family: str, name: str) -> None:
    """Bridge writes num_experts, num_local_experts and n_routed_experts into every config."""
    result = by_model(family, **{name: 16})()
    assert getattr(result, name) == 16
    assert result.to_dict().keys() == config(family).to_dict().keys()


def test_max_position_embeddings_is_not_the_training_length() -> None:
    hf = config("llama", max_position_embeddings=4096)
    model = mapped(hf, seq_length=128)
    assert back(model).max_position_embeddings == 4096
    assert back(bare(model), base=hf).max_position_embeddings == 4096
    with pytest.warns(mcore_mappers.DefaultedFieldsWarning, match="max_position_embeddings"):
        result = mcore_mappers.to_hf(bare(model), family="llama")
    assert result.max_position_embeddings == 2048, "the class's default, and said so"


@pytest.mark.parametrize("function", [silu, gelu, squared_relu])
def test_activations_by_function(function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    names: dict[Any, str] = {silu: "silu", gelu: "gelu", squared_relu: "relu2"}
    assert back(changed(mapped(config("llama")), activation_func=function)).hidden_act == names[function]
