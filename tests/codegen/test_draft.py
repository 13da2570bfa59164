"""`new`: the draft of a family."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen import project
from codegen.diagnostics import Code
from codegen.draft import Draft, DraftError, draft
from codegen.introspect import catalogue
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


def no_code(kind: HfClass) -> frozenset[str]:
    return frozenset({"pass"})


def drafted(name: str) -> Draft:
    return draft(*without(name), no_code)


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
    made = draft(table, snapshot, replace(kind, undeclared=(*kind.undeclared, twist)), no_code)
    asked = [one for one in made.undecided if one.mentions("attention_twist")]
    assert [one.code for one in asked] == [Code.UNDECLARED_UNDECIDED]
    comments = " ".join(line.strip().removeprefix("#").strip() for line in made.text.splitlines() if "#" in line)
    assert "MAP003 no row is about 'attention_twist'" in comments
    for one in made.undecided:
        assert one.code.value in comments


def test_a_row_about_a_field_that_the_class_has_not_is_dropped() -> None:
    table, snapshot, kind = without("qwen3")
    fewer = replace(kind, fields=tuple(field for field in kind.fields if field.name != "max_window_layers"))
    made = draft(table, snapshot, fewer, no_code)
    parent = next(family for family in TABLE.families if family.name == made.near[0][0])
    held = "max_window_layers" in {field.name for field in SNAPSHOT.hf[parent.config_class].fields}
    assert ('"max_window_layers"' in made.text) == held
    assert not any(one.code is Code.STALE_DROP for one in made.undecided)


def test_what_no_field_shows_is_to_be_confirmed() -> None:
    """Fields alone do not tell a gated MLP from a plain one: Arcee's are those of a dozen others."""
    made = drafted("arcee")
    assert made.undecided == ()
    (claim,) = [text for text in made.claims if text.startswith("Constant('gated_linear_unit', ")]
    assert claim in " ".join(line.strip().removeprefix("#").strip() for line in made.text.splitlines())


def test_modeling_code_decides_among_classes_with_the_same_fields() -> None:
    plain, gated = frozenset({"up", "down"}), frozenset({"gate", "up", "down"})
    like = {"ArceeConfig": plain, "NemotronConfig": plain}
    table, snapshot, kind = without("arcee")
    among = [family for family in table.families if family.name in ("nemotron", "helium", "llama")]
    made = draft(replace(table, families=among), snapshot, kind, lambda known: like.get(known.name, gated))
    by_fields = draft(replace(table, families=among), snapshot, kind, no_code)
    assert dict(made.near)["nemotron"] == dict(by_fields.near)["nemotron"]
    assert all(dict(made.near)[name] < dict(by_fields.near)[name] for name in ("helium", "llama"))


def test_code_lines_are_compared_without_the_names_of_a_class() -> None:
    family = {known.name: known for known in TABLE.families}
    arcee, nemotron, helium = (
        catalogue.code_lines(SNAPSHOT.hf[family[name].config_class]) for name in ("arcee", "nemotron", "helium")
    )
    assert "class ForCausalLM(PreTrainedModel, GenerationMixin):" in arcee & nemotron & helium
    assert catalogue.code_lines(replace(SNAPSHOT.hf[QWEN3_MOE], causal_lm="")) == frozenset()


def test_a_mapped_class_needs_no_draft() -> None:
    with pytest.raises(DraftError, match="the family 'qwen3_moe' maps"):
        draft(TABLE, SNAPSHOT, SNAPSHOT.hf[QWEN3_MOE], no_code)


def test_the_draft_is_a_file_of_the_table(tmp_path: Path) -> None:
    text = drafted("mixtral").text
    assert text.startswith('"""TODO')
    assert 'name="mixtral"' in text
    assert f'config_class="{without("mixtral")[2].path}"' in text
    assert all(len(line) <= 120 for line in text.splitlines())
