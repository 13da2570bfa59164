"""From a Megatron config back to the Hugging Face config of the same model."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from .at_caller import warn
from .attempt import Attempt, class_fields, declared, longer_than_equal, other_prediction, other_values
from .carried import IN_MEMORY, LEFT_OUT, NOT_CARRIED, of_files
from .equal import (
    class_defaults,
    class_of,
    held_layers,
    inner_of,
    is_model_config,
    path_of,
    same_value,
    values_of,
)
from .errors import DefaultedFieldsWarning, Refusal, UnsupportedConfigError
from .json_values import plain
from .layered import as_layered, stock_class
from .older_configs import older_release, present
from .overrides import FIELD as OVERRIDES
from .registry import registry_of
from .rope_keys import FIELD, says_more, with_others
from .sections import as_keyword as positions_as_keyword
from .sections import without_idle_sections
from .settings import PROVENANCE, Kept, origin_family
from .shown import in_one_line
from .spellings import without_idle_window
from .storable import unstorable

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


@dataclass(frozen=True)
class RoundTrip[Model: ModelConfig, Config: PreTrainedConfig]:
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
    """Declared fields that Megatron knows nothing of, or not in every model, but for the names of heads."""
    derived: tuple[str, ...]
    """Attributes that the config class sets by itself when it is built."""

    @cached_property
    def hybrid(self) -> bool:
        """Whether it goes back from a hybrid model."""
        return "hybrid_layer_pattern" in class_defaults(cast("Any", self.model_class))

    @cached_property
    def not_of_the_model(self) -> tuple[str, ...]:
        """All fields that Megatron knows nothing of, or not in every model."""
        return ("architectures", *self.not_carried)

    @cached_property
    def defaults(self) -> tuple[tuple[str, object], ...]:
        """These fields, each with the class's default."""
        defaults = {**older_release(self.family).defaults, **class_fields(cast("Any", self.config_class))}
        return tuple((name, defaults[name]) for name in self.not_of_the_model)

    @cached_property
    def ordinary(self) -> frozenset[str]:
        """What every config of the class has, declared or not, under all of its names."""
        return frozenset((*values_of(self.config_class()), *self.config_class.attribute_map))


def inner[Inner: TransformerConfig](model: ModelConfig, cls: type[Inner], family: str) -> Inner:
    """The inner config.

    Raises:
        UnsupportedConfigError: it is not of the class that the family's models have.
    """
    transformer = inner_of(model)
    if not isinstance(transformer, cls) or path_of(type(transformer)) not in registry_of(family).symbols.classes:
        reason = f"the models of this family have a {cls.__qualname__}"
        raise UnsupportedConfigError(
            family, (Refusal("transformer", type(transformer).__qualname__, reason),), back=True
        )
    return transformer


def key_of[T](table: Mapping[str, T], value: T) -> str:
    """The first Hugging Face value that stands for `value`.

    Of one that the family cannot have it is the first of all, and mapping that forward again shows the difference.
    """
    return next((key for key, known in table.items() if known is value or known == value), next(iter(table)))


def restore[Config: PreTrainedConfig](
    model: ModelConfig, base: Config | None, *trips: RoundTrip[Any, Config]
) -> Config:
    """The Hugging Face config of the same model.

    What Megatron carries is read from `model`; the rest is from `base`, else from the provenance in the model's
    checkpoint metadata, else the class's default. Where one of these spells a carried value in its own way (a rope with
    more keys, another list of the same layers), and means the same, its spelling stays. What it says of the files of a
    checkpoint is left out.

    Args:
        model: of one of the family's targets.
        base: what the rest is read from; None for the provenance or the defaults.
        trips: of the family, one for each target.

    Raises:
        UnsupportedConfigError: the model is not one of the family, and every differing field is named; or `base` holds
            what cannot be copied.
        TypeError: `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without `base` and provenance, or where one of them says what is left out.
    """
    trip = next((each for each in trips if isinstance(model, each.model_class)), trips[0])
    if stock_class(model) is not trip.model_class:
        step = "" if is_model_config(model) else ": give the whole model config"
        raise TypeError(f"{trip.family}.to_hf() takes a {trip.model_class.__qualname__}, not {class_of(model)}{step}")
    if base is not None and type(base) is not trip.config_class:
        raise TypeError(f"base must be a {trip.config_class.__qualname__}, not {type(base).__qualname__}")
    if base is not None and (refusals := tuple(unstorable(base, objects=True))):
        raise UnsupportedConfigError(trip.family, refusals, back=True)
    carried = trip.carried(without_idle_window(model))
    rest = _rest(trip, model, base, dict(single(carried)))
    config = _nearest(trip, model, base, carried, rest)
    if rest.defaulted or rest.left_out:
        warn(DefaultedFieldsWarning(trip.family, rest.defaulted, rest.left_out))
    return config


def _nearest[Config: PreTrainedConfig](
    trip: RoundTrip[Any, Config],
    model: ModelConfig,
    base: Config | None,
    carried: Mapping[str | tuple[str, ...], object],
    rest: _Rest,
) -> Config:
    """The config of the model that says most of what the other one says.

    Raises:
        UnsupportedConfigError: no config is of this model.
    """
    values = {**rest.values, **{name: value for name, value in single(carried) if value is not NOT_CARRIED}}
    if _lacks_padding(trip, values):
        # A class that always has a padding token has the first one.
        for token in (None, 0):
            if _is_refused_for_it(trip, model, values):
                values[_PADDING] = token
    rope, other = values.get(FIELD), rest.values.get(FIELD)
    if isinstance(rope, dict) and isinstance(other, dict):
        more = {FIELD: with_others(cast("dict[str, object]", rope), cast("dict[str, object]", other))}
    else:
        more = {}
    if base is not None:
        spelt = _own_spelling(trip, carried, base, layered=_layered(model))
    else:
        spelt = _recorded_spelling(carried, rest)
    # What another config says may mean something else beside what the model decides.
    for said in (spelt, {}):
        with suppress(UnsupportedConfigError):
            config, refusals = _attempt(trip, model, {**values, **more, **said})
            if not refusals and (not said or _means(trip, model, config, carried)):
                return config
    config, refusals = _attempt(trip, model, values)
    if refusals:
        raise UnsupportedConfigError(trip.family, refusals, back=True)
    return config


_PADDING = "pad_token_id"


def _lacks_padding(trip: RoundTrip[Any, Any], values: Mapping[str, Any]) -> bool:
    """Whether the vocabulary of the model does not have the padding token."""
    token = values.get(_PADDING, dict(trip.defaults).get(_PADDING))
    size = values.get("vocab_size")
    return isinstance(token, int) and isinstance(size, int) and not -size <= token < size


def _is_refused_for_it(trip: RoundTrip[Any, Any], model: ModelConfig, values: Mapping[str, object]) -> bool:
    """Whether no config or model can be built with that: the embeddings of some classes have no row for padding."""
    try:
        _attempt(trip, model, values)
    except UnsupportedConfigError as error:
        return any(refusal.field == _PADDING for refusal in error.refusals)
    return False


def _attempt[Config: PreTrainedConfig](
    trip: RoundTrip[Any, Config], model: ModelConfig, values: Mapping[str, object]
) -> tuple[Config, tuple[Refusal, ...]]:
    """The config of some values, and what keeps it from being the config of the model."""
    said = {name: value for name, value in values.items() if value is not NOT_CARRIED and value is not LEFT_OUT}
    attempt = Attempt(trip, said, layered=_layered(model))
    config, expected = attempt.config_and_model()
    refusals = [*other_prediction(trip, model, expected), *longer_than_equal(trip, model, expected)]
    number = inner_of(model).mtp_num_layers
    # How often the model predicts is training's choice, and a hybrid pattern follows it.
    predicting = {} if number == inner_of(expected).mtp_num_layers else {"mtp_num_layers": number}
    positions = _positions(trip, model)
    if not refusals and (predicting or positions):
        expected = attempt.mapped(config, **predicting, **positions)
    return config, (*refusals, *other_values(trip.family, model, expected), *attempt.refusals)


def _layered(model: ModelConfig) -> bool:
    return held_layers(model) is not None


def _positions(trip: RoundTrip[Any, Any], model: ModelConfig) -> Mapping[str, str]:
    """How many positions a token has is the caller's choice, where it may have three."""
    kind = values_of(model).get("position_embedding_type")
    return {} if trip.hybrid else positions_as_keyword(kind, registry_of(trip.family).families[trip.family])


def _means(
    trip: RoundTrip[Any, Any],
    model: ModelConfig,
    config: PreTrainedConfig,
    carried: Mapping[str | tuple[str, ...], object],
) -> bool:
    """Whether the config's own model, without any help, carries the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        like = as_layered(trip.to_megatron, layered=_layered(model), **_positions(trip, model))
        found = trip.carried(like(config))
    return all(same_value(without_idle_sections(found[names], value), value) for names, value in carried.items())


@dataclass(frozen=True)
class _Rest:
    """What Megatron does not carry, from the first who knows."""

    values: Mapping[str, Any]
    defaulted: tuple[str, ...] = ()
    """What nobody knows."""
    left_out: tuple[str, ...] = ()
    """What is known and not said again."""


def _rest(
    trip: RoundTrip[Any, Any], model: ModelConfig, base: PreTrainedConfig | None, carried: Mapping[str, object]
) -> _Rest:
    if base is not None:
        stored = {
            name: own for own, name in trip.config_class.attribute_map.items() if own in declared(trip.config_class)
        }
        values = present(older_release(trip.family), _copied(trip.family, base))
        named = {stored.get(name, name): value for name, value in values.items() if name not in trip.derived}
        # What a class overrides by layer by itself follows from the model.
        again = (OVERRIDES,) if registry_of(trip.family).families[trip.family].overrides else ()
        unsaid = ("model_type", "transformers_version", *again)
        return _without_files({name: value for name, value in named.items() if name not in unsaid})
    if origin_family(model) == trip.family:
        origin = cast("dict[str, object]", cast("dict[str, Any]", model.extra_checkpoint_metadata)[PROVENANCE])
        recorded, left_out = origin.get("huggingface"), origin.get("left_out", [])
        # Checkpoints are other people's files too.
        if isinstance(recorded, dict) and isinstance(left_out, list):
            names = [name for name in cast("list[object]", left_out) if isinstance(name, str)]
            return _without_files(copy.deepcopy(cast("dict[str, Any]", recorded)), names)
    # None of a field that is sometimes carried.
    unknown = [name for name in trip.not_of_the_model if carried.get(name, NOT_CARRIED) is NOT_CARRIED]
    rope = carried.get(FIELD)
    keys = trip.config_class.ignore_keys_at_rope_validation if isinstance(rope, dict) else ()
    unknown += [f"{FIELD}.{key}" for key in sorted(keys) if key not in cast("dict[str, object]", rope)]
    return _Rest({}, defaulted=tuple(unknown))


def _copied(family: str, base: PreTrainedConfig) -> dict[str, Any]:
    """What a base says; its objects are asked for copies of themselves.

    Raises:
        UnsupportedConfigError: one of them makes none.
    """
    try:
        return base.to_dict()
    except Exception as error:
        refusal = Refusal("base", type(base).__qualname__, f"cannot be copied: {in_one_line(error)}")
        raise UnsupportedConfigError(family, (refusal,), back=True) from error


def _without_files(values: dict[str, Any], left_out: Iterable[str] = ()) -> _Rest:
    names = (*left_out, *(name for name, value in values.items() if of_files(name, value)))
    return _Rest({name: value for name, value in values.items() if name not in names}, left_out=names)


def single(carried: Mapping[str | tuple[str, ...], object]) -> Iterator[tuple[str, object]]:
    """Every carried field with its value."""
    for names, found in carried.items():
        if isinstance(names, str):
            yield names, found
        else:
            yield from zip(names, cast("tuple[object, ...]", found), strict=True)


def _own_spelling(
    trip: RoundTrip[Any, Any],
    carried: Mapping[str | tuple[str, ...], object],
    base: PreTrainedConfig,
    *,
    layered: bool,
) -> dict[str, object]:
    """The carried fields that `base` spells otherwise, or leaves out, and means the same by."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reference = trip.carried(as_layered(trip.to_megatron, layered=layered)(base))
        except UnsupportedConfigError:
            return {}
    same = [names for names, found in carried.items() if same_value(found, reference[names])]
    names = [name for known in same for name in ((known,) if isinstance(known, str) else known)]
    own = present(older_release(trip.family), vars(base))
    # An attribute that the class does not declare may be missing, and then its absence is the spelling.
    there = {name for name in names if name in declared(type(base)) or name in own}
    return {
        name: copy.deepcopy(own[name] if name in own else getattr(base, name)) if name in there else NOT_CARRIED
        for name in names
    }


def _recorded_spelling(carried: Mapping[str | tuple[str, ...], object], rest: _Rest) -> dict[str, object]:
    """The carried fields that provenance has too: they may say the same with more keys."""
    known = {name for name, value in single(carried) if value is not NOT_CARRIED}
    return {name: value for name, value in rest.values.items() if name in known}


def kept(hf: object, trip: RoundTrip[Any, Any], others: Iterable[str], bounded: Iterable[str]) -> Kept:
    """What Megatron does not carry of a config.

    Args:
        hf: the values of the config, under the names that the class declares.
        trip: how its family goes back.
        others: the attributes that the class does not declare.
        bounded: the fields of what Megatron does not compute, which makes no difference up to a length.
    """
    values = vars(hf)
    try:
        # Most are the very object, which is told without comparing.
        changed = [name for name, default in trip.defaults if values[name] is not default and values[name] != default]
    except Exception:  # arrays inside of one are compared number by number, and say nothing of the whole
        changed = [name for name, default in trip.defaults if values[name] is not default]
    rope: object = values.get(FIELD)
    if isinstance(rope, dict) and FIELD not in changed and says_more(cast("dict[str, object]", rope)):
        changed.append(FIELD)
    changed += [name for name in dict.fromkeys(bounded) if name not in changed]
    found: dict[str, object] = {}
    left_out: list[str] = []
    for name in (*changed, *[name for name in others if name not in trip.ordinary and name not in IN_MEMORY]):
        try:
            found[name] = plain(values[name])
        except TypeError:
            # What JSON cannot hold comes back from a base alone.
            left_out.append(name)
    return Kept(found, tuple(left_out))
