"""`FAMILIES.md` says what the package says; only what was measured may be older."""

from __future__ import annotations

import re

import mcore_mappers
from tests.families import PROOFS
from tests.numerics.overview import FAMILIES, text

MEASURED = re.compile(
    r"^(\| \w+ \| \w+ \| [\d.]+ \| [\w, ]+ModelConfig \| .* \|) \d+ \| [\d.e+-]+ \| .* \|$", re.MULTILINE
)


def test_families_are_as_written() -> None:
    written = FAMILIES.read_text(encoding="utf-8")
    assert MEASURED.sub(r"\1", written) == MEASURED.sub(r"\1", text({})), "run `make parity`"


def test_every_mapped_family_was_measured() -> None:
    measured = {line[0].split()[1] for line in MEASURED.finditer(FAMILIES.read_text(encoding="utf-8"))}
    assert (
        measured
        == PROOFS.keys()
        == {name for name, family in mcore_mappers.families().items() if family.status == "mapped"}
    )
