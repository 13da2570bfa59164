"""The arguments of Megatron-LM's parser, as the fields of the model that Megatron builds from them.

Read as after validation. The sources are `core_transformer_config_from_args`, `_apply_yarn_config_from_args`,
`gpt_config_from_args` and `hybrid_config_from_args` in megatron/training/argument_utils.py, and `validate_args` in
megatron/training/arguments.py; names of older releases are those of the flags.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NoReturn

from .hybrid import ATTENDING, LATENT_ATTENTION
from .symbols import symbol

RENAMED: Final = {
    "num_experts": "num_moe_experts",
    "encoder_num_layers": "num_layers",
    "hybrid_override_pattern": "hybrid_layer_pattern",
    "norm_epsilon": "layernorm_epsilon",
    "apply_layernorm_1p": "layernorm_zero_centered_gamma",
    "max_position_embeddings": "seq_length",
    "use_rope_scaling": "rope_scaling",
    "rotary_seq_len_interpolation_factor": "seq_len_interpolation_factor",
    "decoder_first_pipeline_num_layers": "num_layers_in_first_pipeline_stage",
    "decoder_last_pipeline_num_layers": "num_layers_in_last_pipeline_stage",
    "fp8_param_gather": "fp8_param",
    "fp4_param_gather": "fp4_param",
}
"""By the argument, the field that it stands for."""
NEGATED: Final = {
    "untie_embeddings_and_output_weights": "share_embeddings_and_output_weights",
    "disable_bias_linear": "add_bias_linear",
    "no_persist_layer_norm": "persist_layer_norm",
    "no_masked_softmax_fusion": "masked_softmax_fusion",
    "no_gradient_accumulation_fusion": "gradient_accumulation_fusion",
    "no_rope_fusion": "apply_rope_fusion",
}
"""By the argument, the field that it is the opposite of."""
ACTIVATIONS: Final = {
    "swiglu": ("torch.nn.functional.silu", True),
    "squared_relu": ("megatron.core.activations.squared_relu", None),
    "quick_geglu": ("megatron.core.fusions.fused_bias_geglu.quick_gelu", True),
}
"""By the argument, the function, and whether it gates; None where the argument says nothing of that."""

YIELDING: Final = {"num_layers": "encoder_num_layers", "hybrid_layer_pattern": "hybrid_override_pattern"}
"""Fields that go before the argument that stands for them."""

SPENT: Final = frozenset(
    {*RENAMED, *NEGATED, *ACTIVATIONS, "padded_vocab_size", "openai_gelu"}
    | {"group_query_attention", "use_rotary_position_embeddings", "mtp_hybrid_override_pattern"}
)
"""Arguments that are no fields; Megatron's models take no notice of `openai_gelu`."""

YARN: Final = {
    "yarn_rotary_scaling_factor": ("rotary_scaling_factor", 1.0),
    "yarn_original_max_position_embeddings": ("yarn_original_max_position_embeddings", 4096),
    "yarn_beta_fast": ("yarn_beta_fast", 32.0),
    "yarn_beta_slow": ("yarn_beta_slow", 1.0),
    "yarn_mscale": ("mscale", 1.0),
    "yarn_mscale_all_dim": ("mscale_all_dim", 0.0),
    "yarn_correction_range_round_to_int": ("yarn_correction_range_round_to_int", True),
}
"""By the attribute, the argument and what stands for None."""

_MARKS: Final = frozenset(
    {"swiglu", "group_query_attention", "untie_embeddings_and_output_weights", "use_rope_scaling", "num_experts"}
)

NOT_PASSED_ON: Final = {
    "rope_scaling_factor": "Megatron's own functions do not pass --rope-scaling-factor on to the model that they build"
}
"""Arguments that Megatron's functions do not read, though the model has a field of that name."""

PADDED: Final = "padded_vocab_size"


@dataclass(frozen=True)
class Translated:
    """What arguments say of a model."""

    fields: Mapping[str, object]
    arguments: Mapping[str, str]
    """By field, the argument that says it, where that has another name."""
    padded: int | None
    """The rows of the embedding with padding, where they are said."""


def are_whole(values: Mapping[str, object]) -> bool:
    """Whether it is `vars` of a namespace of Megatron's parser, and no selection that somebody made."""
    return values.keys() >= _MARKS


class _Parser(argparse.ArgumentParser):
    """Raises where others exit."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


@cache
def parser() -> argparse.ArgumentParser:
    """Megatron's own; what it cannot parse is a ValueError."""
    from megatron.training.arguments import add_megatron_arguments

    add: Callable[[argparse.ArgumentParser], argparse.ArgumentParser] = add_megatron_arguments
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return add(_Parser(allow_abbrev=False, add_help=False))


@cache
def actions() -> Mapping[str, tuple[argparse.Action, ...]]:
    """By argument, what the parser has to set it."""
    found: dict[str, tuple[argparse.Action, ...]] = {}
    for action in parser()._actions:  # pyright: ignore[reportPrivateUsage]  # argparse gives them out in no other way
        found[action.dest] = (*found.get(action.dest, ()), action)
    return found


@cache
def names() -> frozenset[str]:
    """What Megatron's parser knows, and older ones did."""
    return frozenset({*actions(), *RENAMED, *NEGATED, PADDED})


def translated(values: Mapping[str, object], *, whole: bool) -> Translated:
    """The fields of the model that Megatron builds.

    Args:
        values: arguments by name, and fields where both have one name.
        whole: whether they are all that Megatron is told, so that an argument that is not there is off. Otherwise they
            are some arguments among fields, and each says what it says by itself.
    """
    fields = {name: value for name, value in values.items() if name not in SPENT}
    said: dict[str, str] = {}

    def say(field: str, value: object, argument: str) -> None:
        fields[field] = value
        if argument != field:
            said[field] = argument

    for argument, field in RENAMED.items():
        if values.get(argument) is not None and not (field in YIELDING and fields.get(field) is not None):
            say(field, values[argument], argument)
    for argument, field in NEGATED.items():
        if argument in values:
            say(field, not values[argument], argument)
    for argument, (function, gates) in ACTIVATIONS.items():
        if values.get(argument):
            say("activation_func", symbol(function), argument)
            if gates:
                say("gated_linear_unit", gates, argument)
    hidden = values.get("hidden_size")
    if values.get("swiglu") and values.get("ffn_hidden_size") is None and isinstance(hidden, int):
        # Three weights with as many parameters as two of four times the width, nearly.
        say("ffn_hidden_size", int((4 * hidden * 2 / 3) / 64) * 64, "swiglu")
    if not values.get("group_query_attention", not whole):
        say("num_query_groups", None, "group_query_attention")
    if values.get("use_rotary_position_embeddings"):
        say("position_embedding_type", "rope", "use_rotary_position_embeddings")
    if fields.get("num_moe_experts") == 0:
        fields["num_moe_experts"] = None
    if "rope_type" in fields and fields["rope_type"] is None:
        del fields["rope_type"]
    if whole:
        _as_built(values, fields, said)
    padded = values.get(PADDED)
    return Translated(fields, said, padded if isinstance(padded, int) else None)


def _as_built(values: Mapping[str, object], fields: dict[str, object], said: dict[str, str]) -> None:
    """What holds where the arguments are all that Megatron is told."""
    import torch

    for name in NOT_PASSED_ON:
        fields.pop(name, None)
    if "max_position_embeddings" not in said.values():
        fields.pop("seq_length", None)  # which is of the training data
    if fields.get("vocab_size") is None:
        fields.pop("vocab_size", None)  # which the tokenizer will say
    pattern = fields.get("hybrid_layer_pattern")
    if isinstance(pattern, str):
        _hybrid(pattern, values, fields)
    dtype = torch.bfloat16 if values.get("bf16") else torch.float16 if values.get("fp16") else torch.float32
    fields |= {"params_dtype": dtype, "pipeline_dtype": dtype, "deallocate_pipeline_outputs": True}
    fusion = "bias_swiglu_fusion" if values.get("swiglu") else "bias_gelu_fusion"
    if fusion in values:
        fields["bias_activation_fusion"] = bool(values[fusion]) and (
            fusion == "bias_swiglu_fusion" or bool(fields.get("add_bias_linear", True))
        )
    if fields.get("position_embedding_type") == "yarn" and not fields.get("multi_latent_attention"):
        for name, (argument, default) in YARN.items():
            value = values.get(argument)
            fields[name] = default if value is None else value


def _hybrid(pattern: str, values: Mapping[str, object], fields: dict[str, object]) -> None:
    main, *predicting = pattern.split("/")
    depth, legacy = values.get("mtp_num_layers"), values.get("mtp_hybrid_override_pattern")
    if not predicting and isinstance(legacy, str) and isinstance(depth, int) and depth > 0:
        predicting = [legacy] * depth
        fields["hybrid_layer_pattern"] = "/".join((main, *predicting))
    if predicting:
        fields["mtp_num_layers"] = len(predicting)
    fields |= {"num_layers": len(main.replace("|", "")), "is_hybrid_model": True}
    fields.pop("rope_scaling", None)  # which a hybrid model cannot have
    if LATENT_ATTENTION in pattern or ATTENDING[-1] in pattern:
        fields["multi_latent_attention"] = True
    if ATTENDING[-1] in pattern:
        fields["experimental_attention_variant"] = "dsa"
