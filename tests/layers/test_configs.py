"""Model configs with layers: what would end as a model that runs and is wrong, one test for each."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from collections.abc import Generator, Mapping
from functools import partial
from typing import Any

import pytest
import torch
from megatron.core.transformer.enums import AttnBackend, CudaGraphModule
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayer
from megatron.training.config import instantiate_utils
from megatron.training.models.base import ModelConfig

import mcore_mappers
from mcore_mappers import layers as public
from mcore_mappers.layers import (
    HybridLayerSpec,
    LayeredGPTModelConfig,
    LayeredHybridModelConfig,
    Layers,
    LayerSpec,
    YarnTransformerConfig,
)
from mcore_mappers_runtime.layers.fields import BY_LAYER
from mcore_mappers_runtime.layers.mark import marked
from mcore_mappers_runtime.layers.run_configs import NAMES
from tests.layers.models import (
    AFTER_ROPE,
    BIASED_BUT_QKV,
    BIASED_OUTPUT,
    CAPPED,
    CHUNKED,
    EVERYWHERE,
    LATENT,
    LATENT_LONG_ROPE,
    LATENT_QUERIES,
    MIXED,
    NOT_NORMALISED,
    ONLY_AFTER,
    PATTERN,
    PLAIN_QUERIES,
    ROPE_HALVES,
    SIGMOID,
    SPARSE_MIXER,
    built,
    gpt,
    hybrid,
    logits,
    stock,
)
from tests.numerics.emulation import emulated

BOTH = pytest.mark.parametrize("make", [gpt, hybrid])


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


# --- What stands in checkpoints ---------------------------------------------------------------------------------------


def test_classes_say_where_users_find_them() -> None:
    """These strings stand in checkpoints."""
    found = {name: f"{cls.__module__}.{cls.__qualname__}" for name, cls in vars(public).items() if name in NAMES}
    assert found == {
        "Layers": "mcore_mappers.layers.Layers",
        "LayerSpec": "mcore_mappers.layers.LayerSpec",
        "LayeredGPTModelConfig": "mcore_mappers.layers.LayeredGPTModelConfig",
        "LayeredHybridModelConfig": "mcore_mappers.layers.LayeredHybridModelConfig",
        "YarnTransformerConfig": "mcore_mappers.layers.YarnTransformerConfig",
    }
    assert HybridLayerSpec.__module__ == "mcore_mappers.layers"
    assert gpt(EVERYWHERE).builder == "mcore_mappers.layers.LayeredGPTModelBuilder"
    assert hybrid(EVERYWHERE).builder == "mcore_mappers.layers.LayeredHybridModelBuilder"


# Megatron does not write activation functions, and a gelu is what is there without one.
GELU: Mapping[str, Any] = {"activation_func": torch.nn.functional.gelu, "gated_linear_unit": False}


@BOTH
@pytest.mark.parametrize(
    ("layers", "inner"),
    [(EVERYWHERE, {}), (CAPPED, {}), (AFTER_ROPE, {}), (NOT_NORMALISED, SIGMOID), (SPARSE_MIXER, MIXED)],
    ids=str,
)
def test_megatrons_own_round_trip(make: Any, layers: Layers, inner: Mapping[str, Any]) -> None:
    config = make(layers, **inner, **GELU)
    data = config.as_dict()
    assert data["_target_"] == f"mcore_mappers.layers.{type(config).__name__}"
    assert data["_builder_"] == data["_target_"].replace("Config", "Builder")
    assert data["layers"] == {"_target_": "mcore_mappers.layers.Layers", **dict(layers.stated())}
    assert "transformer_layer_spec" not in data
    assert "hybrid_stack_spec" not in data
    again: Any = ModelConfig.from_dict(copy.deepcopy(data))
    assert type(again) is type(config)
    assert again.layers == layers
    model, twin = built(config).eval(), built(again).eval()
    assert model.state_dict().keys() == twin.state_dict().keys()
    assert torch.equal(logits(model), logits(twin))
    # It is a model with layers that comes back.
    assert not torch.equal(logits(model), logits(built(make(Layers(), **inner, **GELU)).eval()))


def test_layers_survive_json() -> None:
    data = gpt(EVERYWHERE).as_dict()["layers"]
    assert (
        Layers(**{name: value for name, value in json.loads(json.dumps(data)).items() if name != "_target_"})
        == EVERYWHERE
    )


# --- The spec ---------------------------------------------------------------------------------------------------------


def spec_of(config: Any) -> LayerSpec | HybridLayerSpec:
    spec: Any = config.transformer_layer_spec if isinstance(config, LayeredGPTModelConfig) else config.hybrid_stack_spec
    return spec


SPEC = {gpt: "transformer_layer_spec", hybrid: "hybrid_stack_spec"}


@BOTH
def test_replace_derives_the_spec_anew(make: Any) -> None:
    config = make(EVERYWHERE)
    other = dataclasses.replace(config, layers=ONLY_AFTER)
    assert spec_of(config).layers == EVERYWHERE
    assert spec_of(other).layers == ONLY_AFTER
    config.layers = ONLY_AFTER
    assert spec_of(config) == spec_of(other)
    assert spec_of(config) != spec_of(make(EVERYWHERE))


@BOTH
def test_a_spec_beside_layers_is_a_type_error(make: Any) -> None:
    own = ModuleSpec(module=TransformerLayer)
    with pytest.raises(TypeError, match=f"{SPEC[make]}=.*follows from layers"):
        make(EVERYWHERE, {SPEC[make]: own})
    config = make(EVERYWHERE)
    for value in (own, None, spec_of(make(ONLY_AFTER))):
        with pytest.raises(TypeError, match=f"{SPEC[make]}=.*follows from layers"):
            setattr(config, SPEC[make], value)
    setattr(config, SPEC[make], spec_of(make(EVERYWHERE)))


def test_the_older_name_of_a_hybrid_spec_is_no_way_around() -> None:
    config = hybrid(EVERYWHERE)
    assert config.mamba_stack_spec == config.hybrid_stack_spec
    with pytest.raises(TypeError, match="follows from layers"):
        config.mamba_stack_spec = ModuleSpec(module=TransformerLayer)


@BOTH
def test_configs_and_specs_are_copied_and_pickled(make: Any) -> None:
    config = make(EVERYWHERE)
    for twin in (copy.copy(config), copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        assert type(twin) is type(config)
        assert spec_of(twin) == spec_of(config)
        assert marked(twin.transformer)
    spec = spec_of(config)
    assert spec == copy.deepcopy(spec) == pickle.loads(pickle.dumps(spec))
    assert hash(spec) == hash(copy.deepcopy(spec))
    assert config == dataclasses.replace(config)
    assert config != dataclasses.replace(config, layers=ONLY_AFTER)


def test_a_provider_with_the_fields_of_both_configs_takes_the_spec() -> None:
    """As Megatron-Bridge's, which are inner configs with more fields, and are handed to the spec themselves."""

    @dataclasses.dataclass
    class Provider(TransformerConfig):
        transformer_layer_spec: Any = None
        restore_modelopt_state: bool = False

    config = gpt(EVERYWHERE)
    provider = Provider(
        **{field.name: getattr(config.transformer, field.name) for field in dataclasses.fields(TransformerConfig)}
    )
    ours, theirs = config.transformer_layer_spec(config), config.transformer_layer_spec(provider, vp_stage=None)
    assert len(ours.layer_specs) == len(theirs.layer_specs) == 3
    assert [layer.module for layer in ours.layer_specs] == [layer.module for layer in theirs.layer_specs]
    provider.restore_modelopt_state = True
    with pytest.raises(ValueError, match="restore_modelopt_state"):
        config.transformer_layer_spec(provider)


# --- What would pass by the layers ------------------------------------------------------------------------------------

# Fields that a layered config must not have, set one at a time.
INNER: Mapping[str, Mapping[str, Any]] = {
    "attention_backend": {"attention_backend": AttnBackend.local},
    "transformer_impl": {"transformer_impl": "inference_optimized"},
    "inference_fuse_tp_communication": {
        "inference_fuse_tp_communication": True,
        "transformer_impl": "inference_optimized",
    },
    "overlap_moe_expert_parallel_comm": {"overlap_moe_expert_parallel_comm": True},
    "cuda_graph_modules": {
        "cuda_graph_impl": "transformer_engine",
        "cuda_graph_modules": [CudaGraphModule.attn],
    },
    "use_transformer_engine_op_fuser": {"use_transformer_engine_op_fuser": True},
    "use_kitchen": {"use_kitchen": True},
    "experimental_attention_variant": {"experimental_attention_variant": "gated_delta_net"},
    "heterogeneous_block_specs": {"heterogeneous_block_specs": True},
    "mtp_num_layers": {"mtp_num_layers": 1},
}


@BOTH
@pytest.mark.parametrize("field", INNER)
def test_a_bypass_is_refused_when_the_config_is_made(field: str, make: Any) -> None:
    transformer = copy.deepcopy(make(EVERYWHERE).transformer)
    # What Megatron itself wants of the value beside it is not the subject.
    vars(transformer).update(INNER[field])
    with pytest.raises(ValueError, match=rf"a model with layers cannot have:(\n.*)*\n  - {field}=.*: "):
        dataclasses.replace(make(EVERYWHERE), transformer=transformer)


@BOTH
def test_graphs_of_megatrons_own_are_no_bypass(make: Any) -> None:
    """They hold what a layer computes."""
    transformer = copy.deepcopy(make(EVERYWHERE).transformer)
    vars(transformer).update(cuda_graph_impl="local", cuda_graph_modules=[CudaGraphModule.attn])
    dataclasses.replace(make(EVERYWHERE), transformer=transformer)


@BOTH
@pytest.mark.parametrize("field", INNER)
def test_a_bypass_is_refused_when_the_model_is_built(field: str, make: Any) -> None:
    """Fields can be set on a config that was made without them."""
    config = make(EVERYWHERE)
    for name, value in INNER[field].items():
        setattr(config, name, value)
    with pytest.raises(ValueError, match=rf"\n  - {field}="):
        built(config)


@BOTH
def test_another_stock_spec_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="restore_modelopt_state=True: "):
        make(EVERYWHERE, {"restore_modelopt_state": True})


def test_a_gpt_model_is_not_restored_from_modelopt() -> None:
    config = gpt(EVERYWHERE)
    config.restore_modelopt_state = True
    with pytest.raises(ValueError, match="restore_modelopt_state=True: "):
        built(config)


def test_a_hybrid_pattern_predicts_no_further_tokens() -> None:
    with pytest.raises(ValueError, match="hybrid_layer_pattern='M\\*-E/\\*-': "):
        hybrid(EVERYWHERE, {"hybrid_layer_pattern": f"{PATTERN}/*-"})
    config = hybrid(EVERYWHERE)
    config.hybrid_layer_pattern = f"{PATTERN}/*-"
    submodules: Any = config.hybrid_stack_spec.submodules
    assert submodules.mtp_block_spec is None


@BOTH
def test_the_same_fields_are_the_callers_without_layers(make: Any) -> None:
    """Neighbours of what is refused."""
    config = make(EVERYWHERE)
    for name, value in {"attention_backend": AttnBackend.unfused, "mtp_num_layers": 0}.items():
        setattr(config, name, value)
    built(dataclasses.replace(config))
    config.cuda_graph_impl = "transformer_engine"
    config.cuda_graph_modules = []
    dataclasses.replace(config)


@pytest.mark.parametrize(
    ("field", "value"),
    [("qk_layernorm", False), ("normalization", "LayerNorm"), ("multi_latent_attention", True), ("qk_l2_norm", True)],
)
def test_norms_over_heads_need_norms(field: str, value: object) -> None:
    transformer = copy.deepcopy(gpt(EVERYWHERE).transformer)
    setattr(transformer, field, value)
    with pytest.raises(ValueError, match=f"qk_layernorm_over_heads=True needs {field}=.*, not {value!r}"):
        LayeredGPTModelConfig(transformer=transformer, layers=EVERYWHERE, vocab_size=96)
    LayeredGPTModelConfig(transformer=transformer, layers=Layers(residual_multiplier=2.0), vocab_size=96)


def test_lists_by_layer_survive_megatrons_round_trip() -> None:
    config = gpt(CHUNKED, **GELU)
    again: Any = ModelConfig.from_dict(json_like(config.as_dict()))
    assert again.layers == CHUNKED
    assert torch.equal(logits(built(config)), logits(built(again)))
    assert not torch.equal(logits(built(config)), logits(built(gpt(Layers(), **GELU))))


def json_like(data: dict[str, Any]) -> dict[str, Any]:
    """With lists for tuples, as files have them."""
    return {**data, "layers": json.loads(json.dumps(data["layers"]))}


@pytest.mark.parametrize(
    ("field", "value"),
    [("qk_layernorm", False), ("multi_latent_attention", True), ("flash_decode", True), ("test_mode", True)],
)
def test_norms_after_rope_need_norms(field: str, value: object) -> None:
    transformer = copy.deepcopy(gpt(AFTER_ROPE).transformer)
    setattr(transformer, field, value)
    with pytest.raises(ValueError, match=f"qk_layernorm_after_rope=True needs {field}=.*, not {value!r}"):
        LayeredGPTModelConfig(transformer=transformer, layers=AFTER_ROPE, vocab_size=96)
    LayeredGPTModelConfig(transformer=transformer, layers=Layers(residual_multiplier=2.0), vocab_size=96)


@pytest.mark.parametrize(
    ("layers", "field", "value"),
    [
        (BIASED_OUTPUT, "multi_latent_attention", True),
        (BIASED_BUT_QKV, "multi_latent_attention", True),
        (BIASED_BUT_QKV, "add_bias_linear", False),
        (BIASED_BUT_QKV, "add_qkv_bias", True),
    ],
)
def test_biases_need_linear_layers_that_can_have_them(layers: Layers, field: str, value: object) -> None:
    transformer = copy.deepcopy(gpt(BIASED_BUT_QKV, add_bias_linear=True).transformer)
    LayeredGPTModelConfig(transformer=transformer, layers=layers, vocab_size=96)
    setattr(transformer, field, value)
    (name,) = layers.present()
    with pytest.raises(ValueError, match=f"{name}={vars(layers)[name]} needs {field}={not value!r}, not {value!r}"):
        LayeredGPTModelConfig(transformer=transformer, layers=layers, vocab_size=96)


@pytest.mark.parametrize(
    ("field", "value"), [("qk_layernorm", False), ("q_lora_rank", 8), ("mla_down_proj_fusion", True)]
)
def test_plain_queries_need_latent_attention(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"q_layernorm=False needs {field}=.*, not {value!r}"):
        gpt(PLAIN_QUERIES, **{**LATENT, field: value})
    with pytest.raises(ValueError, match="q_layernorm=False needs multi_latent_attention=True, not False"):
        gpt(PLAIN_QUERIES)
    config = gpt(PLAIN_QUERIES, **LATENT)
    setattr(config.transformer, field, value)
    with pytest.raises(ValueError, match=f"needs {field}="):
        built(config)
    gpt(Layers(residual_multiplier=2.0), **{**LATENT, field: value})


def test_latent_attention_has_a_config_of_its_own() -> None:
    transformer = copy.deepcopy(gpt(Layers()).transformer)
    transformer.multi_latent_attention = True
    factors = dataclasses.replace(LATENT_LONG_ROPE, mla_rotary_interleaved=True)
    for layers in (PLAIN_QUERIES, ROPE_HALVES, factors):
        with pytest.raises(ValueError, match="needs an MLATransformerConfig"):
            LayeredGPTModelConfig(transformer=transformer, layers=layers, vocab_size=96)


def test_a_rope_of_halves_needs_latent_attention() -> None:
    with pytest.raises(ValueError, match="mla_rotary_interleaved=False needs multi_latent_attention=True, not False"):
        gpt(ROPE_HALVES)
    config = gpt(ROPE_HALVES, **LATENT_QUERIES)
    config.transformer.experimental_attention_variant = "dsa"
    with pytest.raises(ValueError, match="mla_rotary_interleaved=False needs experimental_attention_variant=None"):
        built(config)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rope_long_factor": (1.0, 1.5, 2.5, 7.0)}, r"needs rope_long_factor=\(1.0, 1.5, 2.5, 6.0\), not"),
        ({"rope_attention_factor": 1.2}, r"needs rope_attention_factor=1.0, not 1.2"),
        ({"rope_short_factor": (1.5,) * 5, "rope_long_factor": (1.5,) * 5}, "at most the 4 pairs of a head"),
    ],
)
def test_latent_attention_has_one_set_of_factors(changes: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gpt(dataclasses.replace(LATENT_LONG_ROPE, **changes), **LATENT_QUERIES)


@pytest.mark.parametrize(("field", "value"), [("rope_type", "yarn"), ("experimental_attention_variant", "dsa")])
def test_factors_of_latent_attention_are_of_a_plain_rope(field: str, value: object) -> None:
    config = gpt(dataclasses.replace(LATENT_LONG_ROPE, mla_rotary_interleaved=True), **LATENT_QUERIES)
    built(config)
    setattr(config.transformer, field, value)
    with pytest.raises(ValueError, match=f"rope_short_factor in latent attention needs {field}=.*, not '{value}'"):
        built(config)


def test_latent_attention_can_be_taken_back() -> None:
    config = gpt(PLAIN_QUERIES, **LATENT)
    config.transformer.multi_latent_attention = False
    with pytest.raises(ValueError, match="q_layernorm=False needs multi_latent_attention=True, not False"):
        built(config)


@pytest.mark.parametrize("make", [gpt, partial(hybrid, outer={"hybrid_layer_pattern": "+-E"}, num_layers=3)])
def test_plain_queries_survive_megatrons_round_trip(make: Any) -> None:
    config = make(PLAIN_QUERIES, **LATENT)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    again.transformer.activation_func = config.transformer.activation_func
    assert again.transformer.q_lora_rank is None
    model, twin = built(config), built(again)
    assert model.state_dict().keys() == twin.state_dict().keys()
    assert torch.equal(logits(model), logits(twin))


@BOTH
def test_lists_have_an_entry_for_each_layer(make: Any) -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class WithLists(Layers):
        bases: tuple[float, ...] = dataclasses.field(default=(), metadata=BY_LAYER)

    count = make(EVERYWHERE).num_layers
    make(WithLists(bases=(1.0,) * count))
    with pytest.raises(ValueError, match=f"\n  - bases has 1 entries, and num_layers is {count}"):
        make(WithLists(bases=(1.0,)))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        gpt(EVERYWHERE, {"restore_modelopt_state": True}, qk_layernorm=False, attention_backend=AttnBackend.local)
    assert [line.split("=")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  - qk_layernorm_over_heads",
        "  - attention_backend",
        "  - restore_modelopt_state",
    ]


# --- The inner config -------------------------------------------------------------------------------------------------


def test_the_inner_config_says_that_it_is_not_all() -> None:
    transformer = gpt(EVERYWHERE).transformer
    for twin in (
        transformer,
        copy.copy(transformer),
        copy.deepcopy(transformer),
        pickle.loads(pickle.dumps(transformer)),
    ):
        assert marked(twin)
    assert not marked(stock().transformer)
    assert transformer == copy.copy(transformer)
    assert {field.name for field in dataclasses.fields(transformer)} == {
        field.name for field in dataclasses.fields(TransformerConfig)
    }


# --- Run configs, and what an import costs ----------------------------------------------------------------------------


def test_run_configs_are_allowed_by_name_and_by_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    allowlist = instantiate_utils.TargetAllowlist()
    monkeypatch.setattr(instantiate_utils, "target_allowlist", allowlist)
    ours = [f"mcore_mappers.layers.{name}" for name in NAMES]
    assert not any(map(allowlist.is_allowed, ours))
    before = allowlist.allowed_exact
    mcore_mappers.allow_in_run_configs()
    assert allowlist.allowed_exact - before == set(ours)
    assert not allowlist.is_allowed("mcore_mappers.layers.HybridLayerSpec")
    assert not allowlist.is_allowed("mcore_mappers.load")
    resolved = [instantiate_utils._resolve_target(name, "model") for name in ours]
    assert resolved == [Layers, LayerSpec, LayeredGPTModelConfig, LayeredHybridModelConfig, YarnTransformerConfig]


def test_importing_the_package_imports_no_layers() -> None:
    code = "import sys, mcore_mappers; print(sorted({'torch', 'mcore_mappers.layers'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == "[]\n"


def environment() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(sys.path)}
