"""What was remote code and has a class of its own now is read as that class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codegen.diagnostics import Code, Diagnostic
from codegen.resolve.collect import Places
from codegen.schemas import Snapshot
from codegen.table import Family, Remote, Unmapped


def diagnose(
    snapshot: Snapshot,
    families: Sequence[Family],
    refused_classes: Sequence[Unmapped],
    rows: Sequence[Remote],
    refused: Mapping[str, str],
    places: Places,
) -> Iterator[Diagnostic]:
    """Rows of types that upstream has classes of, unless they say so, and rows that say so of others.

    A family for a class of its own, because upstream has none, is such a row too.

    Args:
        snapshot: with every type of causal language model.
        families: those that are mapped.
        refused_classes: those that are refused.
        rows: types of remote code that are read as another class.
        refused: types of remote code that are not read.
        places: where a reader finds both.
    """
    mapped = {family.config: family for family in families}
    unmapped = {row.config_class for row in refused_classes}
    for row in rows:
        place, path = f"Remote({row.model_type!r})", snapshot.causal_lm.get(row.model_type, "")
        if not row.native_since:
            if path:
                message = (
                    f"upstream has a class of this type now ({path}): say native_since where a family maps it, or "
                    "delete the row"
                )
                yield Diagnostic(Code.NATIVE_NOW, places.remote, place, message)
            continue
        # A class that nobody maps or refuses is asked about elsewhere.
        if not path:
            problem = "upstream has no class of this type"
        elif path in unmapped:
            problem = f"{path} is refused, and no other can be mapped in its place"
        elif path in mapped and _since(mapped[path]) != row.native_since:
            problem = f"the family {mapped[path].name!r} is for releases since {_since(mapped[path]) or 'the oldest'}"
        else:
            continue
        yield Diagnostic(Code.STALE_ROW, places.remote, place, f"native_since={row.native_since!r}: {problem}")
    for family in families:
        described = snapshot.hf.get(family.config)
        path = snapshot.causal_lm.get(described.model_type, "") if described is not None else ""
        if path not in ("", family.config):
            message = f"upstream has a class of this type now ({path}), which files are read as: map that one"
            yield Diagnostic(Code.NATIVE_NOW, places.file(family), f"Family({family.name!r})", message)
    for name in sorted(refused.keys() & snapshot.causal_lm.keys()):
        message = (
            f"upstream has a class of this type now ({snapshot.causal_lm[name]}), which has a verdict of its own: "
            "delete the row"
        )
        yield Diagnostic(Code.NATIVE_NOW, places.refused, f"REFUSED[{name!r}]", message)


def _since(family: Family) -> str:
    return family.since.oldest if family.since is not None else ""
