"""`new`: the draft of a family."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen import project
from codegen.diagnostics import Code
from codegen.draft import Draft, DraftError, draft
from codegen.project import Table
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import load

TABLE = project.load_table()
SNAPSHOT = load(project.GENERATED / "schemas")
QWEN3_MOE = "transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig"


def without(name: str) -> tuple[Table, Snapshot, HfClass]:
    """The table before a family was in it, and the class that it is for."""
    family = next(known for known in TABLE.families if known.name == name)
    left = [known for known in TABLE.families if known is not family]
    hf = {path: kind for path, kind in SNAPSHOT.hf.items() if path != family.config_class}
    return replace(TABLE, families=left), replace(SNAPSHOT, hf=hf), SNAPSHOT.hf[family.config_class]


def drafted(name: str) -> Draft:
    return draft(*without(name))


def test_a_class_like_another_needs_no_decision() -> None:
    made = drafted("seed_oss")
    assert made.name == "seed_oss"
    (nearest, part), *_ = made.near
    assert f"extends=({nearest.upper()},)" in made.text
    assert 0.8 < part <= 1
    compile(made.text, "seed_oss.py", "exec")


def test_whatever_is_undecided_stands_where_the_rows_go() -> None:
    table, snapshot, kind = without("qwen3_moe")
    twist = replace(kind.undeclared[0], name="attention_twist")
    made = draft(table, snapshot, replace(kind, undeclared=(*kind.undeclared, twist)))
    asked = [one for one in made.undecided if one.mentions("attention_twist")]
    assert [one.code for one in asked] == [Code.UNDECLARED_UNDECIDED]
    comments = " ".join(line.strip().removeprefix("#").strip() for line in made.text.splitlines() if "#" in line)
    assert "MAP003 no row is about 'attention_twist'" in comments
    for one in made.undecided:
        assert one.code.value in comments


def test_a_row_about_a_field_that_the_class_has_not_is_dropped() -> None:
    table, snapshot, kind = without("qwen3")
    fewer = replace(kind, fields=tuple(field for field in kind.fields if field.name != "max_window_layers"))
    made = draft(table, snapshot, fewer)
    parent = next(family for family in TABLE.families if family.name == made.near[0][0])
    held = "max_window_layers" in {field.name for field in SNAPSHOT.hf[parent.config_class].fields}
    assert ('"max_window_layers"' in made.text) == held
    assert not any(one.code is Code.STALE_DROP for one in made.undecided)


def test_a_mapped_class_needs_no_draft() -> None:
    with pytest.raises(DraftError, match="the family 'qwen3_moe' maps"):
        draft(TABLE, SNAPSHOT, SNAPSHOT.hf[QWEN3_MOE])


def test_the_draft_is_a_file_of_the_table(tmp_path: Path) -> None:
    text = drafted("mixtral").text
    assert text.startswith('"""TODO')
    assert 'name="mixtral"' in text
    assert f'config_class="{without("mixtral")[2].path}"' in text
    assert all(len(line) <= 120 for line in text.splitlines())
