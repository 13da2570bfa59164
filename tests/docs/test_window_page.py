"""`docs/window.md`, which `make matrix` writes: is it about the releases and the families of today?"""

from __future__ import annotations

from packaging.version import Version

import mcore_mappers
from tests.matrix.__main__ import NEWEST_PYTHON, ends
from tests.matrix.page import HEAD, PAGE

COLUMNS = HEAD[0].count("|") - 1


def rows() -> list[list[str]]:
    """The cells of the first table."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index(HEAD[0]) + len(HEAD)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start : lines.index("## Logits")]]
    return [row for row in cells if len(row) == COLUMNS]


def test_every_release_that_is_tried_is_there() -> None:
    tried = {tuple(each.rpartition("@")[2] for each in sorted(end.split("+"))) for end in ends() if "python" not in end}
    usual = [row for row in rows() if row[0] != NEWEST_PYTHON]
    assert {(megatron, transformers) for _, transformers, megatron, *_ in usual} == tried
    assert len(rows()) == len(tried) + 1


def test_families_without_a_class_are_those_that_say_so() -> None:
    versions = {name: each.versions for name, each in mcore_mappers.families().items() if each.status == "mapped"}
    for _, transformers, _, _, _, absent, *_ in rows():
        later = [
            name for name, window in versions.items() if Version(transformers) < Version(window["transformers"][0])
        ]
        assert absent == (", ".join(sorted(later)) or "none"), transformers
