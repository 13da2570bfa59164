"""Which fields of a Hugging Face config say what a field of Megatron's is."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from .equal import flat, inner_of, same_architecture, same_value, values_of
from .hybrid import main_symbols
from .layered import layers_of, no_layers, stock_class
from .registry import known
from .round_trip import RoundTrip, single
from .spellings import without_idle_window
from .symbols import symbol

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

type Mapper = Callable[..., ModelConfig]
"""Takes a Hugging Face config, and what a caller may pass."""

_PATTERN = "hybrid_layer_pattern"


@dataclass(frozen=True)
class Statements:
    """What a family's way back reads from its models, and else what its mapper reads, asked field by field."""

    hf: PreTrainedConfig
    model: ModelConfig
    """What the mapper gives for it."""
    names: Mapping[str, object]
    """Those in the family's module."""
    mapper: Mapper

    def of(self, name: str, value: object) -> tuple[str, ...]:
        """The Hugging Face fields that would say something else, were the Megatron field what is given.

        A key inside a field has a dot before it. Empty for what all models of the family have alike.

        Args:
            name: of the Megatron field.
            value: what is given. Where the family can have no such value, others are tried.
        """
        return self._stating(name, value) or self._deciding.get(name, ())

    def _stating(self, name: str, value: object) -> tuple[str, ...]:
        if self._read is None:
            return ()
        # Megatron counts the symbols of a hybrid pattern, and the way back counts for itself.
        name = _PATTERN if name == "num_layers" and values_of(self.model).get(_PATTERN) is not None else name
        for other in _others(flat(self.model).get(name), value):
            try:
                changed = self._read(_altered(self.model, name, other))
            except Exception:  # whatever comes of a value that no model of the family has
                continue
            found = tuple(_changed(self._stated, changed))
            if found:
                return found
        return ()

    @cached_property
    def _deciding(self) -> Mapping[str, tuple[str, ...]]:
        """By Megatron field, the numbers and switches that it follows: some the way back need not read."""
        found: dict[str, tuple[str, ...]] = {}
        before = flat(self.model)
        for name in type(self.hf).__dataclass_fields__:
            value = values_of(self.hf).get(name)
            if not isinstance(value, int | float):
                continue
            other = copy.copy(self.hf)
            values_of(other)[name] = not value if isinstance(value, bool) else value * 2
            try:
                after = flat(self.mapper(other))
            except Exception:  # a refusal, or whatever a class makes of such a value
                continue
            for field in before.keys() & after.keys():
                if not same_architecture(field, before[field], after[field]):
                    found[field] = (*found.get(field, ()), name)
        return found

    @cached_property
    def _read(self) -> Callable[[ModelConfig], Mapping[str, object]] | None:
        for each in self.names.values():
            trip: RoundTrip[Any, Any] | None = cast("Any", each) if isinstance(each, RoundTrip) else None
            if trip is not None and trip.model_class is stock_class(self.model):
                return lambda model: dict(single(trip.carried(without_idle_window(model))))
        return None

    @cached_property
    def _stated(self) -> Mapping[str, object]:
        return {} if self._read is None else self._read(self.model)


def _altered(model: ModelConfig, name: str, value: object) -> ModelConfig:
    """The model with another value of one field, in whichever configs it is."""
    altered = copy.copy(model)
    values_of(altered)["transformer"] = copy.copy(inner_of(model))
    for config in (values_of(altered), values_of(inner_of(altered))):
        if name in config:
            config[name] = value
    if name in no_layers():
        values_of(altered)["layers"] = replace(layers_of(model), **cast("Any", {name: value}))
    return altered


def _others(expected: object, given: object) -> Iterator[object]:
    """Other values of a field, that which is given before all."""
    yield given
    if isinstance(expected, bool):
        yield not expected
    elif isinstance(expected, int | float):
        yield from (expected * 2, expected + 1, expected / 2)
    elif isinstance(expected, str):
        main = main_symbols(expected)
        yield from (main[:-1], main[:-2], main + main[-1:], main + main[-2:])
    elif isinstance(expected, list | tuple):
        items = cast("list[int]", [*cast("Sequence[object]", expected)])
        kind = tuple if isinstance(expected, tuple) else list
        yield from (kind(each) for each in ([1 - item for item in items], [item + 1 for item in items]))
    elif callable(expected):
        yield from (symbol(path) for path in sorted(known().symbols.functions))
    elif expected is None:
        yield from (1, 0.5, [1, 0], (1, 0))


def _changed(before: Mapping[str, object], after: Mapping[str, object], way: str = "") -> Iterator[str]:
    for name in {**before, **after}:
        one, other = before.get(name), after.get(name)
        inner, others = _fields_of(one), _fields_of(other)
        if inner is not None and others is not None:
            yield from _changed(inner, others, f"{way}{name}.")
        elif not same_value(one, other):
            yield f"{way}{name}"


def _fields_of(value: object) -> Mapping[str, object] | None:
    """What a field holds that holds others."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None
