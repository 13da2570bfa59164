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
from tests.bumps import support
from tests.bumps.support import TABLE, at, code, difference, release
from tests.selection import draw

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


def wrong(package: str, version: str, alike: frozenset[str], then: support.Release) -> list[str]:
    """What differs and what to do, for each family of which the table says another release than the recorded ones.

    Args:
        package: of which the release is.
        version: the release.
        alike: families of which the code would be the same.
        then: what the table makes of it.
    """
    states = stated(package, version)
    missing = [
        f"{file_of(name)}: with {package} {version} its mapper is another one: write since=Since(RELEASE, WHY), of "
        f"the first release that gives this code, later than {version}. {_differs(then, name)}"
        for name in sorted(states - alike)
    ]
    needless = [
        f"{file_of(name)}: {package} {version} gives the same code: `since` is too late" for name in alike - states
    ]
    return missing + sorted(needless)


def _differs(then: support.Release, name: str) -> str:
    """What a family would have to decide there, else the lines that would be others."""
    if name in then.unfit:
        return f"There: {'; '.join(then.unfit[name])}"
    path = f"{TABLE.package}/{name}.py"
    old, new = then.modules(then.fit), release().modules(release().fit)
    return f"From there to here:\n{difference({path: code(old[path])}, {path: code(new[path])})}"


@pytest.mark.parametrize("version", draw(TRANSFORMERS, 1, "oldest transformers"))
def test_families_state_the_oldest_transformers_that_gives_the_same_code(version: str) -> None:
    found = wrong("transformers", version, same(transformers=version), release(version))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("version", MEGATRON)
def test_families_state_the_oldest_megatron_that_gives_the_same_code(version: str) -> None:
    found = wrong("megatron-core", version, same(megatron=version), release("", version))
    assert not found, "\n".join(found)


def file_of(name: str) -> str:
    """The file of a family."""
    return f"codegen/families/{name}.py"


def test_a_family_that_says_too_little_or_too_much_of_a_release_is_told_what_differs() -> None:
    alike = same(transformers="5.18.0")
    late = min(stated("transformers", "5.18.0"))
    assert "solar_open" not in alike
    found = wrong("transformers", "5.18.0", alike - {late}, release("5.18.0"))
    assert [line.partition(":")[0] for line in found] == [file_of(late)]
    assert "write since=Since(RELEASE, WHY)" in found[0]
    assert "ROUTER_LOGITS_UNREAD" in _differs(release("5.18.0"), "solar_open")
    needless = wrong("transformers", "5.18.0", alike | {"solar_open"}, release("5.18.0"))
    assert needless == [f"{file_of('solar_open')}: transformers 5.18.0 gives the same code: `since` is too late"]


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
