"""`make prove`: what it runs is there, and what is wrong with a base config is one message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from codegen import project
from codegen.diagnostics import Code, Diagnostic, GenerationError
from codegen.plan import Plan
from codegen.schemas import Snapshot
from codegen.table import RefusedClass
from tests import prove
from tests.families import PROOFS, bases
from tests.selection import ROOT


@pytest.fixture
def wrong_base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Any]]:
    """Changes to the base of Llama, to be filled in; of which nothing is remembered afterwards."""
    changes: dict[str, Any] = {}
    llama = PROOFS["llama"]

    class Changed(dict[str, Any]):
        def __missing__(self, family: str) -> Any:
            return replace(llama, base={**llama.base, **changes})

    monkeypatch.setattr(bases, "PROOFS", Changed())
    monkeypatch.setattr(bases, "_said", set[str]())
    bases.problem.cache_clear()
    yield changes
    bases.problem.cache_clear()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"num_attention_heads": 5}, "transformers does not take it: "),
        ({"hidden_act": "tanh"}, "it does not map: "),
        ({"vocab_size": 0}, ""),
        (
            {"attention_dropout": 0.1},
            "in train mode the model gives other logits each time; set to 0: attention_dropout = 0.1",
        ),
    ],
)
def test_a_wrong_base_is_one_message(wrong_base: dict[str, Any], changes: Mapping[str, Any], what: str) -> None:
    wrong_base.update(changes)
    with pytest.raises(pytest.fail.Exception) as failed:
        bases.require("llama", run=True)
    assert str(failed.value).startswith(f"tests/families/llama.py: `base`: {what}")
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="the base config of llama is wrong"):
            bases.require("llama", run=True)


def test_a_right_base_is_none(wrong_base: Mapping[str, Any]) -> None:
    bases.require("llama", run=True)


def test_what_is_run_is_there() -> None:
    assert [step for step in prove.STEPS if not (ROOT / step).exists()] == []


@pytest.mark.costly
def test_what_other_families_have_to_decide_stops_no_proof(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: dict[str, str] = {}
    resolved = project.plans

    def plans(table: project.Table, snapshot: Snapshot) -> Sequence[Plan]:
        # Where something is told to be open need not be the file of the family.
        if any(family.name in wrong for family in table.families):
            raise GenerationError([Diagnostic(Code.TYPE_MISMATCH, "codegen/parts/decoder/sizes.py", "", "open")])
        return resolved(table, snapshot)

    wrong = {"starcoder2"}
    monkeypatch.setattr(project, "plans", plans)
    monkeypatch.setattr(prove, "codegen", lambda arguments: 1)
    monkeypatch.setattr(prove, "write", lambda folder, modules, *rest: written.update(modules))
    assert prove.emitted("starcoder2") == 1
    assert not written
    assert prove.emitted("llama") == 0
    assert "Families left out: starcoder2." in capsys.readouterr().err
    assert "mcore_mappers/llama.py" in written
    assert "mcore_mappers/starcoder2.py" not in written
    wrong.add("llama")
    assert prove.emitted("llama") == 1


def test_another_draft_whose_row_that_refuses_it_is_still_there_stops_no_proof(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = project.place(None, None)
    drafted = next(family for family in place.table.families if family.name == "starcoder2")
    row = RefusedClass(drafted.name, drafted.config, drafted.config, "nobody has looked yet")
    table = replace(place.table, refused_classes=(*place.table.refused_classes, row))
    monkeypatch.setattr(prove, "codegen", lambda arguments: 1)
    monkeypatch.setattr(project, "place", lambda *_: replace(place, table=table))
    monkeypatch.setattr(project, "modules", lambda table, snapshot: {each.name: "" for each in table.families})
    monkeypatch.setattr(prove, "write", lambda *_: None)
    assert prove.emitted("llama") == 0
    assert "Families left out: starcoder2." in capsys.readouterr().err


def test_another_family_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        prove.main(["lama"])
    assert "invalid choice: 'lama'" in capsys.readouterr().err
