"""Configs of older releases of transformers, in the spelling for which the mappers are written, and back.

A mapper reads a config as the pinned release of transformers spells it. Where an older one is installed, the rows of a
family's table say where its class has a value (`Older`), and where it makes something else of it (`Otherwise`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from .bounds import LAYERS
from .errors import Refusal
from .older import BESIDE_ROPE, ROPES
from .records import (
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
from .registry import Registry, known, registry_of
from .releases import installed, is_before

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

_TRANSFORMERS = "transformers"
_LAYERS = "num_hidden_layers"


@dataclass(frozen=True)
class OlderRelease:
    """What the installed transformers has otherwise than the one for which a family's mapper is written."""

    older: tuple[Older, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """The attributes that rows are about, in either spelling."""
        return frozenset(name for row in self.older for name in (row.field, _other_name(row)))

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The fields that every config has as the pinned release spells it, whether the class declares them or not."""
        always = (Always, Attribute, Dense, Every)
        return tuple(row.field for row in self.older if isinstance(row.place, always))

    @cached_property
    def defaults(self) -> Mapping[str, object]:
        """What fields mean that the class does not have, as far as the same for every config."""
        found: dict[str, object] = {}
        for row in self.older:
            match row.place:
                case Always(value=value) | Attribute(absent=value):
                    found[row.field] = value
                case _:
                    pass
        return found


NOTHING = OlderRelease()
"""What the pinned release and newer ones have otherwise."""


def _other_name(row: Older) -> str:
    match row.place:
        case Attribute(name=name) | Dense(name=name) | Also(name=name):
            return name
        case _:
            return row.field


@cache
def older_release(family: str) -> OlderRelease:
    """What the installed transformers has otherwise; `NOTHING` for most."""
    return _older_release(registry_of(family), family)


def older_release_of(path: str) -> OlderRelease:
    """The same for the family that maps the class of an import path; `NOTHING` where none does."""
    for registry in known().registries:
        for family in registry.families.values():
            if family.config_class == path:
                return _older_release(registry, family.name)
    return NOTHING


def _older_release(registry: Registry, family: str) -> OlderRelease:
    rows = [row for row, families in registry.older if family in families and is_before(_TRANSFORMERS, row.since)]
    if not rows:
        return NOTHING
    return OlderRelease(
        tuple(row for row in rows if isinstance(row, Older)), tuple(row for row in rows if isinstance(row, Otherwise))
    )


def present(release: OlderRelease, values: Mapping[str, object]) -> dict[str, object]:
    """The attributes of a config of the installed release, as the pinned one has them.

    What the installed release does not read, and newer ones do, is there as it is stated; `computed_otherwise` says so.
    """
    now = dict(values)
    for row in release.older:
        given = now.get(row.field)
        entries = _entries(given)
        match row.place:
            case Always(value=value):
                now.setdefault(row.field, value)
            case Attribute(name=name, absent=absent):
                now[row.field] = now.get(name, now.get(row.field, absent))
            case Beside(dictionary=dictionary):
                if _same(given, _inside(now, dictionary, row.field)):
                    now.pop(row.field, None)
            case Fixed(value=value):
                if _same(given, value):
                    now.pop(row.field, None)
            case Words(older=words):
                now |= {row.field: _in_words(entries, dict(words))} if entries is not None else {}
            case Dense(name=name) if name in now:
                count, layers = _count(now, name), _count(now, _LAYERS)
                now[row.field] = ["dense" if layer < count else "sparse" for layer in range(layers)]
            case Every(entry=entry):
                now |= {row.field: [entry] * _count(now, _LAYERS)} if given is None else {}
            case Dense() | Also():
                pass
    for other in release.otherwise:
        if _is_replaced(other, now):
            now[other.field] = cast("Replaced", other.cure).by
    return now


class Spelt(NamedTuple):
    """Fields in another spelling, and what stands in the way of it."""

    values: dict[str, object]
    refusals: tuple[Refusal, ...] = ()


def as_installed(release: OlderRelease, values: Mapping[str, object]) -> Spelt:
    """The fields of a config of the pinned release, as the class of the installed one takes them.

    What that cannot be told is refused, and left as it is.
    """
    now = dict(values)
    refusals: list[Refusal] = []
    for row in release.older:
        if row.field not in now and not isinstance(row.place, Beside):
            continue
        given = now.get(row.field)
        entries = _entries(given)
        match row.place:
            case Always(value=value):
                if _same(given, value):
                    del now[row.field]
                else:
                    refusals.append(_unread(row, given))
            case Attribute(name=name, absent=absent):
                del now[row.field]
                now |= {name: given} if name != row.field or not _same(given, absent) else {}
            case Beside(dictionary=dictionary):
                inner = _inside(now, dictionary, row.field)
                now |= {row.field: inner} if inner is not None else {}
            case Words(older=words):
                newer = {new: old for old, new in words}
                now |= {row.field: _in_words(entries, newer)} if entries is not None else {}
            case Dense(name=name):
                kinds = entries or []
                count = kinds.count("dense")
                if given is not None and kinds != ["dense"] * count + ["sparse"] * (len(kinds) - count):
                    refusals.append(_unread(row, given))
                else:
                    del now[row.field]
                    now |= {name: count} if given is not None else {}
            case Every(entry=entry):
                if given is None or (entries is not None and all(each == entry for each in entries)):
                    del now[row.field]
                else:
                    refusals.append(_unread(row, given))
            case Also(name=name):
                now[name] = given
            case Fixed():
                pass
    return Spelt(now, tuple(refusals))


class Read(NamedTuple):
    """A file that the installed class reads as newer ones read the one that was written."""

    data: dict[str, object]
    changed: tuple[tuple[str, str, str], ...]
    """For each field that had to be changed its name, the release that needs no change, and the reason."""


def read_as_newest(cls: type[PreTrainedConfig], release: OlderRelease, data: Mapping[str, object]) -> Read:
    """What a file states for a class, so that the class of the installed release makes of it what newer ones do."""
    now = dict(data)
    aliases = {alias: own for alias, own in cls.attribute_map.items() if alias not in now and own in now}
    usual = {each.name: each.default for each in fields(cast("Any", cls))}
    complete = {**usual, **data}
    changed: list[tuple[str, str, str]] = []
    for other in release.otherwise:
        cured = _cured(other, {*now, *aliases}, data, complete)
        if cured is not None and cured[0] != now.get(other.field):
            now[other.field] = cured[0]
            changed.append((other.field, other.since, other.why))
    for row in release.older:
        if isinstance(row.place, Also) and now.get(row.place.name) is not None:
            now[row.field] = now[row.place.name]
    written = as_installed(release, now).values
    for row in release.older:
        name = _other_name(row)
        told = isinstance(row.place, Beside | Words | Dense | Also) and name in written
        if told and written[name] != now.get(name, usual.get(name)):
            changed.append((name, row.since, f"{row.field} is not read where or as this file has it"))
    return Read(written, tuple(changed))


def _cured(
    row: Otherwise, stated: set[str], data: Mapping[str, object], complete: Mapping[str, object]
) -> tuple[object] | None:
    """What the field has to say; None where the file can stay as it is.

    Args:
        row: of the field.
        stated: names that the file has, or was made to have.
        data: the file as it was.
        complete: the same, and the defaults of the class.
    """
    match row.cure:
        case Replaced(by=by):
            return (by,) if _is_replaced(row, data) else None
        case ByDefault(value=value):
            return (value,) if row.field not in stated else None
        case From(key=key, more=more):
            number = data.get(key)
            return (number + more,) if type(number) is int else None
        case PartOf():
            part = _part_of(row.cure, complete)
            return (part,) if part is not None and _at(data, row.field) is None else None
        case Throughout(entry=entry, without=key):
            left_out = data.get(row.field) is None and key in data and data[key] is None
            return ([entry] * _count(complete, _LAYERS),) if left_out else None
        case None:
            return None


def _part_of(cure: PartOf, values: Mapping[str, object]) -> float | None:
    part, whole = values.get(cure.key), values.get(cure.whole)
    return part / whole if type(part) is int and type(whole) is int and whole else None


def _is_replaced(row: Otherwise, values: Mapping[str, object]) -> bool:
    return isinstance(row.cure, Replaced) and row.field in values and _same(values[row.field], row.cure.value)


def computed_otherwise(release: OlderRelease, values: Mapping[str, object]) -> tuple[tuple[str, str, str], ...]:
    """For which fields the installed release computes something else than newer ones with a config.

    Args:
        release: of its family.
        values: the attributes, as the installed release has them.
    """
    unread = [
        (row.field, row.since, "nothing but the usual was computed, whatever a config said")
        for row in release.older
        if row.field in values and not _is_usual(row, values)
    ]
    other = [
        (row.field, row.since, row.why)
        for row in release.otherwise
        if _is_replaced(row, values)
        or (isinstance(row.cure, PartOf) and _part_of(row.cure, values) not in (None, _at(values, row.field)))
        or (row.cure is None and not any(_same(_at(values, row.field), value) for value in row.unless))
    ]
    return (*unread, *other)


def _is_usual(row: Older, values: Mapping[str, object]) -> bool:
    """Whether a field that the installed release does not read says what that release computes."""
    given = values[row.field]
    match row.place:
        case Always(value=value):
            return _same(given, value)
        case Every(entry=entry):
            return given is None or all(each == entry for each in _entries(given) or [given])
        case _:
            return True


def _at(values: Mapping[str, object], field: str) -> object:
    """The value of a field, or of a key in one: "rope_parameters.rope_type"; or of what a rope may have beside it."""
    if field in BESIDE_ROPE and values.get(field) is None:
        return next((found for rope in ROPES if (found := _inside(values, rope, field)) is not None), None)
    name, _, key = field.partition(".")
    return _inside(values, name, key) if key else values.get(name)


def _inside(values: Mapping[str, object], dictionary: str, key: str) -> object:
    held = values.get(dictionary)
    return cast("dict[str, object]", held).get(key) if isinstance(held, dict) else None


def _entries(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _in_words(entries: Iterable[object], words: Mapping[str, str]) -> list[object]:
    return [words.get(entry, entry) if isinstance(entry, str) else entry for entry in entries]


def _count(values: Mapping[str, object], name: str) -> int:
    """A number of layers; what is none, or too large, is refused where types and numbers are looked at."""
    number = values.get(name)
    return min(max(number, 0), LAYERS) if type(number) is int else 0


def _same(one: object, other: object) -> bool:
    """Whether two values are the same and of kinds that can be compared."""
    kinds = (bool, int, float, str, type(None))
    if not isinstance(one, kinds) or not isinstance(other, kinds):
        return False
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _unread(row: Older, value: object) -> Refusal:
    reason = f"transformers {installed(_TRANSFORMERS)} does not read that and cannot be told; {row.since} does"
    return Refusal(row.field, value, reason)
