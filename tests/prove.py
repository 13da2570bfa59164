"""`python -m tests.prove FAMILY`: from the rules of one family to the proof that its mapper is right.

Emits, checks the types of that module, and runs the tests that are about the family: its base config, logits,
refusals, the sweep over its fields, and the round trip. In one process, with what the family needs of upstream.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from codegen import project
from codegen.__main__ import main as codegen
from codegen.diagnostics import GenerationError
from codegen.files import texts_below, write
from codegen.loading import TableError
from codegen.schemas import Snapshot
from codegen.snapshot import load
from codegen.table import Family

STEPS = (
    "tests/numerics/test_parity.py",
    "tests/numerics/test_lengths.py",
    "tests/numerics/test_dropouts.py",
    "tests/numerics/test_refusals.py",
    "tests/numerics/test_coverage.py",
    "tests/numerics/test_sensitivity.py",
    "tests/mapping/test_every_family.py",
    "tests/properties/test_bad_input.py",
    "tests/back",
)
"""What is about one family, in the order in which a mistake is best understood."""


def emitted(family: str) -> int:
    """Emit; without other families that still have something to decide, where that is all there is."""
    if not codegen(["emit"]):
        return 0
    place = project.place(None, None)
    try:
        table, snapshot = place.table, load(place.schemas)
    except TableError:
        return 1  # which has been said
    # Whose row that refuses it is still there is a draft, too.
    refused = {each.config_class for each in table.refused_classes}
    others = [each for each in table.families if each.name != family]
    left = [each for each in others if each.config in refused or is_undecided(table, each, snapshot)]
    kept = [each for each in table.families if each not in left]
    verdicts = {each.config for each in kept} | refused
    known = {name: path for name, path in snapshot.causal_lm.items() if path in verdicts}
    remote = [row for row in table.remote if not row.native_since or row.model_type in known]
    try:
        modules = project.modules(replace(table, families=kept, remote=remote), replace(snapshot, causal_lm=known))
    except GenerationError:
        return 1  # which has been said, too
    write(place.generated, modules, texts_below(place.generated, project.SCHEMAS), project.PYPROJECT)
    names = ", ".join(each.name for each in left) or "none"
    print(f"None of that is about {family}, which is proved without them. Families left out: {names}.", file=sys.stderr)
    return 0


def is_undecided(table: project.Table, family: Family, snapshot: Snapshot) -> bool:
    """Whether something of a family has to be decided; where that is told can be a part that others share."""
    try:
        project.plans(replace(table, families=(family,), refused_classes=()), snapshot)
    except GenerationError:
        return True
    return False


def types(family: str) -> int:
    """Whether the family's module is clean under strict checking; what is not is printed."""
    module = project.GENERATED / "mcore_mappers" / f"{family}.py"
    program = Path(sys.executable).with_name("basedpyright")
    command = [program, "--pythonpath", sys.executable, module]
    done = subprocess.run(command, cwd=project.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", end="", file=sys.stderr)
    return done.returncode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("family", choices=[family.name for family in project.load_table().families], metavar="FAMILY")
    given, rest = parser.parse_known_args(arguments)
    # What is made until the tests begin is kept; they enable it.
    gc.disable()
    if failed := emitted(given.family) or types(given.family):
        return failed
    return pytest.main(["-q", "-n", "0", "--whole", "--family", given.family, *STEPS, *rest])


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # To take upstream's modules apart costs more than a second, and nobody needs them any more.
    os._exit(code)
