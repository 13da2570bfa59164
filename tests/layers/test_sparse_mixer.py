"""SparseMixer against Hugging Face's, in eval mode and in training, with the same random numbers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any
from unittest.mock import MagicMock

import pytest
import torch
from torch import Tensor
from transformers.models.phimoe.modeling_phimoe import sparsemixer

from mcore_mappers.layers import Layers
from mcore_mappers_runtime.layers import sparse_mixer
from mcore_mappers_runtime.layers.sparse_mixer import SparseMixerRouter, two_experts
from tests.layers.models import INNER, MIXED, SPARSE_MIXER, built, gpt, hybrid, logits
from tests.numerics.emulation import emulated

HIDDEN = INNER["hidden_size"]
EXPERTS = MIXED["num_moe_experts"]
EPS = SPARSE_MIXER.moe_router_sparse_mixer_eps


@pytest.fixture(scope="module", autouse=True)
def emulation(process: None) -> Generator[None]:
    with emulated():
        yield


def router(layers: Layers = SPARSE_MIXER, **changes: Any) -> Any:
    """Of the last layer of a model."""
    return built(gpt(layers, **{**MIXED, **changes})).decoder.layers[-1].mlp.router


def hidden(seed: int = 1) -> Tensor:
    return torch.randn(400, 1, HIDDEN, generator=torch.Generator().manual_seed(seed))


def scored(seed: int = 1) -> Tensor:
    """Logits, of tokens of which some have no positive one."""
    drawn = torch.randn(400, EXPERTS, generator=torch.Generator().manual_seed(seed))
    return (drawn - torch.linspace(0, 3, 400).unsqueeze(1)).requires_grad_()


def by_expert(weights: Tensor, chosen: Tensor) -> Tensor:
    return torch.zeros(weights.shape[0], EXPERTS).scatter(1, chosen, weights)


@pytest.mark.parametrize("eps", [0.0, 0.01, EPS])
@pytest.mark.parametrize("sampled", [False, True])
def test_experts_are_those_of_phi(eps: float, sampled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights of both experts, their order, and the gradients of the logits."""
    # transformers draws one number twice, of which the second one counts.
    monkeypatch.setattr(Tensor, "uniform_", lambda x: x)
    results: list[tuple[Tensor, Tensor, Tensor]] = []
    for mixer in (
        lambda x: two_experts(x, eps, sampled=sampled),
        lambda x: sparsemixer(x, jitter_eps=eps, training=sampled),
    ):
        torch.manual_seed(5)
        x = scored()
        weights, chosen = mixer(x)
        (weights * torch.tensor([1.0, 3.0]) * torch.arange(400).unsqueeze(1)).sum().backward()
        assert x.grad is not None
        results.append((weights.detach(), chosen, x.grad))
    ours, theirs = results
    for found, right in zip(ours, theirs, strict=True):
        torch.testing.assert_close(found, right)
    if eps == EPS:
        # Weights add up to no number of their own, and the second is not always the lesser one.
        weights, chosen, _ = ours
        assert weights.sum(-1).std() > 0.05
        assert 0.05 < (weights[:, 1] > weights[:, 0]).float().mean() < 0.95
        best = scored().topk(2).indices
        assert ((chosen != best).float().mean() > 0.05) == sampled


def test_the_router_of_a_model_chooses_by_its_logits() -> None:
    ours = router().eval()
    assert isinstance(ours, SparseMixerRouter)
    found, mapped = ours(hidden())
    weights, chosen = sparsemixer(hidden().view(-1, HIDDEN) @ ours.weight.T, jitter_eps=EPS, training=False)
    torch.testing.assert_close(found, by_expert(weights, chosen))
    assert torch.equal(mapped, by_expert(torch.ones_like(weights), chosen).bool())
    # What it has chosen by is not kept.
    assert ours.router_replay.logits is None


def test_training_samples_and_evaluation_does_not() -> None:
    ours = router()
    chosen = {mode: [ours.train(mode)(hidden())[1] for _ in range(2)] for mode in (True, False)}
    assert torch.equal(*chosen[False])
    assert not torch.equal(*chosen[True])
    assert all((each.sum(-1) == 2).all() for each in chosen[True])
    torch.manual_seed(7)
    ours.train()
    first = ours(hidden())[1]
    torch.manual_seed(7)
    assert torch.equal(ours(hidden())[1], first)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("parallel", [False, True])
def test_ranks_of_a_sequence_have_random_numbers_of_their_own(
    training: bool, parallel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Megatron's tracker has them; where all ranks have all tokens, they have to draw the same."""
    tracker = MagicMock()
    monkeypatch.setattr(sparse_mixer, "get_cuda_rng_tracker", lambda: tracker)
    ours = router().train(training)
    ours.config.sequence_parallel = parallel
    chosen: list[Tensor] = []
    for _ in range(2):
        ours.router_replay.logits = scored()
        chosen.append(ours.router_replay.get_replay_topk(scored())[1])
    assert torch.equal(*chosen) != training
    assert tracker.fork.call_count == (2 if training and parallel else 0)


def test_losses_of_megatron_reach_the_router() -> None:
    """That of the logits too, which is applied before experts are chosen."""
    gradients: list[Tensor] = []
    settings: tuple[Mapping[str, Any], ...] = (
        {},
        {"moe_z_loss_coeff": 0.3},
        {"moe_router_load_balancing_type": "aux_loss", "moe_aux_loss_coeff": 0.3},
    )
    for losses in settings:
        each = router(**losses).train()
        torch.manual_seed(3)
        weights, _ = each(hidden())
        (weights * torch.arange(EXPERTS)).mean().backward()
        gradients.append(each.weight.grad)
    plain, with_z_loss, with_aux_loss = gradients
    assert not torch.allclose(plain, with_z_loss)
    assert not torch.allclose(plain, with_aux_loss)


def test_routers_of_a_hybrid_model() -> None:
    model = built(hybrid(SPARSE_MIXER, **MIXED))
    assert isinstance(model.decoder.layers[-1].mlp.router, SparseMixerRouter)
    logits(model)


def test_half_precision_is_routed_in_float32() -> None:
    ours = router(moe_router_dtype=None).eval().bfloat16()
    weights, _ = ours(hidden().bfloat16())
    assert weights.dtype == torch.bfloat16
    exact, _ = two_experts((hidden().bfloat16().view(-1, HIDDEN) @ ours.weight.T).float(), EPS, sampled=False)
    torch.testing.assert_close(weights.sum(-1), exact.sum(-1).bfloat16(), atol=0.02, rtol=0.02)


REFUSED: Mapping[str, tuple[Layers, Mapping[str, Any], str]] = {
    "no_experts": (SPARSE_MIXER, {"num_moe_experts": None}, "needs two experts or more, and num_moe_experts=None"),
    "eps_alone": (Layers(moe_router_sparse_mixer_eps=0.1), {}, "=0.1 needs moe_router_sparse_mixer=True"),
    "negative": (
        Layers(moe_router_sparse_mixer=True, moe_router_sparse_mixer_eps=-0.1),
        {},
        "moe_router_sparse_mixer_eps=-0.1 must not be negative",
    ),
    "topk": (SPARSE_MIXER, {"moe_router_topk": 3}, "needs moe_router_topk=2, not 3"),
    "softmax_after": (SPARSE_MIXER, {"moe_router_pre_softmax": False}, "needs moe_router_pre_softmax=True"),
    "sigmoid": (
        SPARSE_MIXER,
        {"moe_router_pre_softmax": False, "moe_router_score_function": "sigmoid"},
        "needs moe_router_score_function='softmax'",
    ),
    "bias": (
        SPARSE_MIXER,
        {
            "moe_router_pre_softmax": False,
            "moe_router_score_function": "sigmoid",
            "moe_router_enable_expert_bias": True,
        },
        "needs moe_router_enable_expert_bias=False",
    ),
    "groups": (
        SPARSE_MIXER,
        {"moe_router_num_groups": 4, "moe_router_group_topk": 2},
        "needs moe_router_group_topk=None",
    ),
    "replay": (SPARSE_MIXER, {"moe_enable_routing_replay": True}, "needs moe_enable_routing_replay=False"),
    "fusion": (
        SPARSE_MIXER,
        {"moe_router_fusion": True},
        "moe_router_fusion=True: its kernel chooses experts without moe_router_sparse_mixer\n",
    ),
    **{
        f"another_router-{name}": (
            Layers(moe_router_sparse_mixer=True, **{name: value}),
            {},
            f"moe_router_sparse_mixer=True needs {name}=None or False, not {value}",
        )
        for name, value in (
            ("moe_router_softmax_expert_bias", True),
            ("moe_router_norm_min", 0.1),
            ("moe_router_norm_topk_prob", False),
            ("moe_router_group_score_topk", 1),
        )
    },
}


def test_two_experts_are_enough() -> None:
    weights, _ = router(num_moe_experts=2).eval()(hidden())
    assert (weights > 0).all()
    with pytest.raises(ValueError, match="needs two experts or more, and num_moe_experts=1"):
        gpt(SPARSE_MIXER, **{**MIXED, "num_moe_experts": 1})


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_mixer_needs_is_said(name: str) -> None:
    layers, changes, message = REFUSED[name]
    with pytest.raises(ValueError) as caught:
        gpt(layers, **{**MIXED, **changes})
    assert message in f"{caught.value}\n"
