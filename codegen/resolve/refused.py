"""Every causal language model of transformers has one verdict, and what is refused still computes what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen import reasons
from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.schemas import Snapshot
from codegen.table import Family, Pending, RefusedClass, Unmapped


def diagnose(
    snapshot: Snapshot, families: Sequence[Family], rows: Sequence[Unmapped], file: str
) -> Iterator[Diagnostic]:
    """Types without a verdict or with two, rows for what upstream does not have, and computations that are gone.

    Args:
        snapshot: with every type of causal language model.
        families: those that are mapped.
        rows: those that are refused or pending.
        file: where a reader finds these.
    """
    verdicts = {family.config: f"the family {family.name!r} maps this class" for family in families}
    for row in rows:
        place = _place(row)
        if row.config_class in verdicts:
            yield Diagnostic(Code.DOUBLED_ROW, file, place, verdicts[row.config_class])
        verdicts.setdefault(row.config_class, f"{place} is about this class too")
        yield from _of_pending(row, snapshot, file) if isinstance(row, Pending) else _of_refused(row, snapshot, file)
    # A table without such rows is about its own classes alone.
    for model_type, config_class in snapshot.causal_lm.items() if rows else ():
        if config_class not in verdicts:
            message = f"no family maps {model_type!r} ({config_class}), and no row says that it is refused or pending"
            yield Diagnostic(Code.NO_FAMILY, file, "", message)


def _place(row: Unmapped) -> str:
    return f"{type(row).__name__}({row.name!r})"


def _of_pending(row: Pending, snapshot: Snapshot, file: str) -> Iterator[Diagnostic]:
    known = {name.replace("-", "_"): path for name, path in snapshot.causal_lm.items()}
    if known.get(row.name) != row.config_class:
        near = did_you_mean(row.name, known)
        message = f"upstream has no causal language model {row.name!r} with the class {row.config_class}{near}"
        yield Diagnostic(Code.STALE_ROW, file, _place(row), message)


def _of_refused(row: RefusedClass, snapshot: Snapshot, file: str) -> Iterator[Diagnostic]:
    if row.config_class not in snapshot.computations:
        near = did_you_mean(row.config_class, snapshot.causal_lm.values())
        yield Diagnostic(Code.STALE_ROW, file, _place(row), f"upstream has no {row.config_class}{near}")
    yield from reasons.diagnose_computation(file, _place(row), row.computation, snapshot)
    yield from reasons.diagnose(file, _place(row), row.why, *(field.why for field in row.fields))
