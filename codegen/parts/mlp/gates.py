"""MLPs with a gate and without."""

from __future__ import annotations

from typing import Final

from codegen.parts.mlp.activations import ACTIVATIONS, QUICK_GELU, SILU
from codegen.table import Choice, Constant, Ignored, Kind, Part, Rename, Row, must_be, positive


def gated_mlp(activation: str) -> tuple[Row, ...]:
    """The rows of an MLP with a gate, whose activation is in the field `activation`."""
    return (
        Constant("gated_linear_unit", True, "gate_proj and up_proj: Hugging Face has no flag."),
        Choice(activation, "activation_func", ACTIVATIONS),
    )


GATED_MLP: Final = Part(rows=gated_mlp("hidden_act"))
"""An MLP with a gate, whose activation is in `hidden_act`."""


def plain_mlp(activation: str) -> tuple[Row, ...]:
    """The rows of an MLP of two linear layers, whose activation is in the field `activation`."""
    return (
        Constant("gated_linear_unit", False, "Two linear layers and no gate: Hugging Face has no flag."),
        Choice(activation, "activation_func", ACTIVATIONS),
    )


LFM: Final = Part(
    rows=(
        Rename("norm_eps", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        *positive("norm_eps"),
        Constant("gated_linear_unit", True, "w1 and w3: Hugging Face has no flag."),
        Constant("activation_func", SILU, "Hugging Face has no flag: the class always uses SiLU."),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to convolutions, which no layer has")
            for name in ("conv_bias", "conv_L_cache")
        ),
    ),
)
"""The norms and MLPs of Liquid's models, and their convolutions, which no layer may have."""

CLAMPED_GATE: Final = Part(
    rows=(
        Constant("gated_linear_unit", True, "gate_up_proj holds both: Hugging Face has no flag."),
        Constant("activation_func", QUICK_GELU, "x * sigmoid(1.702 * x), in which the class has swiglu_alpha."),
        Constant("glu_linear_offset", 1.0, "The gate multiplies 1 + up: Hugging Face has no flag."),
        Rename("swiglu_limit", "activation_func_clamp_value"),
        must_be("swiglu_alpha", (1.702,), "Megatron's quick_gelu hard-wires it"),
        *positive("swiglu_limit"),
    ),
)
"""The gate of MLPs and experts, which clamps both of its inputs."""
