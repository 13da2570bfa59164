"""`new`: the draft of a family, made of parts, and of its proof.

- `near`: which families a class resembles
- `fit`: whether parts and rows are about what a class has
- `evidence`: what lines of modeling code say
- `meanings`: what families say of one field
- `search`: the search for parts, in which the resolver is the judge
- `table`: the family's file
- `pieces`: which pieces of proofs go with which parts
- `base`: the smallest config that builds
- `drafted_proof`: the proof's file
- `proof_files`: what the files of `tests/families` define, read and not imported
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen import commands, recordings
from codegen.diagnostics import IntrospectionError, did_you_mean
from codegen.files import put, write_snapshot
from codegen.introspect import catalogue
from codegen.names import problem_of_family
from codegen.new_family import drafted_proof, table
from codegen.new_family.base import Base, smallest
from codegen.new_family.evidence import Evidence
from codegen.new_family.near import Lines, Near, nearest
from codegen.new_family.search import Chosen, choose
from codegen.new_family.table import Notes, notes
from codegen.project import GENERATED, ROOT, Place, Table
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import load
from codegen.table import Family, Pending
from codegen.undecided import undecided

PROOFS = ROOT / "tests" / "families"

_NAMED = re.compile(r"\w[\w-]*(\.[^\W\d]\w*)*")
_SHOWN = 3
"""How many near families are named."""


class DraftError(Exception):
    """There is nothing to draft, or something in its way."""


@dataclass(frozen=True)
class Draft:
    """A family that is to be, and what its author has to decide."""

    family: Family
    """Its docstring is not written."""
    near: tuple[Near, ...]
    """All families, the most alike first."""
    chosen: Chosen
    notes: Notes


def new(place: Place, named: Sequence[str]) -> int:
    """Write the drafts of families and of their proofs, and say what is left to do.

    Where there is no draft of one class, the others are written all the same.

    Args:
        place: of the table.
        named: model types, or import paths of config classes; every type without a verdict where none is named.

    Raises:
        DraftError: what is named cannot be a class. Nothing is written.
    """
    for each in named:
        if not _NAMED.fullmatch(each):
            raise DraftError(f"{each!r} is neither a model_type nor the import path of a config class")
    committed = commands.committed(place)
    if committed is None:
        return 1
    wanted = named or tuple(undecided(place.table, committed))
    if not wanted:
        print("every causal language model has a verdict: there is nothing to draft")
    failed = 0
    for each in wanted:
        try:
            print(_new(place, load(place.schemas), each))
        except DraftError as error:
            failed += 1
            print(error, file=sys.stderr)
    return 1 if failed else 0


def _new(place: Place, snapshot: Snapshot, named: str) -> str:
    from codegen.introspect import huggingface, with_own_bodies

    known = catalogue.causal_lm()
    path = known.get(named, known.get(named.replace("_", "-"), named))
    if "." not in path:
        raise DraftError(f"transformers has no causal language model {named!r}{did_you_mean(named, known)}")
    try:
        hf = with_own_bodies(huggingface.introspect(path))
    except (LookupError, IntrospectionError) as error:
        raise DraftError(f"{named}: {error}") from None
    return _written(place, snapshot, hf, draft(place.table, snapshot, hf, catalogue.code_lines))


def draft(rules: Table, snapshot: Snapshot, hf: HfClass, lines: Lines) -> Draft:
    """The draft for a class that no family maps.

    Args:
        rules: with the families and parts to learn from.
        snapshot: of their classes.
        hf: the class.
        lines: the modeling code of a class, line by line, without the names of its own.

    Raises:
        DraftError: a family maps it, or there is none to learn from.
    """
    for family in rules.families:
        if family.config == hf.path:
            raise DraftError(f"the family {family.name!r} maps {hf.path}: {rules.places.file(family)}")
    near = nearest(rules.families, snapshot, hf, lines)
    if not near:
        raise DraftError("the table has no family to learn from")
    name = (hf.model_type or hf.name.removesuffix("Config").lower()).replace("-", "_")
    if problem := problem_of_family(name):
        raise DraftError(f"{hf.path}: no family can have its model_type for a name: {problem}")
    evidence = Evidence.of(rules.families, snapshot, hf, lines)
    chosen = choose(rules, snapshot, hf, name, near, evidence)
    return Draft(chosen.family, near, chosen, notes(rules, hf, near, chosen, evidence))


def _written(place: Place, snapshot: Snapshot, hf: HfClass, made: Draft) -> str:
    """Write the files of a draft, and say what is left to do.

    The snapshot gets the class, as `regen` would give it: that writes nothing while another draft is being decided.
    """
    family = made.family
    file, proof_file = place.families / f"{family.name}.py", PROOFS / f"{family.name}.py"
    files = (file, proof_file) if place.generated == GENERATED else (file,)
    for each in files:
        if each.exists():
            raise DraftError(f"{_shown(each)} is there already")
    write_snapshot(place.generated, commands.snapshot_files(replace(snapshot, hf={**snapshot.hf, hf.path: hf})))
    put(file, table.text(family, _since(hf), made.notes, place.table))
    told = [f"wrote {_shown(file)}, from parts; most alike are {', '.join(map(str, made.near[:_SHOWN]))}"]
    told += [f"  decide: {each}" for each in made.notes.undecided]
    told += [
        f"  confirm: {len(made.notes.claims)} claims about the computation, listed there with lines that speak for them"
    ]
    if proof_file in files:
        base = smallest(hf, PROOFS)
        drafted = drafted_proof.Drafted(family, hf, catalogue.code_lines(hf))
        put(proof_file, drafted_proof.text(drafted, base, place.table, made.near, PROOFS))
        told += [f"wrote {_shown(proof_file)}, whose base {_built(base)}"]
        told += [f"  next: edit these two, then `make prove FAMILY={family.name}`"]
    told += list(_refused(place, family))
    told += list(_releases(hf))
    return "\n".join(told)


def _built(base: Base) -> str:
    return f"has {base.parameters:,} parameters" if not base.problem else f"transformers cannot run: {base.problem}"


def _refused(place: Place, family: Family) -> Iterator[str]:
    for row in place.table.refused_classes:
        if row.config_class != family.config:
            continue
        if isinstance(row, Pending):
            yield f"  the class is pending now: delete Pending({row.name!r}, ...) below {place.table.places.refused}/"
        else:
            yield (
                f"  the class is refused now, for {row.computation}: {row.why}. If that is no longer so, delete "
                f"refused({row.name!r}, ...) below {place.table.places.refused}/; if it is, delete the two drafts"
            )


def _known_in(hf: HfClass) -> Mapping[str, bool]:
    """Recorded releases of transformers, and whether each knows the class."""
    return {version: hf.path in known.values() for version, known in recordings.causal_lm().items()}


def _releases(hf: HfClass) -> Iterator[str]:
    known = [release for release, has in _known_in(hf).items() if has]
    if known:
        yield (
            f"  recorded releases know the class: {', '.join(known)}. Record them anew: python -m codegen record "
            + " ".join(f"transformers=={release}" for release in known)
            + ". Then tests/bumps/test_oldest.py says whether the family needs `since`"
        )


def _since(hf: HfClass) -> str:
    """The argument of a family whose class the oldest recorded release lacks; the first that has it is not recorded."""
    lacking = [release for release, has in _known_in(hf).items() if not has]
    return f"    # transformers {lacking[-1]} has no such class: since=Since(RELEASE, WHY).\n" if lacking else ""


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
