"""Attention and MLP that read the same hidden states, and the norms of models that have them."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Generator, Mapping
from typing import Any

import pytest
import torch
from megatron.core import parallel_state
from megatron.core.distributed.fsdp.mcore_fsdp_adapter import FullyShardedDataParallel
from megatron.core.extensions import transformer_engine_spec_provider as engine
from megatron.core.models.hybrid.hybrid_layer_specs import hybrid_stack_spec
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import get_submodules
from megatron.training.models.base import ModelConfig
from torch import Tensor
from torch.nn import functional
from transformers.models.cohere.modeling_cohere import CohereLayerNorm

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.layer_norms import PlainLayerNorm
from mcore_mappers_runtime.layers.norms_by_head import NormByHead
from mcore_mappers_runtime.layers.parallel_mlp import ParallelLayer, SharedNormLayer
from mcore_mappers_runtime.layers.parameters import parameters
from mcore_mappers_runtime.layers.specs import changed
from tests.layers.models import (
    EXPERTS,
    LATENT,
    LAYER_NORM,
    LENGTH,
    PARALLEL,
    SHARED,
    built,
    gpt,
    hybrid,
    inner,
    logits,
    shaken,
    tokens,
)
from tests.layers.test_specs import engine_parts, with_engine
from tests.numerics.emulation import emulated

BOTH = pytest.mark.parametrize(("layers", "fields"), [(PARALLEL, {}), (SHARED, LAYER_NORM)], ids=("two norms", "one"))
# As OLMo's first models have it.
BARE = Layers(layernorm_bias=False, layernorm_weight=False)
BARE_FIELDS: Mapping[str, Any] = {**LAYER_NORM, "qk_layernorm": False}


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


# --- Whole layers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("biases", [False, True])
@BOTH
def test_both_read_what_the_layer_is_given(
    layers: Layers, fields: Mapping[str, Any], biases: bool, training: bool
) -> None:
    """Without gradients, too, where Megatron adds branches in place."""
    layers = dataclasses.replace(layers, residual_multiplier=0.3)
    model = shaken(built(gpt(layers, **fields, add_bias_linear=biases, add_qkv_bias=biases))).train(training)
    seen: dict[str, list[Any]] = {"layer": [], "self_attention": [], "mlp": []}
    for layer in model.decoder.layers:
        layer.register_forward_pre_hook(
            lambda module, inputs, kw: seen["layer"].append(kw["hidden_states"].clone()), with_kwargs=True
        )
        for name in ("self_attention", "mlp"):
            keep = seen[name].append
            vars(layer)["_modules"][name].register_forward_hook(
                lambda module, inputs, output, keep=keep: keep((inputs[0].clone(), output[0].clone(), output[1]))
            )
    given: list[Tensor] = []
    model.decoder.layers[-1].register_forward_hook(lambda layer, inputs, output: given.append(output[0]))
    with torch.set_grad_enabled(training):
        logits(model)
    outputs = [*seen["layer"][1:], *given]
    for index, layer in enumerate(model.decoder.layers):
        x, expected = seen["layer"][index], seen["layer"][index]
        weights = dict(layer.named_parameters())
        for branch, name in (("self_attention", "input_layernorm"), ("mlp", "pre_mlp_layernorm")):
            read, output, bias = seen[branch][index]
            if layers.shared_layernorm:
                normed = functional.layer_norm(x, x.shape[-1:], weights["shared_layernorm.weight"], None, 0.01)
            else:
                normed = functional.rms_norm(x, x.shape[-1:], weights[f"{name}.weight"], 0.01)
            torch.testing.assert_close(read, normed)
            assert (bias is not None) == biases
            expected = expected + 0.3 * (output if bias is None else output + bias)
        torch.testing.assert_close(outputs[index], expected)


@BOTH
def test_megatrons_own_round_trip(layers: Layers, fields: Mapping[str, Any]) -> None:
    # Megatron writes no activation functions, and a gelu is what is there without one.
    gelu: dict[str, Any] = {"activation_func": functional.gelu, "gated_linear_unit": False}
    config = gpt(layers, **fields, **gelu)
    again: Any = ModelConfig.from_dict(copy.deepcopy(config.as_dict()))
    assert again.layers == layers
    model, twin = built(config), built(again)
    assert model.state_dict().keys() == twin.state_dict().keys()
    assert torch.equal(logits(model), logits(twin))
    stock = built(gpt(dataclasses.replace(layers, parallel_mlp=False, shared_layernorm=False), **fields, **gelu))
    assert not torch.equal(logits(model), logits(stock))


@BOTH
def test_what_follows_changes_nothing_before(layers: Layers, fields: Mapping[str, Any]) -> None:
    model = shaken(built(gpt(layers, **fields)))
    ids = tokens()
    other = ids.clone()
    other[:, LENGTH // 2 :] = 7
    with torch.no_grad():
        before, after = (logits(model, each)[:, : LENGTH // 2] for each in (ids, other))
    torch.testing.assert_close(before, after)


@pytest.mark.parametrize(
    ("layers", "fields"), [(SHARED, LAYER_NORM), (dataclasses.replace(SHARED, layernorm_bias=True), LAYER_NORM)]
)
def test_parameters_are_those_of_the_table(layers: Layers, fields: Mapping[str, Any]) -> None:
    config = gpt(layers, **fields)
    found, stock = shapes(built(config)), shapes(built(gpt(Layers(), **fields)))
    values = vars(config.transformer)
    assert {name: shape for name, shape in found.items() if stock.get(name) != shape} == {
        each.name: tuple(eval(size, dict(values)) for size in each.shape) for each in parameters(layers, "LayerNorm")
    }
    norms = {f"{name}.{kind}" for name in ("input_layernorm", "pre_mlp_layernorm") for kind in ("weight", "bias")}
    assert stock.keys() - found.keys() == {
        *norms,
        *(f"self_attention.{name}_layernorm.bias" for name in "qk"),
    }


def shapes(model: Any) -> Mapping[str, tuple[int, ...]]:
    prefix = "decoder.layers.1."
    named = model.named_parameters()
    return {name.removeprefix(prefix): tuple(each.shape) for name, each in named if name.startswith(prefix)}


# --- Norms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layers", "left"), [(Layers(layernorm_bias=False), {"weight"}), (BARE, set[str]())])
def test_norms_have_the_parameters_that_fields_say(layers: Layers, left: set[str]) -> None:
    model = built(gpt(layers, **BARE_FIELDS))
    norms = [
        module
        for name, module in model.named_modules()
        if name.endswith("layernorm") and not isinstance(module, IdentityOp)
    ]
    assert len(norms) == 3 * 2 + 1
    for norm in norms:
        assert isinstance(norm, PlainLayerNorm)
        assert {name for name, _ in norm.named_parameters()} == left
        x = torch.randn(3, 2, 48)
        for parameter in norm.parameters():
            assert (parameter == 1).all()
            parameter.data.normal_()
        expected = functional.layer_norm(x, (48,), dict(norm.named_parameters()).get("weight"), None, 0.01)
        assert torch.equal(norm(x), expected)


def by_head(heads: int = 4, channels: int = 16) -> NormByHead:
    group: Any = parallel_state.get_tensor_model_parallel_group()
    return NormByHead(config=inner(), hidden_size=channels, eps=0.01, heads=heads, tp_group=group)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_norms_by_head_are_those_of_hugging_face(dtype: torch.dtype) -> None:
    ours, theirs = by_head(), CohereLayerNorm((4, 16), eps=0.01)
    weight = 1 + torch.randn(4, 16)
    theirs.weight.data.copy_(weight)
    ours.weight.data.copy_(weight.flatten())
    for norm in (ours, theirs):
        norm.to(dtype)
    x = (torch.randn(5, 2, 4, 16) * 3 + 1).to(dtype)
    found = ours(x)
    assert found.dtype == dtype
    assert torch.equal(found, theirs(x))
    # Heads share no weight.
    assert (functional.layer_norm(x.float(), (16,), weight[0], None, 0.01) - found.float()).abs().max() > 0.1


def test_megatrons_fsdp_takes_norms_by_head_for_whole() -> None:
    """It goes by the name of the class."""
    detect: Any = FullyShardedDataParallel._detect_parallelism_type
    assert detect(FullyShardedDataParallel, "weight", by_head()) == "replicated"


# --- Transformer Engine's layers, of which only the names are here ----------------------------------------------------


def engine_layers(layers: Layers, **fields: Any) -> Any:
    config = gpt(layers, **fields, transformer_impl="transformer_engine")
    build: Callable[[], Any] = lambda: config.transformer_layer_spec(config)  # noqa: E731
    return with_engine(build)


def fc1_of(held: Any) -> Any:
    mlp: Any = get_submodules(held.mlp)
    return mlp.linear_fc1


def test_one_norm_is_in_no_projection() -> None:
    block = engine_layers(SHARED, **LAYER_NORM)
    for layer in block.layer_specs:
        held = layer.submodules
        assert layer.module is SharedNormLayer
        assert held.input_layernorm is held.pre_mlp_layernorm is IdentityOp
        assert held.self_attention.submodules.linear_qkv is engine.TEColumnParallelLinear
        assert fc1_of(held) is engine.TEColumnParallelLinear
        assert layer.params["shared_layernorm"].func is PlainLayerNorm
    assert block.layer_norm.func is PlainLayerNorm
    block = engine_layers(dataclasses.replace(SHARED, layernorm_bias=True), **LAYER_NORM)
    assert {layer.params["shared_layernorm"] for layer in block.layer_specs} == {engine.TENorm} == {block.layer_norm}
    for layer in block.layer_specs:
        assert layer.submodules.self_attention.submodules.linear_qkv is engine.TEColumnParallelLinear
        assert fc1_of(layer.submodules) is engine.TEColumnParallelLinear


def test_two_norms_stay_in_their_projections() -> None:
    block = engine_layers(PARALLEL)
    for layer in block.layer_specs:
        assert layer.module is ParallelLayer
        assert layer.submodules.self_attention.submodules.linear_qkv is engine.TELayerNormColumnParallelLinear
        assert fc1_of(layer.submodules) is engine.TELayerNormColumnParallelLinear
    assert block.layer_norm is engine.TENorm


def test_norms_without_bias_are_before_their_projections() -> None:
    block = engine_layers(BARE, **BARE_FIELDS)
    for layer in block.layer_specs:
        held = layer.submodules
        assert held.self_attention.submodules.linear_qkv is engine.TEColumnParallelLinear
        assert fc1_of(held) is engine.TEColumnParallelLinear
        assert held.input_layernorm.func is held.pre_mlp_layernorm.func is block.layer_norm.func is PlainLayerNorm


@pytest.mark.parametrize(
    ("granularity", "modules", "recomputed"),
    [
        (None, ["layernorm"], False),
        ("full", ["layernorm"], False),
        ("selective", ["mlp"], False),
        ("selective", ["mlp", "layernorm"], True),
    ],
)
def test_the_norm_is_computed_again_where_that_is_asked_for(
    granularity: str | None, modules: list[str], recomputed: bool
) -> None:
    config = gpt(SHARED, **LAYER_NORM)
    vars(config.transformer).update(recompute_granularity=granularity, recompute_modules=modules)
    layer: Any = built(config).decoder.layers[0]
    assert layer.recompute_shared_layernorm == recomputed


@pytest.mark.parametrize("layers", [BARE, SHARED], ids=str)
def test_a_mamba_layer_keeps_its_norm(layers: Layers) -> None:
    spec: Any = hybrid_stack_spec.submodules
    assert changed(spec.mamba_layer, layers, engine_parts()) == spec.mamba_layer


def test_a_layer_keeps_what_else_it_is_made_with() -> None:
    layer = dataclasses.replace(engine_layers(Layers()).layer_specs[0], params={"hidden_dropout": 0.0})
    made: Any = changed(layer, Layers(parallel_mlp=True, shared_layernorm=True), engine_parts())
    assert made.params == {"hidden_dropout": 0.0, "shared_layernorm": engine_parts().layer_norm}


# --- What they need ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "fields", "message"),
    [
        (PARALLEL, EXPERTS, "parallel_mlp=True needs num_moe_experts=None, not 4"),
        (PARALLEL, LATENT, "parallel_mlp=True needs multi_latent_attention=False, not True"),
        (PARALLEL, {"mtp_num_layers": 1}, "mtp_num_layers=1"),
        (Layers(shared_layernorm=True), {}, "shared_layernorm=True needs parallel_mlp=True"),
        *(
            (
                dataclasses.replace(SHARED, **{norm: False}),
                LAYER_NORM,
                "shared_layernorm=True needs input_layernorm=True and pre_mlp_layernorm=True",
            )
            for norm in ("input_layernorm", "pre_mlp_layernorm")
        ),
        (SHARED, {}, "qk_layernorm_by_head=True needs normalization='LayerNorm', not 'RMSNorm'"),
        (SHARED, {**LAYER_NORM, "qk_layernorm": False}, "qk_layernorm_by_head=True needs qk_layernorm=True, not False"),
        (
            SHARED,
            {**LAYER_NORM, "layernorm_zero_centered_gamma": True},
            "qk_layernorm_by_head=True needs layernorm_zero_centered_gamma=False, not True",
        ),
        (SHARED, LATENT, "qk_layernorm_by_head=True needs multi_latent_attention=False, not True"),
        (SHARED, {"qk_l2_norm": True}, "qk_layernorm_by_head=True needs qk_l2_norm=False, not True"),
        (
            dataclasses.replace(SHARED, qk_layernorm_over_heads=True),
            {},
            "qk_layernorm_by_head=True needs qk_layernorm_over_heads=False, not True",
        ),
        (BARE, LATENT, "layernorm_bias=False needs multi_latent_attention=False, not True"),
        (BARE, {"qk_layernorm": False}, "layernorm_bias=False needs normalization='LayerNorm', not 'RMSNorm'"),
        (BARE, LAYER_NORM, "layernorm_bias=False needs qk_layernorm=False, not True"),
        (Layers(layernorm_weight=False), {}, "layernorm_weight=False needs layernorm_bias=False"),
        (
            BARE,
            {**BARE_FIELDS, "layernorm_zero_centered_gamma": True},
            "layernorm_bias=False needs layernorm_zero_centered_gamma=False, not True",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fields_need_others(layers: Layers, fields: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        gpt(layers, **fields)
    assert message in str(caught.value)


@pytest.mark.parametrize("module", ["attn_norm", "mlp_norm"])
def test_what_both_read_is_not_offloaded(module: str) -> None:
    """Megatron frees it when attention has been added."""
    config = gpt(PARALLEL)
    config.transformer.fine_grained_activation_offloading = True
    config.transformer.offload_modules = ["core_attn"]
    dataclasses.replace(config)
    config.transformer.offload_modules = [module]
    with pytest.raises(ValueError, match="is freed before the MLP reads it"):
        dataclasses.replace(config)


def test_what_is_not_offloaded_may_be_named() -> None:
    for modules in (["attn_norm", "mlp_norm"], None):
        gpt(PARALLEL, offload_modules=modules)


def test_two_branches_need_no_norms() -> None:
    gpt(dataclasses.replace(PARALLEL, input_layernorm=False, pre_mlp_layernorm=False))


@pytest.mark.parametrize("layers", [PARALLEL, BARE], ids=str)
def test_no_hybrid_model_has_them(layers: Layers) -> None:
    with pytest.raises(ValueError, match=r"parallel_mlp=True: no layer|layernorm_bias=False: no layer"):
        hybrid(layers, **BARE_FIELDS)
