"""Resolve: one verdict for every field of both sides, or diagnostics.

- `collect`: the rows of a family, from its parts
- `ownership`: the owners of Megatron's fields, held against the snapshot
- `huggingface`: Hugging Face's side
- `megatron`: Megatron's side
- `layers`: what is refused where the caller does not ask for layers
- `round_trip`: the round trip
- `refused`: every class has a family, a refusal, or is pending
- `remote`: no class is mistaken for remote code
- `one_target`: what the rows say for one target
- `build`: the plan of a family, of what its targets share and of what differs
- `python`: pieces of Python source
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from codegen.diagnostics import Code, Diagnostic, GenerationError, did_you_mean
from codegen.owners import Group, Target
from codegen.plan import Placed, Plan
from codegen.resolve import huggingface, layers, megatron, ownership, refused, remote, round_trip
from codegen.resolve.build import build
from codegen.resolve.collect import Places, collect, contradictions, says
from codegen.resolve.megatron import Fields
from codegen.resolve.one_target import OneTarget
from codegen.rows.interface import Context
from codegen.schemas import HfClass, Snapshot
from codegen.table import Family, Remote, Unmapped, ValueTable


def resolve(
    snapshot: Snapshot,
    families: Sequence[Family],
    groups: Sequence[Group],
    refused_classes: Sequence[Unmapped] = (),
    places: Places | None = None,
    remote_types: Sequence[Remote] = (),
    refused_remote: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Plan, ...]:
    """The plan of every family, in the order of their names.

    Raises:
        GenerationError: with every diagnostic of every family at once.
    """
    known = places or Places()
    diagnostics = [
        *ownership.diagnose(snapshot, groups, known.owners),
        *refused.diagnose(snapshot, families, refused_classes, known.refused),
        *remote.diagnose(snapshot, families, refused_classes, remote_types, refused_remote, known),
    ]
    plans: list[Plan] = []
    fields = {
        target: megatron.fields_of(target, snapshot, groups, known.owners)
        for target in {target: None for family in families for target in family.targets}
        if target.model_class in snapshot.megatron and target.transformer_class in snapshot.megatron
    }
    for family in sorted(families, key=lambda family: family.name):
        plan, found = _resolve(snapshot, family, fields, known)
        plans += [plan] if plan is not None else []
        diagnostics += found
    diagnostics += [*_doubled_names(families, known), *_doubled_tables(plans)]
    if diagnostics:
        # What is wrong with rows that two targets share is said once.
        raise GenerationError(tuple(dict.fromkeys(diagnostics)))
    return tuple(plans)


def _resolve(
    snapshot: Snapshot, family: Family, fields: Mapping[Target, Fields], places: Places
) -> tuple[Plan | None, list[Diagnostic]]:
    diagnostics = _unknown_classes(family, snapshot, places)
    if diagnostics:
        return None, diagnostics
    hf, file = snapshot.hf[family.config], places.file(family)
    drafts: list[OneTarget] = []
    for target in family.targets:
        context = Context(hf, fields[target].owners, target)
        collected, found = collect(family, target, places)
        rows = tuple(placed for placed in collected if is_about(placed, hf))
        draft = OneTarget(context, rows, fields[target])
        found += tuple(contradictions(rows, context))
        found += tuple(megatron.diagnose(file, rows, draft.decided, context, snapshot))
        found += tuple(huggingface.diagnose(file, rows, context))
        found += tuple(layers.diagnose(family, file, rows, context, snapshot))
        found += tuple(round_trip.diagnose(rows, draft.ways, context, draft.verdicts))
        diagnostics += found
        drafts.append(draft)
    diagnostics += [*_namesakes(drafts), *_settled_for_one(drafts)]
    diagnostics += layers.stale_weights(family, file, [(draft.rows, draft.context) for draft in drafts])
    if diagnostics:
        return None, diagnostics
    return build(family, file, hf, drafts), []


def is_about(placed: Placed, hf: HfClass) -> bool:
    """Whether a row says anything of a class: of one without modeling code, not what parts say of undeclared reads."""
    row = placed.row
    if placed.part is None or hf.causal_lm:
        return row.is_about(hf)
    names = row.reads if row.source is None else row.reads | {row.source}
    return row.is_about(hf) and all(map(hf.has, names))


def _unknown_classes(family: Family, snapshot: Snapshot, places: Places) -> list[Diagnostic]:
    wanted = [(family.config, tuple(snapshot.hf))]
    wanted += [
        (path, tuple(snapshot.megatron))
        for target in family.targets
        for path in (target.model_class, target.transformer_class)
    ]
    return [
        Diagnostic(
            Code.UNKNOWN_CLASS,
            places.file(family),
            f"Family({family.name!r})",
            f"the snapshot has no class {path}{did_you_mean(path, known)}; run `make regen`",
        )
        for path, known in wanted
        if path not in known
    ]


def _doubled_names(families: Sequence[Family], places: Places) -> list[Diagnostic]:
    counted = Counter(family.name for family in families)
    return [
        Diagnostic(
            Code.DOUBLED_ROW,
            places.file(family),
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
                message = f"two value tables are named {table.name!r}"
                found.append(Diagnostic(Code.DOUBLED_ROW, plan.file, f"ValueTable({table.name!r})", message))
    return found


def _settled_for_one(drafts: Sequence[OneTarget]) -> list[Diagnostic]:
    """Values that the function that all targets share would have to bind for one of them."""
    found: list[Diagnostic] = []
    for draft in drafts:
        for placed, statement in draft.drawn:
            if statement is not None and any(
                statement in draft.settled and statement not in each.settled for each in drafts
            ):
                message = (
                    "it takes the settings, which all targets share: say it for all, or let it take something else"
                )
                found.append(says(placed, Code.NOT_SERVED, message))
    return found


def _namesakes(drafts: Sequence[OneTarget]) -> list[Diagnostic]:
    """Different functions of one name, of which a module can hold only one."""
    known: dict[str, object] = {}
    found: list[Diagnostic] = []
    for placed in (placed for draft in drafts for placed in draft.rows):
        for rule in placed.row.functions:
            if rule.expression is None and not rule.problems and known.setdefault(rule.name, rule) is not rule:
                message = f"{rule.name}: another function of this name is carried over too; rename one"
                found.append(says(placed, Code.FUNCTION_NOT_CARRIED, message))
    return found
