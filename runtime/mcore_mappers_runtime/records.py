"""The rows of a registry: families, refused classes, types of remote code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal


@dataclass(frozen=True)
class Deviation:
    """In what the two models differ: a constant that no Megatron config reaches, or a computation beyond a length."""

    identifier: str
    field: str
    """The Hugging Face field whose values bound it."""
    reason: str
    others: tuple[str, ...] = ()
    """Other fields that decide whether there is a difference, and from where on."""
    layers: tuple[str, ...] = ()
    """Fields of `Layers` with which there is none, if the caller asks for layers."""


@dataclass(frozen=True)
class Need:
    """What has to be installed or passed, so that a model can be built and trained."""

    what: str
    """The distribution, or the keyword with its value."""
    when: str
    """For which models of the family, or beside which of the caller's fields."""
    reason: str
    """What Megatron does, or has, without it."""

    def __str__(self) -> str:
        return f"{self.what} {self.when}: {self.reason}"


@dataclass(frozen=True)
class Parameter:
    """A parameter that Megatron's own layers do not have, for who converts weights."""

    field: str
    """The field of `mcore_mappers.layers.Layers` with which a model has it."""
    name: str
    """Megatron's, with `{layer}` for the number of its layer, if it is of one; a hybrid model counts two where it has
    attention and MLP apart."""
    source: str
    """Hugging Face's, with `{layer}` for its number there, if it is of one."""
    shape: tuple[str, ...]
    """By dimension, the fields of the inner config whose product it is, with `*` between them."""
    tensor_parallel_dim: int | None
    """The dimension that tensor parallelism divides; None where every rank has the whole."""
    transform: Literal["plain", "flattened", "padded"] = "plain"
    """How values go over: as they are, as one dimension where Hugging Face has more, or as they are and before those of
    the tokens that only pad Megatron's vocabulary."""


@dataclass(frozen=True)
class Override:
    """A field that a config class overrides by itself, in layers of one type."""

    field: str
    layer_type: str
    source: str
    """The field whose value it has there."""


@dataclass(frozen=True)
class Family:
    """A Hugging Face config class and what becomes of it."""

    name: str
    """The `model_type`, with `-` written `_`: the name of the mapper's module."""
    config_class: str
    """Import path."""
    architectures: tuple[str, ...]
    """What `architectures` calls its causal language model; empty without a mapper."""
    covers: str
    """Which published models it is for."""
    targets: tuple[str, ...]
    """Import paths of the Megatron configs that it maps to."""
    status: Literal["mapped", "refused", "pending"]
    refusals: tuple[tuple[str, str], ...]
    """What is refused, each with the reason: fields of which Megatron takes only some values; for a class that is
    refused whole, also the import path of the computation that Megatron does not have; that of a pending class."""
    deviations: tuple[Deviation, ...]
    needs: tuple[Need, ...] = ()
    """What its models need beside their configs; a mapper warns where the caller's fields show that it is missing."""
    lacks: str = ""
    """What all of its models compute and stock Megatron does not, so that they are mapped with `layers=True` alone, and
    the import path of what computes it upstream."""
    layers: tuple[str, ...] = ()
    """The fields of `mcore_mappers.layers.Layers` that its models have with `layers=True`: some models some, unless it
    `lacks` something."""
    parameters: tuple[Parameter, ...] = ()
    """The parameters of these layers that Megatron's own do not have."""
    overrides: tuple[Override, ...] = ()
    """What its class overrides by layer by itself, in `per_layer_config`."""
    predicts: bool = False
    """Whether its class has layers that predict further tokens, so that any `mtp_num_layers` is the caller's."""
    versions: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """By upstream package, the oldest and the newest release for which the mapper is right; empty without a mapper."""


@dataclass(frozen=True)
class Declared:
    """Fields that a config class declares with the same type."""

    types: tuple[type, ...]
    """The alternatives; empty where generated code reads whatever is there."""
    names: tuple[str, ...]
    entries: tuple[type, ...] = ()
    """For lists, the types of what they hold; empty where they may hold anything."""


@dataclass(frozen=True)
class Fields:
    """What config classes declare of their fields."""

    usual: tuple[Declared, ...]
    """As most classes have them."""
    otherwise: Mapping[str, tuple[Declared, ...]]
    """By family, what its class has instead."""
    layers: frozenset[str]
    """Those that count layers."""


@dataclass(frozen=True)
class OlderRope:
    """How a class of transformers 4.57 reads its rope, where that is not as all others do."""

    names: Mapping[str, str]
    """Keys that it has under another name, and that name."""
    factor_inside: bool
    """Whether it takes `partial_rotary_factor` from inside the scaling, and only its own from beside it."""
    sliding: str
    """Where layers with a window have a plain rope of their own: the key that has its base."""
    keys: Mapping[str, tuple[str, ...]]
    """By type of rope, the keys of a scaling, where it takes no others; empty where it takes any."""


@dataclass(frozen=True)
class RefusedClass:
    """A Hugging Face config class that is refused whole."""

    name: str
    config_class: str
    """Import path."""
    computation: str
    """Import path of what Megatron cannot compute."""
    reason: str
    fields: tuple[tuple[str, tuple[object, ...], str], ...] = ()
    """Fields of which Megatron would take only some values, or lists of them: name, those values, and the reason."""

    status: ClassVar[Literal["refused"]] = "refused"

    @property
    def why(self) -> str:
        """Why it has no mapper."""
        return f"{self.reason} ({self.computation})"

    @property
    def refusals(self) -> tuple[tuple[str, str], ...]:
        """What stands in the way, the computation first, each with the reason."""
        return ((self.computation, self.reason), *((name, reason) for name, _, reason in self.fields))


@dataclass(frozen=True)
class PendingClass:
    """A Hugging Face config class that nobody has looked at yet: it is neither mapped nor refused."""

    name: str
    config_class: str
    """Import path."""

    status: ClassVar[Literal["pending"]] = "pending"
    fields: ClassVar[tuple[tuple[str, tuple[object, ...], str], ...]] = ()
    why: ClassVar[str] = (
        "pending: nobody has looked at this class yet; a newer release of mcore-mappers may map it, and a table of "
        "your own can"
    )
    """Why it has no mapper, and what to do."""

    @property
    def refusals(self) -> tuple[tuple[str, str], ...]:
        """The class itself, of which nothing more is known."""
        return ((self.config_class, self.why),)


Unmapped = RefusedClass | PendingClass
"""A class that no family maps."""


@dataclass(frozen=True)
class Remote:
    """A model type of remote code that computes what a native class does."""

    native: str
    """The `model_type` of that class."""
    architectures: Mapping[str, str]
    """What its files call its causal language model, and what the native class's is called."""
    renamed: Mapping[str, str]
    """Keys that the native class has under another name, and that name."""
    dropped: frozenset[str]
    """Keys that decide nothing, or that have been looked at before."""
    defaults: Mapping[str, object]
    """What the remote code takes for a key that a file leaves out, where the native class takes something else."""
    constants: tuple[tuple[str, object, str], ...]
    """Keys of which the native class has one value: name, that value, and the reason."""
    rope_types: Mapping[str, str] = field(default_factory=dict[str, str])
    """Types of rope that the native class has under another name, and that name."""
    products: Mapping[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """Keys of the native class that are a number times what a file has under another key: that key, and the number."""
    scaling: Mapping[str, object] = field(default_factory=dict[str, object])
    """What stands for the `rope_scaling` of the native class; nothing where files say it."""
    named: str = ""
    """Why a file must say one of `architectures`; empty where it need not."""
    native_since: str = ""
    """The first release of transformers with a class of this very type, which reads its files where it is there."""


Plain = str | int | float | bool | None


@dataclass(frozen=True)
class Always:
    """There was no such field, and models were as with this value, whatever a file said."""

    value: Plain


@dataclass(frozen=True)
class Attribute:
    """The value was an attribute that the class did not declare, or of another name."""

    name: str
    absent: Plain
    """What a config means that does not have it."""


@dataclass(frozen=True)
class Beside:
    """The attribute stayed beside a dictionary that had it too."""

    dictionary: str
    """The field that holds the dictionary."""


@dataclass(frozen=True)
class Fixed:
    """The class set an attribute, whatever a config said, that newer ones do not have beside a dictionary that does."""

    value: Plain


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


@dataclass(frozen=True)
class Older:
    """An older spelling of a field: where its value was before a release of transformers."""

    field: str
    since: str
    """The first release that spells it as the one does for which the mapper was generated."""
    place: Always | Attribute | Beside | Fixed | Words | Dense | Every | Also


@dataclass(frozen=True)
class Replaced:
    """A value of a file that stands for another one."""

    value: Plain
    by: Plain


@dataclass(frozen=True)
class ByDefault:
    """What a file means that leaves the field out."""

    value: Plain


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


@dataclass(frozen=True)
class Otherwise:
    """The class of an older release made something else of the same file."""

    field: str
    """The one that shows for which configs it matters."""
    since: str
    """The first release that does what the one does for which the mapper was generated."""
    why: str
    """What older releases compute."""
    cure: Replaced | ByDefault | From | PartOf | Throughout | None = None
    """How a file is read so that older releases compute the same; None where that cannot be said to them."""
    unless: tuple[Plain, ...] = ()
    """Values of the field for which it does not matter."""
