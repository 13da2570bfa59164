"""What kind of change a fact is, for the person who has to answer it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import cast

from codegen import upstream_changes
from codegen.schemas import Json
from codegen.types import atoms
from codegen.upstream_changes import Aspects, Fact, altered, described


class Kind(Enum):
    """Kinds of findings, in the order of a report: what is new first, because it may need a decision."""

    ADDED = "added"
    NEW_MODEL = "new causal language models"
    READ = "began to be read by modeling code"
    BODY = "computed otherwise, or perhaps"
    REMOVED = "removed"
    RENAMED = "renamed (a guess)"
    MOVED = "moved to another module"
    RETYPED = "retyped"
    ALLOWED = "allowed values changed"
    DEFAULT = "default value changed"
    ALIASED = "another stored name"
    UNREAD = "ceased to be read by modeling code"
    COSMETIC = "cosmetic"


@dataclass(frozen=True)
class Subject:
    """A fact with its kind, ready to be grouped over the classes in which it happened."""

    kind: Kind
    what: str
    owner: str
    name: str
    detail: str
    evidence: str
    fact: Fact
    becomes: str = ""
    """The name that it probably has now, where it was renamed."""

    @property
    def line(self) -> str:
        """In one line."""
        place = f"{self.owner}.{self.name}" if self.owner else self.name
        return f"{self.what} {place}: {self.detail}"


def subjects(fact: Fact) -> Iterator[Subject]:
    """What a fact means; an attribute map is one subject for each name whose meaning changed."""
    if fact.aspect == "attribute map" and fact.old is not None and fact.new is not None:
        yield from _aliases(fact, _map(fact.old), _map(fact.new))
        return
    if fact.old is None and fact.new is not None:
        kind, detail = _added(fact), described(fact.new)
    elif fact.new is None and fact.old is not None:
        kind, detail = _removed(fact), described(fact.old)
    elif fact.old is not None and fact.new is not None:
        old, new = fact.old[fact.aspect], fact.new[fact.aspect]
        kind, detail = _changed(fact, old, new), altered(fact.aspect, old, new)
    else:
        return
    yield Subject(kind, fact.what, fact.owner or _class_of(fact), fact.name, detail, "", fact)


def _class_of(fact: Fact) -> str:
    return fact.name if fact.what == "class" else ""


def _added(fact: Fact) -> Kind:
    match fact.what:
        case upstream_changes.BODY if fact.owner:
            return Kind.BODY
        case "causal language model":
            return Kind.NEW_MODEL
        case "undeclared attribute":
            return Kind.READ
        case "symbol" | "computation" | upstream_changes.BODY:
            # Only those that the table names are looked for.
            return Kind.COSMETIC
        case _:
            return Kind.ADDED


def _removed(fact: Fact) -> Kind:
    if fact.what == upstream_changes.BODY:
        return Kind.BODY if fact.owner else Kind.COSMETIC
    return Kind.UNREAD if fact.what == "undeclared attribute" else Kind.REMOVED


def _changed(fact: Fact, old: Json, new: Json) -> Kind:
    match fact.aspect:
        case "type" if atoms(str(old)) == atoms(str(new)):
            return Kind.COSMETIC
        case "type":
            return Kind.ALLOWED if _only_literals(str(old), str(new)) else Kind.RETYPED
        case "is declared":
            return Kind.RETYPED
        case "range":
            return Kind.ALLOWED
        case "default" | "value after __post_init__":
            return Kind.DEFAULT
        case "path" | "config class":
            return Kind.MOVED
        case "digest":
            return Kind.BODY
        case "readers" if not old and new:
            return Kind.READ
        case "readers" if old and not new:
            return Kind.UNREAD
        case _:
            return Kind.COSMETIC


def _only_literals(old: str, new: str) -> bool:
    """The types differ in values that they list, or in whether they list them."""
    differing = atoms(old) ^ atoms(new)
    listed = {atom for atom in differing if atom[0] in "'\"-0123456789" or atom in ("True", "False")}
    return bool(listed) and differing <= listed | {"str", "int", "bool"}


def _map(item: Aspects) -> dict[str, Json]:
    return cast("dict[str, Json]", item["attribute map"])


def _aliases(fact: Fact, old: dict[str, Json], new: dict[str, Json]) -> Iterator[Subject]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, name), new.get(name, name)
        if before != after:
            detail = f"stored as {before} -> {after}"
            yield Subject(Kind.ALIASED, "name", fact.name, name, detail, "", fact)
