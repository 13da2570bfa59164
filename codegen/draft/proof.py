"""The draft of a family's proof: a tiny config, and the cases and refusals that go with its parts."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from codegen.draft.base import Base
from codegen.draft.evidence import NOTHING, facts_of
from codegen.draft.fit import with_included
from codegen.draft.near import Near
from codegen.draft.pieces import PIECES, Pieces
from codegen.draft.proofs import PACKAGE, layout
from codegen.draft.table import TODO
from codegen.project import PYPROJECT, Table
from codegen.style import formatted
from codegen.table import Family

_NAMED: Final = re.compile(r"\b([a-z_]+)\.([A-Z][A-Za-z0-9_]*|rope|yarn|rope_of_halves)\b")
"""A constant or function of a file of proofs, in a piece."""
_LLAMA: Final = ("tests.numerics.layouts", "LLAMA")


def text(family: Family, base: Base, table: Table, near: Sequence[Near], folder: Path) -> str:
    """The file of the proof.

    Args:
        family: with the parts whose pieces it has.
        base: its tiny config.
        table: which knows what parts are called.
        near: families, the most alike first, whose layouts could be its own.
        folder: of the proofs.
    """
    pieces = pieces_of(family, table)
    like, (module, name) = _layout(family, near, folder)
    covered = {line for each in pieces for line in each.covers}
    refused = [line for line in _lines(each.refused for each in pieces) if line not in covered]
    cases = (
        '"default": {}',
        *_lines(each.cases for each in pieces),
        f'"combined": {{{_joined(each.combined for each in pieces)}}}',
    )
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
        ("zero", 'frozenset({{"initializer_range", "attention_dropout", {}}})', _joined(each.zero for each in pieces)),
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
    return formatted(f'"""{TODO}"""\n\nfrom __future__ import annotations\n\n{lines}\n{plain}', PYPROJECT)


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
    places = (table.places.parts[part] for part in parts if part in table.places.parts)
    names = (f"{place.module.removeprefix('codegen.parts.')}.{place.name.upper()}" for place in places)
    return tuple(PIECES[name] for name in names if name in PIECES)


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
