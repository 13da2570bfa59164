"""What the class of a family was in older releases of transformers: the same said otherwise, or something else."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.literals import Scalar


@dataclass(frozen=True)
class Always:
    """There was no such field, and models were as with this value, whatever a file said."""

    value: Scalar


@dataclass(frozen=True)
class Attribute:
    """The value was an attribute that the class did not declare, or of another name."""

    name: str
    absent: Scalar
    """What a config means that does not have it."""


@dataclass(frozen=True)
class Beside:
    """The attribute stayed beside a dictionary that had it too."""

    dictionary: str
    """The field that holds the dictionary."""


@dataclass(frozen=True)
class Fixed:
    """The class set an attribute, whatever a config said, that newer ones do not have beside a dictionary that does."""

    value: Scalar


@dataclass(frozen=True)
class Words:
    """The entries of a list were called otherwise."""

    older: tuple[tuple[str, str], ...]
    """Each older word, and the one that means the same now."""


@dataclass(frozen=True)
class Dense:
    """For a list that has "dense" or "sparse" for each layer, there was the number of layers that are dense first."""

    name: str
    """The field that counted them."""


@dataclass(frozen=True)
class Every:
    """For a list by layer there was nothing: every layer was of one kind."""

    entry: str


@dataclass(frozen=True)
class Also:
    """The class had the value twice, and its model read both."""

    name: str
    """The other field."""


Place = Always | Attribute | Beside | Fixed | Words | Dense | Every | Also


@dataclass(frozen=True)
class Older:
    """An older spelling of a field: where its value was before a release."""

    field: str
    since: str
    """The first release of transformers that spells it as the pinned one does."""
    place: Place
    why: str
    """What the class was before."""

    def __str__(self) -> str:
        return f"Older({self.field!r}, {self.since!r})"


@dataclass(frozen=True)
class Replaced:
    """A value of a file that stands for another one."""

    value: Scalar
    by: Scalar


@dataclass(frozen=True)
class ByDefault:
    """What a file means that leaves the field out."""

    value: Scalar


@dataclass(frozen=True)
class From:
    """What the field means is said by another key of the file, where that is there."""

    key: str
    more: int = 0
    """What is added to the number there."""


@dataclass(frozen=True)
class PartOf:
    """The field is a part of a whole, which the file says by the sizes of both, where the first is there."""

    key: str
    """The size of the part."""
    whole: str


@dataclass(frozen=True)
class Throughout:
    """A list by layer that the file leaves out has one entry for all, where another key of the file is None."""

    entry: str
    without: str
    """The key."""


Cure = Replaced | ByDefault | From | PartOf | Throughout


@dataclass(frozen=True)
class Otherwise:
    """The class of an older release made something else of the same file."""

    field: str
    """The one that shows for which configs it matters."""
    since: str
    """The first release of transformers that does what the pinned one does."""
    why: str
    """What older releases compute."""
    cure: Cure | None = None
    """How a file is read so that older releases compute the same; without one, whoever maps such a config is warned."""
    unless: tuple[Scalar, ...] = ()
    """Values of the field for which it does not matter."""

    def __str__(self) -> str:
        return f"Otherwise({self.field!r}, {self.since!r})"
