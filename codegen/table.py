"""The vocabulary of the overrides table: what a file below `codegen/families` and `codegen/parts` can say.

Rows are facts; functions are logic. A rule function is read by the generator and never run by it. What it may use is
its parameters, builtins, `math`, and names that it imports from the runtime (`mcore_mappers_runtime.*`) and from the
generated tables of values. Its parameters have fixed names:

- `hf`: the Hugging Face config, annotated with its class, or with a protocol in rules that families share;
- `check`: collects refusals (`Check`), in functions of `Local` rows and guards, and for fields decided together;
- `caller`: what the caller passed;
- `settings`: that of the inner class over the suggested values, for architecture fields of the inner class, and in
  functions of `Local` rows that only they take;
- `transformer`: the inner Megatron config, in inverses, for fields of the outer class, and in the `wrap` of a `Local`;
- `model`: the outer Megatron config, in inverses;
- the names of the family's `Local` rows, and what `Choice` and required `Rename` rows bind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from codegen.literals import Function, Scalar, Symbol, ValueTable
from codegen.owners import DECIDE, Absence, Absent, Binding, Group, Owner, Target
from codegen.rows.choice import Choice
from codegen.rows.computed import Computed
from codegen.rows.constant import Constant
from codegen.rows.domain import Domain, InDomain, further_layers, layers, not_negative, positive, probability
from codegen.rows.guard import (
    Guard,
    deviation,
    deviation_up_to,
    equal_up_to,
    hard_wired,
    implied,
    language_model,
    must_be,
    require,
    restates,
    same_probability,
)
from codegen.rows.ignored import Ignored, Kind
from codegen.rows.interface import Back, Inverse, NoInverse, Row
from codegen.rows.layered import layered
from codegen.rows.local import Local
from codegen.rows.older import (
    Also,
    Always,
    Attribute,
    Beside,
    ByDefault,
    Dense,
    Every,
    Fixed,
    From,
    Older,
    Otherwise,
    PartOf,
    Replaced,
    Throughout,
    Words,
)
from codegen.rows.rename import Rename
from codegen.rows.unread import Unread

__all__ = [
    "DECIDE",
    "Absence",
    "Absent",
    "Also",
    "Always",
    "Attribute",
    "Back",
    "Beside",
    "Binding",
    "ByDefault",
    "Choice",
    "Computed",
    "Constant",
    "Dense",
    "Domain",
    "Every",
    "Family",
    "Fixed",
    "From",
    "Function",
    "Group",
    "Guard",
    "Ignored",
    "InDomain",
    "Inverse",
    "Kind",
    "Lacks",
    "Local",
    "NoInverse",
    "Older",
    "OlderRope",
    "Otherwise",
    "Owner",
    "Part",
    "PartOf",
    "Pending",
    "RefusedClass",
    "Remote",
    "Rename",
    "Replaced",
    "Row",
    "Scalar",
    "Since",
    "Symbol",
    "Target",
    "Throughout",
    "Unmapped",
    "Unread",
    "ValueTable",
    "Weight",
    "Words",
    "deviation",
    "deviation_up_to",
    "equal_up_to",
    "further_layers",
    "hard_wired",
    "implied",
    "language_model",
    "layered",
    "layers",
    "must_be",
    "not_negative",
    "positive",
    "probability",
    "require",
    "restates",
    "same_probability",
]


@dataclass(frozen=True)
class Weight:
    """Where a parameter is in a checkpoint, if it is none that Megatron's own models have."""

    name: str
    """As Megatron's layer calls it (`runtime/mcore_mappers_runtime/layers/parameters.py`)."""
    source: str
    """As the class's model calls it, with `{layer}` for the number of the layer, if it is of one."""
    transform: Literal["plain", "flattened", "padded"] = "plain"
    """How values go over: as they are, as one dimension, or as they are and before those of padded tokens."""


@dataclass(frozen=True, eq=False)
class Part:
    """Rows that families share: attention with query groups, a router, a window, ...

    A part is the value of a constant of its module, whose name is its name, and the string below which says what it is.
    """

    rows: tuple[Row, ...] = ()
    """What holds for every target."""
    includes: tuple[Part, ...] = ()
    replaces: tuple[str, ...] = ()
    """Subjects (a field of either side, a local, a deviation) whose included rows, of one part, do not hold here."""
    gpt: tuple[Row, ...] | None = ()
    """What holds for a GPTModelConfig beside that; None where Megatron's GPTModel cannot compute it."""
    hybrid: tuple[Row, ...] | None = ()
    """What holds for a HybridModelConfig beside that; None where Megatron's HybridModel cannot compute it."""
    tables: tuple[ValueTable, ...] = ()
    """Value tables that functions use, beside those of `Choice` rows."""
    older: tuple[Older | Otherwise, ...] = ()
    """What the classes were in older releases of transformers, where they had the field."""
    needs: tuple[str, ...] = ()
    """What models need that no field of theirs shows: constants of the runtime (`mcore_mappers_runtime.needs`)."""
    weights: tuple[Weight, ...] = ()
    """The parameters of layers that Megatron's own do not have."""


@dataclass(frozen=True)
class Since:
    """The first release of an upstream package that has what a family needs, where older ones are allowed.

    For transformers it is the first one with the class. What the class was before a release says `older`.
    """

    oldest: str
    why: str
    """What was not there before."""
    package: str = "transformers"


@dataclass(frozen=True)
class OlderRope:
    """How a class of transformers 4.57 reads its rope, where that is not as all others do."""

    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys that it has under another name, and that name."""
    factor_inside: bool = False
    """Whether it takes `partial_rotary_factor` from inside the scaling, and only its own from beside it."""
    sliding: str = ""
    """Where layers with a window have a plain rope of their own: the key that has its base."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By type of rope, the keys of a scaling, where it takes no others; empty where it takes any."""


@dataclass(frozen=True)
class Lacks:
    """What every model of a class computes and stock Megatron does not, so that it is mapped with layers alone."""

    computation: str
    """What computes it upstream: of the class's modeling module, a class, a function, or what a class holds."""
    why: str
    """What is computed there."""


@dataclass(frozen=True)
class Override:
    """A field that a config class overrides by itself in layers of one type, so that its `per_layer_config` says it."""

    field: str
    layer_type: str
    source: str
    """The field whose value it has there."""


@dataclass(frozen=True, eq=False)
class Family:
    """One Hugging Face config class and the Megatron configs of the same model: the `FAMILY` of a file.

    Everything is said by the parts and by the rows that are the family's own.
    """

    config: str
    """Import path of the class, from the defining module."""
    covers: str
    """One line for readers: which published models it is for."""
    parts: tuple[Part, ...]
    targets: tuple[Target, ...]
    """The Megatron configs; `to_megatron` gives the first."""
    rows: tuple[Row, ...] = ()
    """What holds for every target."""
    replaces: tuple[str, ...] = ()
    """Subjects (a field of either side, a local, a deviation) of which the rows of one part do not hold here."""
    gpt: tuple[Row, ...] = ()
    """What holds for a GPTModelConfig beside that."""
    hybrid: tuple[Row, ...] = ()
    """What holds for a HybridModelConfig beside that."""
    lacks: Lacks | None = None
    """Why no model of the class is mapped without layers; None where some are."""
    overrides: tuple[Override, ...] = ()
    """What the class overrides by layer by itself; all else in a `per_layer_config` is refused."""
    weights: tuple[Weight, ...] = ()
    """The parameters of its layers that Megatron's own do not have, beside those of parts."""
    since: Since | None = None
    older: tuple[Older | Otherwise, ...] = ()
    """What the class was in older releases of transformers, beside what parts say."""
    older_rope: OlderRope | None = None
    older_types: Mapping[str, str] = field(default_factory=dict[str, str])
    """Types of layers that the class of transformers 4.57 knows under another name, and that name."""
    older_fixed: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Fields that the class of transformers 4.57 sets, whatever a file says, and to what."""
    causal_lm: str = ""
    """Import path of the class that computes the model, where transformers' auto classes do not name it."""
    body: str = ""
    """Import path of the class that computes the hidden states of a composite's language model, which transformers has
    with no output layer but the composite's."""
    architectures: tuple[str, ...] = ()
    """What files call the causal language model of a class, where no installed package has one."""
    tables: tuple[ValueTable, ...] = ()
    """Value tables that functions use, beside those of `Choice` rows and parts."""
    name: str = ""
    """The name of its file, which is the HF `model_type` with `-` written `_`. Whoever lists the files fills it in."""

    @property
    def config_name(self) -> str:
        """The bare name of the class."""
        return self.config.rpartition(".")[2]


@dataclass(frozen=True)
class Remote:
    """A model type of remote code that computes what the class of a family does, so that it is read as that class.

    Where a type has several rows, because models of several kinds are published under it, constants tell which it is.
    """

    model_type: str
    native: str
    """The `model_type` of the family's class."""
    why: str
    """What was compared."""
    architectures: tuple[str, ...]
    """What files of this type call its causal language model."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys that the native class has under another name."""
    products: Mapping[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    """Keys of the native class that are a number times a number of the remote code, and the key of that."""
    scaling: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    """The `rope_scaling` by which the native class has what the remote code does to its rope and queries, where the
    constants of the row say that it does; equal as far as that maps."""
    dropped: tuple[Unread, ...] = ()
    """Keys that decide nothing, whatever they would mean to the native class."""
    defaults: Mapping[str, Scalar] = field(default_factory=dict[str, Scalar])
    """What the remote code takes for a key that a file leaves out, where the native class takes something else."""
    constants: Sequence[Guard] = ()
    """Keys that the remote code reads and the native class hard-wires, beside those of the family's own rows."""
    rope_types: Mapping[str, str] = field(default_factory=dict[str, str])
    """Types of rope that the native class has under another name."""
    named: str = ""
    """Why a file must say one of `architectures`: which other models are published under the type. Empty where it need
    not say any."""
    native_since: str = ""
    """The first release of transformers with a class of this very type, which a family of this name maps. Older ones
    read its files as `native`, and as the same model: other names of fields, other defaults and the keys that the code
    beside checkpoints reads are taken from that class and its family."""


@dataclass(frozen=True)
class Confirmed:
    """That somebody has read a function of upstream that changed: what relies on it is true of what it is now."""

    body: str
    """Import path of the function or method, or of a class with all of its methods. The row holds for all that changed
    alike."""
    digest: str
    """Of the body that was read (`codegen.introspect.bodies`): the row ends with the next change."""
    why: str
    """What changed, and why it changes no mapping."""


@dataclass(frozen=True)
class RefusedClass:
    """A class of causal language models that no Megatron config can be, whatever its fields hold."""

    name: str
    """The HF `model_type`, with `-` written `_`."""
    config_class: str
    """Import path from the defining module."""
    computation: str
    """Import path of what computes it upstream: a class, a function, or what a class holds (`...Layer.post_norm`).

    A refusal whose computation is gone must be looked at again.
    """
    why: str
    """What is computed there, that Megatron does not have."""
    fields: tuple[Guard, ...] = ()
    """Fields whose other values Megatron could not express either; of a list, those of its entries."""


@dataclass(frozen=True)
class Pending:
    """A class of causal language models that nobody has looked at yet: neither mapped nor refused.

    It has no reason to give. Whoever looks at it writes a family in its place, or a `RefusedClass` with the reason.
    """

    name: str
    """The HF `model_type`, with `-` written `_`."""
    config_class: str
    """Import path from the defining module."""


Unmapped = RefusedClass | Pending
"""A row about a class of causal language models that no family maps."""
