"""`_fields.py`: what a caller may pass, as one `TypedDict` for each Megatron class and one for each target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst

from codegen.emit.fill import with_imports
from codegen.emit.text import literal_text
from codegen.functions import Import
from codegen.plan import Plan
from codegen.resolve.owners import INNER, Owned, owners_of
from codegen.schemas import Snapshot
from codegen.table import Group, Owner, Target

METADATA = "extra_checkpoint_metadata"
"""The caller's field into which a mapper puts one key of its own, so that it is never passed on as it is."""


def fields_module(plans: Sequence[Plan], snapshot: Snapshot, groups: Sequence[Group]) -> str:
    """Source of the module, before formatting."""
    targets = list({plan.family.target.name: plan.family.target for plan in plans}.values())
    targets.sort(key=lambda target: target.name)
    classes: dict[str, str] = {}
    decided: set[str] = set()
    types: list[str] = []
    for target in targets:
        owners = owners_of(target, snapshot, groups)
        for owned in (*owners.transformer.values(), *owners.model.values()):
            if not _is_callers(owned):
                decided.add(owned.field.name)
        types += _declare(target, snapshot, groups, classes)
    decided -= {name for target in targets for name in target.restated}
    names = "".join(f"{literal_text(name)},\n" for name in sorted(decided))
    module = cst.parse_module(
        '"""The Megatron fields that a caller may pass; the mapper decides all others."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Any, Literal, TypedDict\n\n"
        "from ._settings import MetadataFields\n\n" + "\n\n".join(classes.values()) + "\n\n"
        f"DECIDED = frozenset({{\n{names}}})\n"
        '"""Fields that follow from the Hugging Face config or from other fields, and that nobody passes."""\n'
    )
    return with_imports(module, (), [_import(path) for path in sorted(set(types))]).code


def _import(path: str) -> Import:
    module, _, name = path.rpartition(".")
    return Import(module, name)


def _is_callers(owned: Owned) -> bool:
    return owned.owner in (Owner.CALLER, Owner.SUGGESTED)


def _declare(target: Target, snapshot: Snapshot, groups: Sequence[Group], classes: dict[str, str]) -> Iterator[str]:
    """Adds the classes of a target to `classes`; yields the import paths that their annotations name."""
    owners = owners_of(target, snapshot, groups)
    inner, outer = snapshot.megatron[target.transformer_class], snapshot.megatron[target.model_class]
    sides = (
        (target.transformer_fields, inner.name, owners.transformer, inner.bases),
        (target.model_fields, outer.name, owners.model, ()),
    )
    for name, cls, owned, _ in sides:
        passed = [entry for entry in owned.values() if _is_callers(entry) and entry.field.name not in (INNER, METADATA)]
        passed.sort(key=lambda entry: entry.position)
        lines: list[str] = []
        for entry in passed:
            annotation, paths = _annotation(entry.field.type)
            lines.append(f"    {entry.field.name}: {annotation}")
            yield from paths
        classes[name] = (
            f"class {name}(TypedDict, total=False):\n"
            f'    """Fields of {cls}."""\n\n' + "\n".join(lines) + "\n"
        )
    restated: list[str] = []
    for name in target.restated:
        known = owners.get(name)
        assert known is not None
        annotation, paths = _annotation(known.field.type)
        restated.append(f"    {name}: {annotation}")
        yield from paths
    classes[target.fields] = (
        f"class {target.fields}({target.transformer_fields}, {target.model_fields}, MetadataFields, total=False):\n"
        f'    """Fields of {outer.name} and of its {inner.name}."""\n\n' + "\n".join(restated) + "\n"
    )


_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.\w+)+\b")
_TYPING = {"typing.Any": "Any", "typing.Callable": "Callable", "collections.abc.Callable": "Callable"}


def _annotation(canonical: str) -> tuple[str, tuple[str, ...]]:
    """A canonical type with bare names, and the import paths that they stand for."""
    paths: list[str] = []

    def bare(match: re.Match[str]) -> str:
        paths.append(match.group(0))
        return match.group(0).rpartition(".")[2]

    text = _DOTTED.sub(bare, canonical)
    if re.search(r"\bCallable\b", text) and not any(path.endswith(".Callable") for path in paths):
        paths.append("collections.abc.Callable")
    return text, tuple(path for path in paths if path != "typing.Any")
