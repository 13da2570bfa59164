"""What upstream looks like: the data of a snapshot, as `generated/schemas/` holds it.

A snapshot is plain data. It is written by `codegen.introspect` on a machine that has transformers and
megatron-core, and read by everything after it on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""A JSON value. A default that JSON cannot hold is an object with one key that starts with a dollar sign:
`{"$symbol": "torch.nn.functional.gelu"}`, `{"$enum": "<module>.AttnBackend.auto"}`, `{"$float": "inf"}`,
`{"$tuple": [...]}`, `{"$required": true}` (no default), `{"$repr": "..."}` (anything else)."""

REQUIRED: Json = {"$required": True}


@dataclass(frozen=True)
class Body:
    """What a function or method computes, or all methods of a class."""

    digest: str
    """Of its statements, less what changes without changing what a model computes (`codegen.introspect.bodies`)."""
    former: str | None = None
    """The digest before it last changed, empty where it was not there; None where it is what it was when it was first
    seen."""


@dataclass(frozen=True)
class HfField:
    """One attribute of a Hugging Face config that a reader can rely on.

    `type` is canonical: resolved, fully qualified, unions written with `|` and sorted as declared
    (`int | None`, `Literal["a", "b"]`, `list[int] | None`).
    """

    name: str
    type: str
    default: Json
    """The dataclass default; `REQUIRED` where there is none. For an attribute that only `__post_init__` sets, its
    value on a default instance."""
    stored: str
    """The name in `__dict__` and in `to_dict()`: `attribute_map` applied to `name`."""
    origin: str
    """Name of the class in the MRO that declares it last (`LlamaConfig`, `PreTrainedConfig`)."""
    declared: bool
    """False for what is no dataclass field but is set by `__post_init__` (DeepSeek-V3's `qk_head_dim`)."""
    set_in_post_init: bool
    """`__post_init__` of some class in the MRO assigns it."""
    after_init: Json
    """Its value on a default instance, after `__post_init__`."""
    range: str | None
    """The range that transformers declares, as `[min, max]`; None where it declares none."""
    read_in: tuple[str, ...]
    """Sorted names of the modeling classes and functions that read it; empty: the model never does."""
    doc: str
    """Digest of what upstream says of it (`codegen.introspect.documentation`); empty where it says nothing."""


@dataclass(frozen=True)
class HfProperty:
    """A property of a config class, own or inherited from another config class than `PreTrainedConfig`."""

    name: str
    type: str
    settable: bool
    read_in: tuple[str, ...]
    doc: str
    """As of a field."""


@dataclass(frozen=True)
class Undeclared:
    """An attribute that the modeling code reads from the config and that the config class does not declare."""

    name: str
    default: Json
    """The literal default of the `getattr`; `REQUIRED` for a plain read or a computed default."""
    read_in: tuple[str, ...]


@dataclass(frozen=True)
class HfClass:
    """A `PreTrainedConfig` subclass and what its modeling code reads."""

    path: str
    """Import path from the defining module: `transformers.models.llama.configuration_llama.LlamaConfig`."""
    model_type: str
    causal_lm: str
    """Import path of the `...ForCausalLM` class that the auto mapping names, or of the body that a composite holds."""
    attribute_map: Mapping[str, str]
    fields: tuple[HfField, ...]
    """In the order in which the class declares them; then those that it only sets, sorted by name."""
    properties: tuple[HfProperty, ...]
    """Sorted by name."""
    undeclared: tuple[Undeclared, ...]
    """Sorted by name."""
    bodies: Mapping[str, Body] = field(default_factory=dict[str, Body])
    """The methods of the config class, and all functions of models that its model runs, by import path."""

    @property
    def name(self) -> str:
        """The bare class name."""
        return self.path.rpartition(".")[2]

    @cached_property
    def attributes(self) -> tuple[HfField | HfProperty | Undeclared, ...]:
        """Everything that gets a verdict."""
        return (*self.fields, *self.properties, *self.undeclared)

    @cached_property
    def declared_fields(self) -> frozenset[str]:
        """Names of the dataclass fields."""
        return frozenset(field.name for field in self.fields if field.declared)

    @cached_property
    def declared(self) -> frozenset[str]:
        """Names of the dataclass fields and of the properties: what a type checker lets a reader read."""
        return self.declared_fields | {known.name for known in self.properties}

    @cached_property
    def through_reader(self) -> frozenset[str]:
        """What only `check.undeclared` reads: what the modeling code reads, or `__post_init__` sets, undeclared."""
        fields = (field.name for field in self.fields if not field.declared)
        return frozenset((*fields, *(known.name for known in self.undeclared)))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of each attribute: the fields as the class declares them, then properties, then the undeclared."""
        return {known.name: position for position, known in enumerate(self.attributes)}

    def has(self, name: str) -> bool:
        """Whether the class, or code that reads its configs, knows the name."""
        return name in self.positions

    def documented(self, name: str) -> str:
        """Import path of one of its fields or properties; empty where upstream says nothing of it."""
        return _documented(self.path, name, (*self.fields, *self.properties))


@dataclass(frozen=True)
class MegatronField:
    """One field of a Megatron config dataclass; inherited ones are repeated, with the class that declares them."""

    name: str
    type: str
    default: Json
    origin: str
    """Name of the class in the MRO that declares it last."""
    doc: str
    """Digest of what upstream says of it; empty where it says nothing."""


@dataclass(frozen=True)
class MegatronClass:
    """A Megatron config dataclass."""

    path: str
    bases: tuple[str, ...]
    """Names of the dataclasses that it extends, nearest first."""
    fields: tuple[MegatronField, ...]
    """In the order in which the class declares them."""

    @property
    def name(self) -> str:
        """The bare class name."""
        return self.path.rpartition(".")[2]

    def documented(self, name: str) -> str:
        """Import path of one of its fields; empty where upstream says nothing of it."""
        return _documented(self.path, name, self.fields)


def _documented(path: str, name: str, known: Iterable[HfField | HfProperty | MegatronField]) -> str:
    return f"{path}.{name}" if any(one.name == name and one.doc for one in known) else ""


@dataclass(frozen=True)
class Snapshot:
    """Everything that the later stages know of upstream."""

    versions: Mapping[str, str]
    """Distribution name (`transformers`, `megatron-core`) to version."""
    hf: Mapping[str, HfClass]
    """By import path."""
    megatron: Mapping[str, MegatronClass]
    """By import path."""
    symbols: tuple[str, ...]
    """Import paths of the constants that rules name, each seen to exist."""
    causal_lm: Mapping[str, str] = field(default_factory=dict[str, str])
    """Every `model_type` of a language model that transformers has, alone or in a composite, and the import path of its
    config class."""
    computations: tuple[str, ...] = ()
    """Import paths of refused classes, and of what they are refused for, each seen in upstream's source."""
    bodies: Mapping[str, Body] = field(default_factory=dict[str, Body])
    """What no class of `hf` has to itself, by import path: functions that models of transformers share, what classes
    are refused for, and the functions of Megatron that read fields of the architecture."""
