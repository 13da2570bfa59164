"""What the tests have to know of one family, and cannot read from the overrides table or the snapshot."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.numerics.weights import Layout

Keywords = Mapping[str, Any]

# As a value: leave this key of the base config out.
ABSENT: Final = object()

NOTHING: Final[Keywords] = {}


@dataclass(frozen=True)
class Refused:
    """One config that a mapper must refuse, and the configs nearest to it that it must not."""

    name: str
    field: str
    """As the refusal names it."""
    change: Keywords
    """What is different from the family's base config, for the constructor."""
    attributes: Keywords = dataclasses.field(default_factory=dict[str, Any])
    """What is stored in the config afterwards."""
    start: Keywords = dataclasses.field(default_factory=dict[str, Any])
    """What is different from the base in the accepted configs too."""
    nearest: Sequence[Keywords] = (NOTHING,)
    """The accepted configs, as changes like `change`."""
    tries: Sequence[Keywords] = ()
    """Settings of the Megatron config of the first accepted config that come close, and do not do."""
    equal: str = ""
    """Why it is refused although the models are equal; that they are is tested."""
    unseen: str = ""
    """Why the models cannot be compared."""
    beyond_bound: str = ""
    """The deviation that is larger here than was looked at."""
    layers: bool = False
    """Whether the accepted configs have layers, and so both are mapped by who asks for them."""


@dataclass(frozen=True)
class Rope:
    """What a family's `rope_parameters` can say."""

    types: Mapping[str, tuple[str, ...]]
    """Each rope type that is mapped, with the keys that decide something; each has two values in cases."""
    bad: Sequence[tuple[Any, frozenset[str]]]
    """Values of `rope_parameters` that nobody can map, and the keys that the refusals name (`.factor`; "" for all)."""
    sections: tuple[int, ...] = (1, 1, 1)
    """A value of `mrope_section` that the class takes in a plain rope."""
    needs: Mapping[str, Keywords] = dataclasses.field(default_factory=dict[str, Keywords])
    """By rope type, keys without which the class takes none."""
    cut: Mapping[float, tuple[int, ...]] = dataclasses.field(default_factory=dict[float, tuple[int, ...]])
    """By how much of a head is rotated, sections that fit, where those of the class do not."""
    layer_types: tuple[str, ...] = ()
    """Types of layers for each of which `rope_parameters` holds a rope; none where that is one rope itself."""

    def given(self, rope: Any) -> Any:
        """What `rope_parameters` is for this rope. Transformers reads `truncate` beside the ropes of layers."""
        if not isinstance(rope, dict):
            return rope
        keys: Keywords = rope
        if lengths := self.cut.get(keys.get("partial_rotary_factor", 0.0)):
            return {"mrope_section": [*lengths], **keys}
        if not self.layer_types:
            return keys
        own = {key: value for key, value in keys.items() if key != "truncate"}
        outside = {key: value for key, value in keys.items() if key == "truncate"}
        return {**{each: dict(own) for each in self.layer_types}, **outside}

    def read(self, rope_parameters: Any) -> Sequence[Keywords]:
        """The ropes of a `rope_parameters`: the reverse of `given`, whether they are the same or not."""
        if not isinstance(rope_parameters, dict):
            return ()
        held: Keywords = rope_parameters
        if not self.layer_types:
            return (held,)
        outside = {key: value for key, value in held.items() if key == "truncate"}
        return [{**rope, **outside} for rope in held.values() if isinstance(rope, dict)]


@dataclass(frozen=True)
class Proof:
    """Configs of a family that prove its mapper, and what is particular to it in the tests of all families."""

    base: Keywords
    """A tiny config, in odd numbers, so that a confusion shows."""
    cases: Mapping[str, Keywords]
    """By name, what is different from `base` in a config whose logits are compared. `default` and `combined` (as many
    structures in one as there can be) must be there: from these two the sensitivity sweep starts."""
    refused: Sequence[Refused]
    """At least one for each row of the table that refuses, which a test counts."""
    layout: Layout
    """Which weight is which."""
    rope: Rope | None
    """None where the class has no `rope_parameters`."""
    tolerance: float = 3e-5
    """How close logits must come, in their standard deviations."""
    bounded: Mapping[str, Keywords] = dataclasses.field(default_factory=dict[str, Any])
    """By id of a deviation whose bound is a length, what is different from `base` in a config of which that is
    `tests.numerics.lengths.LENGTH`. That of dynamic NTK is made of the case `rope_dynamic`."""
    hybrid: frozenset[str] | None = None
    """Cases that are not repeated for `to_megatron_hybrid`; None where there is no such mapper."""
    shallow: Keywords = dataclasses.field(default_factory=lambda: {"num_hidden_layers": 1})
    """What leaves one layer of `base`, for all that is about rope only; nothing where one would show too little."""
    swept: Keywords | None = None
    """What makes of `base` a small model in which every field decides something, for the sweep; None: `shallow`."""
    small: Keywords | None = None
    """The config that tests of anything but numbers start from; None: `base`."""

    invisible: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Used fields that no comparison of logits can see, and why; beside `shared.INVISIBLE`."""
    values: Mapping[str, Sequence[Any]] = dataclasses.field(default_factory=dict[str, Sequence[Any]])
    """Other valid values of fields, where their type does not say any; beside and before `hf_values.BY_HAND`."""
    equal: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Fields of which several values say the same, and why; beside `shared.EQUAL`."""
    views: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Ignored fields that cannot be changed by themselves, and why."""
    spellings: frozenset[str] = frozenset({"dtype", "hidden_act", "rope_parameters"})
    """Fields that Megatron carries, and of which transformers has several spellings: the round trip without a base may
    choose another one."""
    partly: Sequence[Keywords] = ()
    """Changes of the small config to models that lack a part (experts, say), and so all that describes it: with these
    or without, every field that the round trip does not always carry is lost."""
    zero: frozenset[str] = frozenset({"initializer_range", "attention_dropout"})
    """Used numbers for which 0 means something, and is mapped; every other one is refused."""
    none: frozenset[str] = frozenset({"dtype"})
    """Used fields for which None means something, set after construction too; every other one is refused."""

    def config(self) -> Keywords:
        """The config that tests of anything but numbers start from."""
        return self.base if self.small is None else self.small
