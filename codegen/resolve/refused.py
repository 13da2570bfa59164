"""Every causal language model of transformers is mapped or refused, and what is refused still computes what it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.schemas import Snapshot
from codegen.table import Family, RefusedClass


def diagnose(
    snapshot: Snapshot, families: Sequence[Family], rows: Sequence[RefusedClass], file: str
) -> Iterator[Diagnostic]:
    """Types without a verdict or with two, rows for what upstream does not have, and computations that are gone.

    Args:
        snapshot: with every type of causal language model.
        families: those that are mapped.
        rows: those that are refused.
        file: where a reader finds these.
    """
    mapped = {family.config: family.name for family in families}
    refused = {row.config_class: row for row in rows}
    # A table without such rows is about its own classes alone.
    for model_type, config_class in snapshot.causal_lm.items() if rows else ():
        if config_class not in mapped and config_class not in refused:
            message = f"no family maps {model_type!r} ({config_class}), and no row refuses it"
            yield Diagnostic(Code.NO_FAMILY, file, "", message)
    written = frozenset(snapshot.computations)
    for row in rows:
        place = f"RefusedClass({row.name!r})"
        if row.config_class in mapped:
            message = f"the family {mapped[row.config_class]!r} maps this class"
            yield Diagnostic(Code.DOUBLED_ROW, file, place, message)
        if row.config_class not in written:
            near = did_you_mean(row.config_class, snapshot.causal_lm.values())
            yield Diagnostic(Code.STALE_ROW, file, place, f"upstream has no {row.config_class}{near}")
        if row.computation not in written:
            message = f"upstream has no {row.computation} any more; see what the class computes now"
            yield Diagnostic(Code.COMPUTATION_GONE, file, place, message)
        if not row.why.strip() or not all(field.why.strip() for field in row.fields):
            yield Diagnostic(Code.NO_REASON, file, place, "a reason is required")
