"""How other tools configure routers that stock Megatron does not have, and by how much these are other routers.

Each of them is of published sizes, with random weights: the weights of Megatron's experts with the settings of a tool,
beside those of transformers. `docs/other-tools.tsv` says what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
import torch
from megatron.core.transformer.moe.moe_utils import topk_routing_with_score_function
from transformers import DeepseekV2Config, DeepseekV3Config, Ernie4_5_MoeConfig, MixtralConfig
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2TopkRouter
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3TopkRouter
from transformers.models.ernie4_5_moe.modeling_ernie4_5_moe import Ernie4_5_MoeTopKRouter
from transformers.models.mixtral.modeling_mixtral import MixtralTopKRouter

from codegen.pages import other_tools

Router = Callable[[], torch.nn.Module]
TOKENS, WIDTH = 512, 64


def deepseek_v2() -> torch.nn.Module:
    return DeepseekV2TopkRouter(
        DeepseekV2Config(
            hidden_size=WIDTH,
            n_routed_experts=160,
            num_experts_per_tok=6,
            topk_method="group_limited_greedy",
            n_group=8,
            topk_group=3,
            routed_scaling_factor=16.0,
        )
    )


def deepseek_v3() -> torch.nn.Module:
    return DeepseekV3TopkRouter(DeepseekV3Config(hidden_size=WIDTH))


def ernie4_5_moe() -> torch.nn.Module:
    return Ernie4_5_MoeTopKRouter(Ernie4_5_MoeConfig(hidden_size=WIDTH))


def mixtral() -> torch.nn.Module:
    return MixtralTopKRouter(MixtralConfig(hidden_size=WIDTH))


V2: Final[Mapping[str, Any]] = {"topk": 6, "use_pre_softmax": True, "scaling_factor": 16.0}
V3: Final[Mapping[str, Any]] = {"topk": 8, "score_function": "sigmoid", "scaling_factor": 2.5}
ERNIE: Final[Mapping[str, Any]] = {"topk": 6}
OTHERS: Final[Mapping[str, tuple[Router, Mapping[str, Mapping[str, Any]]]]] = {
    "deepseek_v2": (deepseek_v2, {"groups by their two best": {**V2, "num_groups": 8, "group_topk": 3}}),
    "deepseek_v3": (deepseek_v3, {"no groups": V3}),
    "ernie4_5_moe": (
        ernie4_5_moe,
        {"sigmoid scores": {**ERNIE, "score_function": "sigmoid"}, "no bias": {**ERNIE, "use_pre_softmax": False}},
    ),
    "mixtral": (mixtral, {"not normalised": {"topk": 2, "use_pre_softmax": True}}),
}
"""By type, the router of transformers, and what tools have Megatron's do."""


def weights(router: torch.nn.Module, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The logits, and the weight of every expert for every token."""
    logits, chosen, experts = router(hidden)
    return logits, torch.zeros_like(logits).scatter(1, experts, chosen)


def drawn(make: Router) -> tuple[torch.nn.Module, torch.Tensor | None]:
    """A router with random weights, and its bias of each expert."""
    torch.manual_seed(1)
    router = make()
    biases: list[torch.Tensor] = []
    for name, tensor in router.state_dict().items():
        is_bias = name.endswith("e_score_correction_bias")
        tensor.normal_(std=0.01 if is_bias else 0.1)
        biases += [tensor.flatten()] if is_bias else []
    return router, biases[0] if biases else None


def found(kind: str) -> dict[str, tuple[int, float]]:
    """By setting, how many of a hundred tokens go to other experts, and by how much their weights differ at most."""
    make, settings = OTHERS[kind]
    router, bias = drawn(make)
    with torch.no_grad():
        logits, expected = weights(router, torch.randn(TOKENS, WIDTH))
    result: dict[str, tuple[int, float]] = {}
    for name, given in settings.items():
        used = bias if given.get("score_function") == "sigmoid" else None
        ours, _ = topk_routing_with_score_function(logits, expert_bias=used, **given)
        other = ((ours != 0) != (expected != 0)).any(dim=1)
        result[name] = round(100 * other.float().mean().item()), (ours - expected).abs().max().item()
    return result


@pytest.mark.parametrize("kind", OTHERS)
def test_measured_is_what_is_said(kind: str) -> None:
    said = other_tools.read().by_type[kind].differs
    for name, (percent, most) in found(kind).items():
        # Where the experts are the same, their weights tell.
        assert (f" {percent} %" if percent else f" {most:.2f} ") in said, (name, percent, most)


def test_with_what_a_mapper_says_they_are_equal() -> None:
    """The same comparison finds nothing where the settings are the class's."""
    router, bias = drawn(deepseek_v3)
    with torch.no_grad():
        logits, expected = weights(router, torch.randn(TOKENS, WIDTH))
    ours, _ = topk_routing_with_score_function(logits, expert_bias=bias, num_groups=8, group_topk=4, **V3)
    assert (ours - expected).abs().max() < 1e-6
