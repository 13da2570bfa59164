"""Biases of attention and MLP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Inverse, Part, Rename, must_be, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


NO_BIAS: Final = Part(
    rows=(Constant("add_bias_linear", False, "No linear layer of the class has a bias."),),
)
"""No linear layer has a bias."""

QKV_BIAS: Final = Part(
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone have biases."),
        Constant("add_qkv_bias", True, "Hugging Face has no flag: the class has these biases always."),
    ),
)
"""Biases of queries, keys and values, always."""

NO_ATTENTION_BIAS: Final = Part(
    rows=(
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        must_be(
            "attention_bias",
            (False,),
            "it biases the output projection too, and Megatron has that bias only together with biases of every "
            "linear layer",
        ),
    ),
)
"""Biases of all four projections of attention, or of none."""


class BiasesConfig(Protocol):
    """A config that says for attention and MLP apart whether their projections have biases."""

    attention_bias: bool
    mlp_bias: bool


def biases_agree(hf: BiasesConfig) -> bool:
    return hf.attention_bias == hf.mlp_bias


def attention_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


BIASES: Final = Part(
    rows=(
        Rename("mlp_bias", "add_bias_linear"),
        require(
            "attention_bias",
            biases_agree,
            "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when "
            "every linear layer has one",
            inverse=(Inverse("attention_bias", attention_bias_of),),
        ),
    ),
)
"""Biases of all projections, which attention and MLP say apart."""


class UsedBiasesConfig(Protocol):
    """A config that says for all projections at once whether they have biases."""

    use_bias: bool | None


def add_bias_linear(hf: UsedBiasesConfig) -> bool:
    return bool(hf.use_bias)


USED_BIASES: Final = Part(
    rows=(
        Computed(
            "add_bias_linear",
            add_bias_linear,
            "Of attention and MLP alike.",
            inverse=(Inverse("use_bias", attention_bias_of),),
        ),
    ),
)
"""Biases of all projections, or of none, as `use_bias` says."""

ALL_BIASES: Final = Part(
    rows=(Constant("add_bias_linear", True, "Every linear layer but the output layer has a bias."),)
)
"""Biases of every linear layer but the output layer, always."""
