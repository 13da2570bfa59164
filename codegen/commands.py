"""The generator's commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from time import perf_counter

from codegen import cost, project
from codegen.diagnostics import Code, Diagnostic, GenerationError, did_you_mean
from codegen.files import Difference, compare, compare_snapshot, write
from codegen.plan import Verdict
from codegen.schemas import Snapshot
from codegen.snapshot import SnapshotError, changes, load, render
from codegen.values import ConfigError, Values, values_of

SCHEMAS = "schemas"
REGENERATE = "make regen"


def regen() -> int:
    """Introspect what is installed, say what changed, resolve, and rewrite `generated/`."""
    table = project.load_table()
    started = perf_counter()
    from codegen.introspect import snapshot as introspect

    new = introspect(table.config_classes, table.megatron_classes, table.symbols, table.computations)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(new.versions.items()))
    print(f"introspected {versions}")
    _report_changes(new)
    resolved = perf_counter()
    modules = project.modules(table, new)
    snapshot = {f"{SCHEMAS}/{path}": text for path, text in render(new).items()}
    done = write(project.GENERATED, modules, snapshot, project.PYPROJECT)
    for path in done.changed:
        print(f"  wrote   generated/{path}")
    for path in done.removed:
        print(f"  removed generated/{path}")
    finished = perf_counter()
    print(
        f"{len(table.families)} families: {len(done.changed)} files written, {len(done.removed)} removed, "
        f"{done.unchanged} unchanged ({resolved - started:.1f} s importing and introspecting upstream, "
        f"{finished - resolved:.1f} s the rest)"
    )
    return 0


def _report_changes(new: Snapshot) -> None:
    folder = project.GENERATED / SCHEMAS
    if not folder.exists():
        print("no snapshot is committed yet")
        return
    try:
        found = changes(load(folder), new)
    except SnapshotError as error:
        # It is about to be written anew, so that only the comparison is lost.
        print(f"the committed snapshot cannot be compared: {error}")
        return
    print(f"{len(found)} changes upstream since the committed snapshot" if found else "upstream is as in the snapshot")
    for change in found:
        print(f"  {change}")


def check() -> int:
    """Compare what is committed with what the rules and snapshots give; needs neither torch nor upstream."""
    folder = project.GENERATED / SCHEMAS
    if not folder.exists():
        print(f"generated/{SCHEMAS} is missing; run `{REGENERATE}`", file=sys.stderr)
        return 1
    # First of all: what follows from a snapshot that somebody edited would only mislead.
    found = compare_snapshot(project.GENERATED, SCHEMAS)
    if found:
        return _not_up_to_date(found)
    snapshot = load(folder)
    _check_versions(snapshot)
    modules = project.modules(project.load_table(), snapshot)
    schemas = {f"{SCHEMAS}/{path}": text for path, text in render(snapshot).items()}
    found = compare(project.GENERATED, modules, schemas, project.PYPROJECT)
    if found:
        return _not_up_to_date(found)
    print(f"generated/ is up to date ({len(modules)} modules)")
    return 0


def _not_up_to_date(found: Sequence[Difference]) -> int:
    for difference in found:
        print(difference, file=sys.stderr)
    print(f"\ngenerated/ is not up to date; run `{REGENERATE}` and commit what it writes", file=sys.stderr)
    return 1


def _check_versions(snapshot: Snapshot) -> None:
    differing: list[Diagnostic] = []
    for name, version in snapshot.versions.items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if installed != version:
            message = f"the snapshot is of {name} {version}, and {installed} is installed; run `{REGENERATE}`"
            place = f"generated/{SCHEMAS}/versions.json"
            differing.append(Diagnostic(Code.VERSIONS_DIFFER, place, name, message))
    if differing:
        raise GenerationError(differing)


def families() -> int:
    """Print how many lines of its own each family has in the table."""
    print(cost.report(cost.costs(project.load_table().families, project.ROOT)))
    return 0


def explain(family: str, field: str | None, config: Path | None) -> int:
    """Print the verdict, the reason and the deciding row of one field, or of all fields of a family."""
    snapshot = load(project.GENERATED / SCHEMAS)
    resolved = project.plans(project.load_table(), snapshot)
    plans = {plan.family.name: plan for plan in resolved if plan.route.target is plan.family.target}
    if family not in plans:
        print(f"no family {family!r}{did_you_mean(family, plans)}; there are {', '.join(plans)}", file=sys.stderr)
        return 1
    verdicts = plans[family].verdicts
    wanted = [verdict for verdict in verdicts if field in (None, verdict.field)]
    if not wanted:
        near = did_you_mean(field or "", (verdict.field for verdict in verdicts))
        print(f"neither side of {family} has a field {field!r}{near}", file=sys.stderr)
        return 1
    values: Values = {}
    if config is not None:
        try:
            values, refusals = values_of(plans[family], config)
        except ConfigError as error:
            print(error, file=sys.stderr)
            return 1
        for refusal in refusals:
            print(f"refused: {refusal}")
    for verdict in wanted:
        print(_explanation(verdict, values))
    return 0


def _explanation(verdict: Verdict, values: Values) -> str:
    lines = [f"{verdict.field} ({verdict.side.value}): {verdict.verdict}"]
    if (verdict.side.value, verdict.field) in values:
        lines.append(f"  value:      {values[verdict.side.value, verdict.field]!r}")
    if verdict.expression:
        lines.append(f"  computed:   {' '.join(verdict.expression.split())}")
    if verdict.reason:
        lines.append(f"  reason:     {verdict.reason}")
    lines.append(f"  decided in: {verdict.decided_in}")
    return "\n".join(lines)
