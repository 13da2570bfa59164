"""Which layer is of which kind: lists of Hugging Face, and what Megatron has for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from .bounds import NUMBER
from .carried import NOT_CARRIED, NotCarried
from .shown import listed

if TYPE_CHECKING:
    from .check import Check


def dense_first(num_layers: int, dense: int) -> list[int]:
    """`moe_layer_freq` for a model whose first layers are dense: 0 for a dense layer, 1 for one with experts."""
    # Less than none is refused elsewhere; until then it must do no harm.
    first = min(max(dense, 0), num_layers)
    return [0] * first + [1] * (num_layers - first)


def every_step(num_layers: int, step: int, dense: Sequence[int]) -> list[int]:
    """`moe_layer_freq` for a model with experts in every `step`-th layer, but for the layers listed as dense."""
    # A step below one is refused elsewhere; until then it must do no harm.
    if step < 1:
        return [0] * num_layers
    named = frozenset(dense)
    return [0 if (layer + 1) % step or layer in named else 1 for layer in range(num_layers)]


def from_layer_on(num_layers: int, first: int, step: int) -> list[int]:
    """`moe_layer_freq` for a model with experts in the layers that `step` divides, from the layer `first` on."""
    # A step below one is refused elsewhere; until then it must do no harm.
    return [1 if step > 0 and layer >= first and layer % step == 0 else 0 for layer in range(num_layers)]


def first_and_step(layers: Sequence[int]) -> tuple[int, int]:
    """The inverse of `from_layer_on`, for what that can give: the number of layers and 1 where none has experts."""
    first, *others = [*(layer for layer, experts in enumerate(layers) if experts), len(layers)]
    if not others:
        return first, 1
    return first, max(others[0] - first, 1) if others[:-1] else _only(first, len(layers))


def _only(layer: int, num_layers: int) -> int:
    """A step that divides this layer and no later one."""
    return next((step for step in range(1, num_layers) if layer % step == 0 and layer + step >= num_layers), num_layers)


def between_layers(num_layers: int, first: int, last: int, step: int) -> list[int]:
    """`moe_layer_freq` for a model with experts in every `step`-th layer, from the layer `first` to `last`."""
    # A step below one is refused elsewhere; until then it must do no harm.
    return [int(step > 0 and (layer + 1) % step == 0 and first <= layer <= last) for layer in range(num_layers)]


class Between(NamedTuple):
    """Which layers have experts, as `between_layers` reads it."""

    first: int
    last: int
    step: int


def first_last_and_step(layers: Sequence[int]) -> Between:
    """The inverse of `between_layers`, for what that can give; past the end where none has experts."""
    found = [layer for layer, experts in enumerate(layers) if experts]
    if not found:
        return Between(len(layers), len(layers), 1)
    return Between(found[0], found[-1], found[1] - found[0] if found[1:] else 1)


def known_types(check: Check, field: str, types: Sequence[str], known: Sequence[str], whose: str) -> None:
    """Refuses a list of layer types unless all are known.

    Args:
        check: takes the types that are not.
        field: of the config, that lists them.
        types: one for each layer.
        known: those that there are.
        whose: who has them, for the refusal.
    """
    unknown = [each for each in dict.fromkeys(types) if each not in known]
    if unknown:
        *others, last = map(repr, known)
        check.refuse(field, types, f"{whose} has {', '.join(others)} and {last}, and no {listed(unknown)}")


def second_of_two(check: Check, field: str, types: Sequence[str], two: tuple[str, str], whose: str) -> list[int]:
    """1 for each layer of the second type, 0 for each other; refused as by `known_types`."""
    known_types(check, field, types, two, whose)
    return [1 if each == two[1] else 0 for each in types]


def layer_indices(check: Check, field: str, layers: Sequence[int] | None, num_layers: int) -> Sequence[int]:
    """A list of layer numbers; refused unless each names a layer."""
    if layers is None:
        check.refuse(field, layers, "must be a list of layers")
        return ()
    beyond = [layer for layer in layers if not 0 <= layer < num_layers]
    if beyond:
        check.refuse(field, layers, f"names no layer: {listed(beyond)}; there are {num_layers}")
    return layers


class PatternFields(TypedDict, total=False):
    """The suggested or caller's field on which it depends whether a hybrid model has experts."""

    mtp_num_layers: int | None


class RestatedFields(TypedDict, total=False):
    """The caller's own form of a hybrid pattern."""

    hybrid_layer_pattern: str | None


class HybridPattern(NamedTuple):
    """The layers of a hybrid model, one symbol each, and those of one multi-token-prediction step."""

    main: str
    mtp: str
    """A caller may ask for such steps where the config has none."""
    mtp_fits: bool
    """Whether the multi-token-prediction layers do not make a dense model one of experts to Megatron."""
    layers: str
    """The symbols of all layers that the config has."""

    def full(self, mtp_num_layers: int | None, caller: RestatedFields) -> str:
        """`hybrid_layer_pattern`: the layers, and one more part for each multi-token-prediction layer.

        Args:
            mtp_num_layers: how many of these the model has.
            caller: what the caller passed, perhaps the pattern with pipeline marks.

        Raises:
            TypeError: the caller's pattern is not the same but for pipeline marks.
        """
        pattern = "/".join([self.main, *[self.mtp] * (mtp_num_layers or 0)])
        restated = caller.get("hybrid_layer_pattern")
        if restated is None:
            return pattern
        if restated.replace("|", "") != pattern:
            raise TypeError(
                f"hybrid_layer_pattern={restated!r} is not the pattern of this config, {pattern!r}: "
                "the caller may only add pipeline marks ('|') to it"
            )
        return restated

    def has_experts(self, settings: PatternFields) -> bool:
        """Whether any layer, multi-token prediction included, has experts."""
        return "E" in self.main or ("E" in self.mtp and bool(settings.get("mtp_num_layers")))


def hybrid_pattern(
    check: Check,
    symbols: Mapping[str, str],
    main: tuple[str, Sequence[str] | None],
    mtp: tuple[str, Sequence[str] | None],
    mtp_count: int,
) -> HybridPattern:
    """The pattern of two lists of layer types, each with the name of its field; unknown types are refused."""
    layers, mtp_layers = _pattern(check, symbols, *main), _pattern(check, symbols, *mtp)
    mtp_fits = "E" in layers or "E" not in mtp_layers
    return HybridPattern(layers, mtp_layers, mtp_fits, layers + mtp_layers if mtp_count > 0 and mtp_fits else layers)


def _pattern(check: Check, symbols: Mapping[str, str], field: str, layers: Sequence[str] | None) -> str:
    if not layers:
        check.refuse(field, layers, "must list at least one layer")
        return ""
    try:
        return "".join(map(symbols.__getitem__, layers))
    except KeyError:
        unknown = [layer for layer in dict.fromkeys(layers) if layer not in symbols]
        reason = f"Megatron has {', '.join(map(repr, symbols))}, and no {listed(unknown)}"
        check.refuse(field, layers, reason)
        return ""


def layer_types(pattern: str, symbols: Mapping[str, str]) -> list[str]:
    """The list that became the first part of a pattern; a symbol of no type is left for transformers to refuse."""
    names = {symbol: name for name, symbol in symbols.items()}
    return [names.get(symbol, symbol) for symbol in pattern.partition("/")[0].replace("|", "")]


def mtp_layer_types(pattern: str, symbols: Mapping[str, str]) -> list[str] | NotCarried:
    """The list that became the multi-token-prediction parts of a pattern."""
    _, _, rest = pattern.partition("/")
    return layer_types(rest, symbols) if rest else NOT_CARRIED


def same_in_all(check: Check, field: str, value: int | list[int], layers: int) -> int:
    """A number above zero that a config may give once, or once for each layer; refused where layers differ.

    Args:
        check: takes what is no such number; the result is then of no use.
        field: its name.
        value: its value.
        layers: how many layers there are. Entries beyond are not read.
    """
    given = value[: max(layers, 1)] if isinstance(value, list) else [value]
    first = given[0] if given else 0
    if isinstance(value, list) and len(given) < layers:
        check.refuse(field, value, f"must have an entry for each of {layers} layers, or be one number")
    elif not 0 < first <= NUMBER:
        check.refuse(field, value, "must be an integer above zero, or one for each layer")
    elif any(other != first for other in given):
        check.refuse(field, value, "must be the same in every layer: Megatron has one number for all")
    return first
