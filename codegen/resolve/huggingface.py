"""Hugging Face's side: every field, property and undeclared attribute of a config class gets one verdict."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import RuleFunction
from codegen.plan import Placed, Side, Verdict
from codegen.resolve.collect import remote_keys, says
from codegen.resolve.ownership import show
from codegen.rows.interface import Context, Role
from codegen.schemas import HfClass, HfField, HfProperty, Undeclared
from codegen.types import is_number


def diagnose(file: str, rows: tuple[Placed, ...], context: Context) -> Iterator[Diagnostic]:
    """What is wrong on Hugging Face's side.

    Args:
        file: of the family, for what no row is about.
        rows: of the family.
        context: its class, and the target.
    """
    hf = context.hf
    readable = hf.through_reader | remote_keys(rows)
    reachable = hf.declared | readable
    for placed in rows:
        named = placed.row.source
        if named is not None and named not in reachable:
            near = did_you_mean(named, reachable)
            yield says(placed, Code.STALE_ROW, f"{hf.name} has no field {named!r}{near}")
        for rule in placed.row.functions:
            yield from _function(placed, rule, hf, readable)
    yield from _names_bound_twice(rows, context)
    yield from _undecided(file, rows, hf)
    yield from _domains(rows, hf)


def _function(placed: Placed, rule: RuleFunction, hf: HfClass, undeclared: frozenset[str]) -> Iterator[Diagnostic]:
    for name in sorted(rule.reads.get("hf", frozenset()) - hf.declared):
        hint = "; read it through check.undeclared" if name in undeclared else did_you_mean(name, hf.declared)
        message = f"{rule.name} reads hf.{name}, which {hf.name} does not declare{hint}"
        yield says(placed, Code.UNKNOWN_READ, message)
    for name in sorted(rule.undeclared - undeclared):
        hint = f"; {hf.name} declares it" if name in hf.declared else did_you_mean(name, undeclared)
        message = f"{rule.name} reads {name!r} as undeclared, and the snapshot lists no such attribute{hint}"
        yield says(placed, Code.UNKNOWN_READ, message)


def _names_bound_twice(rows: tuple[Placed, ...], context: Context) -> Iterator[Diagnostic]:
    """Rows of different kinds that bind one name: the later value would stand in for the earlier one."""
    binding: dict[str, Placed] = {}
    for placed in rows:
        name = placed.row.binds(context)
        if name:
            first = binding.setdefault(name, placed)
            if type(first.row) is not type(placed.row):
                message = f"the name {name!r} is bound already, by {first.row} in {first.file}"
                yield says(placed, Code.DOUBLED_ROW, message)


def _undecided(file: str, rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    decided = frozenset(name for placed in rows if placed.row.decides for name in _names(placed))
    for known in hf.attributes:
        if known.name not in decided:
            undeclared = isinstance(known, Undeclared)
            code = Code.UNDECLARED_UNDECIDED if undeclared else Code.SOURCE_UNDECIDED
            yield Diagnostic(code, file, "", _describe(known, hf), hf.documented(known.name))


def _describe(known: HfField | HfProperty | Undeclared, hf: HfClass) -> str:
    if isinstance(known, Undeclared):
        return f"no row is about {known.name!r}, which {hf.name} does not declare; {_readers(known.read_in)}"
    if isinstance(known, HfProperty):
        return f"no row is about the property {hf.name}.{known.name}: {known.type}; {_readers(known.read_in)}"
    described = f"{known.origin}.{known.name}: {known.type} = {show(known.default)}"
    return f"no row is about {described}; {_readers(known.read_in)}"


def _readers(read_in: tuple[str, ...]) -> str:
    return f"read in {', '.join(read_in)}" if read_in else "no modeling code reads it"


def _names(placed: Placed) -> frozenset[str]:
    """Hugging Face fields, and keys of remote code, that a row is about."""
    named = (placed.row.source, placed.row.remote_key)
    return placed.row.reads | {name for name in named if name}


def _domains(rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    bounded = {name for placed in rows if placed.row.bounds for name in placed.row.reads}
    # What reads an attribute that the class does not declare looks at it itself.
    numbers = {field.name for field in hf.fields if field.declared and is_number(field.type)}
    for placed in rows:
        if not placed.row.bounds and placed.row.decides:
            for name in sorted(placed.row.reads & numbers - bounded):
                bounded.add(name)
                message = f"nothing says which numbers are valid for {name!r}; add it to positive(), not_negative() ..."
                yield says(placed, Code.NO_DOMAIN, message)


def verdicts(rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Verdict]:
    """One verdict for every field, property, undeclared attribute and key of remote code."""
    keys = (placed.row.remote_key for placed in rows if placed.row.remote_key)
    names = (known.name for known in hf.attributes)
    about: dict[str, list[Placed]] = {}
    for placed in rows:
        for name in _names(placed):
            about.setdefault(name, []).append(placed)
    for name in dict.fromkeys((*names, *keys)):
        yield _verdict(name, about.get(name, []))


def _verdict(name: str, about: list[Placed]) -> Verdict:
    place = "; ".join(placed.where for placed in about)
    first = min(about, key=lambda placed: placed.row.role, default=None)
    if first is None:
        return Verdict(Side.HUGGINGFACE, name, Role.MUST_BE.text, "", place)
    if first.row.role is Role.IGNORED:
        return Verdict(Side.HUGGINGFACE, name, first.row.role.text, first.row.explained, place)
    why = "; ".join(dict.fromkeys(filter(None, (_explained(name, placed) for placed in about))))
    return Verdict(Side.HUGGINGFACE, name, first.row.role.text, why, place)


def _explained(name: str, placed: Placed) -> str:
    """What a row says of a field; what it says of another one, which it compares with this, has the name of that."""
    row = placed.row
    return f"`{row.source}`: {row.explained}" if row.explained and row.source not in (None, name) else row.explained
