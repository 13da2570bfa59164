"""The modules that speak of all families: the package itself, dispatch, registry, tables, versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from codegen.constants import Symbol, ValueTable, literal
from codegen.emit.fields import ANY_FIELDS
from codegen.emit.fill import Filling, fill, with_imports
from codegen.functions import Import
from codegen.owners import Group, Owner
from codegen.plan import PartName, Plan
from codegen.rows.guard import Bound, Guard, Values
from codegen.schemas import Snapshot
from codegen.table import Unmapped
from codegen.text import literal_text, quoted

YARN_CLASS = "mcore_mappers_runtime.yarn.YarnTransformerConfig"
"""The inner class that declares what a target's attributes are read from."""


LAZY = """
    from mcore_mappers_runtime.diff import Difference, diff
    from mcore_mappers_runtime.disk import dump, dump_file, load, load_file
    from mcore_mappers_runtime.load_config import load_config, text_config
    from mcore_mappers_runtime.save_config import save_config
"""
"""Public names that the package imports when they are first used."""


def init_module(plans: Sequence[Plan], template: str) -> str:
    """`__init__.py`: the public names; the family modules for type checkers only."""
    names = [f"    from . import {plan.family.name} as {plan.family.name}\n" for plan in plans]
    block = f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n{''.join(names)}{LAZY}"
    # The `typing` import that the block brought along moves to the others.
    return with_imports(fill(template, Filling(lines={"TYPE_ONLY": [block]})), ())


def dispatch_module(plans: Sequence[Plan], template: str) -> str:
    """`_dispatch.py`: one overload for each config class, and the one that finds a mapper at run time."""
    overloads: list[str] = []
    imports = [
        Import("transformers.configuration_utils", "PreTrainedConfig"),
        Import("megatron.training.models.base", "ModelConfig"),
        Import("typing", "Unpack"),
    ]
    for plan in plans:
        target = plan.main.target
        config, model = _split(plan.family.config), _split(target.model_class)
        imports += [config, model, Import("._fields", target.fields)]
        overloads.append(
            f"@overload\ndef to_megatron(hf: {config.name}, /, *, strict: bool = False, "
            f"**caller: Unpack[{target.fields}]) -> {model.name}: ..."
        )
    imports.append(Import("._fields", ANY_FIELDS))
    overloads.append(
        "@overload\ndef to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, "
        f"**caller: Unpack[{ANY_FIELDS}]) -> ModelConfig: ..."
    )
    return with_imports(fill(template, Filling(lines={"OVERLOADS": overloads})), (), type_only=imports)


def _split(path: str) -> Import:
    module, _, name = path.rpartition(".")
    return Import(module, name)


def registry_module(plans: Sequence[Plan]) -> str:
    """`_registry.py`: what `families()` answers."""
    guards: dict[PartName, dict[tuple[str, str], None]] = {}
    for plan in plans:
        for part, refused in _refusals(plan).items():
            if part is not None:
                guards.setdefault(part, {}).update(dict.fromkeys(refused))
    parts = sorted(guards, key=lambda part: part.name)
    texts = "".join(f"{literal_text(part.name)}: ({_pairs(guards[part])}),\n" for part in parts)
    entries = "".join(f"{literal_text(plan.family.name)}: {_family(plan, guards)},\n" for plan in plans)
    return (
        '"""Every family that the package knows."""\n\n'
        "from __future__ import annotations\n\n"
        "from collections.abc import Mapping\nfrom types import MappingProxyType\n\n"
        "from mcore_mappers_runtime.records import Deviation, Family\n\n"
        f"GUARDS: Mapping[str, tuple[tuple[str, str], ...]] = {{\n{texts}}}\n"
        '"""What the parts of families refuse, by part: fields, each with the reason."""\n\n'
        f"FAMILIES: Mapping[str, Family] = MappingProxyType({{\n{entries}}})\n"
    )


def _refusals(plan: Plan) -> Mapping[PartName | None, list[tuple[str, str]]]:
    """What the guards of a family refuse, by the part that they are of; None for its own."""
    found: dict[PartName | None, list[tuple[str, str]]] = {}
    for placed in plan.main.rows:
        if isinstance(placed.row, Guard) and not isinstance(placed.row.test, Bound):
            found.setdefault(placed.part, []).append((placed.row.field, placed.row.why))
    return {part: sorted(pairs) for part, pairs in found.items()}


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"({literal_text(field)}, {quoted(why)}),\n" for field, why in pairs)


def refused_module(rows: Sequence[Unmapped]) -> str:
    """`_refused.py`: the classes without a mapper."""
    entries = "".join(
        f"{literal_text(row.name)}: {_unmapped(row)},\n" for row in sorted(rows, key=lambda row: row.name)
    )
    return (
        '"""Every class of causal language models that no Megatron config can be, and why."""\n\n'
        "from __future__ import annotations\n\n"
        "from collections.abc import Mapping\nfrom types import MappingProxyType\n\n"
        "from mcore_mappers_runtime.records import Unmapped\n\n"
        f"REFUSED: Mapping[str, Unmapped] = MappingProxyType({{\n{entries}}})\n"
    )


def _unmapped(row: Unmapped) -> str:
    fields = "".join(
        f"({literal_text(each.field)}, {each.test.allowed!r}, {quoted(each.why)}),"
        for each in row.fields
        if isinstance(each.test, Values)
    )
    given = f", fields=({fields})" if fields else ""
    return (
        f"Unmapped(name={literal_text(row.name)}, config_class={literal_text(row.config_class)}, "
        f"computation={literal_text(row.computation)}, reason={quoted(row.why)}{given})"
    )


def _family(plan: Plan, guards: Mapping[PartName, Mapping[tuple[str, str], None]]) -> str:
    refusals = _refusals(plan)
    whole = [part for part, found in refusals.items() if part is not None and dict.fromkeys(found) == guards[part]]
    own = [pair for part, found in refusals.items() if part not in whole for pair in found]
    parts = "".join(f"*GUARDS[{literal_text(part.name)}],\n" for part in sorted(whole, key=lambda part: part.name))
    deviations = "".join(
        f"Deviation({literal_text(row.test.identifier)}, {literal_text(row.field)}, {quoted(row.why)}),\n"
        for row in (placed.row for placed in plan.main.rows)
        if isinstance(row, Guard) and isinstance(row.test, Bound)
    )
    targets = "".join(f"{literal_text(mapper.target.model_class)}," for mapper in plan.mappers)
    return (
        f"Family(name={literal_text(plan.family.name)}, config_class={literal_text(plan.family.config)}, "
        f"covers={quoted(plan.family.covers)}, targets=({targets}), "
        f'status="mapped", refusals=({parts}{_pairs(own)}), deviations=({deviations}))'
    )


def tables_module(plans: Sequence[Plan]) -> str:
    """`_tables.py`: the value tables of all families."""
    tables = {table.name: table for plan in plans for table in plan.tables}
    symbols = {value.path for table in tables.values() for value in table.values.values() if isinstance(value, Symbol)}
    body = "\n\n".join(_table(table) for _, table in sorted(tables.items()))
    source = (
        '"""Closed sets of Hugging Face values, and what Megatron has for each."""\n\n'
        "from __future__ import annotations\n\nfrom collections.abc import Callable, Mapping\n\n" + body + "\n"
    )
    return with_imports(source, [_split(path) for path in sorted(symbols)], [Import("torch", "Tensor")])


def _table(table: ValueTable) -> str:
    entries = "".join(f"{literal_text(key)}: {literal(value)},\n" for key, value in table.values.items())
    symbols = any(isinstance(value, Symbol) for value in table.values.values())
    plain = {"None" if value is None else type(value).__name__ for value in table.values.values()}
    kind = "Callable[[Tensor], Tensor]" if symbols else " | ".join(sorted(plain))
    return f'{table.name}: Mapping[str, {kind}] = {{\n{entries}}}\n"""{table.doc}"""'


def symbols_module(plans: Sequence[Plan], snapshot: Snapshot) -> str:
    """`_symbols.py`: the closed list of what a dumped config may name."""
    classes = {path for plan in plans for path in _target_classes(plan)}
    types = " ".join(field.type for cls in snapshot.megatron.values() for field in cls.fields)
    enums = set(re.findall(r"\b[\w.]+\.enums\.\w+", types))
    sections = (
        ("CLASSES", sorted(classes), "Config classes, outer and inner."),
        ("ENUMS", sorted(enums), "Enumerations whose members are field values."),
        ("FUNCTIONS", sorted(snapshot.symbols), "Functions that are field values of some mapped model."),
    )
    body = "\n\n".join(
        f'{name} = frozenset({{\n{"".join(f"{literal_text(path)},{chr(10)}" for path in paths)}}})\n"""{doc}"""'
        for name, paths, doc in sections
    )
    return (
        '"""Import paths of the objects that stand in dumped configs by name; loading imports nothing else."""\n\n'
        f"from __future__ import annotations\n\n{body}\n"
    )


def _target_classes(plan: Plan) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for target in (mapper.target for mapper in plan.mappers):
        yarn = (YARN_CLASS,) if target.attributes else ()
        found |= dict.fromkeys((target.model_class, target.transformer_class, *yarn))
    return tuple(found)


def owners_module(groups: Sequence[Group]) -> str:
    """`_owners.py`: what each field decides that is not the caller's, for `diff`."""
    entries = "".join(
        f"({literal_text(group.owner.value)}, {quoted(group.why)}, ({_names(group)},)),\n"
        for group in groups
        if group.owner in (Owner.ARCHITECTURE, Owner.SUGGESTED) and group.bound is None
    )
    bound = "".join(
        f"({literal_text(group.bound.field)}, {literal(group.bound.value)}, {quoted(group.why)}, ({_names(group)},)),\n"
        for group in groups
        if group.bound is not None
    )
    return (
        '"""Megatron fields that a mapper decides or suggests, with what they decide, in the order of the table."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Literal\n\n"
        'GROUPS: tuple[tuple[Literal["architecture", "suggested"], str, tuple[str, ...]], ...] = (\n'
        f"{entries})\n\n"
        f"BOUND: tuple[tuple[str, object, str, tuple[str, ...]], ...] = (\n{bound})\n"
        '"""Fields that are architecture in models in which another field has a value, after that field and value."""\n'
    )


def _names(group: Group) -> str:
    return ", ".join(literal_text(entry if isinstance(entry, str) else entry.field) for entry in group.fields)


def versions_module(plans: Sequence[Plan], snapshot: Snapshot, oldest: Mapping[str, str]) -> str:
    """`_versions.py`: the one place that names the releases of upstream for which the mappers are right."""
    narrower = {
        plan.family.name: {plan.family.since.package: plan.family.since.oldest}
        for plan in plans
        if plan.family.since is not None
    }
    sections = (
        (
            "VERSIONS",
            "str",
            _entries(snapshot.versions),
            "The releases that the mappers were generated for, and the newest for which they are right.",
        ),
        ("OLDEST", "str", _entries(oldest), "The oldest releases for which they are right."),
        (
            "NARROWER",
            "Mapping[str, str]",
            "".join(f"{literal_text(name)}: {{{_entries(own)}}},\n" for name, own in sorted(narrower.items())),
            "The oldest releases for families whose classes were others before, or were not there.",
        ),
    )
    body = "\n\n".join(
        f'{name}: Mapping[str, {kind}] = {{\n{entries}}}\n"""{doc}"""' for name, kind, entries, doc in sections
    )
    return (
        '"""The releases of upstream for which the mappers are right."""\n\n'
        f"from __future__ import annotations\n\nfrom collections.abc import Mapping\n\n{body}\n"
    )


def _entries(versions: Mapping[str, str]) -> str:
    return "".join(f"{literal_text(name)}: {literal_text(version)},\n" for name, version in sorted(versions.items()))
