"""Megatron's optional fields, whose values several spellings have: None, a number, a list for each layer."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from .by_layer import experts, linear, windows, without_rope
from .equal import flat, inner_of
from .heterogeneous import ENCODED, blocks_of
from .hybrid import ATTENDING, DELTA_NET, EXPERTS, MAMBA, MLP, main_symbols

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig


def spelt_alike(ours: Mapping[str, object], theirs: Mapping[str, object]) -> frozenset[str]:
    """The fields in which two models are alike, however each is written.

    Args:
        ours: the fields and attributes of one model by name.
        theirs: those of the other.
    """
    return frozenset(
        name for names, plain in _PLAIN if (said := plain(ours)) is not None and said == plain(theirs) for name in names
    )


def without_idle_window[Model: ModelConfig](model: Model) -> Model:
    """The same model, without a window where no layer has it: as it is read back."""
    values = flat(model)
    if not values.get("window_size") or _window(values) != ():
        return model
    model = copy.copy(model)
    vars(model)["transformer"] = transformer = copy.copy(inner_of(model))
    vars(transformer).update(window_size=None, window_attn_skip_freq=None)
    return model


def _layers(values: Mapping[str, object]) -> int:
    layers = values.get("num_layers")
    return layers if isinstance(layers, int) else 0


def _attending(values: Mapping[str, object], each: list[int] | None) -> list[int] | None:
    """Of a list for each layer, what those read that attend; in a hybrid model these are some."""
    pattern = values.get("hybrid_layer_pattern")
    if each is None or not isinstance(pattern, str):
        return each
    symbols = main_symbols(pattern)
    if len(symbols) != len(each):
        return None
    others = (MLP, EXPERTS, MAMBA, DELTA_NET)
    return [value for symbol, value in zip(symbols, each, strict=True) if symbol not in others]


def _experts(values: Mapping[str, object]) -> object:
    return experts(values.get("moe_layer_freq"), _layers(values))


def _rope(values: Mapping[str, object]) -> object:
    return _attending(values, without_rope(values.get("no_rope_freq"), _layers(values)))


def _window(values: Mapping[str, object]) -> object:
    """The window of each layer."""
    window = values.get("window_size")
    if not window:
        return ()
    each = _attending(values, windows(values.get("window_attn_skip_freq"), _layers(values)))
    if each is None or not isinstance(window, list | tuple):
        return None
    return ([*cast("Sequence[object]", window)], each) if any(each) else ()


def _linear(values: Mapping[str, object]) -> object:
    """A hybrid pattern says it otherwise."""
    if values.get("experimental_attention_variant") is None or values.get("hybrid_layer_pattern") is not None:
        return ()
    return linear(values.get("linear_attention_freq"), _layers(values))


def _softmax_scale(values: Mapping[str, object]) -> object:
    """Latent attention has a scale of its own; plain attention follows its width where none is given.

    Megatron derives another one where `use_mup` is set.
    """
    scale, width = values.get("softmax_scale"), values.get("kv_channels")
    if values.get("multi_latent_attention") or (scale is None and not values.get("use_mup")):
        return "its own"
    if not isinstance(scale, int | float) or not isinstance(width, int) or width <= 0:
        return None
    return "its own" if math.isclose(scale, width**-0.5, rel_tol=1e-12) else scale


def _biases(values: Mapping[str, object]) -> object:
    """Query, key and value have biases where either field says so."""
    return bool(values.get("add_bias_linear") or values.get("add_qkv_bias"))


def _mamba_heads(values: Mapping[str, object]) -> object:
    """Where none are given, as many as fill twice the hidden size."""
    heads, width, size = (values.get(name) for name in ("mamba_num_heads", "mamba_head_dim", "hidden_size"))
    if heads is not None or not isinstance(width, int) or not isinstance(size, int) or width < 1:
        return heads
    return 2 * size // width


def _rotated(values: Mapping[str, object]) -> object:
    """How much of each head is rotated. More than all is no value of a model."""
    width = values.get("qk_pos_emb_head_dim" if values.get("multi_latent_attention") else "kv_channels")
    part = values.get("rotary_percent")
    if not isinstance(width, int) or not isinstance(part, int | float) or part > 1:
        return None
    return int(width * part)


def positions(values: Mapping[str, object]) -> object:
    """The kind of positions: YaRN by a factor of 1 is plain rope, and where nothing attends, that is none."""
    pattern, kind = values.get("hybrid_layer_pattern"), values.get("position_embedding_type")
    if kind == "yarn" and values.get("yarn_rotary_scaling_factor") == 1:
        kind = "rope"
    attends = not isinstance(pattern, str) or any(symbol in pattern for symbol in ATTENDING)
    return "none" if kind == "rope" and not attends else kind


def _multipliers(values: Mapping[str, object]) -> object:
    """Of embeddings and logits; Megatron derives the latter from the width where they have none."""
    if not values.get("use_mup"):
        return (1.0, 1.0)
    of_logits, base, width = (values.get(name) for name in ("mup_output_mult", "mup_base_hidden_size", "hidden_size"))
    if of_logits == 1 and isinstance(base, int) and isinstance(width, int) and width:
        of_logits = base / width
    return (values.get("mup_embedding_mult"), of_logits)


def _scaling_factor(values: Mapping[str, object]) -> object:
    return values.get("moe_router_topk_scaling_factor") or 1.0


def _groups(values: Mapping[str, object]) -> object:
    """Where all groups are chosen, no expert is left out."""
    groups, chosen = values.get("moe_router_num_groups"), values.get("moe_router_group_topk")
    return (groups, chosen) if chosen and chosen != groups else ()


def _sections(values: Mapping[str, object]) -> object:
    return values.get("mrope_section") if values.get("position_embedding_type") == "mrope" else ()


def _different_layers(values: Mapping[str, object]) -> object:
    """What each layer is, where layers differ; else that none does, and the sizes of all."""
    return blocks_of(values) or tuple(map(values.get, _SIZES))


_SIZES = ("heterogeneous_block_specs", "num_query_groups", "ffn_hidden_size")
"""What Megatron sets itself where layers differ, and what each of these has for itself."""

_PLAIN: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, object]], object]], ...] = (
    (("moe_layer_freq",), _experts),
    (("no_rope_freq",), _rope),
    (("window_size", "window_attn_skip_freq"), _window),
    (("linear_attention_freq",), _linear),
    (("softmax_scale",), _softmax_scale),
    (("add_qkv_bias",), _biases),
    (("position_embedding_type",), positions),
    (("use_mup", "mup_base_hidden_size", "mup_embedding_mult", "mup_output_mult"), _multipliers),
    (("rotary_percent",), _rotated),
    (("mamba_num_heads",), _mamba_heads),
    (("moe_router_topk_scaling_factor",), _scaling_factor),
    (("moe_router_num_groups", "moe_router_group_topk"), _groups),
    (("mrope_section",), _sections),
    ((ENCODED, *_SIZES), _different_layers),
)
"""Fields, and what they say together; None where that is nothing."""
