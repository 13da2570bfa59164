"""A slice is the same for the same tree, and leaves out nothing that every run must have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import selection
from tests.budget import beyond
from tests.conftest import family_in, without_a_turn
from tests.families import FAMILIES
from tests.numerics import refusals
from tests.numerics.cases import cases_of, drawn
from tests.numerics.refusals import kinds_of
from tests.selection import Selection, choose, chosen, draw, sample, seed_of

SEEDS = ("", "one", "another")


@pytest.fixture(params=SEEDS, ids=lambda seed: seed or "whole")
def seed(request: pytest.FixtureRequest) -> Iterator[str]:
    """As if this run were about that slice."""
    before = chosen()
    choose(Selection(seed=request.param))
    yield request.param
    choose(before)


def test_all_of_it_or_a_part_in_the_same_order(seed: str) -> None:
    found = draw(range(100), 7, "numbers")
    assert found == (tuple(range(100)) if not seed else tuple(sorted(found)))
    assert len(found) == (7 if seed else 100)
    assert found == draw(range(100), 7, "numbers")
    assert not seed or found != draw(range(100), 7, "other numbers")
    assert len(sample(range(100), 7, "numbers")) == 7


def test_what_is_always_there(seed: str) -> None:
    found = draw(range(100), 3, "numbers", always=(99).__eq__, kinds=lambda number: [number % 10])
    assert 99 in found
    assert {number % 10 for number in found} == {*range(10)}
    assert len(found) == (13 if seed else 100)


def test_costly_tests_have_their_turn(seed: str) -> None:
    names = [f"test_{number}" for number in range(20)]
    turn = selection.in_turn([*names, *names])
    assert turn <= {*names}
    assert len(turn) == (20 // selection.COSTLY if seed else 20)
    assert selection.in_turn(["alone"]) == {"alone"}
    assert selection.in_turn([]) == frozenset()


def test_families_have_their_turn_file_by_file(seed: str) -> None:
    turn = selection.families_in_turn(FAMILIES, "tests/test_a.py")
    assert len(turn) == (len(FAMILIES) // selection.TURN if seed else len(FAMILIES))
    assert not seed or turn != selection.families_in_turn(FAMILIES, "tests/test_b.py")


class Collected:
    """Of a test that was collected, what decides whether it has its turn."""

    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid
        self.path = Path(nodeid.partition("::")[0])


def test_who_has_no_turn(seed: str) -> None:
    """Some families of tests of many; of few, or of what every slice has, none."""
    few = sorted(FAMILIES)[: selection.MANY]
    of_many = [Collected(f"tests/test_a.py::test_many[{family}-{mode}]") for family in FAMILIES for mode in ("a", "b")]
    others = [
        *(Collected(f"tests/test_a.py::test_few[{family}]") for family in few),
        *(Collected(f"tests/test_parity.py::test_logits[{family}]") for family in FAMILIES),
        *(Collected(f"tests/test_a.py::test_numbers[{number}]") for number in range(len(FAMILIES))),
    ]
    items: list[Any] = [*of_many, *others]
    left_out = [*without_a_turn(items)]
    assert {*left_out} <= {*of_many}
    kept = {family_in(item.nodeid) for item in of_many if item not in left_out}
    assert kept == selection.families_in_turn(FAMILIES, "tests/test_a.py")
    assert len(of_many) - len(left_out) == 2 * len(kept)


def test_other_seeds_are_other_slices() -> None:
    before = chosen()
    slices: list[tuple[int, ...]] = []
    for each in SEEDS[1:]:
        choose(Selection(seed=each))
        slices.append(draw(range(100), 7, "numbers"))
    choose(before)
    assert slices[0] != slices[1]


def test_every_family_is_in_every_slice(seed: str) -> None:
    """With the cases from which the rest starts, one about rope, and a refusal."""
    for family in FAMILIES:
        cases = drawn(cases_of(family), 0, "cases")
        for mapper in {case.mapper for case in cases_of(family)}:
            names = {case.name for case in cases if case.mapper == mapper}
            known = {case.name for case in cases_of(family) if case.mapper == mapper}
            start = {"default", "combined"} if mapper == "to_megatron" else {"combined"}
            assert names >= start & known, family
        assert any(case.name.startswith("rope_") for case in cases) == any(
            case.name.startswith("rope_") for case in cases_of(family)
        )
    said, known = ({kind for row in rows for kind in kinds_of(row)} for rows in (refusals.drawn(0), refusals.REFUSALS))
    assert said == known
    assert {*FAMILIES} < said


def test_the_seed_is_of_the_table_the_snapshot_and_the_tests(tmp_path: Path) -> None:
    files = ("codegen/families/a.py", "generated/schemas/versions.json", "tests/numerics/test_a.py")
    for name in (*files, "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    seeds = [seed_of(tmp_path)]
    for name in files:
        (tmp_path / name).write_text("2")
        seeds.append(seed_of(tmp_path))
    assert len({*seeds}) == len(seeds)
    (tmp_path / "README.md").write_text("2")
    assert seed_of(tmp_path) == seeds[-1]
    assert all(any(selection.ROOT.glob(pattern)) for pattern in selection.DECIDING)


def test_who_is_beyond_the_budget_is_said() -> None:
    spent = {"llama": {"a.py": 1.0, "b.py": 2.5}, "gpt2": {"a.py": 2.0}, "opt": {"c.py": 9.0}}
    assert beyond(spent, 3.0) == [
        "opt: 9.0 s of CPU, and its budget is 3 s (9.0 s in c.py)",
        "llama: 3.5 s of CPU, and its budget is 3 s (2.5 s in b.py)",
    ]
