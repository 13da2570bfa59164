"""Flags of Megatron-LM's parser: written from what fields say, and read as Megatron reads them."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, cast

from . import arguments
from .equal import inner_of, same_architecture, values_of
from .heterogeneous import ENCODED
from .hybrid import ATTENDING, LATENT_ATTENTION, main_symbols
from .kernels import missing_kernels
from .symbols import symbol

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

type Values = Mapping[str, object]
"""All fields and attributes of a model by name."""

_PRECISION: Final = {"bf16": "bfloat16", "fp16": "float16"}
"""By the argument that asks for it, the name of torch's dtype. Without one it is float32."""

_DTYPES: Final = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}
"""By the name of torch's dtype, what arguments call it."""

# --- Written ----------------------------------------------------------------------------------------------------------


@cache
def _argument_of() -> Mapping[str, str]:
    """By field, the argument that stands for it, where that has another name; of several the one of today."""
    known = arguments.actions()
    return {
        field: argument
        for argument, field in arguments.RENAMED.items()
        if argument in known and argument not in arguments.YIELDING.values()
    }


@cache
def _opposite_of() -> Mapping[str, str]:
    """By field, the argument that says the opposite."""
    known = arguments.actions()
    return {field: argument for argument, field in arguments.NEGATED.items() if argument in known}


def arguments_for(names: Iterable[str], values: Values) -> dict[str, object]:
    """By argument, what has to be said so that Megatron builds a model with these fields.

    Args:
        names: of the fields that are to be said.
        values: all fields of the model; some are said in different ways beside others.
    """
    said: dict[str, object] = {}
    by_pattern = _by_pattern(values.get("hybrid_layer_pattern"))
    for name in names:
        if name in _WITH:
            continue
        if name in _PARTS:
            said |= _PARTS[name](values)
        elif name in _opposite_of():
            said[_opposite_of()[name]] = not values[name]
        elif name not in by_pattern:
            said[_argument_of().get(name, name)] = values[name]
    return {argument: value for argument, value in said.items() if argument in arguments.actions()}


def arguments_of(name: str, values: Values) -> dict[str, object]:
    """By argument, what has to be said so that Megatron builds a model with one field; empty where nothing says it."""
    return arguments_for([_WITH.get(name, name)], values)


def _by_pattern(pattern: object) -> frozenset[str]:
    """The fields that Megatron takes from the pattern of a hybrid model."""
    if not isinstance(pattern, str):
        return frozenset()
    latent = {"multi_latent_attention"} if LATENT_ATTENTION in pattern or ATTENDING[-1] in pattern else set[str]()
    sparse = {"experimental_attention_variant"} if ATTENDING[-1] in pattern else set[str]()
    return frozenset({"num_layers", "mtp_num_layers", "is_hybrid_model", *latent, *sparse})


def _groups(values: Values) -> Iterator[tuple[str, object]]:
    groups = values["num_query_groups"]
    if groups != values["num_attention_heads"] and not values["multi_latent_attention"]:
        yield "group_query_attention", True
        yield "num_query_groups", groups


def _head_size(values: Values) -> Iterator[tuple[str, object]]:
    width, hidden, heads = values["kv_channels"], values["hidden_size"], values["num_attention_heads"]
    derived = isinstance(hidden, int) and isinstance(heads, int) and width == hidden // heads
    yield "kv_channels", None if derived else width


def _activation(values: Values) -> Iterator[tuple[str, object]]:
    for argument, (path, gates) in arguments.ACTIVATIONS.items():
        gated = bool(values["gated_linear_unit"])
        yield argument, symbol(path) is values["activation_func"] and gated == bool(gates)


def _fusion(values: Values) -> Iterator[tuple[str, object]]:
    if dict(_activation(values))["swiglu"]:
        yield "bias_swiglu_fusion", values["bias_activation_fusion"]
    elif values["add_bias_linear"]:  # without biases Megatron turns it off
        yield "bias_gelu_fusion", values["bias_activation_fusion"]


def _expert_layers(values: Values) -> Iterator[tuple[str, object]]:
    each = values["moe_layer_freq"]
    yield "moe_layer_freq", 1 if isinstance(each, list) and set(cast("list[object]", each)) == {1} else each


def _vocabulary(values: Values) -> Iterator[tuple[str, object]]:
    yield "vocab_size" if values["should_pad_vocab"] else arguments.PADDED, values["vocab_size"]


def _positions(values: Values) -> Iterator[tuple[str, object]]:
    kind = values["position_embedding_type"]
    yield "position_embedding_type", kind
    if kind == "yarn" and not values["multi_latent_attention"]:
        for name, (argument, usual) in arguments.YARN.items():
            if name in values:
                yield argument, None if values[name] == usual and _default(argument) is None else values[name]


def _precision(values: Values) -> Iterator[tuple[str, object]]:
    for argument, dtype in _PRECISION.items():
        yield argument, str(values["params_dtype"]) == f"torch.{dtype}"


def _layout(values: Values) -> Iterator[tuple[str, object]]:
    layout = values["pipeline_model_parallel_layout"]
    yield "pipeline_model_parallel_layout", values_of(layout)["input_data"] if hasattr(layout, "input_data") else layout


def _virtual_stages(values: Values) -> Iterator[tuple[str, object]]:
    if values["pipeline_model_parallel_layout"] is None and values.get("hybrid_layer_pattern") is None:
        yield "num_virtual_stages_per_pipeline_rank", values["virtual_pipeline_model_parallel_size"]


def _layers_that_differ(values: Values) -> Iterator[tuple[str, object]]:
    """None: the parser takes the JSON of a whole Hugging Face config alone, as a file, and only with Llama 3's rope."""
    del values
    yield from ()


_PARTS: Final[Mapping[str, Callable[[Values], Iterator[tuple[str, object]]]]] = {
    "num_query_groups": _groups,
    "kv_channels": _head_size,
    "activation_func": _activation,
    "bias_activation_fusion": _fusion,
    "moe_layer_freq": _expert_layers,
    "vocab_size": _vocabulary,
    "position_embedding_type": _positions,
    "params_dtype": _precision,
    "pipeline_model_parallel_layout": _layout,
    "virtual_pipeline_model_parallel_size": _virtual_stages,
    ENCODED: _layers_that_differ,
}
"""By field, the arguments that say it together with others."""

_WITH: Final = {
    "gated_linear_unit": "activation_func",
    "should_pad_vocab": "vocab_size",
    **dict.fromkeys(arguments.YARN, "position_embedding_type"),
    **dict.fromkeys(("pipeline_dtype", *_PRECISION), "params_dtype"),
}
"""By field, the one with which it is said."""


def _default(argument: str) -> object:
    return arguments.parser().get_default(argument)


def flags_of(said: Mapping[str, object]) -> list[str]:
    """The words that say it; left out is what the parser takes anyway, and what it has no flag for."""
    words: list[str] = []
    for argument, value in said.items():
        if not same_architecture(argument, value, _default(argument)):
            words += words_of(argument, value) or ()
    return words


def words_of(argument: str, value: object) -> list[str] | None:
    """The flag that gives an argument a value, and what stands after it; None where nothing does."""
    for action in arguments.actions().get(argument, ()):
        if action.nargs == 0:
            if action.const is value:
                return [action.option_strings[0]]
        elif value is not None:
            each = _each(value) if action.nargs == "+" else None
            texts = [_text(item, action) for item in ([value] if each is None else each)]
            found = [_read(text, action) for text in texts]
            if same_architecture(argument, found[0] if each is None else found, _plain(value)):
                return [action.option_strings[0], *texts]
    return None


def _each(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _text(value: object, action: argparse.Action) -> str:
    """As it is written; lists have no blanks in them, which Megatron does not take."""
    if isinstance(value, list):
        return _list_text(cast("list[object]", value))
    if isinstance(value, tuple):
        return ",".join(map(str, cast("tuple[object, ...]", value)))
    if isinstance(value, float) and value.is_integer() and action.type is int:
        return str(int(value))
    return str(_plain(value).name if isinstance(value, Enum) else _plain(value))


def _list_text(values: Sequence[object]) -> str:
    """A list for each layer, in runs where that is shorter."""
    runs = [f"[{value}]*{len(list(each))}".removesuffix("*1") for value, each in groupby(values)]
    entries = ",".join(map(str, values))
    return min("+".join(runs), f"[{entries}]", key=len)


def _plain(value: object) -> Any:
    """A dtype as arguments call it."""
    name = str(value).removeprefix("torch.")
    return _DTYPES[name] if type(value).__name__ == "dtype" and name in _DTYPES else value


def _read(text: str, action: argparse.Action) -> object:
    """What the parser makes of a word; the word itself where it does not take it."""
    convert = cast("Callable[[str], object] | None", action.type)
    try:
        value = text if convert is None else convert(text)
    except (ValueError, TypeError, KeyError, AssertionError, argparse.ArgumentTypeError):
        return None
    return value if action.choices is None or value in action.choices else None


# --- Read -------------------------------------------------------------------------------------------------------------


def settled(args: argparse.Namespace) -> argparse.Namespace:
    """The arguments as Megatron's `validate_args` leaves those that decide a model.

    That function itself cannot be asked: it wants devices, data and a world of processes, and sets what is torch's.
    """
    values = dict(vars(args))
    _settle_pattern(values)
    _settle_shapes(values)
    _settle_parallelism(values)
    import torch

    values["params_dtype"] = next(
        (vars(torch)[dtype] for argument, dtype in _PRECISION.items() if values[argument]), torch.float32
    )
    if values["add_bias_linear"]:
        values["add_qkv_bias"] = True
    else:
        values["bias_gelu_fusion"] = False
    if values["use_rotary_position_embeddings"]:
        values["position_embedding_type"] = "rope"
    if values["position_embedding_type"] != "rope":
        values["apply_rope_fusion"] = False
    if values["position_embedding_type"] not in ("rope", "none"):
        values["mtp_num_layers"] = None  # which Megatron refuses there
    if values["apply_query_key_layer_scaling"]:
        values["attention_softmax_in_fp32"] = True
    for name in ("moe_router_load_balancing_type", "moe_aux_loss_coeff"):
        value = values[name]
        if isinstance(value, list) and len(cast("list[object]", value)) == 1:
            values[name] = value[0]
    return argparse.Namespace(**values)


def _settle_pattern(values: dict[str, Any]) -> None:
    values["hybrid_layer_pattern"] = pattern = values["hybrid_layer_pattern"] or values["hybrid_override_pattern"]
    if pattern is None:
        return
    legacy, depth = values["mtp_hybrid_override_pattern"], values["mtp_num_layers"]
    if legacy is not None and depth and "/" not in pattern:
        values["hybrid_layer_pattern"] = pattern = "/".join((pattern, *[legacy] * depth))
    main, *predicting = pattern.split("/")
    values["num_layers"] = len(main_symbols(pattern))
    if predicting:
        values["mtp_num_layers"] = len(predicting)
    if LATENT_ATTENTION in pattern or ATTENDING[-1] in pattern:
        values["multi_latent_attention"] = True
    segments, stages = main.count("|") + 1, values["pipeline_model_parallel_size"]
    values["virtual_pipeline_model_parallel_size"] = segments // stages if 0 < stages < segments else None


def _settle_shapes(values: dict[str, Any]) -> None:
    hidden, heads = values["hidden_size"], values["num_attention_heads"]
    if values["num_layers"] is None:
        values["num_layers"] = values["encoder_num_layers"]
    if values["ffn_hidden_size"] is None and hidden is not None:
        # Three weights with as many parameters as two of four times the width, nearly.
        values["ffn_hidden_size"] = int((4 * hidden * 2 / 3) / 64) * 64 if values["swiglu"] else 4 * hidden
    if values["kv_channels"] is None and hidden is not None and heads:
        values["kv_channels"] = hidden // heads
    if values["num_experts"] == 0:
        values["num_experts"] = None
    if values["num_experts"] is not None and values["moe_ffn_hidden_size"] is None:
        values["moe_ffn_hidden_size"] = values["ffn_hidden_size"]


def _settle_parallelism(values: dict[str, Any]) -> None:
    if values["hybrid_layer_pattern"] is None:
        stages = values["num_virtual_stages_per_pipeline_rank"]
        values["virtual_pipeline_model_parallel_size"] = stages if stages is not None and stages > 1 else None
    if values["virtual_pipeline_model_parallel_size"] is None:
        values["overlap_p2p_comm"] = False
    if values["tensor_model_parallel_size"] == 1:
        values["sequence_parallel"] = False
    if values["recompute_activations"]:
        values["recompute_granularity"] = "selective"
    if values["cpu_offloading_num_layers"] > 0:
        values["cpu_offloading"] = True


def built(args: argparse.Namespace) -> ModelConfig:
    """The model config that Megatron's own functions make of settled arguments.

    Raises:
        Exception: whatever Megatron raises about arguments that do not go together.
    """
    from megatron.training import argument_utils

    functions = cast("Mapping[str, Callable[[argparse.Namespace], ModelConfig]]", vars(argument_utils))
    values = dict(vars(args))
    # Megatron constructs none with kernels that only the machines have that train: it gets these afterwards.
    later: dict[str, bool] = dict.fromkeys(missing_kernels(values), False)
    name = "gpt_config_from_args" if values["hybrid_layer_pattern"] is None else "hybrid_config_from_args"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = functions[name](argparse.Namespace(**{**values, **later}))
    for kernel in later:
        setattr(inner_of(model), kernel, values[kernel])
    return model
