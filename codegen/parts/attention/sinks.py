"""Granite's models with windows: sinks, and layers with rope, without, with a window and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.positions.rope import GPT_ROPE, HYBRID_ROPE, ROPE_KEYS, RopeConfig, yarn
from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Part

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.layer_thetas import layer_thetas, thetas_by_layer, with_theta
    from mcore_mappers_runtime.positions import rope_skips
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, gpt_rope, hybrid_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters, hybrid_rope_parameters


class ThetasConfig(Protocol):
    """A config with a rope base for each layer."""

    num_hidden_layers: int
    layer_rope_theta: list[float | int] | None


def thetas(hf: ThetasConfig, check: Check) -> list[float]:
    return layer_thetas(check, hf.layer_rope_theta, hf.num_hidden_layers)


def layer_rope_theta_back(model: GPTModelConfig | HybridModelConfig) -> list[float]:
    return thetas_by_layer(model)


def no_rope_freq(thetas: list[float]) -> list[int] | None:
    return rope_skips([int(not theta) for theta in thetas])


def no_rope_freq_by_symbol(thetas: list[float]) -> list[int] | None:
    return by_symbol(rope_skips([int(not theta) for theta in thetas]))


def rope(hf: RopeConfig, check: Check, thetas: list[float]) -> GPTRope:
    return gpt_rope(
        check, with_theta(rope_parameters_of(hf), thetas), max_position_embeddings=hf.max_position_embeddings
    )


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model)


def rope_of_hybrid(hf: RopeConfig, check: Check, thetas: list[float]) -> HybridRope:
    return hybrid_rope(
        check, with_theta(rope_parameters_of(hf), thetas), max_position_embeddings=hf.max_position_embeddings
    )


def rope_parameters_back_of_hybrid(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters(model)


_ELSEWHERE: Final = NoInverse("layer_rope_theta is read back where it is computed")

SINKS: Final = Part(
    includes=(GIVEN_WINDOW, ROPE_KEYS),
    rows=(
        Constant("softmax_type", "learnable", "sinks, one for each head: Hugging Face has no flag."),
        Local("thetas", thetas, (Inverse("layer_rope_theta", layer_rope_theta_back),)),
    ),
    gpt=(
        Local("rope", rope, (Inverse("rope_parameters", rope_parameters_back),), GPT_ROPE, yarn),
        Computed("no_rope_freq", no_rope_freq, "1 for a layer without rope.", _ELSEWHERE),
    ),
    hybrid=(
        Local("rope", rope_of_hybrid, (Inverse("rope_parameters", rope_parameters_back_of_hybrid),), HYBRID_ROPE, yarn),
        Computed(
            "no_rope_freq",
            no_rope_freq_by_symbol,
            "1 for a layer without rope; every layer has two symbols.",
            _ELSEWHERE,
        ),
    ),
)
"""Attention times a gate, sigmoid(logsumexp(scores) - sink): a softmax with one more logit, which has no value."""
