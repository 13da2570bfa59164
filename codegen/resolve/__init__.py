"""Resolve: one verdict for every field of both sides, or diagnostics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from codegen.diagnostics import Code, Diagnostic, GenerationError, did_you_mean
from codegen.plan import Plan
from codegen.resolve import back, sources, targets
from codegen.resolve import owners as _owners
from codegen.resolve import unmapped as _unmapped
from codegen.resolve.build import build
from codegen.resolve.owners import owners_of
from codegen.resolve.rows import collect, contradictions, file_of
from codegen.schemas import Snapshot
from codegen.table import Family, Group, Route, Unmapped, ValueTable


def resolve(
    snapshot: Snapshot, families: Sequence[Family], groups: Sequence[Group], unmapped: Sequence[Unmapped] = ()
) -> tuple[Plan, ...]:
    """The plan of every family, in the order of their names.

    Raises:
        GenerationError: with every diagnostic of every family at once.
    """
    diagnostics = [*_owners.diagnose(snapshot, groups), *_unmapped.diagnose(snapshot, families, unmapped)]
    plans: list[Plan] = []
    for family in sorted(families, key=lambda known: known.name):
        found = _unknown_classes(family, snapshot)
        for route in () if found else family.routes:
            plan, complaints = _resolve(snapshot, family, route, groups)
            plans += [plan] if plan is not None else []
            found += complaints
        diagnostics += found
    diagnostics += [*_doubled_names(families), *_doubled_tables(plans), *_namesakes(plans)]
    if diagnostics:
        # What is wrong with rows that two routes share is said once.
        raise GenerationError(tuple(dict.fromkeys(diagnostics)))
    return tuple(plans)


def _unknown_classes(family: Family, snapshot: Snapshot) -> list[Diagnostic]:
    wanted = [(family.config_class, tuple(snapshot.hf))]
    wanted += [
        (path, tuple(snapshot.megatron))
        for route in family.routes
        for path in (route.target.model_class, route.target.transformer_class)
    ]
    return [
        Diagnostic(
            Code.UNKNOWN_CLASS,
            file_of(family.table.module),
            f"Family({family.name!r})",
            f"the snapshot has no class {path}{did_you_mean(path, known)}; run `make regen`",
        )
        for path, known in wanted
        if path not in known
    ]


def _resolve(
    snapshot: Snapshot, family: Family, route: Route, groups: Sequence[Group]
) -> tuple[Plan | None, list[Diagnostic]]:
    hf = snapshot.hf[family.config_class]
    owners = owners_of(route.target, snapshot, groups)
    rows, dropped = collect(route.table)
    verdicts = (*sources.verdicts(rows, hf), *targets.verdicts(route, rows, owners, hf))
    diagnostics = [
        *dropped,
        *contradictions(rows),
        *targets.diagnose(route, rows, owners, hf, snapshot),
        *sources.diagnose(route, rows, hf),
        *back.diagnose(rows, owners, hf, verdicts),
    ]
    if diagnostics:
        return None, diagnostics
    return build(family, route, rows, owners, hf, verdicts), []


def _doubled_names(families: Sequence[Family]) -> list[Diagnostic]:
    counted = Counter(family.name for family in families)
    return [
        Diagnostic(
            Code.DOUBLED_ROW,
            file_of(family.table.module),
            f"Family({family.name!r})",
            "another family has this name, and so the same module",
        )
        for family in families
        if counted[family.name] > 1
    ]


def _doubled_tables(plans: Sequence[Plan]) -> list[Diagnostic]:
    tables: dict[str, ValueTable] = {}
    found: list[Diagnostic] = []
    for plan in plans:
        for table in plan.tables:
            if tables.setdefault(table.name, table) != table:
                file = file_of(plan.route.table.module)
                message = f"two value tables are named {table.name!r}"
                found.append(Diagnostic(Code.DOUBLED_ROW, file, f"ValueTable({table.name!r})", message))
    return found


def _namesakes(plans: Sequence[Plan]) -> list[Diagnostic]:
    """Functions that two mappers of one module carry over under one name, and not the same."""
    known: dict[tuple[str, str], str] = {}
    found: list[Diagnostic] = []
    for plan in plans:
        for function in plan.functions:
            name = function.partition("(")[0].removeprefix("def ")
            if known.setdefault((plan.family.name, name), function) != function:
                message = f"{name}: the mappers of {plan.family.name} carry over two functions of this name; rename one"
                file = file_of(plan.route.table.module)
                found.append(Diagnostic(Code.FUNCTION_NOT_CARRIED, file, plan.route.mapper, message))
    return found
