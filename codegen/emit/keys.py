"""What a registry says of the keys of a `config.json`, and of types of remote code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.emit.sections import Section, entries, frozen, listed
from codegen.functions import RUNTIME, Import
from codegen.plan import Plan
from codegen.rows.guard import Guard, Values
from codegen.schemas import HfClass, Snapshot
from codegen.table import OlderRope, Remote
from codegen.text import literal_text, quoted


def keys_section(
    plans: Sequence[Plan], snapshot: Snapshot, remote: Sequence[Remote], refused: Mapping[str, str]
) -> Section:
    """Keys that are read beside the fields of a class, and types of remote code."""
    constants = {plan.family.name: _constants(plan) for plan in plans}
    causal = {plan.family.name: snapshot.hf[plan.family.config].causal_lm.rpartition(".")[2] for plan in plans}
    read = {plan.family.config: _read(plan, snapshot.hf[plan.family.config]) for plan in plans}
    rows: dict[str, list[str]] = {}
    for row in sorted(remote, key=lambda row: row.model_type):
        rows.setdefault(row.model_type, []).append(
            _remote(row, constants.get(row.native, ()), causal.get(row.native, ""))
        )
    ropes = {plan.family.config: rope for plan in plans if (rope := plan.family.older_rope) is not None}
    types = {plan.family.config: plan.family.older_types for plan in plans if plan.family.older_types}
    source = (
        f"KEYS = Keys(read={entries((path, frozen(names)) for path, names in sorted(read.items()))}, "
        f"remote={entries((name, listed(found)) for name, found in rows.items())}, "
        f"refused={entries((name, quoted(refused[name])) for name in sorted(refused))}, "
        f"older_ropes={entries((path, _older_rope(rope)) for path, rope in sorted(ropes.items()))}, "
        f"older_types={entries((path, repr(dict(names))) for path, names in sorted(types.items()))})"
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


def _constants(plan: Plan) -> tuple[Guard, ...]:
    rows = (placed.row for placed in plan.main.rows)
    return tuple(row for row in rows if isinstance(row, Guard) and row.remote_key)


def _read(plan: Plan, kind: HfClass) -> list[str]:
    keys = {placed.row.remote_key for placed in plan.rows if placed.row.remote_key}
    return sorted(keys | kind.through_reader)


def _remote(row: Remote, constants: Sequence[Guard], causal_lm: str) -> str:
    architectures = _names(dict.fromkeys(row.architectures, causal_lm) if causal_lm else {})
    wired = listed(
        f"({literal_text(each.field)}, {each.test.allowed[0]!r}, {quoted(each.why)})"
        for each in (*row.constants, *constants)
        if isinstance(each.test, Values)
    )
    dropped = frozen([*row.dropped, *(each.field for each in row.constants)])
    return (
        f"Remote(native={literal_text(row.native)}, architectures={architectures}, renamed={_names(row.renamed)}, "
        f"dropped={dropped}, "
        f"defaults={dict(row.defaults)!r}, constants={wired})"
    )


def _names(names: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{literal_text(key)}: {literal_text(name)}" for key, name in names.items()) + "}"
