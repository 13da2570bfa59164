"""What a registry says of the keys of a `config.json`, and of types of remote code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codegen.emit.sections import Section, entries, frozen, listed
from codegen.emit.stand_in import StandIn, constants_of, stand_in
from codegen.functions import RUNTIME, Import
from codegen.plan import Plan
from codegen.rows.guard import Guard, Restated, Values
from codegen.schemas import HfClass, Snapshot
from codegen.table import OlderRope, Remote, Unread
from codegen.text import literal_text, quoted


def keys_section(
    plans: Sequence[Plan], snapshot: Snapshot, remote: Sequence[Remote], refused: Mapping[str, str]
) -> Section:
    """Keys that are read beside the fields of a class, and types of remote code."""
    by_type = {plan.hf.model_type: plan for plan in plans}
    read = {plan.family.config: _read(plan, snapshot.hf[plan.family.config]) for plan in plans}
    unread: dict[str, dict[str, str]] = {}
    for plan in plans:
        for name, key in _unread(plan):
            unread.setdefault(name, {})[key.key] = key.why
    lists = {plan.family.config: sorted({name for name, _ in _unread(plan)}) for plan in plans}
    restated = {plan.family.config: names for plan in plans if (names := _restated(plan))}
    rows: dict[str, list[str]] = {}
    for row in sorted(remote, key=lambda row: row.model_type):
        own = by_type.get(row.model_type) if row.native_since else None
        rows.setdefault(row.model_type, []).append(_remote(row, own, by_type.get(row.native)))
    ropes = {plan.family.config: rope for plan in plans if (rope := plan.family.older_rope) is not None}
    types = {plan.family.config: plan.family.older_types for plan in plans if plan.family.older_types}
    fixed = {plan.family.config: plan.family.older_fixed for plan in plans if plan.family.older_fixed}
    source = (
        f"KEYS = Keys(read={entries((path, frozen(names)) for path, names in sorted(read.items()))}, "
        f"unread={entries((name, _texts(unread[name])) for name in sorted(unread))}, "
        f"lists={entries((path, listed(map(literal_text, names))) for path, names in sorted(lists.items()) if names)}, "
        f"restated={entries((path, _texts(names)) for path, names in sorted(restated.items()))}, "
        f"remote={entries((name, listed(found)) for name, found in rows.items())}, "
        f"refused={entries((name, quoted(refused[name])) for name in sorted(refused))}, "
        f"older_ropes={entries((path, _older_rope(rope)) for path, rope in sorted(ropes.items()))}, "
        f"older_types={entries((path, repr(dict(names))) for path, names in sorted(types.items()))}, "
        f"older_fixed={entries((path, repr(dict(values))) for path, values in sorted(fixed.items()))})"
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
    return (
        f"OlderRope(names={dict(rope.names)!r}, factor_inside={rope.factor_inside!r}, sliding={rope.sliding!r}, "
        f"keys={dict(rope.keys)!r})"
    )


def _read(plan: Plan, kind: HfClass) -> list[str]:
    rows = (placed.row for placed in plan.rows)
    keys = {row.remote_key for row in rows if row.remote_key and not isinstance(row, Unread)}
    return sorted(keys | kind.through_reader)


def _unread(plan: Plan) -> Iterator[tuple[str, Unread]]:
    """Each with the name of its part, or of the family itself."""
    for placed in plan.rows:
        if isinstance(placed.row, Unread):
            yield (placed.part.name if placed.part is not None else plan.family.name), placed.row


def _restated(plan: Plan) -> Mapping[str, str]:
    rows = (placed.row for placed in plan.main.rows if isinstance(placed.row, Guard))
    return {row.field: row.test.field for row in rows if isinstance(row.test, Restated)}


def _texts(texts: Mapping[str, str]) -> str:
    return entries((name, quoted(text)) for name, text in sorted(texts.items()))


def _remote(row: Remote, own: Plan | None, native: Plan | None) -> str:
    """How files of a type are read.

    Args:
        row: what the table says of it.
        own: the family of its own class, where the newest release has one.
        native: that of the class that they are read as; None where it is no family's.
    """
    told = StandIn() if own is None or native is None else stand_in(own, native)
    causal_lm = native.architectures if native is not None else ()
    architectures = _names(dict.fromkeys(row.architectures, *causal_lm) if causal_lm else {})
    inherited = constants_of(native) if native is not None else ()
    guards = {guard.field: guard for guard in (*inherited, *told.constants, *row.constants)}
    wired = listed(
        f"({literal_text(each.field)}, {each.test.in_files[0]!r}, {quoted(each.why)})"
        for each in (*row.constants, *told.constants, *inherited)
        if isinstance(each.test, Values) and guards[each.field] is each
    )
    looked_at = (each.field for each in (*row.constants, *told.constants))
    dropped = frozen([*(each.key for each in row.dropped), *told.dropped, *looked_at])
    since = f", native_since={literal_text(row.native_since)}" if row.native_since else ""
    ropes = f", rope_types={_names(row.rope_types)}" if row.rope_types else ""
    products = f", products={dict(row.products)!r}" if row.products else ""
    scaling = f", scaling={dict(row.scaling)!r}" if row.scaling else ""
    named = f", named={quoted(row.named)}" if row.named else ""
    return (
        f"Remote(native={literal_text(row.native)}, architectures={architectures}, "
        f"renamed={_names({**told.renamed, **row.renamed})}, "
        f"dropped={dropped}, "
        f"defaults={ {**told.defaults, **row.defaults}!r}, constants={wired}{ropes}{products}{scaling}{named}{since})"
    )


def _names(names: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{literal_text(key)}: {literal_text(name)}" for key, name in names.items()) + "}"
