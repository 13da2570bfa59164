"""What a class must be told to stand in for a newer one, which older releases of transformers do not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.plan import Plan
from codegen.rows.guard import Guard
from codegen.schemas import HfClass, Json
from codegen.table import Unread


@dataclass(frozen=True)
class StandIn:
    """How a file of the newer class is read as the one that stands in."""

    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Other names of the fields of the newer class, and those fields."""
    defaults: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What a file means that leaves a key out."""
    constants: tuple[Guard, ...] = ()
    """Keys that the newer class hard-wires."""
    dropped: tuple[str, ...] = ()
    """Keys that decide nothing there."""


def stand_in(own: Plan, native: Plan) -> StandIn:
    """What one class must be told to stand in for another.

    Args:
        own: the family of the newer class.
        native: that of the class that stands in.
    """
    stored = own.hf.attribute_map.values()
    known = {guard.field for guard in constants_of(native)}
    unread = {row.key for row in _unread(own)} - {row.key for row in _unread(native)}
    return StandIn(
        renamed=own.hf.attribute_map,
        defaults={**dict(_defaults(own.hf, native.hf)), **dict(_rope(own.hf, native.hf))},
        constants=tuple(guard for guard in constants_of(own) if guard.field not in known),
        dropped=tuple(sorted(key for key in unread if key not in stored)),
    )


def constants_of(plan: Plan) -> tuple[Guard, ...]:
    """The keys that only remote code knows, and that the class of a family hard-wires."""
    rows = (placed.row for placed in plan.main.rows)
    return tuple(
        sorted((row for row in rows if isinstance(row, Guard) and row.remote_key), key=lambda row: row.remote_key)
    )


def _unread(plan: Plan) -> Iterator[Unread]:
    return (placed.row for placed in plan.rows if isinstance(placed.row, Unread))


def _defaults(own: HfClass, native: HfClass) -> Iterator[tuple[str, Json]]:
    """Of the fields of the newer class, those for which the other takes another value, or that it does not declare."""
    others = {known.name: known.default for known in native.fields if known.declared}
    for known in own.fields:
        if known.declared and (known.name not in others or others[known.name] != known.default):
            yield known.name, known.default


def _rope(own: HfClass, native: HfClass) -> Iterator[tuple[str, Json]]:
    """What files may have beside the dictionary of rope, and is in it after a config is built."""
    others = _built_rope(native)
    return ((key, value) for key, value in _built_rope(own).items() if others.get(key) != value)


def _built_rope(hf: HfClass) -> Mapping[str, Json]:
    for known in hf.fields:
        if known.name == "rope_parameters" and isinstance(known.after_init, dict):
            return known.after_init
    return {}
