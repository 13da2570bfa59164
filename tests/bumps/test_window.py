"""The window of releases that the table states is the one that the recorded releases show.

A family's mapper is right for a release where the same rules, read against that release, give the same code.
"""

from __future__ import annotations

from functools import cache

import pytest
from codegen.window import Narrower, Window, diagnose
from packaging.version import Version

from codegen import project
from codegen.pins import pinned
from codegen.releases import Release, ReleaseError
from tests.bumps.support import TABLE, at, code, release

TRANSFORMERS = ("5.12.1", "5.18.0")
MEGATRON = ("0.19.0",)
NAMES = tuple(family.name for family in TABLE.families)


@cache
def same(transformers: str = "", megatron: str = "") -> frozenset[str]:
    """Families of which the code would be the same."""
    then, now = release(transformers, megatron), release()
    old, new = then.modules(then.fit), now.modules(now.fit)
    path = f"{TABLE.package}/{{}}.py"
    return frozenset(name for name in then.fit if code(old[path.format(name)]) == code(new[path.format(name)]))


@pytest.mark.parametrize("version", TRANSFORMERS)
def test_families_state_the_oldest_transformers_that_gives_the_same_code(version: str) -> None:
    stated = {name for name in NAMES if Version(TABLE.window.of(name)["transformers"]) <= Version(version)}
    assert stated == same(transformers=version)


@pytest.mark.parametrize("version", MEGATRON)
def test_families_state_the_oldest_megatron_that_gives_the_same_code(version: str) -> None:
    stated = {name for name in NAMES if Version(TABLE.window.of(name)["megatron-core"]) <= Version(version)}
    assert stated == same(megatron=version)


def test_the_oldest_releases_are_those_that_some_family_is_right_for() -> None:
    assert TABLE.window.oldest == {"transformers": TRANSFORMERS[0], "megatron-core": MEGATRON[0]}
    assert same(transformers=TRANSFORMERS[0])
    assert same(megatron=MEGATRON[0])


def test_pyproject_lets_a_user_install_the_window_and_pins_its_newest_end() -> None:
    text = project.PYPROJECT.read_text("utf-8")
    for package, newest in at().versions.items():
        assert f'"{package}=={newest}"' in text
        major, minor = Version(newest).release[:2]
        assert f'"{package}>={TABLE.window.oldest[package]},<{major}.{minor + 1}"' in text


def test_a_bump_moves_the_pin_and_the_end_of_the_range() -> None:
    text = 'dependencies = ["transformers>=5.12.1,<5.24"]\nupstream = ["transformers==5.23.0"]\n'
    moved = 'dependencies = ["transformers>=5.12.1,<6.1"]\nupstream = ["transformers==6.0.2"]\n'
    assert pinned(text, [Release("transformers", "6.0.2")]) == moved
    with pytest.raises(ReleaseError, match="names megatron-core 0 times"):
        pinned(text, [Release("megatron-core", "0.20.0")])


def test_rows_about_nothing_are_asked_about() -> None:
    rows = (
        Narrower("transformers", "5.18.0", ("llama", "lama"), "It was not there."),
        Narrower("transformers", "5.20.0", ("llama",), ""),
        Narrower("megatron", "0.19.1", (), "It was not there."),
    )
    found = [
        str(one)
        for one in diagnose(Window({"transformers": "5.12.1", "megatron-core": "0.19.0"}, rows), TABLE.families)
    ]
    file = "codegen/families/window.py"
    unknown = "Narrower('megatron', '0.19.1'): no upstream package is named 'megatron'; did you mean 'megatron-core'?"
    assert found == [
        f"MAP004 {file}: Narrower('transformers', '5.18.0'): no family 'lama'; did you mean 'llama'?",
        f"MAP005 {file}: Narrower('transformers', '5.20.0'): the oldest transformers of 'llama' is stated already",
        f"MAP020 {file}: Narrower('transformers', '5.20.0'): a reason is required",
        f"MAP004 {file}: {unknown}",
    ]
