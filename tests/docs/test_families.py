"""What is committed in `docs/families.md` is what the rules, the checkpoints and the proofs give."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

import mcore_mappers
from codegen.pages import proven
from codegen.pages.proven import DOCS
from tests.docs import families
from tests.docs.families import PAGE, text


def test_the_page_is_as_it_is_written() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run `make families`"


def test_writing_it_needs_no_torch() -> None:
    program = (
        "from tests.docs.families import text; text(); print({'torch', 'transformers', 'megatron'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_pending_classes_have_a_section() -> None:
    pending = replace(
        mcore_mappers.families()["gemma3n_text"], name="dory", config_class="dory.DoryConfig", status="pending"
    )
    assert [*families._pending([pending])][-2] == "- dory (`DoryConfig`)"
    assert "#classes-that-are-pending" in families._introduction([], [], [pending])
    assert "pending" not in families._introduction([], [], [])


def test_a_family_without_proof_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "| none |" not in text()
    summary = proven.read("cpu")
    assert summary is not None
    fewer = {name: row for name, row in summary.families.items() if name != "llama"}
    monkeypatch.setattr(proven, "read", lambda kind, few=False: proven.Summary("cpu", summary.releases, fewer))
    lines = [line for line in text().splitlines() if "| none |" in line]
    assert [line.split(" | ")[0] for line in lines] == ["| llama"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [("abcd", "all families"), ("abd", "all but c"), ("ab", "a, b"), ("a", "a")],
)
def test_whose_a_guard_is(names: str, expected: str) -> None:
    assert families._whose(names, "abcd") == expected


@pytest.mark.parametrize("name", sorted(path.name for path in DOCS.iterdir()))
def test_pages_can_be_read(name: str) -> None:
    """Forges show no Markdown that is much larger, and nobody reads it."""
    assert (DOCS / name).stat().st_size < 100_000
