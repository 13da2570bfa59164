"""`typing.py`: what a caller may pass, as one `TypedDict` for each Megatron class and one for each target.

Below each keyword stands what an editor shows of it: who decides it, what its group is for, and Megatron's default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from codegen.emit.fill import with_imports
from codegen.functions import RUNTIME, imported
from codegen.owners import INNER, Group, Owned, Owner, Target, owners_of
from codegen.plan import Plan
from codegen.schemas import Snapshot
from codegen.text import docstring, literal_text

ANY_FIELDS = "AnyFields"
"""The `TypedDict` of all fields of all targets."""

_DOC = """\
The Megatron fields that a caller may pass; the mapper decides all others.

For keywords of one's own: `keywords: GPTFields = {...}`, and then `to_megatron(hf, **keywords)`. Below each stands who
decides it, what its group is for, and Megatron's default.
"""

METADATA = "extra_checkpoint_metadata"
"""The caller's field into which a mapper puts one key of its own, so that it is never passed on as it is."""


_MAPPERS: Final = {False: f"{RUNTIME}settings.MapperFields", True: f"{RUNTIME}sections.PositionFields"}
"""What mappers take beside Megatron's fields, by whether their models can read three positions of each token."""


def fields_module(
    plans: Sequence[Plan], snapshot: Snapshot, groups: Sequence[Group], *, any_fields: bool = True
) -> str:
    """Source of the module, before formatting.

    Args:
        plans: of all families.
        snapshot: what upstream looks like.
        groups: the owners of Megatron's fields.
        any_fields: whether there is a `TypedDict` of all fields too, which dispatch takes.
    """
    targets = list({mapper.target.name: mapper.target for plan in plans for mapper in plan.mappers}.values())
    targets.sort(key=lambda target: (_parent(target, targets, snapshot) is not None, target.name))
    classes: dict[str, str] = {}
    types: list[str] = []
    for target in targets:
        types += _declare(target, targets, snapshot, groups, classes)
    if any_fields:
        types += _declare_any(targets, snapshot, groups, classes)
    source = (
        f'"""{_DOC}"""\n\n'
        "from __future__ import annotations\n\nfrom typing import Any, Literal, TypedDict\n\n"
        + "\n\n".join(classes.values())
        + "\n"
    )
    bases = [imported(path) for path in _MAPPERS.values()]
    return with_imports(source, bases, [imported(path) for path in sorted(set(types))])


def _is_callers(owned: Owned) -> bool:
    return owned.owner in (Owner.CALLER, Owner.SUGGESTED)


def _declare(
    target: Target, targets: Sequence[Target], snapshot: Snapshot, groups: Sequence[Group], classes: dict[str, str]
) -> Iterator[str]:
    """Adds the classes of a target to `classes`; yields the import paths that their annotations name."""
    owners = owners_of(target, snapshot, groups)
    inner, outer = snapshot.megatron[target.transformer_class], snapshot.megatron[target.model_class]
    parent = _parent(target, targets, snapshot)
    inherited = frozenset(owners_of(parent, snapshot, groups).transformer) if parent is not None else frozenset[str]()
    base = parent.transformer_fields if parent is not None else "TypedDict"
    for name, cls, owned, extends in (
        (target.transformer_fields, inner.name, owners.transformer, base),
        (target.model_fields, outer.name, owners.model, "TypedDict"),
    ):
        passed = [
            entry
            for entry in owned.values()
            if _is_callers(entry) and entry.field.name not in (INNER, METADATA, *inherited)
        ]
        lines: list[str] = []
        for entry in sorted(passed, key=lambda entry: entry.position):
            lines.append(_line(entry))
            yield from annotation(entry.field.type)[1]
        classes[name] = _class(name, extends, f"Fields of {cls}.", lines)
    restated: list[str] = []
    for name in target.restated:
        known = owners.get(name)
        assert known is not None
        restated.append(_line(known))
        yield from annotation(known.field.type)[1]
    taken = _MAPPERS[target.three_positions].rpartition(".")[2]
    bases = f"{target.transformer_fields}, {target.model_fields}, {taken}"
    classes[target.fields] = _class(target.fields, bases, f"Fields of {outer.name} and of its {inner.name}.", restated)


def _declare_any(
    targets: Sequence[Target], snapshot: Snapshot, groups: Sequence[Group], classes: dict[str, str]
) -> Iterator[str]:
    """Adds the class with the fields of all targets, for a config whose class is not known to the type checker."""
    widest = targets[-1]
    owners = owners_of(widest, snapshot, groups)
    known = {*owners.transformer, *owners.model}
    lines: dict[str, str] = {}
    for target in targets:
        other = owners_of(target, snapshot, groups)
        for entry in (*other.transformer.values(), *other.model.values()):
            name = entry.field.name
            if name not in known and (_is_callers(entry) or name in target.restated):
                lines[name] = _line(entry)
                yield from annotation(entry.field.type)[1]
    doc = "Fields of any target, for a config whose class only run time knows."
    three = any(target.three_positions for target in targets) and not widest.three_positions
    bases = f"{widest.fields}, {_MAPPERS[True].rpartition('.')[2]}" if three else widest.fields
    classes[ANY_FIELDS] = _class(ANY_FIELDS, bases, doc, list(lines.values()))


def _parent(target: Target, targets: Sequence[Target], snapshot: Snapshot) -> Target | None:
    """The target whose inner class this one's extends."""
    bases = snapshot.megatron[target.transformer_class].bases
    return next((other for other in targets if other.transformer_class.rpartition(".")[2] in bases), None)


_OWNERS: Mapping[Owner, str] = {
    Owner.CALLER: "The caller's",
    Owner.SUGGESTED: "Suggested by the mapper",
    Owner.ARCHITECTURE: "The mapper's, which the caller may say in another form",
}


def _line(entry: Owned) -> str:
    """A keyword with its type, and what an editor shows of it."""
    group = entry.group
    why, _, _ = group.why.replace("\n", " ").partition(". ")
    said = f"{_OWNERS[entry.owner]} ({group.section}). {why.rstrip('.')}. Megatron's default: {_default(entry)}."
    return f"    {entry.field.name}: {annotation(entry.field.type)[0]}\n{docstring(said, 4)}"


def _default(entry: Owned) -> str:
    """As a reader would write it; an enumeration's member by its class and name."""
    match entry.field.default:
        case {"$symbol": str(path)}:
            return path
        case {"$enum": str(path)}:
            return ".".join(path.split(".")[-2:])
        case str(text):
            return literal_text(text)
        case other:
            return repr(other)


def _class(name: str, bases: str, doc: str, lines: Sequence[str]) -> str:
    return f'class {name}({bases}, total=False):\n    """{doc}"""\n\n{"".join(lines)}'


_INCOMPLETE = {"Callable": "Callable[..., Any]", "list": "list[Any]", "dict": "dict[str, Any]"}
"""What upstream writes without arguments, which a strict type checker demands."""
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.\w+)+\b")
_TYPING = {"typing.Any": "Any", "typing.Callable": "Callable", "collections.abc.Callable": "Callable"}


def annotation(canonical: str) -> tuple[str, tuple[str, ...]]:
    """A canonical type with bare names, and the import paths that they stand for."""
    paths: list[str] = []

    def bare(match: re.Match[str]) -> str:
        paths.append(match.group(0))
        return match.group(0).rpartition(".")[2]

    text = _DOTTED.sub(bare, canonical)
    for generic, complete in _INCOMPLETE.items():
        text = re.sub(rf"\b{generic}\b(?!\[)", complete, text)
    if re.search(r"\bCallable\b", text) and not any(path.endswith(".Callable") for path in paths):
        paths.append("collections.abc.Callable")
    return text, tuple(path for path in paths if path != "typing.Any")
