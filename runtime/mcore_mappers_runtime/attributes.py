"""Reads the attributes of a config, by the names, types and aliases that its class has for them."""

from __future__ import annotations

from inspect import getattr_static
from typing import TYPE_CHECKING, cast

from .bounds import LAYERS, NUMBER
from .declared import PLAIN, look_at
from .equal import class_of, path_of
from .older_configs import NOTHING, computed_otherwise, older_release, present
from .overrides import FIELD, SPEC, otherwise
from .refusals import Refusals
from .registry import registry_of
from .shown import shown

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

    from .declared import Shape

FINITE = "and at most 2**63 - 1, as far as torch counts"
"""Of numbers, how large they may be."""


class Attributes(Refusals):
    """The attributes of one config, and what of them is refused before any mapper looks."""

    def __init__(
        self, family: str, config_class: type[PreTrainedConfig], hf: PreTrainedConfig, *, strict: bool, layers: bool
    ) -> None:
        super().__init__(family, strict=strict, layers=layers)
        self._computed_otherwise: tuple[tuple[str, str, str], ...] = ()
        self._config_class = config_class
        # As any object has them: the config's own way looks for aliases and overrides at every step.
        self._values: dict[str, object] = object.__getattribute__(hf, "__dict__") if type(hf) is config_class else {}

    def _look_at(self, hf: PreTrainedConfig) -> Shape:
        """What all configs have in common whose attributes are named and typed as those of `hf`.

        Raises:
            TypeError: `hf` is no Hugging Face config.
            UnsupportedConfigError: `hf` is of another class, overrides fields per layer, or holds what no config of the
                class can hold: nothing can be computed with it.
        """
        if type(hf) is not self._config_class:
            self._refuse_class(self._config_class, hf)
        if not self._layers and (known := registry_of(self._family).families[self._family]).lacks:
            self.refuse("class", path_of(self._config_class), known.lacks, known.layers)
        self._look_at_layers(hf)
        release = older_release(self._family)
        if release is not NOTHING:
            self._computed_otherwise = computed_otherwise(release, self._values)
            self._values = present(release, self._values)
        return look_at(self, self._family, self._config_class, self._values)

    def _look_at_layers(self, hf: PreTrainedConfig) -> None:
        """What the config overrides per layer: nothing, or what its class does by itself, which is then forgotten."""
        own = registry_of(self._family).families[self._family].overrides
        # What `is_heterogeneous` looks for, at length.
        if not own and SPEC not in self._values and self._values.get(FIELD) is None:
            return
        if not own:
            self.refuse(FIELD, _overrides(hf), "overrides fields per layer, which no mapper reads")
            self.stop()
        if reason := otherwise(own, self._values):
            self.refuse(FIELD, _overrides(hf), reason)
        self._values = {name: value for name, value in self._values.items() if name != SPEC}

    def _refuse_class(self, config_class: type[PreTrainedConfig], hf: object) -> None:
        from transformers.configuration_utils import PreTrainedConfig

        expected = config_class.__qualname__
        given_class = type(hf)
        if not isinstance(hf, PreTrainedConfig):
            raise TypeError(f"{self._family}.to_megatron() takes a {expected}, not {class_of(hf)}")
        kind = "a subclass of" if issubclass(given_class, config_class) else "not"
        reason = f"this mapper reads {expected}; {given_class.__qualname__} is {kind} it, and may mean something else"
        self.refuse("class", f"{given_class.__module__}.{given_class.__qualname__}", reason)
        self.stop()

    def plain[Config: PreTrainedConfig](self, hf: Config) -> Config:
        """The values of `hf`, to be read once more than is fast there.

        Every read of an attribute of a Hugging Face config looks for aliases and per-layer overrides first. Aliases are
        resolved here, and configs with overrides are refused by now.
        """
        return cast("Config", _Plain(hf, self._values))

    def is_set(self, field: str) -> bool:
        """Whether the attribute is there; `undeclared` says None of one that is absent, and of one that is None."""
        return field in self._values

    def undeclared(self, field: str) -> object | None:
        """The attribute `field`, which the config class does not declare but checkpoints set; None where it is absent.

        The one reader for such attributes, and for declared ones that begin with an underscore. The generator accepts
        only names that the snapshot lists.

        Raises:
            UnsupportedConfigError: it is nothing that a file can hold, and so cannot be compared with what one holds.
        """
        value = self._values.get(field)
        if type(value) not in PLAIN:
            self.refuse(field, value, "is nothing that a config.json can hold")
            self.stop()
        return value

    def undeclared_size(self, field: str) -> int | None:
        """As `undeclared`; what is there must be an integer above zero."""
        value = self.undeclared(field)
        if field not in self._values:
            return None
        if type(value) is int and 0 < value <= NUMBER:
            return value
        self.refuse(field, value, f"must be an integer above zero, {FINITE}, or be left out")
        return None

    def undeclared_flag(self, field: str) -> bool:
        """As `undeclared`; what is there must be True or False. False where it is absent."""
        value = self._values.get(field, False)
        if isinstance(value, bool):
            return value
        self.refuse(field, value, "must be True or False, or be left out")
        return False

    def undeclared_layers(self, field: str) -> int:
        """As `undeclared`; what is there must be a number of layers, or zero. Zero where it is absent."""
        value = self._values.get(field, 0)
        if type(value) is int and 0 <= value <= LAYERS:
            return value
        self.refuse(field, value, f"must be an integer of zero or more, and at most {LAYERS:,}, or be left out")
        return 0

    def width_of_heads(self, field: str) -> object:
        """What the attribute says, or how wide a head is where nothing does: as classes divide, without the rest.

        None where there is no such width: a class that has it as a property alone, and takes no heads that leave a
        rest.
        """
        held, hidden, heads = (self._stored(name) for name in (field, "hidden_size", "num_attention_heads"))
        if held is not None or not isinstance(hidden, int) or not isinstance(heads, int) or heads <= 0:
            return held
        if hidden % heads and isinstance(getattr_static(self._config_class, field, None), property):
            return None
        return hidden // heads

    def refuse_width(self, field: str, width: object, reason: str) -> None:
        """Refuse what `width_of_heads` found; where nothing says it, the reason says what it is.

        Args:
            field: as there.
            width: what was found.
            reason: what is wrong with it.
        """
        held = self._stored(field)
        unsaid = f" (hidden_size // num_attention_heads is {shown(width)}, and nothing says another width)"
        self.refuse(field, held, reason if held is not None else f"{reason}{unsaid}")

    def _stored(self, field: str) -> object:
        return self._values.get(self._config_class.attribute_map.get(field, field))


class _Plain:
    """The attributes of a config; a property is computed from them, and the rest asked of the config itself."""

    __slots__ = ("__dict__", "_hf")

    def __init__(self, hf: PreTrainedConfig, values: dict[str, object]) -> None:
        aliases = type(hf).attribute_map
        if aliases:
            values = {**values, **{alias: values[stored] for alias, stored in aliases.items() if stored in values}}
        self.__dict__ = values
        self._hf = hf

    def __getattr__(self, name: str) -> object:
        member = getattr(type(self._hf), name, None)
        if isinstance(member, property) and member.fget is not None:
            return member.fget(self)
        return getattr(self._hf, name)


def _overrides(hf: PreTrainedConfig) -> object:
    """What a config overrides per layer, as far as transformers can write it."""
    try:
        return hf.to_dict().get(FIELD)
    except Exception:  # whatever it stumbles over: anything may have been put there
        return None
