"""Layers: what is refused of a family where the caller does not ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen import reasons
from codegen.diagnostics import Code, Diagnostic, did_you_mean
from codegen.layers import layer_parameters
from codegen.plan import Placed
from codegen.resolve.collect import says, weights_of
from codegen.rows.constant import Constant
from codegen.rows.guard import Guard
from codegen.rows.interface import Context
from codegen.schemas import Snapshot
from codegen.table import Family


def diagnose(
    family: Family, file: str, rows: tuple[Placed, ...], context: Context, snapshot: Snapshot
) -> Iterator[Diagnostic]:
    """Fields of `Layers` that models have without a word of what stock Megatron lacks, and words without such fields.

    Args:
        family: whose rows they are.
        file: of the family.
        rows: for one target.
        context: the class, and the target.
        snapshot: with the computations that upstream has.
    """
    lifted = {name for placed in rows if isinstance(placed.row, Guard) for name in placed.row.layers}
    always = False
    for placed in rows:
        for name in _present(placed, context):
            always |= isinstance(placed.row, Constant)
            if family.lacks is None and isinstance(placed.row, Constant):
                message = f"every model has {name!r}, and nothing says why none is mapped without: Family(lacks=...)"
                yield says(placed, Code.LAYER_UNSAID, message)
            elif family.lacks is None and name not in lifted:
                message = f"nothing says what is refused of models that have {name!r}: layered(..., otherwise=...)"
                yield says(placed, Code.LAYER_UNSAID, message)
    yield from _unsaid_weights(family, file, rows, context)
    if family.lacks is None:
        return
    row = f"Lacks({family.lacks.computation!r})"
    yield from reasons.diagnose(file, row, family.lacks.why)
    if not always:
        yield Diagnostic(Code.STALE_ROW, file, row, "no row gives every model of the class a layer")
    yield from reasons.diagnose_computation(file, row, family.lacks.computation, snapshot)


def stale_weights(
    family: Family, file: str, targets: Iterable[tuple[tuple[Placed, ...], Context]]
) -> Iterator[Diagnostic]:
    """Parameters of which something says where they are, and that no model has.

    Args:
        family: whose weights they are.
        file: of the family.
        targets: the rows for each, and the class and the target.
    """
    has = frozenset[str]().union(*(_parameters(rows, context) for rows, context in targets))
    for name in sorted({each.name for each in weights_of(family)} - has):
        message = f"no model of the family has it{did_you_mean(name, has)}"
        yield Diagnostic(Code.STALE_ROW, file, f"Weight({name!r})", message)


def _unsaid_weights(family: Family, file: str, rows: tuple[Placed, ...], context: Context) -> Iterator[Diagnostic]:
    """Parameters of which nothing says where they are in a checkpoint."""
    unsaid = _parameters(rows, context) - {each.name for each in weights_of(family)}
    present = {name for placed in rows for name in _present(placed, context)}
    for each in layer_parameters():
        if each.name in unsaid and each.field in present:
            message = f"models with {each.field!r} have {each.name}: say where it is in a checkpoint, Weight(...)"
            yield Diagnostic(Code.LAYER_UNSAID, file, "", message)


def _parameters(rows: tuple[Placed, ...], context: Context) -> frozenset[str]:
    """What models have beside the parameters of Megatron's own layers."""
    present = {name for placed in rows for name in _present(placed, context)}
    constants = [placed.row for placed in rows if isinstance(placed.row, Constant)]
    norms = {None, *(row.value for row in constants if row.target == "normalization")}
    never = {row.target for row in constants if row.value is False}
    always = {name for placed in rows if isinstance(placed.row, Constant) for name in _present(placed, context)}
    return frozenset(
        each.name
        for each in layer_parameters()
        if each.field in present - never and each.without not in always and each.normalization in norms
    )


def _present(placed: Placed, context: Context) -> Iterator[str]:
    """The fields of `Layers` that a row gives to models."""
    if not (isinstance(placed.row, Constant) and placed.row.says_absent(context)):
        yield from (name for name in placed.row.targets if name in context.owners.layers)
