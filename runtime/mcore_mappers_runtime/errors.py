"""What a mapper says when it cannot give an equal model, or not quite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .records import Need
from .shown import lines, shown


@dataclass(frozen=True)
class Refusal:
    """One field that keeps a config from being mapped."""

    field: str
    """Name of the field, with a dot for a key inside it (`rope_parameters.factor`): Hugging Face's, or on the way back
    Megatron's, if no Hugging Face field of the family is to blame."""
    value: object
    """What the config holds there."""
    reason: str
    """Why the other side cannot represent it, or why no model can."""
    layers: tuple[str, ...] = ()
    """Fields of `mcore_mappers.layers.Layers` that compute it: with `layers=True` this is not refused."""

    def __str__(self) -> str:
        return f"{self.field} = {shown(self.value)}: {self.reason}"


@dataclass(frozen=True)
class RefusedDeviation(Refusal):
    """A declared deviation, refused by `strict=True`; the field is its id."""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class UnsupportedConfigError(ValueError):
    """A Hugging Face config that no Megatron config represents, or a Megatron config that none of a family does.

    Attributes:
        family: the family whose mapper refused, or None when no family maps the class.
        refusals: every refused field, not only the first.
        back: whether it is a Megatron config that was refused.
    """

    def __init__(self, family: str | None, refusals: tuple[Refusal, ...], back: bool = False) -> None:
        super().__init__(family, refusals, back)
        self.family = family
        self.refusals = refusals
        self.back = back

    def __str__(self) -> str:
        subject = "this config" if self.family is None else f"this {self.family} config"
        headline = f"{subject} has no equal Megatron config"
        if self.back:
            headline = f"this Megatron config has no equal {self.family} config"
        return f"{headline}:{lines(self.refusals)}{self._next}"

    @property
    def _next(self) -> str:
        """What to do about it, where that is the same for all; what is one refusal's own stands in its reason."""
        if self.back:
            return "\nGive the model these values, or say which family it is of."
        lifted = [each for each in self.refusals if each.layers]
        if lifted:
            return self._with_layers(lifted)
        if self.family is None or any(each.field == "class" for each in self.refusals):
            return ""
        if all(isinstance(each, RefusedDeviation) for each in self.refusals):
            return "\nWithout strict=True it maps, and a DeviationWarning says the same."
        return (
            "\nWhat the checkpoint does not depend on can be set to what is named here, and mapped; for the rest "
            f"stock Megatron has no equal computation. families()[{self.family!r}] lists all that this family refuses."
        )

    def _with_layers(self, lifted: Sequence[Refusal]) -> str:
        """What the caller gets who asks for layers."""
        names = ", ".join(dict.fromkeys(name for each in lifted for name in each.layers))
        if len(lifted) == len(self.refusals):
            return f"\nWith layers=True it maps: layers of mcore_mappers.layers compute {names}."
        fields = ", ".join(dict.fromkeys(each.field for each in lifted))
        return f"\nOf this, layers=True lifts {fields}: layers of mcore_mappers.layers compute {names}. The rest stays."


class UnsavableConfigError(UnsupportedConfigError):
    """A Hugging Face config that no `config.json` can hold, or none in the spelling that was asked for."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(None, refusals)
        self.args = (refusals,)

    def __str__(self) -> str:
        return f"this config cannot be saved:{lines(self.refusals)}"


@dataclass(frozen=True)
class NoFlag:
    """A field of a Megatron config that no argument of Megatron-LM says."""

    field: str
    value: object
    """What the config has."""
    without: object
    """What the model has that Megatron builds from all other arguments."""

    def __str__(self) -> str:
        return f"{self.field} = {shown(self.value)}; without it {shown(self.without)}"


class UnsupportedArgumentError(ValueError):
    """A Megatron config that Megatron-LM's arguments cannot say, as the installed release reads them.

    Attributes:
        fields: every such field, not only the first.
    """

    def __init__(self, fields: tuple[NoFlag, ...]) -> None:
        super().__init__(fields)
        self.fields = fields

    def __str__(self) -> str:
        return (
            f"No flags of Megatron-LM give all of this model:{lines(self.fields)}\n"
            "Who builds it from Python can take the model config itself, or its fields()."
        )


class DefaultedFieldsWarning(UserWarning):
    """The Hugging Face config of a model does not say all that another one did, or might have said.

    Attributes:
        fields: all that is meant, with a dot for a key inside a field: those that have their class's default, because
            neither Megatron nor a base nor provenance knows them, and those that are left out.
        left_out: of these, what the config had that the model came from, or the base has, and that is not said of the
            model: how the weights of a checkpoint are stored, the code that was beside it, what provenance cannot hold.
    """

    def __init__(self, family: str, defaulted: tuple[str, ...], left_out: tuple[str, ...] = ()) -> None:
        super().__init__(family, defaulted, left_out)
        self.family = family
        self.fields = (*defaulted, *left_out)
        self.left_out = left_out

    def __str__(self) -> str:
        defaulted = self.fields[: len(self.fields) - len(self.left_out)]
        said: list[str] = []
        if defaulted:
            said.append(
                f"these fields of the {self.family} config are its class's defaults (pass base=...): {defaulted}"
            )
        if self.left_out:
            said.append(
                f"these are left out of the {self.family} config, for they say nothing of a model or cannot be kept "
                f"with one: {self.left_out}"
            )
        return "; ".join(said)


class DeviationWarning(UserWarning):
    """The mapped model differs from the Hugging Face model: in a constant that no config reaches, or beyond a length.

    Each deviation is declared by the family, with a reason and a bound; see `families()`.

    Attributes:
        deviations: ids of the deviations that apply to this config.
        seq_length: the longest sequences, in tokens, for which the models are equal; None where that does not depend on
            their length.
    """

    def __init__(
        self, family: str, deviations: tuple[str, ...], reasons: tuple[str, ...], seq_length: int | None = None
    ) -> None:
        super().__init__(family, deviations, reasons, seq_length)
        self.family = family
        self.deviations = deviations
        self.reasons = reasons
        self.seq_length = seq_length

    def __str__(self) -> str:
        return _deviates(self.family, self.deviations, self.reasons)


@cache
def _deviates(family: str, deviations: tuple[str, ...], reasons: tuple[str, ...]) -> str:
    """The text of a warning, which Python asks for whenever it is given, shown or not."""
    told = lines([f"{deviation}: {reason}" for deviation, reason in zip(deviations, reasons, strict=True)])
    return f"the Megatron model of this {family} config deviates (strict=True refuses it instead):{told}"


class NeedsWarning(UserWarning):
    """A model is mapped that cannot be built or trained as it is asked for, or not on a machine like this one.

    Attributes:
        needs: what has to be installed or passed; see `families()`.
        advice: what to say where the machines that train have what this one lacks; empty where it lacks nothing.
    """

    def __init__(self, needs: tuple[Need, ...], advice: str = "") -> None:
        super().__init__(needs, advice)
        self.needs = needs
        self.advice = advice

    def __str__(self) -> str:
        return f"the mapped model needs:{lines(self.needs)}" + (f"\n{self.advice}" if self.advice else "")


class NotComparedWarning(UserWarning):
    """What `diff` was given does not say some fields that decide the model: these it has not compared.

    Attributes:
        fields: their names in Megatron's configs.
        reason: why they are not said.
    """

    def __init__(self, fields: tuple[str, ...], reason: str) -> None:
        super().__init__(fields, reason)
        self.fields = fields
        self.reason = reason

    def __str__(self) -> str:
        return f"diff() has not compared {', '.join(self.fields)}: {self.reason}"


class UpstreamVersionError(ImportError):
    """The installed transformers or megatron-core cannot have a family: it is older than what the family needs.

    Attributes:
        family: its name; empty where nothing can be read without the package.
        package: the distribution that is too old.
        installed: its release; None where there is none.
        needed: the oldest release that the family can have.
    """

    def __init__(self, family: str, package: str, installed: str | None, needed: str) -> None:
        super().__init__(family, package, installed, needed)
        self.family = family
        self.package = package
        self.installed = installed
        self.needed = needed

    def __str__(self) -> str:
        return (
            f"{self.family or 'Hugging Face configs'} need{'s' if self.family else ''} {self.package} {self.needed} or "
            f"newer, and {self.installed or 'none'} is installed; families() says what every family needs"
        )


class UpstreamVersionWarning(UserWarning):
    """The installed transformers or megatron-core is newer than the newest for which a mapper is known to be right."""


class OtherReleaseWarning(UserWarning):
    """The installed transformers makes another model of the same config, or file, than newer ones do.

    What is read or mapped is the model that the newest release makes of it.

    Attributes:
        installed: the installed release of transformers.
        differences: for each field by which it differs its name, the first release that has it as the newest does, and
            what older ones do.
        file: the path of the file; None where a config is mapped that cannot be told to older releases.
    """

    def __init__(self, installed: str, differences: tuple[tuple[str, str, str], ...], file: str | None = None) -> None:
        super().__init__(installed, differences, file)
        self.installed = installed
        self.differences = differences
        self.file = file

    def __str__(self) -> str:
        told = lines([f"{field}, before {since}: {why}" for field, since, why in self.differences])
        if self.file is None:
            subject = "this config; what it is mapped to is what newer ones compute"
        else:
            subject = f"{self.file}; it is read so that it means the same as with newer ones"
        return f"transformers {self.installed} itself makes another model of {subject}:{told}"


_KEYS = 20
"""How many names of keys a warning shows; its attribute has all."""


class UnknownKeysWarning(UserWarning):
    """A `config.json` has keys that nobody reads."""

    def __init__(self, keys: tuple[str, ...], file: str) -> None:
        super().__init__(keys, file)
        self.keys = keys
        """Their names, each with the way to it: `text_config.rope_thta`."""
        self.file = file
        """The path of the file."""

    def __str__(self) -> str:
        more = len(self.keys) - _KEYS
        shortened = [*self.keys[:_KEYS], *([f"and {more} more"] if more > 0 else [])]
        return f"nobody reads these keys of {self.file}: {', '.join(shortened)}"


class UnknownArchitectureWarning(UserWarning):
    """A config says that its checkpoint is of a class that is not known as the one that its mapper reads."""

    def __init__(self, names: tuple[str, ...], expected: tuple[str, ...]) -> None:
        super().__init__(names, expected)
        self.names = names
        """What `architectures` says, and is not known."""
        self.expected = expected
        """What is mapped."""

    def __str__(self) -> str:
        expected = " or ".join(self.expected) or "a composite with this language model"
        return f"architectures says {', '.join(self.names)}, which nobody knows as {expected}; it is mapped as that"


class TableWarning(UserWarning):
    """A package that somebody installed brings no families, or some that another package maps too."""


class TableConflictError(RuntimeError):
    """Two packages map one class, or a family of one name, and nothing says which is meant.

    The mappers of both work by themselves: `package.family.to_megatron(hf)`.

    Attributes:
        what: the name of the family, or the import path of the config class.
        packages: the packages that map it.
    """

    def __init__(self, what: str, packages: tuple[str, ...]) -> None:
        super().__init__(what, packages)
        self.what = what
        self.packages = packages

    def __str__(self) -> str:
        return f"{' and '.join(self.packages)} both map {self.what}: call the mapper of one by its own module"
