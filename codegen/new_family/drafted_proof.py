"""The draft of a family's proof: a tiny config, and the cases and refusals that go with its parts."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from codegen.layers import layers_class
from codegen.new_family.base import Base
from codegen.new_family.evidence import NOTHING, facts_of
from codegen.new_family.fit import held, with_included
from codegen.new_family.near import Near
from codegen.new_family.pieces import PIECES, Pieces
from codegen.new_family.proof_files import PACKAGE, keywords, layout
from codegen.new_family.table import TODO
from codegen.project import PYPROJECT, Table
from codegen.rows.guard import Guard, Values
from codegen.schemas import HfClass
from codegen.style import formatted
from codegen.table import Constant, Domain, Family, InDomain, Part, Rename, Row
from codegen.types import atoms

_NAMED: Final = re.compile(r"\b([a-z_]+)\.([A-Z][A-Za-z0-9_]*|rope|yarn|rope_of_halves|breaking)\b")
"""A constant or function of a file of proofs, in a piece."""
_LLAMA: Final = ("tests.numerics.layouts", "LLAMA")


@dataclass(frozen=True)
class Drafted:
    """A drafted family, and what is known of its class."""

    family: Family
    hf: HfClass
    code: frozenset[str]
    """The lines of its modeling code."""


def text(drafted: Drafted, base: Base, table: Table, near: Sequence[Near], folder: Path) -> str:
    """The file of the proof.

    Args:
        drafted: the family with the parts whose pieces it has.
        base: its tiny config.
        table: which knows what parts are called.
        near: families, the most alike first, whose layouts could be its own.
        folder: of the proofs.
    """
    family = drafted.family
    pieces = pieces_of(family, table)
    like, (module, name) = _layout(family, near, folder)
    refused = _refused(drafted, pieces)
    cases = _cases(drafted, pieces, folder)
    rope = next((each.rope for each in pieces if each.rope), "None")
    hybrid = next((each.not_hybrid for each in pieces if each.not_hybrid), "frozenset()")
    optional = (
        ("invisible", "{{{}}}", _joined(each.invisible for each in pieces)),
        ("values", "{{{}}}", _joined(each.values for each in pieces)),
        ("equal", "{}", _joined((each.equal,) for each in pieces if each.equal)),
        (
            "spellings",
            'frozenset({{"dtype", "hidden_act", "rope_parameters", {}}})',
            _joined(each.spellings for each in pieces),
        ),
        ("zero", 'frozenset({{"initializer_range", "attention_dropout", {}}})', _joined([_zeros(drafted)])),
        ("none", 'frozenset({{"dtype", {}}})', _joined(each.none for each in pieces)),
    )
    extra = "".join(f"    {argument}={shape.format(given)},\n" for argument, shape, given in optional if given)
    serves = any(target.kind == "hybrid" for target in family.targets)
    body = (
        f"{_problem(base)}PROOF = Proof(\n    base={_base(base)},\n"
        f"    cases={{\n{_block(cases)}    }},\n"
        f"    # Every row that refuses needs one: a config, and the nearest ones that it must not refuse.\n"
        f"    refused=(\n{_block(refused)}    ),\n"
        f"    # That of {like}.\n    layout={name},\n    rope={rope},\n"
        f"{f'    hybrid={hybrid},{chr(10)}' if serves else ''}{extra})\n"
    )
    imports, plain = _imported(body)
    imports[module].add(name)
    lines = "".join(
        f"from {where} import {', '.join(sorted(names, key=_in_order))}\n" for where, names in sorted(imports.items())
    )
    source = f'"""{TODO}"""\n\nfrom __future__ import annotations\n\n{lines}\n{plain}'
    return formatted(source, f"{family.name}.py", PYPROJECT)


def _cases(drafted: Drafted, pieces: Sequence[Pieces], folder: Path) -> tuple[str, ...]:
    cases = ('"default": {}', *_lines(each.cases for each in pieces))
    sizes = [each for line in _lines(each.sizes for each in pieces) for each in _known(line, drafted.hf, folder)]
    combined = _joined(each.combined for each in pieces)
    shown = " ".join((*cases, *sizes, combined))
    own = (f'"{field}": {{{value}}}' for field, value in _other_values(drafted, shown))
    other = [f'"other_sizes": {{{", ".join(sizes)}}}'] if sizes else []
    return (*cases, *own, *other, f'"combined": {{{combined}}}')


def _known(line: str, hf: HfClass, folder: Path) -> Iterator[str]:
    """Entries of a dictionary that are about fields of the class; those of a constant one by one if need be."""
    if not line.startswith("**"):
        entries = {ast.literal_eval(line.partition(":")[0]): line}
    else:
        entries = {name: f'"{name}": {value!r}' for name, value in keywords(folder, line.removeprefix("**")).items()}
    if all(map(hf.has, entries)):
        yield line
    else:
        yield from (entry for name, entry in entries.items() if hf.has(name))


def _other_values(drafted: Drafted, shown: str) -> Iterator[tuple[str, str]]:
    """Other values than the class's, where one is at hand, of fields that are renamed and of which no case has one.

    Of fields that parts rename, pieces have values; in a class that has the same by default, they are no other ones.
    """
    defaults = {field.name: field.after_init for field in drafted.hf.fields}
    own = drafted.family.rows
    drawn = _of_domain(own, Domain.PROBABILITY)
    for row in (*own, *(row for part in drafted.family.parts for row in held(part))):
        default = defaults.get(row.field) if isinstance(row, Rename) and row.field not in drawn else None
        if not isinstance(row, Rename) or not isinstance(default, bool | float):
            continue
        other = f'"{row.field}": {not default if isinstance(default, bool) else default / 2 or 0.5}'
        as_default = f'"{row.field}": {default}' in shown and other not in shown
        if as_default if row not in own else f'"{row.field}"' not in shown:
            yield row.field, other


def _refused(drafted: Drafted, pieces: Sequence[Pieces]) -> list[str]:
    """The refusals, less those that are among others."""
    reads_part = any("partial_rotary_factor" in line for line in drafted.code)
    optional = {field.name for field in drafted.hf.fields if "None" in atoms(field.type)}
    covered = {line for each in pieces for line in each.covers}
    found = (each.breaking if reads_part and each.breaking else each.refused for each in pieces)
    none = (tuple(line for name, line in each.none_refused.items() if name in optional) for each in pieces)
    return [line for line in _lines((*found, *none)) if line not in covered]


def _of_domain(rows: Iterable[Row], *domains: Domain) -> tuple[str, ...]:
    return tuple(row.field for row in rows if isinstance(row, InDomain) and row.domain in domains)


def _zeros(drafted: Drafted) -> tuple[str, ...]:
    """The declared numbers that may be 0, beside those that may be in every family."""
    whole = Part(drafted.family.rows, drafted.family.parts, drafted.family.replaces)
    rows = tuple(held(whole))
    only = (row.field for row in rows if isinstance(row, Guard) and isinstance(row.test, Values) and _is_zero(row.test))
    names = {*_of_domain(rows, Domain.NOT_NEGATIVE, Domain.PROBABILITY), *only} & drafted.hf.declared_fields
    return tuple(f'"{name}"' for name in sorted(names - {"initializer_range", "attention_dropout"}))


def _is_zero(values: Values) -> bool:
    return not values.remote and any(value == 0 and not isinstance(value, bool) for value in values.allowed)


def _layout(family: Family, near: Sequence[Near], folder: Path) -> tuple[str, tuple[str, str]]:
    """A family whose weights may be named as those of the drafted one, and its layout."""
    shape = _shape(family)
    alike = (each.family for each in near if _shape(each.family) == shape)
    found = ((each.name, known) for each in alike if (known := layout(folder, each.name)) is not None)
    return next(found, ("llama", _LLAMA))


def _shape(family: Family) -> tuple[str, ...]:
    """What decides which weights there are, and no field shows."""
    known = facts_of(family)
    return tuple(known.get(subject, NOTHING) for subject in ("gated_linear_unit", "multi_latent_attention"))


def pieces_of(family: Family, table: Table) -> tuple[Pieces, ...]:
    """The pieces of the parts of a family and of all that these include, each once."""
    parts = dict.fromkeys(found for part in family.parts for found in with_included(part))
    layered = _has_layers(family)
    return tuple(_of_part(part, PIECES[name], layered) for part in parts if (name := _name(part, table)) in PIECES)


def _name(part: Part, table: Table) -> str:
    """What pieces call a part; empty for what has no name of its own."""
    place = table.places.parts.get(part)
    return f"{place.module.removeprefix('codegen.parts.')}.{place.name.upper()}" if place else ""


def _of_part(part: Part, pieces: Pieces, layered: bool) -> Pieces:
    """The pieces of a part, less the refusals of what models with layers can do."""
    lifted = any(isinstance(row, Guard) and row.layers for row in part.rows)
    return replace(pieces, refused=()) if layered and lifted else pieces


def _has_layers(family: Family) -> bool:
    """Whether every model of the class has layers that Megatron has not: it is mapped with these alone."""
    absent = {field.name: field.default for field in layers_class().fields}
    rows = held(Part(family.rows, family.parts, family.replaces))
    return any(isinstance(row, Constant) and row.value != absent.get(row.target, row.value) for row in rows)


def names_in(piece: str) -> tuple[tuple[str, str], ...]:
    """The constants and functions of files of proofs that a piece names, each after its file."""
    return tuple((found[1], found[2]) for found in _NAMED.finditer(piece))


def _imported(body: str) -> tuple[defaultdict[str, set[str]], str]:
    """The imports that a text needs, and the text with bare names."""
    imports: defaultdict[str, set[str]] = defaultdict(set)
    imports[f"{PACKAGE}.proof"].add("Proof")
    for module, name in names_in(body):
        imports[f"{PACKAGE}.{module}"].add(name)
    return imports, _NAMED.sub(r"\2", body)


def _in_order(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, as the linter has them."""
    return (not name.isupper(), name.islower(), name.lower())


def _lines(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for lines in found for line in lines))


def _joined(found: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(_lines(found))


def _block(lines: Iterable[str]) -> str:
    return "".join(f"        {line},\n" for line in lines)


def _base(base: Base) -> str:
    own = [f"{field!r}: {value!r}" for field, value in base.own.items()]
    if not own and base.named:
        return base.named
    return f"{{{', '.join([*([f'**{base.named}'] if base.named else []), *own])}}}"


def _problem(base: Base) -> str:
    if not base.problem:
        return ""
    told = f"TODO: transformers cannot run a model of this base: {' '.join(base.problem.split())}"
    return "".join(f"{line}\n" for line in textwrap.wrap(told, 110, initial_indent="# ", subsequent_indent="# "))
