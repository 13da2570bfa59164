"""The window of releases that the table states is the one that the recorded releases show.

A family's mapper is right for a release where the same rules, read against that release, give the same code.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from packaging.version import Version

from codegen import project
from codegen.oldest import diagnose, releases_of
from codegen.pins import pinned
from codegen.releases import Release, ReleaseError
from codegen.table import Since
from tests.bumps.support import TABLE, at, code, release

TRANSFORMERS = ("5.12.1", "5.18.0")
MEGATRON = ("0.19.0",)


def stated(package: str, version: str) -> set[str]:
    """The families that are right for a release, as the table says."""
    oldest = {family.name: releases_of(family, TABLE.oldest)[package] for family in TABLE.families}
    return {name for name, release in oldest.items() if Version(release) <= Version(version)}


@cache
def same(transformers: str = "", megatron: str = "") -> frozenset[str]:
    """Families of which the code would be the same."""
    then, now = release(transformers, megatron), release()
    old, new = then.modules(then.fit), now.modules(now.fit)
    path = f"{TABLE.package}/{{}}.py"
    return frozenset(name for name in then.fit if code(old[path.format(name)]) == code(new[path.format(name)]))


@pytest.mark.parametrize("version", TRANSFORMERS)
def test_families_state_the_oldest_transformers_that_gives_the_same_code(version: str) -> None:
    assert stated("transformers", version) == same(transformers=version)


@pytest.mark.parametrize("version", MEGATRON)
def test_families_state_the_oldest_megatron_that_gives_the_same_code(version: str) -> None:
    assert stated("megatron-core", version) == same(megatron=version)


def test_the_oldest_releases_are_those_that_some_family_is_right_for() -> None:
    assert TABLE.oldest == {"transformers": TRANSFORMERS[0], "megatron-core": MEGATRON[0]}
    assert same(transformers=TRANSFORMERS[0])
    assert same(megatron=MEGATRON[0])


def test_pyproject_lets_a_user_install_the_window_and_pins_its_newest_end() -> None:
    text = project.PYPROJECT.read_text("utf-8")
    for package, newest in at().versions.items():
        assert f'"{package}=={newest}"' in text
        major, minor = Version(newest).release[:2]
        assert f'"{package}>={TABLE.oldest[package]},<{major}.{minor + 1}"' in text


def test_a_bump_moves_the_pin_and_the_end_of_the_range() -> None:
    text = 'dependencies = ["transformers>=5.12.1,<5.24"]\nupstream = ["transformers==5.23.0"]\n'
    moved = 'dependencies = ["transformers>=5.12.1,<6.1"]\nupstream = ["transformers==6.0.2"]\n'
    assert pinned(text, [Release("transformers", "6.0.2")]) == moved
    with pytest.raises(ReleaseError, match="names megatron-core 0 times"):
        pinned(text, [Release("megatron-core", "0.20.0")])


def test_releases_of_nothing_are_asked_about() -> None:
    llama, gpt2, opt = (replace(family, name=name) for family, name in zip(TABLE.families, "abc", strict=False))
    families = (
        replace(llama, since=Since("5.18.0", "It was not there.")),
        replace(gpt2, since=Since("5.20.0", " ")),
        replace(opt, since=Since("0.19.1", "It was not there.", "megatron")),
    )
    found = [str(one) for one in diagnose(families, TABLE.oldest, {"a": "a.py", "b": "b.py", "c": "c.py"})]
    assert found == [
        "MAP020 b.py: Since('5.20.0'): a reason is required",
        "MAP004 c.py: Since('0.19.1'): no upstream package is named 'megatron'; did you mean 'megatron-core'?",
    ]
