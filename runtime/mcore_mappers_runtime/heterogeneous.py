"""Layers that differ: the blocks of Llama-Nemotron's configs, and the JSON in which Megatron has them.

Megatron's HeterogeneousTransformerConfig reads that JSON in Hugging Face's words, keeps of each block what it knows,
and is silent of the rest. Its rounding of widths is the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, cast

if TYPE_CHECKING:
    from .check import Check

ENCODED: Final = "heterogeneous_layers_config_encoded_json"
"""The field of Megatron's config."""

_FIELD: Final = "block_configs"
_KINDS: Final = ("no_op", "replace_with_linear")
_PARTS: Final[Mapping[str, str]] = {"attention": "n_heads_in_group", "ffn": "ffn_mult"}
"""The parts of a block, each with the number that says how large it is."""

_MULTIPLE: Final = 256


class BuilderFields(TypedDict, total=False):
    """The caller's fields with which Megatron's builder makes layers of one kind."""

    transformer_impl: Literal["local", "transformer_engine", "inference_optimized"]
    restore_modelopt_state: bool


def encoded(
    check: Check,
    blocks: list[dict[str, Any]] | None,
    caller: BuilderFields,
    *,
    num_layers: int,
    num_attention_heads: int,
    hidden_size: int,
) -> str:
    """`heterogeneous_layers_config_encoded_json`: what Megatron reads of the blocks, in one spelling.

    Args:
        check: takes what Megatron's layers cannot be; the result is then of no use.
        blocks: the field of the Hugging Face config.
        caller: what the caller passed.
        num_layers: how many blocks there must be.
        num_attention_heads: how many heads of queries each layer with attention has.
        hidden_size: of which the width of an MLP is a multiple.

    Raises:
        TypeError: a keyword of the caller's asks for layers of one kind.
    """
    if caller.get("transformer_impl") == "inference_optimized" or caller.get("restore_modelopt_state"):
        raise TypeError(
            "transformer_impl='inference_optimized' and restore_modelopt_state=True make Megatron build layers of one "
            "kind, whatever each layer's own config says"
        )
    if blocks is None or len(blocks) != num_layers:
        check.refuse(_FIELD, blocks, f"must have a block for each of {num_layers} layers")
        return ""
    wrong: dict[str, list[int]] = {}
    for layer, block in enumerate(blocks):
        for reason in _problems(block, num_attention_heads, hidden_size):
            wrong.setdefault(reason, []).append(layer)
    for reason, layers in wrong.items():
        more = f", as in {len(layers) - 1} more" if layers[1:] else ""
        check.refuse(f"{_FIELD}[{layers[0]}]", blocks[layers[0]], f"{reason}{more}")
    return "" if wrong else _written([_known(block) for block in blocks])


def decoded(text: str, *, num_attention_heads: int, hidden_size: int) -> list[dict[str, Any]]:
    """The blocks in Hugging Face's words, without the keys that Megatron does not read; none where it is no such JSON.

    Args:
        text: in either side's words.
        num_attention_heads: of every layer with attention.
        hidden_size: of the model.
    """
    try:
        return [_translated(block, num_attention_heads, hidden_size) for block in json.loads(text)[_FIELD]]
    except _MALFORMED:
        return []


_MALFORMED: Final = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading JSON raises that has another shape."""


def _translated(block: Mapping[str, Any], heads: int, hidden: int) -> dict[str, dict[str, Any]]:
    attention: Mapping[str, Any] = block["attention"]
    ffn: Mapping[str, Any] = block.get("ffn") or block["mlp"]
    in_group, mult = attention.get("n_heads_in_group"), ffn.get("ffn_mult")
    if attention.get("num_query_groups") is not None:
        in_group = heads // attention["num_query_groups"]
    if ffn.get("ffn_hidden_size") is not None:
        # Rounded, it is still less than a channel away.
        mult = round(3 * ffn["ffn_hidden_size"] / (2 * hidden), 6)
    return _known({"attention": {**attention, "n_heads_in_group": in_group}, "ffn": {**ffn, "ffn_mult": mult}})


def blocks_of(values: Mapping[str, object]) -> object:
    """What a model's layers are, however its JSON says it, as far as Megatron reads that; None where it cannot.

    Args:
        values: the fields of the model by name.
    """
    text, heads, hidden = (values.get(name) for name in (ENCODED, "num_attention_heads", "hidden_size"))
    if not text:
        return ()
    try:
        blocks = json.loads(cast("str", text))[_FIELD]
        return tuple(_read(block, values, cast("int", heads), cast("int", hidden)) for block in blocks)
    except _MALFORMED:
        return None


def width(ffn_mult: float, hidden_size: int) -> int:
    """How wide an MLP is."""
    return -(-int(2 * ffn_mult * hidden_size / 3) // _MULTIPLE) * _MULTIPLE


def _problems(block: object, num_attention_heads: int, hidden_size: int) -> Iterator[str]:
    """What keeps Megatron from building a layer of a block."""
    if not isinstance(block, dict):
        yield "must be a mapping of attention and ffn"
        return
    parts = cast("dict[str, object]", block)
    yield from (f"{name} is unknown" for name in parts if name not in _PARTS and parts[name] is not None)
    for name, number in _PARTS.items():
        part = parts.get(name)
        if not isinstance(part, dict):
            yield f"{name} must be a mapping"
            continue
        yield from (f"{name}.{each}" for each in _of_part(cast("dict[str, object]", part), number))
    if not isinstance(parts.get("attention"), dict) or not isinstance(parts.get("ffn"), dict):
        return
    attention, ffn = (cast("dict[str, object]", parts[name]) for name in _PARTS)
    heads, mult = attention.get("n_heads_in_group"), ffn.get("ffn_mult")
    if _is_whole(attention) and type(heads) is int and heads > 0 and num_attention_heads % heads:
        yield f"attention.n_heads_in_group must divide num_attention_heads, {num_attention_heads}"
    if _is_whole(ffn) and _is_positive(mult) and width(cast("float", mult), hidden_size) < 1:
        yield "ffn.ffn_mult leaves the MLP without a channel"


def _of_part(part: Mapping[str, object], number: str) -> Iterator[str]:
    for kind in _KINDS:
        if not isinstance(part.get(kind, False), bool):
            yield f"{kind} must be True or False"
    if all(part.get(kind) is True for kind in _KINDS):
        yield "no_op and replace_with_linear contradict each other"
    for key, value in part.items():
        if key not in (*_KINDS, number) and value not in (None, False):
            yield f"{key} must be None or False: Megatron's layers of this kind have nothing like it"
    if _is_whole(part) and (
        not _is_positive(part.get(number)) or (number == "n_heads_in_group" and type(part.get(number)) is not int)
    ):
        kind = "whole number" if number == "n_heads_in_group" else "number"
        yield f"{number} must be a {kind} above zero"


def _is_whole(part: Mapping[str, object]) -> bool:
    """Whether it is neither left out nor one linear layer."""
    return not any(part.get(kind) is True for kind in _KINDS)


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _known(block: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """What Megatron reads of a block; a part that is not whole has no size."""
    return {
        name: {
            number: block[name][number] if _is_whole(block[name]) else None,
            **{kind: block[name].get(kind, False) for kind in _KINDS},
        }
        for name, number in _PARTS.items()
    }


def _written(blocks: list[dict[str, dict[str, object]]]) -> str:
    return json.dumps({_FIELD: blocks}, sort_keys=True, separators=(",", ":"))


def _read(block: Mapping[str, Any], values: Mapping[str, object], heads: int, hidden: int) -> object:
    """What Megatron makes of a block, in its own words or in Hugging Face's."""
    attention: Mapping[str, Any] = block["attention"]
    mlp: Mapping[str, Any] = block.get("ffn") or block["mlp"]
    groups, channels = attention.get("num_query_groups"), mlp.get("ffn_hidden_size")
    if "num_query_groups" not in attention and attention["n_heads_in_group"] is not None:
        groups = heads // attention["n_heads_in_group"]
    if "ffn_hidden_size" not in mlp and mlp["ffn_mult"] is not None:
        channels = width(mlp["ffn_mult"], hidden)
    sizes = ((attention, groups, "num_query_groups"), (mlp, channels, "ffn_hidden_size"))
    return tuple(
        (*(bool(part.get(kind)) for kind in _KINDS), values.get(usual) if size is None and _is_whole(part) else size)
        for part, size, usual in sizes
    )
