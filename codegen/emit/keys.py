"""`_keys.py`: what is read of a `config.json` beside the fields of its class, and types of remote code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.plan import Plan
from codegen.rows.guard import Guard, Values
from codegen.schemas import HfClass, Snapshot
from codegen.table import Remote
from codegen.text import literal_text


def keys_module(plans: Sequence[Plan], snapshot: Snapshot, remote: Sequence[Remote], refused: Mapping[str, str]) -> str:
    """Source of the module, before formatting."""
    constants = {plan.family.name: _constants(plan) for plan in plans}
    read = {plan.family.config: _read(plan, snapshot.hf[plan.family.config]) for plan in plans}
    entries = "".join(f"{literal_text(path)}: frozenset({_strings(names)}),\n" for path, names in sorted(read.items()))
    rows: dict[str, list[str]] = {}
    for row in sorted(remote, key=lambda row: row.model_type):
        rows.setdefault(row.model_type, []).append(f"{_remote(row, constants.get(row.native, ()))},\n")
    types = "".join(f"{literal_text(name)}: ({''.join(found)}),\n" for name, found in rows.items())
    reasons = "".join(f"{literal_text(name)}: {literal_text(refused[name])},\n" for name in sorted(refused))
    return (
        '"""Keys of a `config.json` that are read beside the fields of its class, and types of remote code."""\n\n'
        "from __future__ import annotations\n\nfrom collections.abc import Mapping\n\n"
        "from mcore_mappers_runtime.records import OlderRope, Remote\n\n"
        f"KEYS: Mapping[str, frozenset[str]] = {{\n{entries}}}\n"
        '"""By the path of a config class, what its modeling code or its mapper reads undeclared."""\n\n'
        f"REMOTE: Mapping[str, tuple[Remote, ...]] = {{\n{types}}}\n"
        '"""By model type, how remote code is read as a native class: as the first that computes the same."""\n\n'
        f"REFUSED_REMOTE: Mapping[str, str] = {{\n{reasons}}}\n"
        '"""By model type, why remote code is not read."""\n\n'
        f"OLDER_ROPES: Mapping[str, OlderRope] = {{\n{_older_ropes(plans)}}}\n"
        '"""By the path of a config class, how transformers 4.57 reads its rope, where not as that of others."""\n'
    )


def _older_ropes(plans: Sequence[Plan]) -> str:
    families = {plan.family.config: plan.family.older_rope for plan in plans}
    return "".join(
        f"{literal_text(path)}: OlderRope(names={dict(older.names)!r}, factor_inside={older.factor_inside!r}),\n"
        for path, older in sorted(families.items())
        if older is not None
    )


def _constants(plan: Plan) -> tuple[Guard, ...]:
    rows = (placed.row for placed in plan.main.rows)
    return tuple(row for row in rows if isinstance(row, Guard) and row.remote_key)


def _read(plan: Plan, kind: HfClass) -> list[str]:
    keys = {placed.row.remote_key for placed in plan.rows if placed.row.remote_key}
    return sorted(keys | kind.through_reader)


def _strings(names: Sequence[str]) -> str:
    return f"({''.join(f'{literal_text(name)}, ' for name in names)})" if names else ""


def _remote(row: Remote, constants: Sequence[Guard]) -> str:
    renamed = ", ".join(f"{literal_text(key)}: {literal_text(name)}" for key, name in row.renamed.items())
    wired = "".join(
        f"({literal_text(each.field)}, {each.test.allowed[0]!r}, {literal_text(each.why)}), "
        for each in (*row.constants, *constants)
        if isinstance(each.test, Values)
    )
    dropped = _strings([*row.dropped, *(each.field for each in row.constants)])
    return (
        f"Remote(native={literal_text(row.native)}, renamed={{{renamed}}}, dropped=frozenset({dropped}), "
        f"defaults={dict(row.defaults)!r}, constants=({wired}))"
    )
