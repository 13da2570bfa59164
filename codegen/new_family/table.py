"""The draft of a family's table: what was chosen, and as comments what its author has to decide and to confirm."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic
from codegen.literals import Scalar, Symbol
from codegen.megatron import targets
from codegen.new_family.evidence import CLEAR, NO_SIGN, NOTHING, Evidence, Sign, facts, facts_of
from codegen.new_family.fit import BOTH, fits, held
from codegen.new_family.meanings import Meanings
from codegen.new_family.near import Near
from codegen.new_family.search import Chosen, is_plain
from codegen.project import PYPROJECT, Table
from codegen.rows.guard import Guard, Values
from codegen.schemas import HfClass
from codegen.style import formatted
from codegen.table import Choice, Constant, Family, Ignored, InDomain, Local, Rename, Row, Target

_OPEN = (Code.TARGET_UNDECIDED, Code.SOURCE_UNDECIDED, Code.UNDECLARED_UNDECIDED)
_SHOWN = 3
"""How many families or lines are named."""
_ALIKE = 2
"""How many claims one line may speak for."""
TODO = "TODO: which published models."


@dataclass(frozen=True)
class Notes:
    """What stands in a draft for its author."""

    undecided: tuple[str, ...]
    """What nobody has decided, and how a family near by does."""
    claims: tuple[str, ...]
    """What rows say of the computation and no field of the class shows."""
    left_out: tuple[str, ...]
    """Rows of the nearest family that a draft cannot state, and its parts that are about keys of files alone."""


def notes(table: Table, hf: HfClass, near: Sequence[Near], chosen: Chosen, evidence: Evidence) -> Notes:
    """What the author of a drafted family has to look at."""
    return Notes(
        tuple(_undecided(each, table, hf, near) for each in chosen.undecided),
        tuple(_claims(table, chosen.family, evidence)),
        tuple(_left_out(table, hf, near[0].family, chosen.family)),
    )


def text(family: Family, since: str, notes: Notes, table: Table) -> str:
    """The file of a drafted family.

    Args:
        family: without its docstring.
        since: the argument that says which releases are too old; empty where none is known to be.
        notes: for its author.
        table: which knows where parts are.
    """
    rows = "".join(f"        {line},\n" for line in _rows(family.rows))
    comments = "".join(f"        {line}\n" for line in _comments(notes))
    replaces = f"    replaces={family.replaces!r},\n" if family.replaces else ""
    parts = ", ".join(table.places.parts[part].name.upper() for part in family.parts) + "," * (len(family.parts) == 1)
    body = (
        f"FAMILY = Family(\n    config={family.config!r},\n    covers={TODO!r},\n    parts=({parts}),\n"
        f"    targets=({_targets(family)}),\n{replaces}    rows=(\n{rows}{comments}    ),\n{since})\n"
    )
    source = f'"""{TODO}"""\n\nfrom __future__ import annotations\n\n{_imports(family, body, table)}\n{body}'
    return formatted(source, f"{family.name}.py", PYPROJECT)


def _imports(family: Family, body: str, table: Table) -> str:
    names: dict[str, set[str]] = defaultdict(set)
    for part in family.parts:
        where = table.places.parts[part]
        names[where.module].add(where.name.upper())
    names[targets.__name__] |= {_target(target) for target in family.targets}
    for row in family.rows:
        for value_table in row.tables:
            names[_module_of(value_table)].add(value_table.name)
    code = [line for line in body.splitlines() if not line.strip().startswith("#")]
    vocabulary = sys.modules["codegen.table"].__all__
    names["codegen.table"] = {
        name for name in vocabulary if any(f"{name}(" in line or f"{name}." in line for line in code)
    }
    return "".join(f"from {module} import {', '.join(sorted(found))}\n" for module, found in sorted(names.items()))


def _module_of(value: object) -> str:
    """The module of the table that defines a constant: the first of those that hold it, as others import it."""
    return next(
        name
        for name, module in sorted(sys.modules.items(), key=lambda item: item[0])
        if name.startswith("codegen.parts.") and any(held is value for held in vars(module).values())
    )


def _targets(family: Family) -> str:
    """What black leaves on one line, if it fits there."""
    return ", ".join(map(_target, family.targets)) + "," * (len(family.targets) == 1)


def _target(target: Target) -> str:
    return target.name.upper()


def _rows(rows: Sequence[Row]) -> Iterator[str]:
    """Rows as source; numbers of one domain together."""
    domains: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        match row:
            case InDomain(field, domain):
                domains[domain.value].append(field)
            case _:
                yield _row(row)
    for name, fields in domains.items():
        yield f"*{name}({', '.join(map(repr, fields))})"


def _row(row: Row) -> str:
    match row:
        case Constant(target, value, why):
            return f"Constant({target!r}, {_value(value)}, {why!r})"
        case Rename(field, target, required):
            return f"Rename({field!r}, {target!r}{f', required={required!r}' if required else ''})"
        case Choice(field, target, table):
            return f"Choice({field!r}, {target!r}, {table.name})"
        case Guard(field, Values(allowed), why):
            return f"must_be({field!r}, {allowed!r}, {why!r})"
        case Ignored(field, kind, why):
            return f"Ignored({field!r}, Kind.{kind.name}, {why!r})"
        case _:
            raise NotImplementedError(f"a draft cannot state {row}")


def _value(value: Scalar | Symbol) -> str:
    return f"Symbol({value.path!r})" if isinstance(value, Symbol) else repr(value)


def _comments(notes: Notes) -> Iterator[str]:
    sections = (
        ("Decide each of these with a row, here; codegen/table.py says which kinds there are:", notes.undecided),
        ("Confirm each of these in the modeling code, or take another part or row:", notes.claims),
        ("The nearest family has these rows too, which need a function or are about remote code:", notes.left_out),
    )
    for title, entries in sections:
        if entries:
            yield f"# {title}"
        for entry in entries:
            yield from textwrap.wrap(entry, 108, initial_indent="# - ", subsequent_indent="#   ")


def _undecided(found: Diagnostic, table: Table, hf: HfClass, near: Sequence[Near]) -> str:
    shown = f"{found.code.value} {found.row}{found.row and ': '}{found.message}"
    if found.code is Code.TYPE_MISMATCH:
        return f"{shown}{_parts_about(found, table)}"
    if found.code not in _OPEN:
        return shown
    names = {known.name for known in hf.attributes if found.mentions(known.name)}
    for each in near:
        for row in each.family.rows:
            if (row.decides and names & row.reads) or any(found.mentions(target) for target in row.targets):
                return f"{shown.rstrip('.')}. In {table.places.file(each.family)}: {row}"
    return shown


def _parts_about(found: Diagnostic, table: Table) -> str:
    """The parts that say the same Megatron field by another row."""
    rows = {place.name.upper(): part.rows for part, place in table.places.parts.items()}
    others = {
        name: [row for row in own if str(row) != found.row and any(map(found.mentions, row.targets))]
        for name, own in rows.items()
    }
    shown = "; ".join(f"{name} has {same[0]}" for name, same in sorted(others.items()) if same)
    return f". Of parts, {shown}" if shown else ""


def _claims(table: Table, family: Family, evidence: Evidence) -> Iterator[str]:
    """What rows claim and no field shows, with the lines of code that speak for it and against it."""
    of_all = set[str].intersection(*({str(row) for row in _all(each)} for each in table.families))
    rows = [row for row in _all(family, frozenset({family.targets[0].kind})) if str(row) not in of_all]
    meanings = Meanings.of(table.families)
    found = [(row, _sign(row, evidence)) for row in rows if _is_claim(row, evidence)]
    usual = Counter(sign.line for _, sign in found)
    for row, sign in found:
        # A line that would speak for everything speaks for nothing of it.
        shown = f" `{sign.line}`, as in {_some(sign)}." if 0 < usual[sign.line] <= _ALIKE and sign.line else ""
        yield f"{row}:{_reason(row, family)}{shown}{_doubt(row, evidence)}"
    yield from _unsaid(family, evidence)
    yield from _doubted([row for row in rows if not _is_claim(row, evidence)], family, meanings, evidence)


def _unsaid(family: Family, evidence: Evidence) -> Iterator[str]:
    """What no row says, and lines of the class say of every other family that has them."""
    said = facts_of(family)
    for subject in evidence.subjects:
        if subject not in said and (against := evidence.against(subject, NOTHING)):
            other, sign = against
            yield f"No row is about {subject}, BUT `{sign.line}` is in {_some(sign)}, with {other}."


def _doubted(rows: Sequence[Row], family: Family, meanings: Meanings, evidence: Evidence) -> Iterator[str]:
    """Rows that are drawn from names of fields; those that read the same fields are asked about at once."""
    together: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for row in rows:
        others = meanings.others(row)
        if others or len(row.reads) > 1:
            together[row.reads].append(f"{row}:{_reason(row, family)}{others and f' In {others}.'}")
    for fields, asked in together.items():
        read = dict.fromkeys(line for field in sorted(fields) for line in evidence.lines_with(field)[:_SHOWN])
        several = f" {' and '.join(sorted(fields))} are read together." if len(fields) > 1 else ""
        lines = "".join(f" `{line}`" for line in read)
        yield f"{' '.join(asked)}{several}{lines and f' Read here:{lines}'}"


def _is_claim(row: Row, evidence: Evidence) -> bool:
    """Of values that are read in one of several ways, no field shows which it is either."""
    return row.claims or (isinstance(row, Local) and evidence.is_disputed(row.name))


def _reason(row: Row, family: Family) -> str:
    """Why, where that does not stand above."""
    if any(row is own for own in family.rows):
        return " see above."
    reason = row.reason or ("other parts read it in other ways" if isinstance(row, Local) else "")
    return reason and f" {reason.rstrip('.')}."


def _some(sign: Sign) -> str:
    return ", ".join(sign.families[:_SHOWN])


def _all(family: Family, kinds: frozenset[str] = BOTH) -> tuple[Row, ...]:
    found = (row for part in family.parts for row in held(part, kinds) if not row.subjects & set(family.replaces))
    return tuple({id(row): row for row in (*found, *family.rows)}.values())


def _sign(row: Row, evidence: Evidence) -> Sign:
    """The line that speaks for a claim most, if one does."""
    signs = (evidence.signs(subject).get(said, NO_SIGN) for subject, said in facts(row))
    return next((sign for sign in signs if sign.weight >= CLEAR), NO_SIGN)


def _doubt(row: Row, evidence: Evidence) -> str:
    for subject, said in facts(row):
        if against := evidence.against(subject, said):
            other, sign = against
            return f" BUT `{sign.line}` is in {_some(sign)}, with {other or 'no such row'}."
        if (lacking := evidence.lacking(subject, said)).line:
            return f" BUT it has no line like `{lacking.line}`, as {_some(lacking)} have."
    return ""


def _left_out(table: Table, hf: HfClass, nearest: Family, family: Family) -> Iterator[str]:
    for part in nearest.parts:
        if part not in family.parts and all(row.remote_key for row in part.rows):
            where = table.places.parts[part]
            yield f"{where.name.upper()}: {where.doc} (a part of {table.places.file(nearest)})"
    there = {str(row) for row in _all(family)}
    for row in nearest.rows:
        if not is_plain(row) and str(row) not in there and (row.remote_key or fits(row, hf)):
            yield f"{row}: {row.explained or 'see there'} ({table.places.file(nearest)})"
