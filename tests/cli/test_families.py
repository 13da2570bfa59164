"""`families`: all of them, or one."""

from __future__ import annotations

import mcore_mappers as m
from tests.cli.support import run


def test_all_families() -> None:
    result = run("families")
    assert (result.code, result.err) == (0, "")
    assert result.lines[0].split() == ["family", "status", "targets", "covers"]
    assert [line.split()[0] for line in result.lines[1:]] == [*m.families()]
    assert [line.split()[1] for line in result.lines[1:]] == [each.status for each in m.families().values()]
    assert {each["name"] for each in run("families", "--json").data["families"]} == set(m.families())


def test_a_family() -> None:
    result = run("families", "seed_oss")
    assert (result.code, result.err) == (0, "")
    assert result.lines[0] == "seed_oss"
    text = result.out
    for each in m.families()["seed_oss"].deviations:
        assert f"{each.identifier} ({each.field}): {each.reason}" in text
    for field, reason in m.families()["seed_oss"].refusals:
        assert f"{field}: {reason}" in text
    data = run("families", "seed_oss", "--json").data
    assert set(data) == {
        *("name", "status", "config_class", "architectures", "covers", "targets", "versions"),
        *("needs", "deviations", "layers", "lacks", "parameters", "refusals"),
    }
    assert data["targets"] == [*m.families()["seed_oss"].targets]
    assert set(data["deviations"][0]) == {"identifier", "field", "reason"}


def test_a_refused_family_and_none() -> None:
    name = next(name for name, each in m.families().items() if each.status == "refused")
    assert "refused" in run("families", name).lines[2]
    result = run("families", "lama")
    assert (result.code, result.out) == (2, "")
    assert result.err == "mcore-mappers: there is no family 'lama' (did you mean 'llama'?)\n"
