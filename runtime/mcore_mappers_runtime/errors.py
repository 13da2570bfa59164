"""What a mapper says when it cannot give an equal model, or not quite."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .shown import shown


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

    def __str__(self) -> str:
        return f"{self.field} = {shown(self.value)}: {self.reason}"


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
        return headline + ":" + "".join(f"\n  - {refusal}" for refusal in self.refusals)


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
    """The mapped model differs from the Hugging Face model in a constant that no Megatron config reaches.

    Each deviation is declared by the family, with a reason and a bound; see `families()`.

    Attributes:
        deviations: ids of the deviations that apply to this config.
    """

    def __init__(self, family: str, deviations: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        super().__init__(family, deviations, reasons)
        self.family = family
        self.deviations = deviations
        self.reasons = reasons

    def __str__(self) -> str:
        return _deviates(self.family, self.deviations, self.reasons)


@cache
def _deviates(family: str, deviations: tuple[str, ...], reasons: tuple[str, ...]) -> str:
    """The text of a warning, which Python asks for whenever it is given, shown or not."""
    pairs = zip(deviations, reasons, strict=True)
    lines = "".join([f"\n  - {deviation}: {reason}" for deviation, reason in pairs])
    return f"the Megatron model of this {family} config deviates (strict=True refuses it instead):{lines}"


class UpstreamVersionWarning(UserWarning):
    """The installed transformers or megatron-core is not among those for which a mapper is right."""


class UnknownKeysWarning(UserWarning):
    """A `config.json` has keys that nobody reads."""

    def __init__(self, keys: tuple[str, ...], file: str) -> None:
        super().__init__(keys, file)
        self.keys = keys
        """Their names, each with the way to it: `text_config.rope_thta`."""
        self.file = file
        """The path of the file."""

    def __str__(self) -> str:
        return f"nobody reads these keys of {self.file}: {', '.join(self.keys)}"


class UnknownArchitectureWarning(UserWarning):
    """A config says that its checkpoint is of a class that is not known as the one that its mapper reads."""

    def __init__(self, names: tuple[str, ...], expected: tuple[str, ...]) -> None:
        super().__init__(names, expected)
        self.names = names
        """What `architectures` says, and is not known."""
        self.expected = expected
        """What is mapped."""

    def __str__(self) -> str:
        return f"architectures says {', '.join(self.names)}; mapped is {' or '.join(self.expected)}"


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
