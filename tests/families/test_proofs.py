"""Every family of the table has a proof; one that has none is told here, and stops no test of another."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tests import families
from tests.families import asked_for, bases, problem


@pytest.mark.parametrize("family", asked_for())
def test_every_family_has_a_proof(family: str) -> None:
    assert problem(family) == ""


def broken(name: str) -> ModuleType:
    raise RuntimeError("a proof is anybody's code")


def empty(name: str) -> ModuleType:
    return ModuleType(name)


@pytest.mark.parametrize(
    ("attribute", "replacement", "said"),
    [
        ("find_spec", lambda name: None, "LookupError: nothing proves the family {}: write tests/families/{}.py"),
        ("import_module", broken, "RuntimeError: a proof is anybody's code"),
        ("import_module", empty, "TypeError: tests/families/{}.py has no `PROOF = Proof(...)`"),
    ],
    ids=["missing", "broken", "empty"],
)
def test_a_family_without_a_proof_is_not_listed_and_its_tests_say_why(
    monkeypatch: pytest.MonkeyPatch, attribute: str, replacement: Callable[[str], object], said: str
) -> None:
    bad = asked_for()[0]
    families._proof.cache_clear()
    bases.problem.cache_clear()
    before = getattr(families, attribute)
    monkeypatch.setattr(
        families, attribute, lambda name: replacement(name) if name.endswith(f".{bad}") else before(name)
    )
    monkeypatch.setattr(bases, "_said", set[str]())
    assert problem(bad).startswith(said.format(bad, bad))
    assert tuple(families.PROOFS) == asked_for()[1:]
    with pytest.raises(pytest.fail.Exception, match=said.split()[0]):
        bases.require(bad, run=False)
    families._proof.cache_clear()
    bases.problem.cache_clear()
