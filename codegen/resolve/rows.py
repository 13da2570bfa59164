"""Collects the rows of a family from what it extends, and says what contradicts what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.functions import RuleFunction, read_function
from codegen.table import (
    Bundle,
    Choice,
    Computed,
    Constant,
    Deviation,
    Function,
    HardWired,
    Ignored,
    InDomain,
    Inverse,
    Local,
    MustBe,
    NoInverse,
    RemoteKey,
    Rename,
    Require,
    Row,
    Rows,
    ValueTable,
    Wrap,
)


@dataclass(frozen=True)
class Placed:
    """A row and the file that holds it."""

    row: Row
    file: str

    @property
    def text(self) -> str:
        """The row, short enough for a message."""
        return describe(self.row)

    def says(self, code: Code, message: str) -> Diagnostic:
        """A diagnostic at this row."""
        return Diagnostic(code, self.file, self.text, message)


def is_settled(row: Local) -> bool:
    """Whether the value depends on suggested ones, so that it is read after them."""
    return "settings" in read_function(row.function).parameter_names


def file_of(module: str) -> str:
    """The file of a module of the table, relative to the repository root."""
    return module.replace(".", "/") + ".py"


def describe(row: Row) -> str:
    """The row as it is written, without its reason."""
    arguments: list[object]
    match row:
        case Rename(source, target):
            arguments = [source, target]
        case Constant(target, value):
            arguments = [target, value]
        case Choice(source, target, table):
            arguments = [source, target, table.name]
        case Computed(target, function):
            arguments = [target, function.__name__]
        case Local(name, function):
            arguments = [name, function.__name__]
        case Bundle(_, function) | Wrap(_, function):
            arguments = [function.__name__]
        case InDomain(source, domain):
            return f"{domain.value}({source!r})"
        case MustBe(source, allowed):
            arguments = [source, *allowed]
        case Require(source, function):
            arguments = [source, function.__name__]
        case Deviation(identifier, source):
            arguments = [identifier, source]
        case HardWired(key, constant):
            arguments = [key, constant]
        case RemoteKey(key):
            arguments = [key]
        case Ignored(source, kind):
            arguments = [source, kind.value]
    return f"{type(row).__name__}({', '.join(map(repr, arguments))})"


def targets(row: Row) -> tuple[str, ...]:
    """Megatron fields and attributes that the row decides."""
    match row:
        case Rename(_, target) | Constant(target) | Choice(_, target) | Computed(target):
            return (target,)
        case Local():
            return row.gives
        case Bundle(names) | Wrap(names):
            return names
        case _:
            return ()


def source(row: Row) -> str | None:
    """The Hugging Face field that the row itself names."""
    match row:
        case Rename(name) | Choice(name) | InDomain(name) | MustBe(name) | Require(name) | Ignored(name):
            return name
        case Deviation(_, name):
            return name
        case _:
            return None


def rule_functions(row: Row) -> tuple[Function, ...]:
    """The rule functions that generated code evaluates for the row."""
    match row:
        case Computed() | Local() | Bundle() | Wrap() | Require():
            return (row.function,)
        case Deviation():
            return (row.applies, row.within)
        case _:
            return ()


def inverses(row: Row) -> tuple[Inverse, ...] | NoInverse | None:
    """What the row says of the way back; None for rows that invert by themselves or say nothing."""
    match row:
        case Computed() | Local() | Bundle() | Require():
            return row.inverse
        case Rename():
            return row.back
        case _:
            return None


def reads(row: Row) -> frozenset[str]:
    """Hugging Face fields whose value the row reads, declared or not."""
    named = source(row)
    names = {named} if named is not None and not isinstance(row, Ignored) else set[str]()
    for rule in map(read_function, rule_functions(row)):
        names |= rule.reads.get("hf", frozenset()) | rule.undeclared
    return frozenset(names)


def functions(row: Row) -> Iterator[RuleFunction]:
    """All functions that the row carries, those of its inverse included."""
    for rule in rule_functions(row):
        yield read_function(rule)
    back = inverses(row)
    if isinstance(back, tuple):
        for inverse in back:
            yield read_function(inverse.function)


def reason(row: Row) -> str | None:
    """The reason that the row must give; None for rows that need none."""
    match row:
        case Constant() | MustBe() | Require() | HardWired() | RemoteKey() | Ignored() | Deviation() | Bundle():
            return row.why
        case _:
            return None


def remote_keys(rows: tuple[Placed, ...]) -> frozenset[str]:
    """Keys of remote code that the rows read beside what upstream's class and modeling code know."""
    return frozenset(placed.row.key for placed in rows if isinstance(placed.row, RemoteKey))


def subjects(row: Row) -> frozenset[str]:
    """The names under which a family that inherits the row can drop it."""
    named = {source(row), *targets(row)}
    match row:
        case Local(name):
            named.add(name)
        case HardWired(key) | RemoteKey(key):
            named.add(key)
        case Deviation(identifier):
            named.add(identifier)
        case _:
            pass
    return frozenset(name for name in named if name is not None)


def collect(rows: Rows) -> tuple[tuple[Placed, ...], tuple[Diagnostic, ...]]:
    """All rows of a table: what it extends, less what it drops, then its own."""
    inherited: list[Placed] = []
    diagnostics: list[Diagnostic] = []
    for parent in rows.extends:
        placed, found = collect(parent)
        # Two parents may extend the same rows; those are not said twice.
        inherited += [row for row in placed if not any(row.row is other.row for other in inherited)]
        diagnostics += found
    file = file_of(rows.module)
    known = frozenset[str]().union(*(subjects(placed.row) for placed in inherited))
    for name in rows.drop:
        if name not in known:
            message = f"no inherited row is about {name!r}{did_you_mean(name, known)}"
            diagnostics.append(Diagnostic(Code.STALE_DROP, file, f"drop={name!r}", message))
    kept = [placed for placed in inherited if not subjects(placed.row) & set(rows.drop)]
    return (*kept, *(Placed(row, file) for row in rows.rows)), tuple(diagnostics)


def tables(rows: Rows) -> tuple[ValueTable, ...]:
    """All value tables of a table of rows."""
    inherited = [table for parent in rows.extends for table in tables(parent)]
    choices = [row.table for row in rows.rows if isinstance(row, Choice)]
    return tuple({table.name: table for table in (*inherited, *choices, *rows.tables)}.values())


def contradictions(rows: tuple[Placed, ...]) -> Iterator[Diagnostic]:
    """Rows that say the same thing twice, or two things that exclude each other."""
    yield from _doubled(rows)
    yield from _idle(rows)
    readers: dict[str, Placed] = {}
    for placed in rows:
        for name in reads(placed.row):
            readers.setdefault(name, placed)
    for placed in rows:
        if isinstance(placed.row, Ignored) and placed.row.source in readers:
            reader = readers[placed.row.source]
            yield placed.says(
                Code.IGNORED_AND_USED, f"{placed.row.source!r} is also read by {reader.text} in {reader.file}"
            )
        why = reason(placed.row)
        if why is not None and not why.strip():
            yield placed.says(Code.NO_REASON, "a reason is required")


def _idle(rows: tuple[Placed, ...]) -> Iterator[Diagnostic]:
    """Locals that nothing takes: what they read would count as used, and be dropped."""
    rules = (read_function(rule) for placed in rows for rule in rule_functions(placed.row))
    taken = {name for rule in rules for name in rule.parameter_names}
    for placed in rows:
        match placed.row:
            case Local(name, gives=()) if name not in taken:
                yield placed.says(Code.STALE_ROW, f"no function takes the local {name!r}, and it gives no field")
            case _:
                pass


def _doubled(rows: tuple[Placed, ...]) -> Iterator[Diagnostic]:
    counted = Counter(key for placed in rows for key in _keys(placed.row))
    for placed in rows:
        for key in _keys(placed.row):
            if counted[key] > 1:
                others = [other for other in rows if other is not placed and key in _keys(other.row)]
                places = "; ".join(f"{other.text} in {other.file}" for other in others)
                yield placed.says(Code.DOUBLED_ROW, f"{key[1]!r} is decided again by {places or 'the same row'}")


def _keys(row: Row) -> list[tuple[str, str]]:
    """What only one row may say. Several `Require` and `Deviation` rows may be about one field."""
    keys = [("target", name) for name in targets(row)]
    match row:
        case InDomain(name, domain):
            keys.append((domain.value, name))
        case MustBe(name) | Ignored(name):
            keys.append((type(row).__name__, name))
        case HardWired(name) | RemoteKey(name) | Local(name) | Deviation(name):
            keys.append((type(row).__name__, name))
        case _:
            pass
    return keys
