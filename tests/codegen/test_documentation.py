"""What upstream says of a field: read where somebody wants to read it, and in no file that is committed."""

from __future__ import annotations

import hashlib
import importlib.util
import textwrap
from pathlib import Path

import pytest

from codegen import commands, project
from codegen.__main__ import main
from codegen.diagnostics import Code, Diagnostic
from codegen.drift import Cosmetic, Report
from codegen.drift.render import markdown
from codegen.introspect.documentation import digest, text
from codegen.snapshot import load

pytestmark = pytest.mark.costly

WHOLE = '''
    """Configs."""

    from somewhere_else import Odd


    class Base(Odd):
        """The base.

        Args:
            depth (`int`, *optional*, defaults to 1): How deep
                it is.
            shared (`int`): Of the base.
        """

        depth: int = 1
        below: float = 0.5
        """How far
        below."""
        plain: int = 0

        @property
        def doubled(self) -> int:
            """Twice the depth."""
            return 2 * self.depth

        @property
        def silent(self) -> int:
            return 1


    class Config(Base):
        """
        - **shared** (`int`) -- Of the config.
        """

        shared: int = 2
'''


def write(folder: Path, package: str, source: str = WHOLE) -> Path:
    file = folder / package / "configuration.py"
    file.parent.mkdir(parents=True)
    (file.parent / "__init__.py").touch()
    file.write_text(textwrap.dedent(source), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Base.depth", "How deep it is."),
        ("Config.depth", "How deep it is."),
        ("Base.shared", "Of the base."),
        ("Config.shared", "Of the config."),
        ("Config.below", "How far below."),
        ("Config.doubled", "Twice the depth."),
        ("Config.silent", ""),
        ("Config.plain", ""),
        ("Config.nothing", ""),
        ("Nothing.depth", None),
    ],
)
def test_what_is_said_is_found_in_the_source(
    field: str, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(write(tmp_path, "said_toys"))
    assert text(f"said_toys.configuration.{field}") == said
    expected = hashlib.sha256((said or "").encode()).hexdigest()[:12] if said else ""
    assert digest(f"said_toys.configuration.{field}") == expected


def test_nothing_is_said_where_nothing_is_installed() -> None:
    assert text("not_installed_anywhere.configuration.Config.depth") is None


def test_a_release_beside_the_installed_one_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(write(tmp_path / "installed", "released_toys"))
    other = write(tmp_path / "other", "released_toys", WHOLE.replace("How deep", "How very deep"))
    field = "released_toys.configuration.Config.depth"
    assert (text(field), text(field, (other,))) == ("How deep it is.", "How very deep it is.")


def test_a_diagnostic_has_the_words_or_says_where_they_stand() -> None:
    asked = Diagnostic(Code.NO_OWNER, "owners", "", "Toy.depth has no owner", "toys.Toy.depth")
    assert asked.told({"toys.Toy.depth": "How deep."}.get) == (
        "MAP011 owners: Toy.depth has no owner; upstream says: How deep."
    )
    assert str(asked) == "MAP011 owners: Toy.depth has no owner; documented at toys.Toy.depth"
    assert asked.mentions("depth")
    assert not asked.mentions("toys")


def test_a_report_shows_what_is_said_now_to_those_who_can_read_it() -> None:
    changed = Cosmetic("field Toy.depth: documentation changed", "toys.Toy.depth")
    report = Report((), (), (changed,), (), 1)
    assert "- field Toy.depth: documentation changed\n" in markdown(report)
    shown = '- field Toy.depth: documentation changed: "How deep."\n'
    assert shown in markdown(report, {"toys.Toy.depth": "How deep."}.get)


@pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="reads what transformers says")
def test_explain_shows_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    field = "transformers.models.llama.configuration_llama.LlamaConfig.hidden_size"
    said = text(field)
    assert said
    assert main(["explain", "llama", "hidden_size"]) == 0
    assert f"hidden_size (Hugging Face): used\n  upstream:   {said}\n" in capsys.readouterr().out


def test_explain_says_where_it_stands_where_nothing_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codegen.introspect.documentation.text", lambda field: None)
    assert main(["explain", "llama", "hidden_size"]) == 0
    told = capsys.readouterr().out
    assert "  upstream:   see transformers.models.llama.configuration_llama.LlamaConfig.hidden_size\n" in told
    assert "  upstream:   see megatron.core.transformer.transformer_config.TransformerConfig.hidden_size\n" in told


def test_the_committed_snapshot_has_digests_alone() -> None:
    snapshot = load(project.GENERATED / project.SCHEMAS)
    classes = (*snapshot.hf.values(), *snapshot.megatron.values())
    digests = {field.doc for kind in classes for field in kind.fields}
    digests |= {known.doc for kind in snapshot.hf.values() for known in kind.properties}
    assert len(digests) > 500
    assert {len(one) for one in digests} == {0, 12}
    assert all(set(one) <= set("0123456789abcdef") for one in digests)


def test_a_check_that_finds_nothing_reads_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("codegen.introspect.definitions.load", no)
    monkeypatch.setattr("codegen.introspect.documentation.text", no)
    assert commands.check(project.place(None, None)) == 0
