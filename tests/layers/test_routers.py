"""Routers of layers against Hugging Face's, and against Megatron's own where both compute the same."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest
import torch
from megatron.core.distributed import DistributedDataParallel, DistributedDataParallelConfig
from megatron.core.distributed.finalize_model_grads import finalize_model_grads
from megatron.core.transformer.moe.router_replay import RouterReplay, RouterReplayAction
from torch import Tensor
from transformers import DeepseekV2Config, DeepseekV3Config, Ernie4_5_MoeConfig
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2TopkRouter
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3TopkRouter
from transformers.models.ernie4_5_moe.modeling_ernie4_5_moe import Ernie4_5_MoeTopKRouter

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers.parameters import parameters
from mcore_mappers_runtime.layers.routers import LayeredRouter
from tests.layers.models import (
    EXPERTS,
    GROUPED,
    INNER,
    NOT_NORMALISED,
    ROUTER,
    SIGMOID,
    biased,
    built,
    gpt,
    hybrid,
    logits,
    stock,
)
from tests.numerics.emulation import emulated

HIDDEN = INNER["hidden_size"]
# As ERNIE 4.5 has it, but for a divisor that some weights do not reach.
ERNIE = Layers(moe_router_softmax_expert_bias=True, moe_router_norm_min=0.7)
ERNIE_INNER: Mapping[str, Any] = {**EXPERTS, "num_moe_experts": 8, "moe_router_topk": 3, "moe_router_pre_softmax": True}
# What stock Megatron does with these experts, said.
AS_STOCK = Layers(moe_router_group_score_topk=GROUPED["moe_router_topk"] // GROUPED["moe_router_group_topk"])


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def router(layers: Layers | None, **changes: Any) -> Any:
    """Of the last layer of a model; a stock one for None."""
    model = built(stock(**changes) if layers is None else gpt(layers, **changes))
    return model.decoder.layers[-1].mlp.router


def hidden(seed: int = 1) -> Tensor:
    return torch.randn(60, 1, HIDDEN, generator=torch.Generator().manual_seed(seed))


def spread_out(weights: Tensor, chosen: Tensor, experts: int) -> Tensor:
    return torch.zeros(weights.shape[0], experts).scatter(1, chosen, weights.detach())


def test_experts_are_those_of_ernie() -> None:
    ours = biased(router(ERNIE, **ERNIE_INNER))
    config = Ernie4_5_MoeConfig(hidden_size=HIDDEN, moe_num_experts=8, moe_k=3, moe_norm_min=0.7)
    theirs: Any = Ernie4_5_MoeTopKRouter(config)
    theirs.weight.data.copy_(ours.weight)
    theirs.moe_statics.e_score_correction_bias.data.copy_(ours.expert_bias)
    _, weights, chosen = theirs(hidden().view(-1, HIDDEN))
    found, mapped = ours(hidden())
    torch.testing.assert_close(found, spread_out(weights, chosen, 8))
    assert torch.equal(mapped, spread_out(torch.ones_like(weights), chosen, 8).bool())
    # The least divisor is that of some tokens, and not of others.
    assert 0.1 < (weights.sum(-1) < 0.999).float().mean() < 0.9
    # The bias changes what is chosen.
    ours.expert_bias.zero_()
    assert not torch.equal(ours(hidden())[1], mapped)


@pytest.mark.parametrize(("topk", "groups"), [(4, 2), (2, 1), (3, 2), (5, 3)])
def test_groups_are_those_of_deepseek(topk: int, groups: int) -> None:
    ours = router(
        Layers(moe_router_group_score_topk=1), **{**GROUPED, "moe_router_topk": topk, "moe_router_group_topk": groups}
    )
    config = DeepseekV2Config(
        hidden_size=HIDDEN,
        num_attention_heads=4,
        n_routed_experts=8,
        num_experts_per_tok=topk,
        topk_method="group_limited_greedy",
        n_group=4,
        topk_group=groups,
        routed_scaling_factor=1.5,
    )
    theirs: Any = DeepseekV2TopkRouter(config)
    theirs.weight.data.copy_(ours.weight)
    _, weights, chosen = theirs(hidden().view(1, -1, HIDDEN))
    found, _ = ours(hidden())
    torch.testing.assert_close(found, spread_out(weights, chosen, 8))


SIGMOIDS: Mapping[str, tuple[int, bool]] = {"several": (3, False), "two": (2, False), "one": (1, True)}
"""Where Megatron does otherwise: how many experts, and whether their scores are normalised."""


@pytest.mark.parametrize("name", SIGMOIDS)
def test_sigmoid_scores_are_normalised_as_those_of_deepseek(name: str) -> None:
    """Or are not; gradients of the router's weight too."""
    topk, normalised = SIGMOIDS[name]
    ours = biased(router(Layers(moe_router_norm_topk_prob=normalised), **{**SIGMOID, "moe_router_topk": topk}))
    config = DeepseekV3Config(
        hidden_size=HIDDEN,
        n_routed_experts=8,
        num_experts_per_tok=topk,
        n_group=1,
        topk_group=1,
        norm_topk_prob=normalised,
        routed_scaling_factor=1.5,
    )
    theirs: Any = DeepseekV3TopkRouter(config)
    theirs.weight.data.copy_(ours.weight)
    theirs.e_score_correction_bias.copy_(ours.expert_bias)
    _, weights, chosen = theirs(hidden().view(1, -1, HIDDEN))
    right = torch.zeros(60, 8).scatter(1, chosen, weights)
    found, _ = ours(hidden())
    torch.testing.assert_close(found, right)
    for each in (found, right):
        (each * torch.arange(8)).sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad)
    stock_weights, _ = biased(router(None, **{**SIGMOID, "moe_router_topk": topk}))(hidden())
    assert not torch.allclose(found, stock_weights)


@pytest.mark.parametrize("topk", [1, 2, 3])
def test_sigmoid_scores_are_normalised_as_megatron_does(topk: int) -> None:
    changes = {**SIGMOID, "moe_router_topk": topk}
    ours = biased(router(Layers(moe_router_norm_topk_prob=topk > 1), **changes))
    assert isinstance(ours, LayeredRouter)
    assert torch.equal(ours(hidden())[0], biased(router(None, **changes))(hidden())[0])


@pytest.mark.parametrize(("topk", "normalised"), [(1, True), (3, False)])
def test_experts_without_any_score_weigh_nothing(topk: int, normalised: bool) -> None:
    """As Megatron's and Hugging Face's: a score of a logit that low is zero, and their sum, too."""
    ours = biased(router(Layers(moe_router_norm_topk_prob=normalised), **{**SIGMOID, "moe_router_topk": topk}))
    weights, _ = ours.routing(torch.full((5, 8), -200.0))
    assert torch.equal(weights, torch.zeros(5, 8))


def test_losses_reach_weights_that_are_not_normalised() -> None:
    gradients: list[Tensor] = []
    for losses in ({}, FIELDS["losses"], {"moe_z_loss_coeff": 0.1}):
        each = biased(router(NOT_NORMALISED, **{**SIGMOID, **losses})).train()
        weights, _ = each(hidden())
        (weights * torch.arange(8)).mean().backward()
        gradients.append(each.weight.grad)
    plain, *others = gradients
    assert not any(torch.allclose(plain, each) for each in others)


# --- What is Megatron's stays -----------------------------------------------------------------------------------------

FIELDS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "losses": {
        "moe_router_load_balancing_type": ["aux_loss", "seq_aux_loss"],
        "moe_aux_loss_coeff": [0.3, 0.2],
        "moe_z_loss_coeff": 0.1,
    },
    "global_loss": {"moe_router_load_balancing_type": "global_aux_loss", "moe_aux_loss_coeff": 0.3},
    "capacity": {"moe_expert_capacity_factor": 0.5},
    "capacity-position": {"moe_expert_capacity_factor": 0.5, "moe_token_drop_policy": "position"},
    "dtype": {"moe_router_dtype": "fp64"},
    "softmax_after": {"moe_router_pre_softmax": False},
    "sigmoid": {"moe_router_score_function": "sigmoid", "moe_router_pre_softmax": False},
    "sigmoid-bias": {
        "moe_router_score_function": "sigmoid",
        "moe_router_pre_softmax": False,
        "moe_router_enable_expert_bias": True,
    },
}


@pytest.mark.parametrize("name", FIELDS)
def test_routers_agree_where_layers_say_what_megatron_does(name: str) -> None:
    """All that the caller's fields do: weights, the map of tokens, gradients with those of losses."""
    results: list[tuple[Tensor, Tensor, Tensor, Any]] = []
    for layers in (AS_STOCK, None):
        each = biased(router(layers, **{**GROUPED, **FIELDS[name]})).train()
        assert isinstance(each, LayeredRouter) == (layers is not None)
        # Megatron cannot count tokens of experts that have a bias beside padding.
        padding = None if each.enable_expert_bias else torch.arange(60).view(60, 1) > 50
        weights, mapped = each(hidden(), padding_mask=padding)
        (weights * torch.arange(8)).sum().backward()
        results.append((weights, mapped, each.weight.grad, each.local_tokens_per_expert))
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_recorded_choice_is_replayed() -> None:
    try:
        ours = biased(router(ERNIE, **ERNIE_INNER, moe_enable_routing_replay=True))
        replay = ours.router_replay.replay
        assert replay in RouterReplay.global_router_replay_instances
        assert replay.layer_number == ours.router_replay.layer_number == ours.layer_number == 3
        assert router(ERNIE, **ERNIE_INNER).router_replay.layer_number is None
        replay.set_router_replay_action(RouterReplayAction.RECORD)
        weights, mapped = ours(hidden())
        replay.set_target_indices(replay.get_recorded_indices())
        replay.set_router_replay_action(RouterReplayAction.REPLAY_FORWARD)
        ours.expert_bias.zero_()
        again = ours(hidden())
        assert torch.equal(again[0], weights)
        assert torch.equal(again[1], mapped)
    finally:
        RouterReplay.clear_global_router_replay_instances()


# --- The bias ---------------------------------------------------------------------------------------------------------


def test_the_bias_is_a_float32_buffer_of_checkpoints() -> None:
    model = biased(built(gpt(ERNIE, **ERNIE_INNER)))
    (parameter,) = parameters(ERNIE, "RMSNorm")
    bias = model.state_dict()[f"decoder.layers.2.{parameter.name}"].clone()
    assert bias.shape == (8,)
    assert f"decoder.layers.2.{parameter.name}" not in dict(model.named_parameters())
    assert f"decoder.layers.2.{parameter.name}" in {each.key for each in sharded(model)}
    # As stock Megatron has its own: what rounds all else to bfloat16 rounds zeros, before weights are loaded.
    half = built(gpt(ERNIE, **ERNIE_INNER)).bfloat16()
    half.load_state_dict(model.state_dict())
    assert torch.equal(half.decoder.layers[2].mlp.router.expert_bias, bias)
    logits(half)
    assert torch.equal(half.state_dict()[f"decoder.layers.2.{parameter.name}"], bias)


def sharded(model: Any) -> list[Any]:
    state: dict[str, Any] = model.sharded_state_dict()
    return [each for each in state.values() if hasattr(each, "key")]


@pytest.mark.parametrize("rate", [None, 0.0])
def test_training_leaves_the_bias_as_it_is(rate: float | None) -> None:
    """And the same step moves a bias of Megatron's own."""
    stated: dict[str, Any] = {} if rate is None else {"moe_router_bias_update_rate": rate}
    ours = biased(built(gpt(ERNIE, **ERNIE_INNER, **stated)))
    sigmoid = {"moe_router_pre_softmax": False, "moe_router_score_function": "sigmoid"}
    theirs = built(stock(**{**ERNIE_INNER, **sigmoid, "moe_router_enable_expert_bias": True}))
    for model, moves in ((ours, False), (theirs, True)):
        bias = model.decoder.layers[2].mlp.router.expert_bias
        before = bias.clone()
        chunk = DistributedDataParallel(model.config, DistributedDataParallelConfig(), model.train())
        logits(chunk).square().mean().backward()
        finalize_model_grads([chunk])
        assert torch.equal(bias, before) != moves
        assert not bias.requires_grad


def test_routers_of_a_hybrid_model() -> None:
    model = built(hybrid(ERNIE, **ERNIE_INNER))
    assert isinstance(model.decoder.layers[-1].mlp.router, LayeredRouter)
    logits(model)


# --- What they need ---------------------------------------------------------------------------------------------------

REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "no_experts": (ERNIE, {}, "num_moe_experts=None: there are none"),
    "fusion": (ERNIE, {**ERNIE_INNER, "moe_router_fusion": True}, "moe_router_fusion=True: its kernel chooses"),
    "sinkhorn": (ERNIE, {**ERNIE_INNER, "moe_router_load_balancing_type": "sinkhorn"}, "='sinkhorn': it chooses"),
    "quantiles": (
        ERNIE,
        {**ERNIE_INNER, "moe_router_load_balancing_type": "quantile_balancing"},
        "='quantile_balancing': it chooses",
    ),
    "rate": (ERNIE, {**ERNIE_INNER, "moe_router_bias_update_rate": 0.01}, "moe_router_bias_update_rate=0.01: Megatron"),
    "softmax_after": (ERNIE, {**ERNIE_INNER, "moe_router_pre_softmax": False}, "needs moe_router_pre_softmax=True"),
    "sigmoid": (
        ERNIE,
        {**ERNIE_INNER, "moe_router_pre_softmax": False, "moe_router_score_function": "sigmoid"},
        "needs moe_router_score_function='softmax', not 'sigmoid'",
    ),
    "two_biases": (
        ERNIE,
        {
            **ERNIE_INNER,
            "moe_router_pre_softmax": False,
            "moe_router_score_function": "sigmoid",
            "moe_router_enable_expert_bias": True,
        },
        "needs moe_router_enable_expert_bias=False",
    ),
    "negative": (Layers(moe_router_norm_min=-1.0), ERNIE_INNER, "moe_router_norm_min=-1.0 must not be negative"),
    "normed_after": (
        Layers(moe_router_norm_min=0.1),
        {**ERNIE_INNER, "moe_router_pre_softmax": False},
        "moe_router_norm_min=0.1 needs moe_router_pre_softmax=True",
    ),
    "softmax": (
        NOT_NORMALISED,
        ERNIE_INNER,
        "moe_router_norm_topk_prob=False needs moe_router_score_function='sigmoid', not 'softmax'",
    ),
    "capacity": (
        NOT_NORMALISED,
        {**SIGMOID, "moe_expert_capacity_factor": 0.5},
        "moe_router_norm_topk_prob=False needs moe_expert_capacity_factor=None, not 0.5",
    ),
    "no_groups": (Layers(moe_router_group_score_topk=1), ERNIE_INNER, "needs moe_router_num_groups"),
    "none_of_a_group": (Layers(moe_router_group_score_topk=0), GROUPED, "must be at least 1"),
    "more_than_a_group": (Layers(moe_router_group_score_topk=3), GROUPED, "at most the 2 experts of a group"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_routers_need_is_said(name: str) -> None:
    layers, changes, message = REFUSED[name]
    with pytest.raises(ValueError) as caught:
        gpt(layers, **changes)
    assert message in str(caught.value)


@pytest.mark.parametrize("layers", [Layers(moe_router_softmax_expert_bias=True), Layers(moe_router_norm_min=0.1)])
def test_softmax_scores_are_needed_by_each(layers: Layers) -> None:
    sigmoid: Mapping[str, Any] = {"moe_router_pre_softmax": False, "moe_router_score_function": "sigmoid"}
    with pytest.raises(ValueError) as caught:
        gpt(layers, **{**ERNIE_INNER, **sigmoid})
    (name,) = layers.present()
    said = f"{name}={vars(layers)[name]}"
    assert str(caught.value).splitlines()[1:] == [
        f"  - {said} needs moe_router_score_function='softmax', not 'sigmoid'",
        f"  - {said} needs moe_router_pre_softmax=True, not False",
    ]


@pytest.mark.parametrize("field", ["moe_router_num_groups", "moe_router_group_topk"])
def test_groups_are_needed_that_are_chosen(field: str) -> None:
    config = gpt(AS_STOCK, **GROUPED)
    setattr(config.transformer, field, None)
    with pytest.raises(ValueError, match=r"=2 needs moe_router_num_groups and moe_router_group_topk, not .*None"):
        config.transformer_layer_spec(config)


@pytest.mark.parametrize("field", ["moe_router_fusion", "moe_router_bias_update_rate"])
def test_fields_can_be_set_later(field: str) -> None:
    config = gpt(ERNIE, **ERNIE_INNER)
    setattr(config.transformer, field, 1)
    with pytest.raises(ValueError, match=field):
        config.transformer_layer_spec(config)


def test_all_fields_together() -> None:
    """What is chosen by a bias from the best groups is weighed as it says."""
    ours = biased(router(Layers(**ROUTER), **GROUPED))
    weights, mapped = ours(hidden())
    scores = torch.nn.functional.linear(hidden().view(-1, HIDDEN), ours.weight).softmax(-1)
    ranked = (scores + ours.expert_bias).view(-1, 4, 2)
    best = ranked.max(-1).values.topk(2).indices
    among = torch.full_like(ranked, float("-inf")).scatter(
        1, best.unsqueeze(-1).expand(-1, -1, 2), ranked.gather(1, best.unsqueeze(-1).expand(-1, -1, 2))
    )
    chosen = among.view(-1, 8).topk(4).indices
    taken = scores.gather(1, chosen)
    right = taken / taken.sum(-1, keepdim=True).clamp(min=0.1) * 1.5
    torch.testing.assert_close(weights, spread_out(right, chosen, 8))
    assert (mapped.sum(-1) == 4).all()
