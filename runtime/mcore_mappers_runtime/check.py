"""Checks the values of a config, and what its mapper makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from .at_caller import warn
from .attributes import FINITE, Attributes
from .bounds import NUMBER
from .errors import OtherReleaseWarning, UnknownArchitectureWarning
from .kernels import installed
from .keywords import complaints
from .near import hint
from .needs import INPUTS, INTERLEAVED_POSITIONS, warn_of_engine
from .prediction import KEYWORD as PREDICTION
from .prediction import counted
from .registry import registry_of
from .releases import installed as release_of
from .round_trip import RoundTrip, kept
from .settings import MapperFields, provenance, select
from .shown import shown

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

    from .layers.fields import Layers

_LENGTH = "seq_length"

_LAYOUT = "pipeline_model_parallel_layout"

_WORD = 100
"""How much of a text is compared with names that are meant perhaps."""

NEEDED = "transformers cannot build or train the model without it"
"""Why None is refused, most often."""


class Check(Attributes):
    """The checks of one config on its way through one mapper.

    Raises:
        TypeError: `hf` is no Hugging Face config, or a keyword is bad: unknown, of another type than Megatron declares,
            or a number outside the range of the field. The message has all of them.
        UnsupportedConfigError: `hf` is of another class, overrides fields per layer, or holds what no config of the
            class can hold: nothing can be computed with it.
    """

    def __init__(
        self,
        family: str,
        config_class: type[PreTrainedConfig],
        hf: PreTrainedConfig,
        caller: Mapping[str, object],
        fields: type[Mapping[str, object]],
        *,
        strict: bool,
        layers: bool,
    ) -> None:
        super().__init__(family, config_class, hf, strict=strict, layers=layers)
        self._caller = caller
        self._strangers: tuple[str, ...] = ()
        self._kernels: Mapping[str, object] = {}
        self._three_positions = caller.get("position_embedding_type") is not None
        self._answered = False
        if caller or type(strict) is not bool or type(layers) is not bool:
            # Keywords are wrong whatever the config is.
            switches = {"strict": strict, "layers": layers}
            said = complaints(family, caller, fields.__annotations__, self._values, switches)
            if said:
                raise TypeError(said)
        self._shape = self._look_at(hf)

    def positive(self, **values: float | None) -> None:
        """Refuse each number that is not above zero, or is too large, named as its field; None is no number."""
        for field, value in values.items():
            if value is not None and not 0 < value <= NUMBER:
                self.refuse(field, value, f"must be above zero, {FINITE}")

    def not_negative(self, **values: float | None) -> None:
        """As `positive`, for numbers that may be zero."""
        for field, value in values.items():
            if value is not None and not 0 <= value <= NUMBER:
                self.refuse(field, value, f"must be zero or above, {FINITE}")

    def probability(self, **values: float | None) -> None:
        """As `positive`, for numbers of at least zero and below one."""
        for field, value in values.items():
            if value is not None and not 0 <= value < 1:
                self.refuse(field, value, "must be at least zero and below one")

    def number_not_negative(self, field: str) -> None:
        """As `not_negative`, for an attribute that need be no number by its type, and may be left out or None."""
        value = self.undeclared(field)
        if value is None or isinstance(value, int | float):
            self.not_negative(**{field: value})
        else:
            self.refuse(field, value, f"must be a number of zero or above, {FINITE}, or be left out")

    def must_be(
        self, field: str, value: object, allowed: Sequence[object], reason: str, layers: tuple[str, ...] = ()
    ) -> None:
        """Refuse `field` unless its value is one of `allowed`; True and 1 are told apart."""
        for other in allowed:
            if value == other and isinstance(value, bool) == isinstance(other, bool):
                return
        self.refuse(field, value, f"must be {_either(allowed)}: {reason}", layers)

    def if_set(self, field: str, allowed: Sequence[object], reason: str, layers: tuple[str, ...] = ()) -> None:
        """Refuse an attribute that the class does not declare, unless it is absent or has one of the `allowed` values.

        None is a value like any other: what reads the attribute may mean something else by it than by its absence.
        """
        if field in self._values:
            self.must_be(field, self.undeclared(field), allowed, reason, layers)

    def restates(self, key: str, field: str, reason: str) -> None:
        """Refuse a key that is a field under another name and says something else than the field does."""
        value = self._values.get(key)
        if value is not None and value != self._values.get(field):
            self.refuse(key, value, f"{field} says {shown(self._values.get(field))}: {reason}")

    def implied(self, key: str, value: object, reason: str) -> None:
        """Refuse a key of remote code that says something else than what follows from the fields of the class.

        Args:
            key: which may be absent, or None.
            value: what follows; None where nothing of the model depends on the key.
            reason: from which fields, and how.
        """
        said = self.undeclared(key)
        if said is not None and value is not None and said != value:
            self.refuse(key, said, f"must be {shown(value)}: {reason}")

    def architectures(self, names: object, reason: str) -> None:
        """Refuse a head that is no language model; a name that is not known is warned of in the end."""
        if not names:
            return
        expected = registry_of(self._family).families[self._family].architectures
        given: object = names
        listed: Sequence[object] = cast("list[object]", names) if isinstance(names, list) else (None,)
        if not all(type(each) is str for each in listed):
            self.refuse("architectures", given, "must be a list of names")
            return
        if all(each in expected for each in listed):
            return
        from .class_names import is_held_by, is_remote, is_same, other_head

        for name in cast("list[str]", listed):
            what = other_head(name)
            if what is not None:
                advice = "set architectures to None to map its decoder"
                self.refuse("architectures", given, f"{name[:_WORD]} is {what}; {reason}: {advice}")
            elif not (
                name in expected
                or is_same(name, expected)
                or is_remote(name, self._config_class)
                or is_held_by(name, self._config_class)
            ):
                self._strangers += (name,)

    def given[T](self, field: str, value: T | None, reason: str = NEEDED) -> T:
        """`value`; refused if it is None. What is returned then is never used, because `finish` raises."""
        # The rope of a class may have missed it before.
        if value is None and not any(refusal.field == field for refusal in self._refusals):
            self.refuse(field, value, f"must be given: {reason}")
        return cast("T", value)

    def choice[T](self, field: str, value: str | None, table: Mapping[str, T]) -> T:
        """The entry of `table` for `value`; refused if there is none, as `given` does."""
        if value is None or value not in table:
            self.refuse(field, value, f"must be one of {', '.join(map(repr, table))}{hint(value or '', table)}")
            return next(iter(table.values()))
        return table[value]

    def padding_token(self, token: object, vocab_size: int) -> None:
        """Refuse a padding token that is no row of the embedding; transformers builds none with such a one."""
        if type(token) is int and not -vocab_size <= token < vocab_size:
            self.refuse("pad_token_id", token, "must be a row of the embedding, or None: transformers builds no other")

    def wants_three_positions(self) -> bool:
        """Whether the caller asks for three positions of each token; where no rope of a class looks, it is refused."""
        self._answered = True
        return self._three_positions

    def equal_up_to(
        self, identifier: str, length: int | None, *, field: str, reason: str, layers: tuple[str, ...] = ()
    ) -> None:
        """Note a declared deviation whose bound is a length; refused if the caller asks for longer sequences.

        Args:
            identifier: its name.
            length: the number of tokens up to which the two sides are equal; None where they always are.
            field: what bounds it.
            reason: what is different beyond.
            layers: as in `refuse`; where the caller asks for them, there is no deviation and no bound.
        """
        if length is None or (layers and self._layers):
            return
        if length < 1:
            self.refuse(
                field, self._stored(field), f"leaves no length at which the two sides are equal: {reason}", layers
            )
            return
        asked = self._caller.get(_LENGTH)
        if isinstance(asked, int) and asked > length:
            self.refuse(_LENGTH, asked, f"must be at most {length}, where {identifier} begins: {reason}", layers)
        self._equal_up_to(identifier, length, field, reason, layers=bool(layers))

    def select[Selected: Mapping[str, object]](self, fields: type[Selected], suggested: Selected) -> Selected:
        """As `settings.select`; sequences that are suggested are no longer than the two sides are equal for."""
        length = suggested.get(_LENGTH)
        if self._longest is not None and isinstance(length, int):
            suggested = cast("Selected", {**suggested, _LENGTH: min(length, self._longest)})
        return select(fields, self._caller, suggested)

    def finish(self) -> None:
        """Raise all refusals at once, or warn of the deviations.

        Raises:
            UnsupportedConfigError: something was refused, or something deviates and the call is strict.
        """
        if self._three_positions and not self._answered:
            self.refuse("position_embedding_type", "mrope", self._one_position())
        self._refuse_deviations()
        self.stop()
        if self._computed_otherwise:
            warn(OtherReleaseWarning(release_of("transformers"), self._computed_otherwise))
        if self._strangers:
            expected = registry_of(self._family).families[self._family].architectures
            warn(UnknownArchitectureWarning(self._strangers, expected))
        self._warn_of_deviations()

    def _one_position(self) -> str:
        """Why there are no three positions of each token."""
        if INTERLEAVED_POSITIONS in registry_of(self._family).families[self._family].needs:
            return f"not for this class: {INTERLEAVED_POSITIONS.reason}"
        return "the class reads one position of each token, whatever the token is of"

    def set_later(self, kernels: Mapping[str, object]) -> None:
        """Keep fields of the inner config for `with_kernels`: Megatron would not construct it with them here."""
        self._kernels = kernels

    def with_kernels[Inner: TransformerConfig](self, transformer: Inner) -> Inner:
        """The inner config, with the kernels that the machines that train have and this one does not."""
        for name, value in self._kernels.items():
            setattr(transformer, name, value)
        return transformer

    def with_layers[**Fields, Model: ModelConfig](
        self, stock: Callable[Fields, Model], layered: Callable[..., Model], layers: Layers
    ) -> Callable[Fields, Model]:
        """What makes the model config of its fields: Megatron's own class, unless the model has layers of this project.

        Args:
            stock: Megatron's own class.
            layered: the one that extends it by layers.
            layers: what the caller gets if it asks for layers.
        """
        if self._layers and layers.present():
            return cast("Callable[Fields, Model]", partial(self.layered(layered), layers=layers))
        return stock

    def layered[**Fields, Model: ModelConfig](self, layered: Callable[Fields, Model]) -> Callable[Fields, Model]:
        """The class of a model config with layers, called only where nothing is in its way that the caller can change.

        Raises, when it is called:
            UnsupportedConfigError: the model predicts further tokens.
        """

        def made(*args: Fields.args, **fields: Fields.kwargs) -> Model:
            self._predict_no_further(cast("TransformerConfig", fields["transformer"]))
            return layered(*args, **fields)

        return made

    def _predict_no_further(self, transformer: TransformerConfig) -> None:
        """Refuse layers that predict further tokens, under the name by which the config counts them."""
        if transformer.mtp_num_layers:
            field, count = counted(self._values) or (PREDICTION, transformer.mtp_num_layers)
            layout = ", and no place in pipeline_model_parallel_layout" if self._caller.get(_LAYOUT) else ""
            reason = "Megatron builds layers that predict further tokens without the layers of mcore_mappers.layers"
            self.refuse(field, count, f"{reason}: pass {PREDICTION}=None{layout} to leave them out")
            self.stop()

    def metadata(self, hf: PreTrainedConfig, trip: RoundTrip[Any, Any], caller: MapperFields) -> dict[str, Any]:
        """The caller's checkpoint metadata, with the provenance of the model: once everything is checked.

        Args:
            hf: the values of the config.
            trip: how its family goes back.
            caller: what the caller passed.
        """
        here = installed().transformer_engine
        said = caller.get("transformer_engine")
        warn_of_engine(caller, hybrid=trip.hybrid, installed=here)
        needs = registry_of(self._family).families[self._family].needs
        return provenance(
            self._family,
            tuple(self._deviations),
            kept(hf, trip, self._shape.others, self._bounded),
            caller,
            equal_up_to=self._longest,
            transformer_engine=here if said is None else said,
            inputs=() if self._three_positions else tuple(str(each) for each in INPUTS if each in needs),
        )


def checked[Config: PreTrainedConfig](
    family: str,
    config_class: type[Config],
    hf: Config,
    caller: Mapping[str, object],
    fields: type[Mapping[str, object]],
    *,
    strict: bool,
    layers: bool,
) -> tuple[Check, Config]:
    """What a mapper begins with: the checks of a config, and its values.

    Args:
        family: name of the family.
        config_class: that the mapper reads.
        hf: the config.
        caller: what the caller passed.
        fields: what a caller may pass.
        strict: whether declared deviations are refused.
        layers: whether layers of `mcore_mappers.layers` compute what stock Megatron lacks.

    Raises:
        TypeError: as `Check`.
        UnsupportedConfigError: as `Check`.
    """
    check = Check(family, config_class, hf, caller, fields, strict=strict, layers=layers)
    return check, check.plain(hf)


def _either(allowed: Sequence[object]) -> str:
    return " or ".join(map(repr, allowed))
