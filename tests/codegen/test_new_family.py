"""`new`: the draft of a family from parts, and of its proof."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import codegen.new_family
from codegen import commands, index, project
from codegen.__main__ import main
from codegen.diagnostics import Code
from codegen.files import write_snapshot
from codegen.introspect import catalogue, huggingface
from codegen.new_family import PROOFS, Draft, DraftError, _refused, draft, drafted_proof, new, table
from codegen.new_family.base import Base, smallest
from codegen.new_family.evidence import SPREAD, Evidence, facts_of, is_computation
from codegen.new_family.fit import fits, fitting, held
from codegen.new_family.pieces import BASES, PIECES, Pieces
from codegen.new_family.proof_files import keywords, layout, read
from codegen.project import Place, Table
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import load
from codegen.table import Family, InDomain, Part, Pending, RefusedClass, Row
from tests.support.plans import schemas

pytestmark = pytest.mark.costly

TABLE = project.load_table()
SNAPSHOT = schemas()
FAMILIES = {family.name: family for family in TABLE.families}
Lines = Callable[[HfClass], frozenset[str]]


def without(name: str) -> tuple[Table, Snapshot, HfClass]:
    """The table before a family was in it, and the class that it is for."""
    family = FAMILIES[name]
    left = [known for known in TABLE.families if known is not family]
    hf = {path: kind for path, kind in SNAPSHOT.hf.items() if path != family.config}
    return replace(TABLE, families=left), replace(SNAPSHOT, hf=hf), SNAPSHOT.hf[family.config]


def no_code(kind: HfClass) -> frozenset[str]:
    return frozenset({"pass"})


@cache
def drafted(name: str, lines: Lines = catalogue.code_lines) -> Draft:
    return draft(*without(name), lines)


def parts_of(family: Family) -> set[str]:
    return {TABLE.places.parts[part].name.upper() for part in family.parts}


def file_of(made: Draft) -> str:
    return table.text(made.family, "", made.notes, TABLE)


def known_of(made: Draft, lines: Lines = catalogue.code_lines) -> drafted_proof.Drafted:
    hf = SNAPSHOT.hf[made.family.config]
    return drafted_proof.Drafted(made.family, hf, lines(hf))


def comments(text: str) -> str:
    """The comments of a file, each paragraph on one line."""
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))


# --- Which parts fit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAMILIES)
def test_what_a_family_has_fits_its_class(name: str) -> None:
    """But for keys of remote code, which no class shows."""
    family, hf = FAMILIES[name], SNAPSHOT.hf[FAMILIES[name].config]
    if not hf.causal_lm:
        pytest.skip("of a class without modeling code, what parts say of undeclared reads does not hold")
    rows = (row for part in family.parts for row in held(part) if not row.subjects & set(family.replaces))
    assert [str(row) for row in rows if not row.remote_key and not fits(row, hf)] == []


def test_of_a_part_that_does_not_fit_what_it_includes_may() -> None:
    hf = SNAPSHOT.hf[FAMILIES["dots1"].config]
    (qwen,) = (part for part in FAMILIES["qwen3"].parts if TABLE.places.parts[part].name == "qwen_window")
    fewer = replace(hf, fields=tuple(field for field in hf.fields if field.name != "max_window_layers"))
    found = {TABLE.places.parts[part].name for part in fitting(qwen, fewer)}
    assert "layered_window" in found
    assert "qwen_window" not in found


def test_a_type_that_functions_do_not_take_does_not_fit() -> None:
    hf = SNAPSHOT.hf[FAMILIES["llama"].config]
    (grouped,) = (part for part in FAMILIES["llama"].parts if TABLE.places.parts[part].name == "grouped_query")
    assert all(fits(row, hf) for row in held(grouped))
    other = tuple(replace(f, type="list[int]") if f.name == "num_key_value_heads" else f for f in hf.fields)
    assert not all(fits(row, replace(hf, fields=other)) for row in held(grouped))


# --- The search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["arcee", "qwen3", "qwen3_moe", "internlm3"])
def test_a_family_of_parts_is_found_again(name: str) -> None:
    made = drafted(name)
    assert made.chosen.undecided == ()
    assert made.family.targets == FAMILIES[name].targets
    assert facts_of(made.family) == facts_of(FAMILIES[name])


def test_what_no_field_shows_is_read_from_the_code() -> None:
    """Arcee's fields are those of a dozen classes with a gate."""
    by_fields, by_code = drafted("arcee", no_code), drafted("arcee")
    assert facts_of(by_fields.family)["gated_linear_unit"] == "Constant('gated_linear_unit', True)"
    assert facts_of(by_code.family)["gated_linear_unit"] == "Constant('gated_linear_unit', False)"


def test_a_field_that_nobody_knows_is_undecided() -> None:
    rules, snapshot, kind = without("qwen3_moe")
    twist = replace(kind.undeclared[0], name="attention_twist")
    made = draft(rules, snapshot, replace(kind, undeclared=(*kind.undeclared, twist)), no_code)
    asked = [one for one in made.chosen.undecided if one.mentions("attention_twist")]
    assert [one.code for one in asked] == [Code.UNDECLARED_UNDECIDED]
    assert "MAP003 no row is about 'attention_twist'" in comments(file_of(made))


def test_no_hybrid_target_where_parts_cannot_serve_one() -> None:
    rules, snapshot, kind = without("helium")
    neighbours = [family for family in rules.families if family.name in ("ernie4_5", "glm")]
    made = draft(replace(rules, families=neighbours), snapshot, kind, no_code)
    assert [target.kind for target in made.family.targets] == ["gpt"]
    assert "DENSE" not in parts_of(made.family)
    assert [target.kind for target in drafted("qwen3").family.targets] == ["gpt", "hybrid"]


def test_a_mapped_class_needs_no_draft() -> None:
    with pytest.raises(DraftError, match="the family 'qwen3_moe' maps"):
        draft(TABLE, SNAPSHOT, SNAPSHOT.hf[FAMILIES["qwen3_moe"].config], no_code)


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_the_row_that_says_something_else_of_the_class_is_named() -> None:
    place, family = project.place(None, None), FAMILIES["llama"]
    rows = (Pending("llama", family.config), RefusedClass("llama", family.config, "a.Twist", "it twists"))
    pending, refused = _refused(replace(place, table=replace(TABLE, refused_classes=rows)), family)
    assert pending == "  the class is pending now: delete Pending('llama', ...) below codegen/refused/"
    assert refused.startswith("  the class is refused now, for a.Twist: it twists. If that is no longer so, delete ")


def test_a_line_speaks_for_what_all_families_with_it_have() -> None:
    line = "return self.down_proj(self.act_fn(self.up_proj(x)))"
    rules, snapshot, kind = without("arcee")
    evidence = Evidence.of(rules.families, snapshot, kind, catalogue.code_lines)
    sign = evidence.signs("gated_linear_unit")["Constant('gated_linear_unit', False)"]
    assert sign.line == line
    assert {"jais2", "nemotron"} <= set(sign.families)
    found = evidence.against("gated_linear_unit", "Constant('gated_linear_unit', True)")
    assert found is not None
    assert found[0] == "Constant('gated_linear_unit', False)"
    assert evidence.against("gated_linear_unit", "Constant('gated_linear_unit', False)") is None


def test_sentences_and_signatures_are_no_evidence() -> None:
    assert is_computation("query = self.q_norm(query)")
    for line in (
        "from torch import nn",
        "def forward(self, x: torch.Tensor = None):",
        "# self.x = y",
        ") -> torch.Tensor:",
    ):
        assert not is_computation(line)


# --- The files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["arcee", "qwen3_moe", "starcoder2", "youtu"])
def test_the_draft_is_a_file_of_the_table(name: str, tmp_path: Path) -> None:
    made = drafted(name)
    text = file_of(made)
    assert all(len(line) <= 120 for line in text.splitlines())
    scope: dict[str, object] = {}
    exec(compile(text, f"{name}.py", "exec"), scope)
    family = scope["FAMILY"]
    assert isinstance(family, Family)
    assert family.parts == made.family.parts
    assert [str(row) for row in family.rows] == [str(row) for row in sorted_by_kind(made.family)]


def sorted_by_kind(family: Family) -> list[object]:
    """Rows as a file has them: numbers of one domain together, at the end."""
    return sorted(family.rows, key=lambda row: type(row).__name__ == "InDomain")


def test_claims_stand_where_the_rows_go_with_what_speaks_for_them() -> None:
    made = drafted("arcee")
    (claim,) = [each for each in made.notes.claims if each.startswith("Constant('gated_linear_unit', ")]
    assert "`return self.down_proj(self.act_fn(self.up_proj(x)))`" in claim
    assert claim.partition(" `")[0] in comments(file_of(made))
    assert any(each.startswith("Local('rope', 'rope')") for each in made.notes.claims)


def test_what_a_class_lacks_speaks_against_what_it_would_tell() -> None:
    """SmolLM3 has the fields of Qwen3, and no norm of queries."""
    rules, snapshot, kind = without("smollm3")
    evidence = Evidence.of(rules.families, snapshot, kind, catalogue.code_lines)
    assert "self.q_norm(" in evidence.lacking("qk_layernorm", "Constant('qk_layernorm', True)").line
    assert not evidence.lacking("gated_linear_unit", "Constant('gated_linear_unit', True)").line
    (claim,) = [each for each in drafted("smollm3").notes.claims if each.startswith("Constant('qk_layernorm', True)")]
    assert "BUT it has no line like `" in claim


def test_one_line_does_not_tell_what_is_rare() -> None:
    """Solar Open reads how much of a head to rotate, and its attention rotates the whole head."""
    rules, snapshot, kind = without("solar_open")
    evidence = Evidence.of(rules.families, snapshot, kind, catalogue.code_lines)
    assert evidence.lacking("rope", facts_of(FAMILIES["glm4_moe"])["rope"]).line
    assert not evidence.lacking("rope", facts_of(FAMILIES["solar_open"])["rope"]).line
    assert "ROPE" in parts_of(drafted("solar_open").family)


@pytest.mark.parametrize("name", ["smollm3", "dots1", "granite"])
def test_nothing_that_a_draft_says_of_the_computation_wrongly_goes_unasked(name: str) -> None:
    """Of fields that families read in several ways, too: the name of a field does not show what it means."""
    made, right = drafted(name), {str(row) for row in rows_of(FAMILIES[name])}
    wrong = [row for row in rows_of(made.family) if str(row) not in right and not isinstance(row, InDomain)]
    assert wrong, "the draft has nothing wrong: take another family"
    assert [str(row) for row in wrong if not any(f"{row}:" in each for each in made.notes.claims)] == []


def rows_of(family: Family) -> list[Row]:
    whole = Part(family.rows, family.parts, family.replaces, family.gpt, family.hybrid)
    return list(held(whole))


def test_a_field_is_asked_about_with_the_lines_that_read_it() -> None:
    (claim,) = [each for each in drafted("seed_oss").notes.claims if "require('attention_bias', " in each]
    assert "num_key_value_heads * self.head_dim, bias=config.attention_bias`" in claim
    assert "must_be('attention_bias', False)" in claim


def test_rows_that_read_the_same_fields_are_asked_about_at_once() -> None:
    """Whatever other families say: that they agree on each field does not show how a class reads them together."""
    claims = drafted("arcee").notes.claims
    asked = [each for each in claims if "attention_bias and mlp_bias are read together." in each]
    together = [row for row in rows_of(drafted("arcee").family) if row.reads == {"attention_bias", "mlp_bias"}]
    assert len(together) == 4
    assert len(asked) == 1
    assert all(f"{row}:" in asked[0] for row in together)
    assert "bias=config.mlp_bias)`" in asked[0]


def test_what_a_layer_of_this_project_computes_is_drafted_from_the_code() -> None:
    """OLMoE norms all heads of queries together, as no field shows."""
    made = drafted("olmoe")
    assert facts_of(made.family)["qk_layernorm_over_heads"] == "Constant('qk_layernorm_over_heads', True)"
    assert Code.LAYER_UNSAID in {each.code for each in made.chosen.undecided}
    assert len(set(made.family.replaces)) == len(made.family.replaces)


def test_lines_of_few_families_are_shown_first() -> None:
    rules, snapshot, kind = without("olmoe")
    evidence = Evidence.of(rules.families, snapshot, kind, catalogue.code_lines)
    spread = [evidence.spread[line] <= SPREAD for line in evidence.lines_with("num_key_value_heads")]
    assert spread == sorted(spread, reverse=True)
    assert set(spread) == {False, True}


def test_no_line_speaks_for_everything() -> None:
    lines = [line for claim in drafted("solar_open").notes.claims for line in re.findall("` *([^`]+)`, as in", claim)]
    assert all(lines.count(line) <= 2 for line in lines)


def test_what_the_nearest_family_has_and_a_draft_cannot_state_is_named() -> None:
    made = drafted("iquestcoder")
    nearest = made.near[0].family
    functions = [str(row) for row in nearest.rows if row.functions and str(row) not in file_of(made)]
    assert all(any(each.startswith(row) for each in made.notes.left_out) for row in functions)


def test_the_parts_of_keys_that_the_nearest_family_has_are_named() -> None:
    made = drafted("qwen3_moe")
    keys = parts_of(made.near[0].family) & {"QWEN", "DEEPSEEK", "QWEN_HYBRID", "GRANITE"}
    assert keys
    assert {each.partition(":")[0] for each in made.notes.left_out} >= keys
    assert any(each.startswith("QWEN: Keys of Qwen's code. (a part of ") for each in made.notes.left_out)


# --- The proof --------------------------------------------------------------------------------------------------------


def test_pieces_are_of_parts_and_name_what_there_is() -> None:
    parts = {
        f"{place.module.removeprefix('codegen.parts.')}.{place.name.upper()}" for place in TABLE.places.parts.values()
    }
    assert PIECES.keys() - parts == set()
    for each in PIECES.values():
        for module, name in drafted_proof.names_in(str(each)):
            assert name in read(PROOFS, module).defined or name in read(PROOFS, module).imported, f"{module}.{name}"


def test_what_a_piece_covers_is_a_refusal_of_another() -> None:
    refused = {line for each in PIECES.values() for line in each.refused}
    assert {line for each in PIECES.values() for line in each.covers} <= refused


def test_bases_are_read_without_importing_the_proofs() -> None:
    found = {name: keywords(PROOFS, name) for name in BASES}
    assert found["shared.DECODER"]["hidden_size"] == 64
    assert found["shared.EXPERTS"] == {
        **found["shared.DECODER"],
        "num_experts": 8,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 40,
    }


def test_a_layout_is_that_of_a_proof_which_names_a_shared_one() -> None:
    assert layout(PROOFS, "llama") == ("tests.numerics.layouts", "LLAMA")
    assert layout(PROOFS, "arcee") is None
    assert layout(PROOFS, "no_such_family") is None


def test_the_layout_is_of_a_family_with_the_same_mlp() -> None:
    made = drafted("arcee")
    text = drafted_proof.text(known_of(made), Base("shared.DECODER", {}, 1, ""), TABLE, made.near, PROOFS)
    assert "from tests.families.layer_norms import NEMOTRON" in text


def test_a_field_with_which_a_layer_computes_is_not_about_inference() -> None:
    (one_kind,) = (part for part in FAMILIES["llama"].parts if TABLE.places.parts[part].name == "one_kind_of_layer")
    assert fitting(one_kind, SNAPSHOT.hf[FAMILIES["llama"].config]) == (one_kind,)
    assert fitting(one_kind, SNAPSHOT.hf[FAMILIES["gpt_oss"].config]) == ()


def test_the_proof_has_the_pieces_of_the_parts_each_once() -> None:
    made = drafted("youtu")
    text = drafted_proof.text(known_of(made), Base("latents.LATENT", {}, 1, ""), TABLE, made.near, PROOFS)
    (call,) = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Proof"
    ]
    said = {each.arg: ast.unparse(each.value) for each in call.keywords}
    assert said["base"] == "LATENT"
    assert said["rope"] == "MLA_ROPE"
    assert "**MLA_ROPES" in said["cases"]
    assert "'default': {}" in said["cases"]
    assert "'combined': {" in said["cases"]
    # Those of latent attention are among its own.
    assert "LATENT_REFUSED" in said["refused"]
    assert "GENERAL" not in said["refused"]
    imported = {alias.name for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) for alias in node.names}
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert imported - {"annotations"} == used - {"PROOF", "frozenset"}


def said_in_proof(made: Draft) -> dict[str, str]:
    text = drafted_proof.text(known_of(made), Base("shared.DECODER", {}, 1, ""), TABLE, made.near, PROOFS)
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    (call,) = [node for node in calls if ast.unparse(node.func) == "Proof"]
    return {str(each.arg): ast.unparse(each.value) for each in call.keywords}


def test_the_proof_follows_the_types_the_code_and_the_rows_of_the_family() -> None:
    seed, solar = said_in_proof(drafted("seed_oss")), said_in_proof(drafted("solar_open"))
    assert "NO_GROUPS" in seed["refused"]
    assert "NO_GROUPS" not in solar["refused"], "its type has no None"
    assert "*breaking(ROPE_REFUSED)" in solar["refused"], "its rope reads how much of a head to rotate"
    assert "*ROPE_REFUSED" in seed["refused"]
    assert "'attention_bias': {'attention_bias': True}" in solar["cases"]
    assert "'n_routed_experts': 6, 'moe_intermediate_size': 24" in solar["cases"]
    assert "'residual_dropout'" in seed["zero"]
    assert "dropout" not in seed.get("invisible", ""), "models are compared with it, too"
    assert "'n_shared_experts'" in solar["zero"]


def test_what_layers_can_do_is_not_drafted_as_refused() -> None:
    """Every OLMoE has norms that Megatron lacks, and so is mapped with layers alone, which have biases, too."""
    said = said_in_proof(drafted("olmoe"))
    assert "ATTENTION_BIASES" in said["cases"]
    assert "ATTENTION_BIAS," not in said["refused"]
    assert "ONE_NORMALISED" not in said["refused"]
    stock = said_in_proof(drafted("qwen3_moe"))["refused"]
    assert "ATTENTION_BIAS," in stock
    assert "ONE_NORMALISED" in stock


def test_rows_of_others_that_are_shown_would_decide() -> None:
    text = comments(file_of(drafted("gptj")))
    assert "no row is about GPTJConfig.rotary_dim" in text
    assert ": positive('rotary_dim')" not in text


def test_a_base_that_does_not_run_says_why() -> None:
    made = drafted("arcee")
    text = drafted_proof.text(
        known_of(made), Base("", {"hidden_size": 64}, 0, "ValueError: odd"), TABLE, made.near, PROOFS
    )
    assert "cannot run a model of this base: ValueError: odd" in comments(text)
    assert '"hidden_size": 64' in text


def test_pieces_are_lines_of_python() -> None:
    for each in PIECES.values():
        for lines, shape in ((each.cases, "{{{}}}"), (each.combined, "{{{}}}"), (each.refused, "({},)")):
            for line in lines:
                ast.parse(shape.format(line))
    assert Pieces().cases == ()


def test_the_base_is_small_and_runs() -> None:
    base = smallest(SNAPSHOT.hf[FAMILIES["qwen3_moe"].config], PROOFS)
    assert base.named == "shared.EXPERTS"
    assert base.problem == ""
    assert 0 < base.parameters < 500_000


def test_the_base_drops_nothing() -> None:
    base = smallest(SNAPSHOT.hf[FAMILIES["seed_oss"].config], PROOFS)
    assert base.own == {"attention_dropout": 0.0, "residual_dropout": 0.0}


def test_a_field_that_keeps_the_model_from_running_is_left_out() -> None:
    """OLMoE's heads fill the hidden state, whatever `head_dim` says; in wide ones every key of a rope shows."""
    hf = huggingface.introspect(catalogue.causal_lm()["olmoe"])
    base = smallest(hf, PROOFS)
    assert base.problem == ""
    assert base.named == ""
    assert (base.own["num_attention_heads"], base.own["hidden_size"]) == (4, 4 * 24)
    assert "head_dim" not in base.own


# --- The index --------------------------------------------------------------------------------------------------------


def test_the_index_of_parts_is_up_to_date() -> None:
    assert index.FILE.read_text(encoding="utf-8") == index.text(TABLE), "run `make emit`"


def test_the_index_names_every_part() -> None:
    text = index.text(TABLE)
    assert len(text.encode()) < 100_000
    for place in TABLE.places.parts.values():
        assert f"[{place.name.upper()}]({'/'.join(place.module.split('.')[2:])}.py)" in text


# --- The command ------------------------------------------------------------------------------------------------------


def committed_without(names: tuple[str, ...], folder: Path) -> Place:
    """A place before some families were in its table, and their classes in its snapshot."""
    gone = {FAMILIES[name].config for name in names}
    rules = replace(TABLE, families=tuple(known for known in TABLE.families if known.config not in gone))
    snapshot = replace(SNAPSHOT, hf={path: kind for path, kind in SNAPSHOT.hf.items() if path not in gone})
    write_snapshot(folder / "generated", commands.snapshot_files(snapshot))
    (folder / "families").mkdir()
    return Place(rules, folder, folder / "generated", folder / "families")


def test_several_are_drafted_at_once_and_what_cannot_be_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = committed_without(("arcee", "mistral"), tmp_path)
    assert new(place, ["arcee", "nonesuch", "mistral"]) == 1
    assert "no causal language model 'nonesuch'" in capsys.readouterr().err
    assert {file.name for file in place.families.iterdir()} == {"arcee.py", "mistral.py"}
    # `make prove` emits from the snapshot, which `make regen` does not write while another draft is being decided.
    assert load(place.schemas) == SNAPSHOT


def test_all_are_those_without_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = committed_without(("arcee", "mistral"), tmp_path)
    asked: list[str] = []

    def drafted(place: Place, snapshot: Snapshot, named: str) -> str:
        asked.append(named)
        return ""

    monkeypatch.setattr(codegen.new_family, "_new", drafted)
    assert new(place, []) == 0
    pending = [row.name for row in TABLE.refused_classes if isinstance(row, Pending)]
    assert asked == sorted(["arcee", "mistral", *pending])


@pytest.mark.parametrize("arguments", [["new"], ["new", "--all", "dory"]])
def test_all_or_some_must_be_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert capsys.readouterr().err == "name model types to draft families of, or say --all\n"
