"""Biases of attention and MLP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Inverse, NoInverse, Part, Rename, Weight, layered, must_be, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.biases import output_is_biased


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


class AttentionBiasConfig(Protocol):
    """A config that says of all four projections of attention whether they have biases."""

    attention_bias: bool


def output_bias(hf: AttentionBiasConfig) -> bool | None:
    return True if hf.attention_bias else None


_WITH_QKV: Final = NoInverse("attention_bias is read back from add_qkv_bias")
OUTPUT_BIAS: Final = Weight("self_attention.linear_proj.bias", "model.layers.{layer}.self_attn.o_proj.bias")
"""The bias of the output projection, where attention alone has biases."""

_UNBIASED: Final = must_be(
    "attention_bias",
    (False,),
    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
)

ATTENTION_BIAS: Final = Part(
    rows=(
        Constant("add_bias_linear", False, "No MLP has a bias."),
        Rename("attention_bias", "add_qkv_bias"),
        *layered(
            Computed("add_proj_bias", output_bias, "None, as Megatron's linear layers, or with the others.", _WITH_QKV),
            otherwise=_UNBIASED,
        ),
    ),
    weights=(OUTPUT_BIAS,),
)
"""Biases of all four projections of attention, or of none."""

NO_ATTENTION_BIAS: Final = Part(
    rows=(
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        _UNBIASED,
    ),
)
"""Biases of none of these; those of all four are refused."""


class BiasesConfig(Protocol):
    """A config that says for attention and MLP apart whether their projections have biases."""

    attention_bias: bool
    mlp_bias: bool


def biases_agree(hf: BiasesConfig) -> bool:
    return hf.attention_bias == hf.mlp_bias


def biases_of_attention_alone(hf: BiasesConfig) -> bool:
    return hf.attention_bias and not hf.mlp_bias


def attention_has_those_of_all(hf: BiasesConfig) -> bool:
    return hf.attention_bias or not hf.mlp_bias


def output_bias_if_apart(hf: BiasesConfig) -> bool | None:
    return None if hf.attention_bias == hf.mlp_bias else hf.attention_bias


def attention_bias_back(model: GPTModelConfig | HybridModelConfig) -> bool:
    return output_is_biased(model)


def attention_bias_of(transformer: TransformerConfig) -> bool:
    return transformer.add_bias_linear


_READ_BACK: Final = NoInverse("attention_bias is read back from all that says it together")

_BOTH: Final = require(
    "attention_bias",
    biases_agree,
    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every "
    "linear layer has one",
    inverse=(Inverse("attention_bias", attention_bias_back),),
)

BIASES: Final = Part(
    rows=(
        Rename("mlp_bias", "add_bias_linear"),
        Computed("add_qkv_bias", biases_of_attention_alone, "Where the MLP has none.", _READ_BACK),
        *layered(
            Computed("qkv_bias", attention_has_those_of_all, "Attention may be without those of the MLP.", _READ_BACK),
            Computed("add_proj_bias", output_bias_if_apart, "None, where it has what the MLP has.", _READ_BACK),
            otherwise=_BOTH,
        ),
    ),
    weights=(OUTPUT_BIAS,),
)
"""Biases of all projections, which attention and MLP say apart."""

BIASES_TOGETHER: Final = Part(rows=(Rename("mlp_bias", "add_bias_linear"), _BOTH))
"""Biases of none of these; those of all four are refused."""


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
