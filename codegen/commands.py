"""The generator's commands."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from time import perf_counter

from codegen import cost, index, project
from codegen.bodies import carried
from codegen.diagnostics import Code, Diagnostic, GenerationError, did_you_mean
from codegen.files import Difference, Written, compare, compare_snapshot, put, texts_below, write
from codegen.manifest import owned
from codegen.one_config import ConfigError, Values, values_of
from codegen.plan import Plan, Side, Verdict
from codegen.project import SCHEMAS, Place, Table
from codegen.resolve.ownership import documentation_of
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import SnapshotError, changes, load, render

REGENERATE = "make regen"


def regen(place: Place) -> int:
    """Introspect what is installed, say what changed, resolve, and rewrite the generated folder."""
    table = place.table
    started = perf_counter()
    # What cannot be written is said before upstream is read.
    owned(place.generated)
    old = _committed_before(place)
    new = introspected(table)
    if old is not None:
        new = carried(old, new)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(new.versions.items()))
    print(f"introspected {versions}")
    if old is not None:
        _report_changes(old, new)
    resolved = perf_counter()
    done = write(place.generated, project.modules(table, new), snapshot_files(new), project.PYPROJECT)
    finished = perf_counter()
    _report_written(
        place,
        done,
        f"{resolved - started:.1f} s importing and introspecting upstream, {finished - resolved:.1f} s the rest",
    )
    return 0


def emit(place: Place) -> int:
    """Resolve against the committed snapshot and rewrite the modules; needs neither torch nor upstream."""
    started = perf_counter()
    snapshot = committed(place)
    if snapshot is None:
        return 1
    modules, schemas = project.modules(place.table, snapshot), texts_below(place.generated, SCHEMAS)
    # `check` reads every module, and `regen` mends what it finds.
    done = write(place.generated, modules, schemas, project.PYPROJECT, trusts_manifest=True)
    _report_written(place, done, f"{perf_counter() - started:.1f} s")
    return 0


def introspected(table: Table) -> Snapshot:
    """What the installed packages look like; the one import of them."""
    with _without_remarks():
        from codegen.introspect import snapshot

        return snapshot(
            table.config_classes, table.megatron_classes, table.symbols, table.computations, table.architecture
        )


def readable(hf_classes: Iterable[str]) -> Mapping[str, HfClass]:
    """Those of the config classes that can be introspected, by import path."""
    with _without_remarks():
        from codegen import introspect

        return introspect.readable(hf_classes)


@contextmanager
def _without_remarks() -> Generator[None]:
    """Without what upstream says at import of optional packages and GPUs, none of which is introspected."""
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


def snapshot_files(snapshot: Snapshot) -> Mapping[str, str]:
    """The files of a snapshot, by their path in the generated folder."""
    return {f"{SCHEMAS}/{path}": text for path, text in render(snapshot).items()}


def _committed_before(place: Place) -> Snapshot | None:
    """The snapshot to compare with; None where there is none, which is said."""
    if not place.schemas.exists():
        print("no snapshot is committed yet")
        return None
    try:
        return load(place.schemas)
    except SnapshotError as error:
        # It is about to be written anew, so that only the comparison is lost.
        print(f"the committed snapshot cannot be compared: {error}")
        return None


def _report_changes(old: Snapshot, new: Snapshot) -> None:
    found = changes(old, new)
    print(f"{len(found)} changes upstream since the committed snapshot" if found else "upstream is as in the snapshot")
    for change in found:
        print(f"  {change}")


def _report_written(place: Place, done: Written, seconds: str) -> None:
    """What became of the modules; the index of parts follows, where they are this project's."""
    if place.generated == project.GENERATED:
        put(index.FILE, index.text(place.table))
    for path in done.changed:
        print(f"  wrote   {place.generated.name}/{path}")
    for path in done.removed:
        print(f"  removed {place.generated.name}/{path}")
    print(
        f"{len(place.table.families)} families: {len(done.changed)} files written, {len(done.removed)} removed, "
        f"{done.unchanged} unchanged ({seconds})"
    )


def check(place: Place) -> int:
    """Compare what is committed with what the rules and snapshots give; needs neither torch nor upstream."""
    snapshot = committed(place)
    if snapshot is None:
        return 1
    modules = project.modules(place.table, snapshot)
    found = compare(place.generated, modules, snapshot_files(snapshot), project.PYPROJECT)
    if found:
        return _not_up_to_date(place, found)
    print(f"{place.generated.name}/ is up to date ({len(modules)} modules)")
    return 0


def committed(place: Place) -> Snapshot | None:
    """The snapshot as introspection wrote it, of what is installed; None where it is not, which is said."""
    if not place.schemas.exists():
        print(f"{place.generated.name}/{SCHEMAS} is missing; run `{regenerate(place)}`", file=sys.stderr)
        return None
    # First of all: what follows from a snapshot that somebody edited would only mislead.
    found = compare_snapshot(place.generated, SCHEMAS)
    if found:
        _not_up_to_date(place, found)
        return None
    snapshot = load(place.schemas)
    _check_versions(snapshot)
    return snapshot


def regenerate(place: Place) -> str:
    """The command that makes a folder what it should be."""
    if place.generated == project.GENERATED:
        return REGENERATE
    return f"python -m codegen regen --families {place.families} --out {place.generated}"


def _not_up_to_date(place: Place, found: Sequence[Difference]) -> int:
    for difference in found:
        print(f"{place.generated.name}/{difference}", file=sys.stderr)
    told = f"{place.generated.name}/ is not up to date"
    if not all(difference.is_foreign for difference in found):
        told += f"; run `{regenerate(place)}` and commit what it writes"
    print(f"\n{told}", file=sys.stderr)
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


def families(place: Place) -> int:
    """Print how many lines of its own each family has in the table."""
    print(cost.report(cost.costs(place.table.places.families, place.root)))
    return 0


def explain(place: Place, family: str, field: str | None, config: Path | None) -> int:
    """Print the verdict, the reason and the deciding row of one field, or of all fields of a family."""
    snapshot = load(place.schemas)
    families = {known.name: known for known in place.table.families}
    if family not in families:
        print(f"no family {family!r}{did_you_mean(family, families)}; there are {', '.join(families)}", file=sys.stderr)
        return 1
    # What other families have to decide, and which classes are refused, is not asked here.
    (plan,) = project.plans(replace(place.table, families=(families[family],), refused_classes=()), snapshot)
    verdicts = plan.main.verdicts
    wanted = [verdict for verdict in verdicts if field in (None, verdict.field)]
    if not wanted:
        near = did_you_mean(field or "", (verdict.field for verdict in verdicts))
        print(f"neither side of {family} has a field {field!r}{near}", file=sys.stderr)
        return 1
    values: Values = {}
    if config is not None:
        try:
            values, refusals = values_of(plan, config, place)
        except ConfigError as error:
            print(error, file=sys.stderr)
            return 1
        for refusal in refusals:
            print(f"refused: {refusal}")
    for verdict in wanted:
        print(_explanation(verdict, values, _upstream(verdict, plan, snapshot)))
    return 0


def _upstream(verdict: Verdict, plan: Plan, snapshot: Snapshot) -> str:
    """What upstream says of a field, else where it does; empty where it says nothing."""
    from codegen.introspect import documentation

    on_hf = verdict.side is Side.HUGGINGFACE
    target = plan.main.target
    field = plan.hf.documented(verdict.field) if on_hf else documentation_of(target, verdict.field, snapshot)
    return field and (documentation.text(field) or f"see {field}")


def _explanation(verdict: Verdict, values: Values, upstream: str) -> str:
    lines = [f"{verdict.field} ({verdict.side.value}): {verdict.verdict}"]
    if (verdict.side.value, verdict.field) in values:
        lines.append(f"  value:      {values[verdict.side.value, verdict.field]!r}")
    if verdict.expression:
        lines.append(f"  computed:   {' '.join(verdict.expression.split())}")
    if verdict.reason:
        lines.append(f"  reason:     {verdict.reason}")
    if upstream:
        lines.append(f"  upstream:   {upstream}")
    lines.append(f"  decided in: {verdict.decided_in}")
    return "\n".join(lines)
