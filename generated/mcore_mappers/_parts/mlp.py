"""What families share about mlp.

clamped_gate:
- activation_func: x * sigmoid(1.702 * x), in which the class has swiglu_alpha.
- gated_linear_unit: gate_up_proj holds both: Hugging Face has no flag.
- glu_linear_offset: The gate multiplies 1 + up: Hugging Face has no flag.

gated_mlp:
- gated_linear_unit: gate_proj and up_proj: Hugging Face has no flag.

lfm:
- activation_func: Hugging Face has no flag: the class always uses SiLU.
- gated_linear_unit: w1 and w3: Hugging Face has no flag.
- normalization: Hugging Face has no flag: the class is RMSNorm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check


LFM_UNREAD = (
    "conv_L_cache",
    "conv_bias",
)
"""Not read:

- conv_L_cache, conv_bias: metadata or inference: belongs to convolutions, which no layer has
"""


class _ClampedGate(Protocol):
    @property
    def swiglu_alpha(self) -> object: ...
    @property
    def swiglu_limit(self) -> float | None: ...


def clamped_gate(check: Check, hf: _ClampedGate) -> None:
    """The gate of MLPs and experts, which clamps both of its inputs."""
    check.positive(swiglu_limit=hf.swiglu_limit)
    check.must_be("swiglu_alpha", hf.swiglu_alpha, (1.702,), "Megatron's quick_gelu hard-wires it")


class _Lfm(Protocol):
    @property
    def norm_eps(self) -> float | None: ...


def lfm(check: Check, hf: _Lfm) -> None:
    """The norms and MLPs of Liquid's models, and their convolutions, which no layer may have."""
    check.positive(norm_eps=hf.norm_eps)


def clamped_gate_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What clamped_gate reads back."""
    return {
        "swiglu_alpha": 1.702,
        "swiglu_limit": transformer.activation_func_clamp_value,
    }
