"""What changed upstream between two snapshots, for the person who reviews a bump.

Values are compared, never text or order, so a cosmetic rewrite upstream is no change, nor are fields that are declared
in another order. What was added comes first: a
new field is what may need a decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codegen.schemas import REQUIRED, HfClass, Json, MegatronClass, Snapshot

DOCUMENTATION = "documentation"
"""The aspect of what upstream says of a field."""

BODY = "body"
"""What a function that mappers or reasons rely on is among the things that can change."""

_SHOWN = 100
"""Longest value in a line; documentation can be a page."""


@dataclass(frozen=True)
class Added:
    """Something is there that was not: a class, a field, a property, an undeclared attribute, a symbol, a package."""

    what: str
    name: str
    owners: tuple[str, ...]
    """The classes that have it: one that others inherit is one change. Empty for what belongs to none."""
    detail: str

    def __str__(self) -> str:
        return f"added {self.what} {_place(self.owners, self.name)}{self.detail and f': {self.detail}'}"


@dataclass(frozen=True)
class Removed:
    """Something is gone; the members are those of `Added`."""

    what: str
    name: str
    owners: tuple[str, ...]
    detail: str

    def __str__(self) -> str:
        return f"removed {self.what} {_place(self.owners, self.name)}{self.detail and f': {self.detail}'}"


@dataclass(frozen=True)
class Changed:
    """One aspect of something that is there on both sides."""

    what: str
    name: str
    owners: tuple[str, ...]
    aspect: str
    """ "type", "default", "documentation", ..."""
    old: Json
    new: Json

    def __str__(self) -> str:
        return f"{_place(self.owners, self.name)}: {altered(self.aspect, self.old, self.new)}"


Change = Added | Removed | Changed


Aspects = Mapping[str, Json]
"""What can change of one thing, by aspect."""


@dataclass(frozen=True)
class Fact:
    """One thing that is on one side only, or one aspect in which it differs."""

    what: str
    owner: str
    """The class that has it; empty for what belongs to none."""
    name: str
    old: Aspects | None
    """None where it was added."""
    new: Aspects | None
    """None where it was removed."""
    aspect: str = ""
    """Empty for what is on one side only."""


def facts(old: Snapshot, new: Snapshot) -> tuple[Fact, ...]:
    """Everything that differs, one fact for each thing and aspect, in no particular order."""
    before, after = dict(_items(old)), dict(_items(new))
    # A class of a snapshot of before there were any says nothing of bodies.
    said = _with_bodies(before) & _with_bodies(after)
    found: list[Fact] = []
    for key in before.keys() | after.keys():
        if key.what == BODY and _holder(key) not in said:
            continue
        first, second = before.get(key), after.get(key)
        if first is None or second is None:
            found.append(Fact(key.what, key.owner, key.name, first, second))
        else:
            differing = _differences(first, second)
            found += [Fact(key.what, key.owner, key.name, first, second, aspect) for aspect in differing]
    # A class that came or went speaks for its members.
    classes = {fact.name for fact in found if fact.what == "class" and not fact.aspect}
    return tuple(fact for fact in found if fact.owner not in classes)


def _with_bodies(items: Iterable[_Key]) -> set[str]:
    return {_holder(key) for key in items if key.what == BODY}


def _holder(body: _Key) -> str:
    """The class that has a body, or the package of one that none has to itself."""
    return body.owner or body.name.partition(".")[0]


def changes(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Everything that differs: additions, then removals, then changes, each sorted by kind and name."""
    grouped: dict[tuple[type[Added | Removed], str, str, str], list[str]] = {}
    altered: dict[tuple[str, str, str, str, str], list[str]] = {}
    for fact in facts(old, new):
        if fact.old is None and fact.new is not None:
            grouped.setdefault((Added, fact.what, fact.name, described(fact.new)), []).append(fact.owner)
        elif fact.new is None and fact.old is not None:
            grouped.setdefault((Removed, fact.what, fact.name, described(fact.old)), []).append(fact.owner)
        elif fact.old is not None and fact.new is not None:
            values = json.dumps(fact.old[fact.aspect]), json.dumps(fact.new[fact.aspect])
            altered.setdefault((fact.what, fact.name, fact.aspect, *values), []).append(fact.owner)
    found: list[Change] = [
        kind(what, name, _owners(owners), detail) for (kind, what, name, detail), owners in grouped.items()
    ]
    found += [
        Changed(what, name, _owners(owners), aspect, json.loads(first), json.loads(second))
        for (what, name, aspect, first, second), owners in altered.items()
    ]
    return tuple(sorted(found, key=_order))


def same(first: Json, second: Json) -> bool:
    """Whether two values are one: unlike for `==`, not `1` and `True`, nor `1` and `1.0`."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


@dataclass(frozen=True)
class _Key:
    what: str
    owner: str
    name: str


def _items(snapshot: Snapshot) -> Iterator[tuple[_Key, Aspects]]:
    """Everything in a snapshot, flat, with the aspects in which it can change."""
    for name, version in snapshot.versions.items():
        yield _Key("package", "", name), {"version": version}
    for symbol in snapshot.symbols:
        yield _Key("symbol", "", symbol), {}
    for model_type, path in snapshot.causal_lm.items():
        yield _Key("causal language model", "", model_type), {"config class": path}
    for path in snapshot.computations:
        yield _Key("computation", "", path), {}
    for path, body in snapshot.bodies.items():
        yield _Key(BODY, "", path), {"digest": body.digest}
    # By bare name: a class that moves to another module is the same class at another path.
    for hf in snapshot.hf.values():
        yield from _hf_items(hf)
    for megatron in snapshot.megatron.values():
        yield _Key("class", "", megatron.name), {"path": megatron.path, "bases": list(megatron.bases)}
        yield from _megatron_items(megatron)


def _hf_items(kind: HfClass) -> Iterator[tuple[_Key, Aspects]]:
    yield (
        _Key("class", "", kind.name),
        {
            "path": kind.path,
            "model type": kind.model_type,
            "model class": kind.causal_lm,
            "attribute map": dict(kind.attribute_map),
        },
    )
    for field in kind.fields:
        yield (
            _Key("field", kind.name, field.name),
            {
                "type": field.type,
                "default": field.default,
                "value after __post_init__": field.after_init,
                "stored name": field.stored,
                "declaring class": field.origin,
                "is declared": field.declared,
                "is set in __post_init__": field.set_in_post_init,
                "range": field.range,
                "readers": list(field.read_in),
                DOCUMENTATION: field.doc,
            },
        )
    for found in kind.properties:
        yield (
            _Key("property", kind.name, found.name),
            {
                "type": found.type,
                "is settable": found.settable,
                "readers": list(found.read_in),
                DOCUMENTATION: found.doc,
            },
        )
    for path, body in kind.bodies.items():
        yield _Key(BODY, kind.name, path), {"digest": body.digest}
    for attribute in kind.undeclared:
        key = _Key("undeclared attribute", kind.name, attribute.name)
        yield key, {"default": attribute.default, "readers": list(attribute.read_in)}


def _megatron_items(kind: MegatronClass) -> Iterator[tuple[_Key, Aspects]]:
    for field in kind.fields:
        yield (
            _Key("field", kind.name, field.name),
            {
                "type": field.type,
                "default": field.default,
                "declaring class": field.origin,
                DOCUMENTATION: field.doc,
            },
        )


def _differences(old: Aspects, new: Aspects) -> Iterator[str]:
    """The aspects in which two states of one thing differ."""
    for aspect, value in new.items():
        if same(old[aspect], value):
            continue
        # Where `__post_init__` leaves the default alone, the new default says it all.
        follows = aspect == "value after __post_init__" and same(old[aspect], old["default"])
        if not (follows and same(value, new["default"])):
            yield aspect


def altered(aspect: str, old: Json, new: Json) -> str:
    """How an aspect changed, in words; of documentation there are digests alone, which tell a reader nothing."""
    if aspect == DOCUMENTATION:
        return f"{aspect} {'changed' if old and new else 'added' if new else 'removed'}"
    return f"{aspect} {shown(old)} -> {shown(new)}"


def described(item: Aspects) -> str:
    """What a reader wants to know of something new: its type, its default, or its version."""
    parts = [str(item["type"])] if "type" in item else []
    if "default" in item and not same(item["default"], REQUIRED):
        parts.append(f"{'=' if parts else 'default'} {shown(item['default'])}")
    if "version" in item:
        parts.append(str(item["version"]))
    if "digest" in item:
        parts.append(str(item["digest"]))
    if not parts and item.get("readers"):
        parts.append(f"read in {shown(item['readers'])}")
    return " ".join(parts)


def _owners(owners: list[str]) -> tuple[str, ...]:
    return tuple(sorted(owner for owner in owners if owner))


def _order(change: Change) -> tuple[int, str, str, tuple[str, ...], str]:
    aspect = change.aspect if isinstance(change, Changed) else change.detail
    return (Added, Removed, Changed).index(type(change)), change.what, change.name, change.owners, aspect


def _place(owners: tuple[str, ...], name: str) -> str:
    if not owners:
        return name
    first, *others = owners
    return f"{first}.{name}" + (f" (also of {', '.join(others)})" if others else "")


def shown(value: Json) -> str:
    """A value as text, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
