"""The overrides table, for reviewers: every row of every part, and every row that a family has to itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, folded, link, prose, raw, table
from codegen.plan import PartName, Placed
from codegen.rows.interface import Row

_HEADS = ("row", "Hugging Face", "Megatron", "reason")


@dataclass
class _Held:
    """The rows of one part, each once, and the families that have any of them."""

    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    families: dict[str, None] = field(default_factory=dict[str, None])

    def add(self, placed: Placed, family: str) -> None:
        self.rows.setdefault(str(placed.row), placed.row)
        self.families[family] = None


def page(facts: Facts) -> str:
    """The page."""
    parts: defaultdict[PartName, _Held] = defaultdict(_Held)
    own: defaultdict[str, _Held] = defaultdict(_Held)
    for name, plan in facts.plans.items():
        for placed in plan.rows:
            (own[name] if placed.part is None else parts[placed.part]).add(placed, name)
    subjects: defaultdict[str, dict[PartName, _Held]] = defaultdict(dict)
    for part in sorted(parts, key=lambda each: (each.module, each.name)):
        subjects[part.subject][part] = parts[part]
    count = sum(len(held.rows) for held in (*parts.values(), *own.values()))
    return "\n".join(
        (
            _introduction(count),
            *(f"## {_title(subject)}\n\n{_parts(held)}" for subject, held in subjects.items()),
            f"## Of one family alone\n\n{_families(own)}",
        )
    )


def _title(subject: str) -> str:
    return {"mlp": "MLP"}.get(subject, subject.capitalize().replace("_", " "))


def _introduction(count: int) -> str:
    return f"""# The overrides table

What people decided, {count} rows in all: every mapper is generated from these and from the snapshot of upstream. A
reviewer asks of a row whether its reason is true, and whether it is the computation that decides or only its name.
Rows that families share stand in parts, by subject; [who decides Megatron's fields](fields.md) is a table of its own,
and so are [the classes that are refused](refusals.md).
"""


def _parts(parts: Mapping[PartName, _Held]) -> str:
    return raw(*(_part(part, held) for part, held in parts.items()))


def _part(part: PartName, held: _Held) -> str:
    file = code(f"{part.module.replace('.', '/')}.py")
    families = ", ".join(link(f"families/{family}.html", family) for family in held.families)
    return folded(
        f"{element('b', part.name.upper())} {prose(part.doc)}",
        element("p", f"{file}, of {len(held.families)} families: {families}"),
        _rows(held.rows.values()),
    )


def _families(own: Mapping[str, _Held]) -> str:
    return raw(
        *(
            folded(
                f"{element('b', name)}, {len(held.rows)} rows",
                element(
                    "p",
                    link(f"families/{name}.html", "what they become"),
                    " from ",
                    code(f"codegen/families/{name}.py"),
                ),
                _rows(held.rows.values()),
            )
            for name, held in own.items()
        )
    )


def _rows(rows: Iterable[Row]) -> str:
    return table(_HEADS, map(_cells, rows))


def _cells(row: Row) -> tuple[str, ...]:
    names = (", ".join(map(code, each)) for each in (row.fields_in_order(), row.targets))
    return (code(str(row)), *names, prose(row.explained or row.comment))
