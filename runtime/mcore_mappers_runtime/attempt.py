"""A Hugging Face config made of a model's values, and where the model that its mapper makes of it differs."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from .equal import defaults_of, flat, held, inner_of, same_architecture, values_of
from .errors import Refusal, UnsupportedConfigError
from .immaterial import alike
from .layered import as_layered, layers_of
from .older_configs import as_installed, older_release
from .prediction import prediction_layers
from .registry import registry_of
from .settings import equal_up_to
from .shown import shown

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

    from .round_trip import RoundTrip


class Attempt[Model: ModelConfig, Config: PreTrainedConfig]:
    """Builds the config of some values, and its model: without those that the family cannot have, which are refused."""

    def __init__(self, trip: RoundTrip[Model, Config], values: dict[str, Any], *, layered: bool) -> None:
        self._trip = trip
        self._layered = layered
        self._older = older_release(trip.family)
        self._class = cast("Callable[..., Config]", trip.config_class)
        self._values = values
        self.refusals: list[Refusal] = []

    def config_and_model(self) -> tuple[Config, Model]:
        """The config, and what its own mapper makes of it."""
        while True:
            config = self._config()
            try:
                return config, self.mapped(config)
            except UnsupportedConfigError as error:
                self._leave_out(error)

    def mapped(self, config: Config, **caller: object) -> Model:
        """The model of a config."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return as_layered(self._trip.to_megatron, layered=self._layered, **caller)(config)

    def _build(self, values: Mapping[str, Any]) -> Config:
        """A config of the installed class, as that spells it."""
        return self._class(**as_installed(self._older, values).values)

    def _config(self) -> Config:
        # Whatever the class would make of it, it would not be that.
        untold = as_installed(self._older, self._values).refusals
        if untold:
            raise UnsupportedConfigError(self._trip.family, (*self.refusals, *untold), back=True)
        try:
            return self._build(self._values)
        except Exception as error:  # whatever the validators of transformers raise
            reason = f"transformers builds no such config: {error}"
        for name in [*self._values]:
            fewer = {other: value for other, value in self._values.items() if other != name}
            with suppress(Exception):
                config = self._build(fewer)
                self.refusals.append(Refusal(name, self._values.pop(name), reason))
                return config
        refusals = (*self.refusals, Refusal("transformer", self._values, reason))
        raise UnsupportedConfigError(self._trip.family, refusals, back=True)

    def _leave_out(self, error: UnsupportedConfigError) -> None:
        """Drop the values that the family's mapper refuses; the class's defaults take their place."""
        fields = declared(self._trip.config_class) | self._older.names
        named = {refusal.field.partition(".")[0] for refusal in error.refusals}
        dropped = [name for name in named if name in self._values]
        # What a base says beside the fields of its class, and the model contradicts, needs no word.
        self.refusals += [refusal for refusal in error.refusals if refusal.field.partition(".")[0] in fields]
        if not dropped:
            raise UnsupportedConfigError(self._trip.family, _distinct(self.refusals), back=True) from error
        for name in dropped:
            del self._values[name]


def _distinct(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Each once; their values may be dictionaries, which have no hash."""
    found: list[Refusal] = []
    for refusal in refusals:
        if refusal not in found:
            found.append(refusal)
    return tuple(found)


def other_prediction(trip: RoundTrip[Any, Any], model: ModelConfig, expected: ModelConfig) -> Iterator[Refusal]:
    """Layers of prediction that the config has not, or has too many of."""
    ours, theirs = (prediction_layers(inner_of(each)) for each in (model, expected))
    if ours != theirs:
        reason = f"there are weights of {ours} layers of prediction, and a {trip.family} config with the other values "
        reason += f"has {theirs}"
        yield Refusal("mtp_num_layers", inner_of(model).mtp_num_layers, reason)


def longer_than_equal(trip: RoundTrip[Any, Any], model: ModelConfig, expected: ModelConfig) -> Iterator[Refusal]:
    """Sequences for which the model is not that of the config, though all its fields are."""
    longest, length = equal_up_to(expected), cast("int", vars(model)["seq_length"])
    if longest is not None and length > longest:
        reason = f"a {trip.family} config with the other values is of an equal model up to {longest} tokens"
        yield Refusal("seq_length", length, reason)


def other_values(family: str, model: ModelConfig, expected: ModelConfig) -> Iterator[Refusal]:
    """The architecture fields in which a model differs from the one that the family has for its other values."""
    shared = values_of(inner_of(model))
    architecture = registry_of(family).owners.architecture
    same = alike(flat(model), flat(expected), architecture)
    pairs = ((inner_of(model), inner_of(expected)), (model, expected), (layers_of(model), layers_of(expected)))
    for ours, theirs in pairs:
        names = {**defaults_of(theirs), **defaults_of(ours), **(values_of(ours) if ours is not model else {})}
        for name in names:
            if name not in architecture or name in same or (ours is model and name in shared):
                continue
            value, meant = (_held(config, name) for config in (ours, theirs))
            if not same_architecture(name, value, meant):
                yield Refusal(name, value, f"a {family} model with the other values has {shown(meant)}")


def _held(config: object, name: str) -> object:
    """The value of a field, or of an attribute that only some classes of its kind declare; None where there is none."""
    return held(config, name) if name in defaults_of(config) else values_of(config).get(name)


def declared(config_class: type[PreTrainedConfig]) -> frozenset[str]:
    """The names of the fields of a config class."""
    return frozenset(class_fields(cast("Any", config_class)))


@cache
def class_fields(config_class: Any) -> Mapping[str, object]:
    """The declared fields of a config class, with their values in a default config."""
    default = config_class()
    return {field.name: getattr(default, field.name) for field in dataclasses.fields(config_class)}
