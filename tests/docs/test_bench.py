"""The plots in `docs/bench/` are those of `docs/bench.json`; `make bench` writes both."""

from __future__ import annotations

import dataclasses
import json
from xml.etree import ElementTree

import pytest

import mcore_mappers as m
from tests.bench import plots
from tests.bench.figures import WALK, Figures, read, relative

FIGURES = read()
DRAWN = plots.plots(FIGURES)


def test_the_committed_plots_are_of_the_committed_figures() -> None:
    assert {file.name: file.read_text("utf-8") for file in plots.FOLDER.iterdir()} == DRAWN


def test_figures_are_of_families_that_there_are() -> None:
    mapped = {name for name, family in m.families().items() if family.status == "mapped"}
    assert FIGURES.calls.keys() <= mapped
    assert "llama" in FIGURES.calls
    assert all(ratio >= 0.9 for ratio in FIGURES.calls.values()), "a call does what the bare construction does"


def test_growth_is_of_the_whole_of_regen() -> None:
    counts, lines = FIGURES.growth["families"], {name: FIGURES.growth[name] for name in ("regen", "emit", "check")}
    assert list(counts) == sorted(counts)
    assert {len(line) for line in lines.values()} == {len(counts)}
    assert lines["regen"][-1] == 1.0


@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_is_well_formed_and_shows_every_figure(name: str) -> None:
    text = " ".join(ElementTree.fromstring(DRAWN[name]).itertext())
    shown = (
        FIGURES.calls
        if name == "cost-of-a-call.svg"
        else {each: FIGURES.growth[each][-1] for each in ("emit", "check")}
    )
    for each, number in shown.items():
        assert each in text
        assert f"{number:.2f}" in text
    assert "prefers-color-scheme: dark" in text


def test_what_is_recorded_is_said_to_be() -> None:
    text = " ".join(ElementTree.fromstring(DRAWN["cost-of-a-call.svg"]).itertext())
    assert "recorded): 139 µs a call, 32.5 µs bare" in text
    assert f"{WALK.ratio:.2f}" in text


def test_figures_become_a_file_and_seconds_become_parts() -> None:
    assert Figures(**json.loads(json.dumps(dataclasses.asdict(FIGURES)))) == FIGURES
    seconds = {"families": [2.0, 4.0], "regen": [5.0, 10.0], "check": [1.0, 2.0]}
    assert relative(seconds) == {"families": [2, 4], "regen": [0.5, 1.0], "check": [0.1, 0.2]}
