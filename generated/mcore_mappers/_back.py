"""From a Megatron config back to the Hugging Face config of the same model."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ._carried import NOT_CARRIED, NotCarried
from ._check import PACKAGE
from ._equal import defaults_of, held, inner_of, same_value, values_of
from ._errors import DefaultedFieldsWarning, Refusal, UnsupportedConfigError
from ._fields import ARCHITECTURE
from ._settings import PROVENANCE, origin_family

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


@dataclass(frozen=True)
class Way[Model: ModelConfig, Config: PreTrainedConfig]:
    """How one family goes back.

    `carried` reads the fields that Megatron holds. Fields that are one thing spelt in several fields have a tuple of
    names and a tuple of values: a base keeps its spelling of all of them or of none.
    """

    family: str
    config_class: type[Config]
    model_class: type[Model]
    carried: Callable[[Model], Mapping[str | tuple[str, ...], object]]
    to_megatron: Callable[..., Model]
    not_carried: tuple[str, ...]
    """Declared fields that Megatron knows nothing of."""
    derived: tuple[str, ...]
    """Attributes that the config class sets by itself when it is built."""


def inner[Inner: TransformerConfig](model: ModelConfig, cls: type[Inner], family: str) -> Inner:
    """The inner config.

    Raises:
        UnsupportedConfigError: it is not of the class that the family's models have.
    """
    transformer = inner_of(model)
    if not isinstance(transformer, cls):
        reason = f"the models of this family have a {cls.__qualname__}"
        raise UnsupportedConfigError(family, (Refusal("transformer", type(transformer).__qualname__, reason),))
    return transformer


def key_of[T](table: Mapping[str, T], value: T) -> str | NotCarried:
    """The first Hugging Face value that stands for `value`; none for one that the family cannot have."""
    return next((key for key, known in table.items() if known is value or known == value), NOT_CARRIED)


def restore[Model: ModelConfig, Config: PreTrainedConfig](
    way: Way[Model, Config], model: Model, base: Config | None
) -> Config:
    """The Hugging Face config of the same model.

    What Megatron carries is read from `model`; the rest is from `base`, else from the provenance in the model's
    checkpoint metadata, else the class's default. Where `base` spells a carried value in its own way (a rope with more
    keys, another list of the same layers), and means the same, its spelling stays.

    Raises:
        UnsupportedConfigError: the model is not one of the family; every differing field is named.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without `base` and provenance.
    """
    if type(model) is not way.model_class:
        raise TypeError(f"{way.family}.to_hf() takes a {way.model_class.__qualname__}, not {type(model).__qualname__}")
    if base is not None and type(base) is not way.config_class:
        raise TypeError(f"base must be a {way.config_class.__qualname__}, not {type(base).__qualname__}")
    carried = way.carried(model)
    values = {name: value for name, value in _single(carried) if value is not NOT_CARRIED}
    rest = _rest(way, model, base)
    build = cast("Callable[..., Config]", way.config_class)
    config = build(**{**rest, **values, **_own_spelling(way, carried, base)})
    _verify(way, model, config)
    return config


def _rest(way: Way[Any, Any], model: ModelConfig, base: PreTrainedConfig | None) -> dict[str, Any]:
    """What Megatron does not carry, from the first who knows."""
    if base is not None:
        stored = {
            name: own for own, name in way.config_class.attribute_map.items() if own in _declared(way.config_class)
        }
        values = base.to_dict()
        named = {stored.get(name, name): value for name, value in values.items() if name not in way.derived}
        return {name: value for name, value in named.items() if name not in ("model_type", "transformers_version")}
    if origin_family(model) == way.family:
        origin = cast("dict[str, Any]", model.extra_checkpoint_metadata)[PROVENANCE]
        return dict(origin["huggingface"])
    warnings.warn(DefaultedFieldsWarning(way.family, way.not_carried), skip_file_prefixes=(PACKAGE,))
    return {}


def _declared(config_class: type[PreTrainedConfig]) -> frozenset[str]:
    return frozenset(_defaults(cast("Any", config_class)))


def _single(carried: Mapping[str | tuple[str, ...], object]) -> Iterator[tuple[str, object]]:
    """Every carried field with its value."""
    for names, found in carried.items():
        if isinstance(names, str):
            yield names, found
        else:
            yield from zip(names, cast("tuple[object, ...]", found), strict=True)


def _own_spelling(
    way: Way[Any, Any], carried: Mapping[str | tuple[str, ...], object], base: PreTrainedConfig | None
) -> dict[str, object]:
    """The carried fields that `base` spells otherwise and means the same by."""
    if base is None:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reference = way.carried(way.to_megatron(base))
        except UnsupportedConfigError:
            return {}
    same = [names for names, found in carried.items() if same_value(found, reference[names])]
    names = [name for known in same for name in ((known,) if isinstance(known, str) else known)]
    # An attribute that the class does not declare may be missing, and then its absence is the spelling.
    return {name: getattr(base, name) for name in names if name in _declared(type(base)) or name in vars(base)}


def _verify(way: Way[Any, Any], model: ModelConfig, config: PreTrainedConfig) -> None:
    """Refuse a model that is not what the config's own mapper makes of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = way.to_megatron(config, mtp_num_layers=inner_of(model).mtp_num_layers)
    shared = values_of(inner_of(model))
    refusals: list[Refusal] = []
    for ours, theirs in ((inner_of(model), inner_of(expected)), (model, expected)):
        for name in defaults_of(theirs):
            if name not in ARCHITECTURE or (ours is model and name in shared):
                continue
            value = held(ours, name) if name in defaults_of(ours) else values_of(ours).get(name)
            meant = held(theirs, name)
            if not _same_architecture(value, meant):
                refusals.append(Refusal(name, value, f"a {way.family} model with the other values has {meant!r}"))
    if refusals:
        raise UnsupportedConfigError(way.family, tuple(refusals))


def _same_architecture(value: object, meant: object) -> bool:
    if isinstance(value, str) and isinstance(meant, str):
        # Pipeline marks in a layer pattern are the caller's.
        return value.replace("|", "") == meant.replace("|", "")
    if isinstance(value, int | float) and isinstance(meant, int | float) and not isinstance(value, bool):
        return value == meant
    return same_value(value, meant)


def kept(hf: object, config_class: type[PreTrainedConfig], names: tuple[str, ...]) -> dict[str, object]:
    """What Megatron does not carry of a config, where it is not the class's default.

    Args:
        hf: the values of the config, under the names that the class declares.
        config_class: its class.
        names: the declared fields that Megatron knows nothing of.
    """
    values, defaults = vars(hf), _defaults(cast("Any", config_class))
    return {name: values[name] for name in names if values[name] != defaults[name]}


@cache
def _defaults(config_class: Any) -> Mapping[str, object]:
    """The declared fields of a config class, with their values in a default config."""
    default = config_class()
    return {field.name: getattr(default, field.name) for field in dataclasses.fields(config_class)}
