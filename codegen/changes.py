"""What changed upstream between two snapshots, for the person who reviews a bump.

Values are compared, never text or order, so a cosmetic rewrite upstream is no change. What was added comes first: a
new field is what may need a decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.schemas import REQUIRED, HfClass, Json, MegatronClass, Snapshot

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
        return f"{_place(self.owners, self.name)}: {self.aspect} {_shown(self.old)} -> {_shown(self.new)}"


Change = Added | Removed | Changed


def changes(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Everything that differs: additions, then removals, then changes, each sorted by kind and name."""
    before, after = dict(_items(old)), dict(_items(new))
    added = [(Added, key, _detail(item)) for key, item in after.items() if key not in before]
    removed = [(Removed, key, _detail(item)) for key, item in before.items() if key not in after]
    one_sided = added + removed
    # A class that came or went speaks for its members.
    classes = {key.name for _, key, _ in one_sided if key.what == "class"}
    grouped: dict[tuple[type[Added | Removed], str, str, str], list[str]] = {}
    for kind, key, detail in one_sided:
        if key.owner not in classes:
            grouped.setdefault((kind, key.what, key.name, detail), []).append(key.owner)
    altered: dict[tuple[str, str, str, str, str], list[str]] = {}
    for key in before.keys() & after.keys():
        for aspect, first, second in _differences(before[key], after[key]):
            entry = (key.what, key.name, aspect, json.dumps(first), json.dumps(second))
            altered.setdefault(entry, []).append(key.owner)
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


def _items(snapshot: Snapshot) -> Iterator[tuple[_Key, Mapping[str, Json]]]:
    """Everything in a snapshot, flat, with the aspects in which it can change."""
    for name, version in snapshot.versions.items():
        yield _Key("package", "", name), {"version": version}
    for symbol in snapshot.symbols:
        yield _Key("symbol", "", symbol), {}
    for model_type, path in snapshot.causal_lm.items():
        yield _Key("causal language model", "", model_type), {"config class": path}
    for path in snapshot.computations:
        yield _Key("computation", "", path), {}
    # By bare name: a class that moves to another module is the same class at another path.
    for hf in snapshot.hf.values():
        yield from _hf_items(hf)
    for megatron in snapshot.megatron.values():
        yield _Key("class", "", megatron.name), {"path": megatron.path, "bases": list(megatron.bases)}
        yield from _megatron_items(megatron)


def _hf_items(kind: HfClass) -> Iterator[tuple[_Key, Mapping[str, Json]]]:
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
                "documentation": field.doc,
            },
        )
    for found in kind.properties:
        yield (
            _Key("property", kind.name, found.name),
            {
                "type": found.type,
                "is settable": found.settable,
                "readers": list(found.read_in),
                "documentation": found.doc,
            },
        )
    for attribute in kind.undeclared:
        key = _Key("undeclared attribute", kind.name, attribute.name)
        yield key, {"default": attribute.default, "readers": list(attribute.read_in)}


def _megatron_items(kind: MegatronClass) -> Iterator[tuple[_Key, Mapping[str, Json]]]:
    for field in kind.fields:
        yield (
            _Key("field", kind.name, field.name),
            {
                "type": field.type,
                "default": field.default,
                "declaring class": field.origin,
                "documentation": field.doc,
            },
        )


def _differences(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[tuple[str, Json, Json]]:
    for aspect, value in new.items():
        if same(old[aspect], value):
            continue
        # Where `__post_init__` leaves the default alone, the new default says it all.
        follows = aspect == "value after __post_init__" and same(old[aspect], old["default"])
        if not (follows and same(value, new["default"])):
            yield aspect, old[aspect], value


def _detail(item: Mapping[str, Json]) -> str:
    """What a reader wants to know of something new: its type, its default, or its version."""
    parts = [str(item["type"])] if "type" in item else []
    if "default" in item and not same(item["default"], REQUIRED):
        parts.append(f"{'=' if parts else 'default'} {_shown(item['default'])}")
    if "version" in item:
        parts.append(str(item["version"]))
    if not parts and item.get("readers"):
        parts.append(f"read in {_shown(item['readers'])}")
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


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
