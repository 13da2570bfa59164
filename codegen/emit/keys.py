"""What a registry says of the keys of a `config.json`, and of types of remote code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.emit.sections import Section, entries, frozen, listed
from codegen.emit.text import literal_text
from codegen.functions import RUNTIME, Import
from codegen.plan import Plan
from codegen.resolve.build import quoted
from codegen.resolve.rows import Placed, collect
from codegen.schemas import HfClass, Snapshot
from codegen.table import HardWired, OlderRope, Remote, RemoteKey


def keys_section(
    plans: Sequence[Plan], snapshot: Snapshot, remote: Sequence[Remote], refused: Mapping[str, str]
) -> Section:
    """Keys that are read beside the fields of a class, and types of remote code."""
    constants = {plan.family.name: _constants(plan) for plan in plans}
    read = {
        plan.family.config_class: _read(snapshot.hf[plan.family.config_class], collect(plan.route.table)[0])
        for plan in plans
    }
    rows: dict[str, list[str]] = {}
    for row in sorted(remote, key=lambda row: row.model_type):
        rows.setdefault(row.model_type, []).append(_remote(row, constants.get(row.native, ())))
    ropes = {plan.family.config_class: rope for plan in plans if (rope := plan.family.older_rope) is not None}
    source = (
        f"KEYS = Keys(read={entries((path, frozen(names)) for path, names in sorted(read.items()))}, "
        f"remote={entries((name, listed(found)) for name, found in rows.items())}, "
        f"refused={entries((name, quoted(refused[name])) for name in sorted(refused))}, "
        f"older_ropes={entries((path, _older_rope(rope)) for path, rope in sorted(ropes.items()))})"
    )
    records = [*(("OlderRope",) if ropes else ()), *(("Remote",) if rows else ())]
    return Section(
        name="KEYS",
        module="_keys",
        doc="Keys of a `config.json` that are read beside the fields of its class, and types of remote code.",
        source=source,
        imports=(Import(f"{RUNTIME}registry", "Keys"), *(Import(f"{RUNTIME}records", name) for name in records)),
    )


def _older_rope(rope: OlderRope) -> str:
    return f"OlderRope(names={dict(rope.names)!r}, factor_inside={rope.factor_inside!r})"


def _constants(plan: Plan) -> tuple[HardWired, ...]:
    return tuple(placed.row for placed in collect(plan.route.table)[0] if isinstance(placed.row, HardWired))


def _read(kind: HfClass, rows: Sequence[Placed]) -> list[str]:
    keys = {placed.row.key for placed in rows if isinstance(placed.row, HardWired | RemoteKey)}
    found = keys | {known.name for known in kind.undeclared}
    return sorted(found | {known.name for known in kind.fields if not known.declared})


def _remote(row: Remote, constants: Sequence[HardWired]) -> str:
    renamed = ", ".join(f"{literal_text(key)}: {literal_text(name)}" for key, name in row.renamed.items())
    wired = listed(
        f"({literal_text(each.key)}, {each.constant!r}, {quoted(each.why)})" for each in (*row.constants, *constants)
    )
    dropped = frozen([*row.dropped, *(each.key for each in row.constants)])
    return (
        f"Remote(native={literal_text(row.native)}, renamed={{{renamed}}}, dropped={dropped}, "
        f"defaults={dict(row.defaults)!r}, constants={wired})"
    )
