"""Hugging Face's side: every field, property and undeclared attribute of a config class gets one verdict."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import RuleFunction
from codegen.plan import Side, Verdict
from codegen.resolve.expressions import is_given
from codegen.resolve.owners import show
from codegen.resolve.rows import Placed, file_of, functions, reads, reason, remote_keys, source, targets
from codegen.schemas import HfClass, HfField, HfProperty, Undeclared
from codegen.table import (
    Choice,
    Deviation,
    HardWired,
    Ignored,
    InDomain,
    Kind,
    Local,
    MustBe,
    RemoteKey,
    Rename,
    Require,
    Route,
)
from codegen.types import is_number


def diagnose(route: Route, rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    """What is wrong on Hugging Face's side."""
    declared = _declared(hf)
    reachable = declared | _through_reader(hf) | remote_keys(rows)
    for placed in rows:
        named = source(placed.row)
        if named is not None and named not in reachable:
            yield placed.says(Code.STALE_ROW, f"{hf.name} has no field {named!r}{did_you_mean(named, reachable)}")
        for rule in functions(placed.row):
            yield from _function(placed, rule, hf, _through_reader(hf) | remote_keys(rows))
        yield from _claims(placed, hf)
    yield from _names_bound_twice(rows, hf)
    yield from _undecided(route, rows, hf)
    yield from _domains(rows, hf)


def _declared(hf: HfClass) -> frozenset[str]:
    fields = (field.name for field in hf.fields if field.declared)
    return frozenset((*fields, *(known.name for known in hf.properties)))


def _through_reader(hf: HfClass) -> frozenset[str]:
    """What only `check.undeclared` reads: what the modeling code reads, or `__post_init__` sets, undeclared."""
    fields = (field.name for field in hf.fields if not field.declared)
    return frozenset((*fields, *(known.name for known in hf.undeclared)))


def _function(placed: Placed, rule: RuleFunction, hf: HfClass, undeclared: frozenset[str]) -> Iterator[Diagnostic]:
    declared = _declared(hf)
    for name in sorted(rule.reads.get("hf", frozenset()) - declared):
        hint = "; read it through check.undeclared" if name in undeclared else did_you_mean(name, declared)
        yield placed.says(Code.UNKNOWN_READ, f"{rule.name} reads hf.{name}, which {hf.name} does not declare{hint}")
    for name in sorted(rule.undeclared - undeclared):
        hint = f"; {hf.name} declares it" if name in declared else did_you_mean(name, undeclared)
        message = f"{rule.name} reads {name!r} as undeclared, and the snapshot lists no such attribute{hint}"
        yield placed.says(Code.UNKNOWN_READ, message)


def local_names(placed: Placed, hf: HfClass) -> Iterator[str]:
    """The name that generated code binds for the row before it constructs anything, if it does."""
    match placed.row:
        case Local(name) | Choice(_, name):
            yield name
        case Rename(name) if is_given(placed.row, hf):
            yield name
        case _:
            pass


def _names_bound_twice(rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    """Rows of different kinds that bind one name: the later value would stand in for the earlier one."""
    binding: dict[str, Placed] = {}
    for placed in rows:
        for name in local_names(placed, hf):
            first = binding.setdefault(name, placed)
            if type(first.row) is not type(placed.row):
                message = f"the name {name!r} is bound already, by {first.text} in {first.file}"
                yield placed.says(Code.DOUBLED_ROW, message)


def _claims(placed: Placed, hf: HfClass) -> Iterator[Diagnostic]:
    match placed.row:
        case Ignored(name, Kind.DEAD):
            for known in hf.attributes:
                if known.name == name and known.read_in:
                    message = f"called dead, but {', '.join(known.read_in)} read{'s' * (len(known.read_in) == 1)} it"
                    yield placed.says(Code.FALSE_CLAIM, message)
        case HardWired(key) | RemoteKey(key) if key in _declared(hf) | _through_reader(hf):
            yield placed.says(Code.FALSE_CLAIM, f"called a key of remote code only, but {hf.name} knows {key!r}")
        case _:
            pass


def _undecided(route: Route, rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    decided = frozenset(name for placed in rows if not isinstance(placed.row, InDomain) for name in _names(placed))
    file = file_of(route.table.module)
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
    named = source(placed.row)
    return reads(placed.row) | {name for name in (named,) if name is not None}


def _domains(rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Diagnostic]:
    guarded = {
        name
        for placed in rows
        if isinstance(placed.row, InDomain | MustBe | Require | Deviation)
        for name in reads(placed.row)
    }
    numbers = {field.name for field in hf.fields if is_number(field.type)}
    for placed in rows:
        if targets(placed.row) or isinstance(placed.row, Local):
            for name in sorted(reads(placed.row) & numbers - guarded):
                guarded.add(name)
                message = f"nothing says which numbers are valid for {name!r}; add it to positive(), not_negative() ..."
                yield placed.says(Code.NO_DOMAIN, message)


def verdicts(rows: tuple[Placed, ...], hf: HfClass) -> Iterator[Verdict]:
    """One verdict for every field, property, undeclared attribute and hard-wired key."""
    keys = (placed.row.key for placed in rows if isinstance(placed.row, HardWired | RemoteKey))
    names = (known.name for known in hf.attributes)
    subjects = [(placed, {*_names(placed), _key(placed)}) for placed in rows]
    for name in (*names, *keys):
        yield _verdict(name, [placed for placed, named in subjects if name in named])


def _verdict(name: str, about: list[Placed]) -> Verdict:
    place = "; ".join(f"{placed.file}: {placed.text}" for placed in about)
    why = "; ".join(dict.fromkeys(filter(None, (reason(placed.row) for placed in about))))
    for placed in about:
        if isinstance(placed.row, Ignored):
            return Verdict(Side.HUGGINGFACE, name, "ignored", f"{placed.row.kind.value}: {placed.row.why}", place)
    # A local that gives no field itself is there for the functions that take it.
    if any(targets(placed.row) or isinstance(placed.row, Local) for placed in about):
        return Verdict(Side.HUGGINGFACE, name, "used", why, place)
    if any(isinstance(placed.row, Deviation) for placed in about):
        return Verdict(Side.HUGGINGFACE, name, "deviation", why, place)
    return Verdict(Side.HUGGINGFACE, name, "must be", why, place)


def _key(placed: Placed) -> str | None:
    return placed.row.key if isinstance(placed.row, HardWired | RemoteKey) else None
