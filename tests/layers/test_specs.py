"""The specs of models with layers: what each field changes in the stock one, and nothing else."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.extensions import transformer_engine_spec_provider as engine
from megatron.core.fusions.fused_bias_dropout import get_bias_dropout_add
from megatron.core.models.backends import LocalSpecProvider
from megatron.core.models.gpt import gpt_layer_specs
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_decoder_block_spec
from megatron.core.models.hybrid.hybrid_layer_specs import hybrid_stack_spec
from megatron.core.tensor_parallel.layers import ColumnParallelLinear
from megatron.core.transformer import mla_qk_norm_config
from megatron.core.transformer.attention import SelfAttention
from megatron.core.transformer.identity_op import IdentityFuncOp, IdentityOp
from megatron.core.transformer.mlp import MLPSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec, get_submodules
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from megatron.core.transformer.transformer_block import TransformerBlockSubmodules

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers import specs as layer_specs
from mcore_mappers_runtime.layers.branch_norms import PostLayerNorm
from mcore_mappers_runtime.layers.change import Parts, extended, with_held
from mcore_mappers_runtime.layers.over_heads import NormedOverHeads
from mcore_mappers_runtime.layers.parameters import PARAMETERS
from mcore_mappers_runtime.layers.residuals import ResidualMultiplier
from mcore_mappers_runtime.layers.specs import CHANGES, HybridLayerSpec, changed
from tests.bench.layers import FIELDS, turns
from tests.layers.models import (
    CHUNKS,
    EVERYWHERE,
    EXPERTS,
    GROWTH,
    L2_NORM,
    LATENT,
    LONG_ROPE,
    ONLY_AFTER,
    PLAIN_QUERIES,
    ROUTER,
    gpt,
    inner,
)
from tests.numerics.emulation import emulated

PRESENT: dict[str, Any] = {
    "qk_layernorm_over_heads": True,
    "qk_layernorm_after_rope": True,
    "qk_layernorm_by_head": True,
    "qkv_bias": False,
    "add_proj_bias": True,
    "q_layernorm": False,
    "mla_rotary_interleaved": False,
    "attention_output_gate_by_head": True,
    "num_attention_heads_by_layer": (4, 6, 4),
    "num_query_groups_by_layer": (2, 4, 2),
    "softmax_offset_freq": (0, 1, 0),
    "v_channels": 6,
    "attention_value_scale": 0.7,
    "rotary_base_by_layer": (500.0, None, 90.0),
    "rotary_percent_by_layer": (0.5, None, None),
    **LONG_ROPE,
    "layernorm_bias": False,
    "layernorm_weight": False,
    "parallel_mlp": True,
    "shared_layernorm": True,
    "output_layer_bias": True,
    "input_layernorm": False,
    "pre_mlp_layernorm": False,
    "post_attention_layernorm": True,
    "post_mlp_layernorm": True,
    "residual_multiplier": 0.3,
    "mlp_glu_clamp_by_layer": (0.5, None, 0.4),
    "moe_expert_glu_clamp_by_layer": (None, 0.3, None),
    "attn_logit_softcapping": 1.5,
    "final_logit_softcapping": 2.0,
    **CHUNKS,
    **GROWTH,
    "qk_l2_norm_freq": (1, 0, 1),
    "rope_scaling_low_freq_factor": 2.0,
    "rope_scaling_high_freq_factor": 2.0,
    **ROUTER,
    "moe_router_norm_topk_prob": False,
    "moe_router_sparse_mixer": True,
    "moe_router_sparse_mixer_eps": 0.3,
}


pytestmark = pytest.mark.usefixtures("process")


def specs(layers: Layers, **changes: Any) -> list[Any]:
    config = gpt(layers, **changes)
    block = config.transformer_layer_spec(config)
    # A spec of one layer would have its core attention replaced by Megatron's builder.
    assert isinstance(block, TransformerBlockSubmodules)
    return list(block.layer_specs or ())


def test_every_field_is_of_one_change() -> None:
    of_changes = [field for change in CHANGES for field in change.fields]
    assert sorted(of_changes) == sorted(field.name for field in dataclasses.fields(Layers)) == sorted(PRESENT)
    assert {each.field for each in PARAMETERS} <= set(of_changes)


def test_every_field_is_timed() -> None:
    """By `make bench`, each beside what it needs alone."""
    timed = {name for each in FIELDS.values() for name in each.layers.present()}
    assert timed == {each.name for each in dataclasses.fields(Layers)}


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_timed_can_be_built(name: str) -> None:
    with emulated():
        assert all(map(callable, turns(FIELDS[name])))


def test_without_layers_the_spec_is_the_stock_one() -> None:
    stock = get_gpt_decoder_block_spec(inner(**EXPERTS), use_transformer_engine=False, normalization="RMSNorm")
    for ours, theirs in zip(specs(Layers(), **EXPERTS), stock.layer_specs or (), strict=True):
        assert ours.module is theirs.module
        assert {**vars(ours.submodules), "mlp": 0} == {**vars(theirs.submodules), "mlp": 0}


def test_norms_are_made_from_the_inner_config() -> None:
    """As all that Megatron builds; the outer one only looks like it."""
    config = gpt(EVERYWHERE)
    layer, *_ = config.transformer_layer_spec(config).layer_specs
    assert layer.submodules.self_attn_bda.params["config"] is config.transformer


def parts_that_differ(layers: Layers, **changes: Any) -> set[str]:
    pairs = zip(specs(layers, **changes), specs(Layers(), **changes), strict=True)
    return {
        name
        for ours, theirs in pairs
        for name, part in vars(ours.submodules).items()
        if name != "mlp" and part != vars(theirs.submodules)[name]
    }


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("qk_layernorm_over_heads", {"self_attention"}),
        ("qk_layernorm_after_rope", {"self_attention"}),
        ("qkv_bias", {"self_attention"}),
        ("add_proj_bias", {"self_attention"}),
        ("q_layernorm", {"self_attention"}),
        ("mla_rotary_interleaved", {"self_attention"}),
        ("rotary_base_by_layer", {"self_attention"}),
        ("input_layernorm", {"input_layernorm"}),
        ("pre_mlp_layernorm", {"pre_mlp_layernorm"}),
        ("post_attention_layernorm", {"self_attn_bda"}),
        ("post_mlp_layernorm", {"mlp_bda"}),
        ("residual_multiplier", {"self_attn_bda", "mlp_bda"}),
        ("attn_logit_softcapping", {"self_attention"}),
        ("attention_chunk_size", {"self_attention"}),
        ("qk_l2_norm_freq", {"self_attention"}),
    ],
)
def test_a_field_changes_its_parts_and_no_others(field: str, parts: set[str]) -> None:
    present: dict[str, Any] = {field: PRESENT[field]}
    needed: Mapping[str, Any] = {
        "q_layernorm": LATENT,
        "mla_rotary_interleaved": LATENT,
        "qkv_bias": {"add_bias_linear": True},
        "qk_l2_norm_freq": L2_NORM,
    }
    assert parts_that_differ(Layers(**present), **EXPERTS, **needed.get(field, {})) == parts


def test_the_stock_spec_is_asked_for_what_the_config_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """For RMSNorm alone Apex's norms are left, where those are installed."""
    asked: list[Any] = []
    norms: list[bool] = []

    def stock(config: Any, **keywords: Any) -> TransformerBlockSubmodules:
        asked.append(keywords)
        return TransformerBlockSubmodules(layer_specs=[])

    def layer_norm(backend: LocalSpecProvider, rms_norm: bool) -> None:
        norms.append(rms_norm)

    monkeypatch.setattr(layer_specs, "get_gpt_decoder_block_spec", stock)
    monkeypatch.setattr(LocalSpecProvider, "layer_norm", layer_norm)
    config = gpt(ONLY_AFTER)
    assert config.transformer_layer_spec(config, vp_stage=1).layer_specs == []
    config = gpt(Layers(residual_multiplier=0.3), normalization="LayerNorm", qk_layernorm=False, qk_l2_norm=True)
    config.transformer_layer_spec(config)
    assert asked == [
        {"use_transformer_engine": False, "normalization": "RMSNorm", "qk_l2_norm": False, "vp_stage": 1},
        {"use_transformer_engine": False, "normalization": "LayerNorm", "qk_l2_norm": True, "vp_stage": None},
    ]
    assert norms == [True, False]
    # Megatron hands a virtual stage over by this name, where a spec takes it.
    assert "vp_stage" in inspect.signature(config.transformer_layer_spec).parameters


# --- Transformer Engine's layers, of which only the names are here ----------------------------------------------------


def with_engine[T](what: Callable[[], T]) -> T:
    with (
        patch.object(gpt_layer_specs, "TESpecProvider", engine.TESpecProvider),
        patch.object(gpt_layer_specs, "TENorm", engine.TENorm),
        patch.object(engine, "is_te_min_version", lambda *version: True),
    ):
        return what()


@pytest.mark.parametrize("experts", [{}, EXPERTS])
def test_fused_norms_are_left_where_there_is_none(experts: Any) -> None:
    fields = {"transformer_impl": "transformer_engine", **experts}
    for layers, linear in (
        (EVERYWHERE, engine.TELayerNormColumnParallelLinear),
        (ONLY_AFTER, engine.TEColumnParallelLinear),
    ):
        for layer in with_engine(lambda layers=layers: specs(layers, **fields)):
            held = layer.submodules
            assert held.self_attention.submodules.linear_qkv is linear
            assert held.self_attention.submodules.linear_proj is engine.TERowParallelLinear
            assert held.input_layernorm is IdentityOp
            mlp: Any = get_submodules(held.mlp)
            if hasattr(mlp, "linear_fc1"):
                assert mlp.linear_fc1 is linear
                assert mlp.linear_fc2 is engine.TERowParallelLinear
                assert held.pre_mlp_layernorm is IdentityOp
            else:
                assert (held.pre_mlp_layernorm is IdentityOp) == (not layers.pre_mlp_layernorm)
            for name in ("self_attn_bda", "mlp_bda"):
                after = vars(held)[name]
                assert after.module is PostLayerNorm
                assert after.params["layer_norm"] is engine.TENorm


def test_the_stock_spec_is_not_touched() -> None:
    """Megatron has one for all models."""
    stock: Any = hybrid_stack_spec.submodules
    before = {name: repr(spec) for name, spec in vars(stock).items()}
    for spec in vars(stock).values():
        if spec is not stock.mtp_block_spec:
            changed(spec, EVERYWHERE, engine_parts())
            changed(spec, ONLY_AFTER, engine_parts())
    assert {name: repr(spec) for name, spec in vars(stock).items()} == before


def engine_parts() -> Parts:
    return Parts(inner(), engine.TENorm, engine.TEColumnParallelLinear, engine.TELayerNormColumnParallelLinear)


@pytest.mark.parametrize("layers", [EVERYWHERE, ONLY_AFTER], ids=str)
def test_layers_of_a_hybrid_model(layers: Layers) -> None:
    stock: Any = hybrid_stack_spec.submodules
    layers = dataclasses.replace(layers, residual_multiplier=0.3)
    found: dict[str, Any] = {
        name: changed(spec, layers, engine_parts()).submodules
        for name, spec in vars(stock).items()
        if name != "mtp_block_spec"
    }
    fused = engine.TELayerNormColumnParallelLinear
    linear = fused if layers.input_layernorm else engine.TEColumnParallelLinear
    attention, mlp, moe = found["attention_layer"], found["mlp_layer"], found["moe_layer"]
    assert attention.self_attention.module is NormedOverHeads
    for name in ("gdn_layer", "mla_layer", "dsa_layer"):
        assert found[name].self_attention.module is vars(stock)[name].submodules.self_attention.module
    assert attention.self_attention.submodules.linear_qkv is linear
    projections: Any = get_submodules(mlp.mlp)
    assert projections.linear_fc1 is linear
    assert (moe.pre_mlp_layernorm is IdentityOp) == (not layers.pre_mlp_layernorm)
    # Mamba and linear attention keep their norms, and have none after them.
    assert found["mamba_layer"].mixer.submodules.in_proj is fused
    assert found["gdn_layer"].self_attention.submodules.in_proj is fused
    assert found["mamba_layer"].mamba_bda.module is ResidualMultiplier
    assert found["gdn_layer"].self_attn_bda.module is ResidualMultiplier
    # Norm around multiplier around what Megatron has.
    for after in (attention.self_attn_bda, mlp.mlp_bda, moe.mlp_bda, found["mla_layer"].self_attn_bda):
        assert after.module is PostLayerNorm
        multiplied = after.params["bias_dropout_add"]
        assert multiplied.module is ResidualMultiplier
        assert multiplied.params == {"multiplier": 0.3, "bias_dropout_add": get_bias_dropout_add}
    # Nothing is added where a layer has no such branch.
    assert attention.mlp_bda is IdentityFuncOp
    assert mlp.self_attn_bda is IdentityFuncOp


# --- Latent attention without latents of queries ----------------------------------------------------------------------


def resolved(attention: Any, config: Any) -> dict[str, Any]:
    """Which class each projection and norm of latent attention is of, as its module decides."""
    module = attention.module.__new__(attention.module)
    torch.nn.Module.__init__(module)
    module.config = config
    found: dict[str, Any] = module._resolve_qk_norm_config(attention.submodules)
    return found


def test_queries_are_projected_without_a_norm() -> None:
    config = gpt(PLAIN_QUERIES, **LATENT)
    for layer in specs(PLAIN_QUERIES, **LATENT):
        assert resolved(layer.submodules.self_attention, config.transformer) == {
            "linear_q_proj": ColumnParallelLinear,
            "linear_q_up_proj": IdentityOp,
            "linear_kv_up_proj": ColumnParallelLinear,
            "q_layernorm": IdentityOp,
            "kv_layernorm": WrappedTorchNorm,
        }
    # Megatron's own class cannot be built so.
    with pytest.raises(ValueError, match="q_lora_rank is None"):
        resolved(specs(Layers(), **LATENT)[0].submodules.self_attention, config.transformer)


def engine_resolved(attention: Any, config: Any) -> dict[str, Any]:
    with patch.object(mla_qk_norm_config, "get_backend", lambda implementation: engine.TESpecProvider()):
        return with_engine(lambda: resolved(attention, config))


def test_queries_are_projected_without_a_norm_by_transformer_engine() -> None:
    """Its fused projections have the norm of the latent of keys and values, and Megatron's class one of queries."""
    fields: dict[str, Any] = {**LATENT, "transformer_impl": "transformer_engine"}
    config = gpt(PLAIN_QUERIES, **fields).transformer
    fused, plain = engine.TELayerNormColumnParallelLinear, engine.TEColumnParallelLinear
    stock: Any = hybrid_stack_spec.submodules
    for ours, theirs in (
        (with_engine(lambda: specs(PLAIN_QUERIES, **fields))[0], with_engine(lambda: specs(Layers(), **fields))[0]),
        (changed(stock.mla_layer, PLAIN_QUERIES, engine_parts()), stock.mla_layer),
    ):
        found = engine_resolved(ours.submodules.self_attention, config)
        assert found["linear_q_proj"] is plain
        assert found["linear_kv_up_proj"] is fused
        assert found["q_layernorm"] is found["kv_layernorm"] is IdentityOp
        with_norm = engine_resolved(theirs.submodules.self_attention, config)
        assert with_norm == {**found, "linear_q_proj": fused}


def test_a_hybrid_stack_has_no_layer_with_both_branches() -> None:
    """Nor when its spec is taken for a model config of somebody else's, which has looked at nothing."""
    spec = HybridLayerSpec(Layers(parallel_mlp=True))
    with pytest.raises(ValueError, match="parallel_mlp=True: no layer of a hybrid model has both branches"):
        spec.module(inner(), spec.submodules, **spec.params)


def test_what_else_a_partial_spec_says_is_kept() -> None:
    held = MLPSubmodules(linear_fc1=ColumnParallelLinear, linear_fc2=IdentityOp)
    spec = functools.partial(dict, 1, submodules=held, tp_group="all")
    found = with_held(spec, linear_fc1=IdentityOp)
    own = MLPSubmodules(linear_fc1=IdentityOp, linear_fc2=IdentityOp)
    assert (found.func, found.args, found.keywords) == (dict, (1,), {"submodules": own, "tp_group": "all"})


def test_latent_attention_alone_is_changed() -> None:
    stock: Any = hybrid_stack_spec.submodules
    for name in ("attention_layer", "mlp_layer", "moe_layer", "mamba_layer", "gdn_layer"):
        spec = vars(stock)[name]
        assert changed(spec, PLAIN_QUERIES, engine_parts()) == spec


# --- Several changes of one class -------------------------------------------------------------------------------------


def test_changes_of_one_class_all_take_effect() -> None:
    class Another(SelfAttention):
        pass

    class Third(SelfAttention):
        pass

    spec = extended(ModuleSpec(module=SelfAttention, params={"a": 1}), Another)
    assert spec == ModuleSpec(module=Another, params={"a": 1})
    both: Any = extended(extended(spec, NormedOverHeads), Third).module
    assert both.__mro__[1:5] == (Third, both.__mro__[2], NormedOverHeads, Another)
    assert extended(extended(spec, NormedOverHeads), Third).module is both
