"""The window of releases that the table states is the one that the recorded releases show.

A family is there from the release on that has its class. Where the same rules, read against an older release, do not
give the same code, rows say what the class was there; `make matrix` maps configs with the releases themselves.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from packaging.version import Version

from codegen import project
from codegen.oldest import diagnose, older_rows, releases_of
from codegen.pins import pinned
from codegen.recordings import releases
from codegen.releases import Release, ReleaseError
from codegen.table import Always, Attribute, Beside, ByDefault, Older, Otherwise, Since
from tests.bumps import support
from tests.bumps.support import TABLE, at, code, difference, release
from tests.matrix.outcomes import ANOTHER_MODEL
from tests.selection import draw

pytestmark = pytest.mark.costly


def in_window(package: str) -> tuple[str, ...]:
    """The recorded releases of the window, without the pinned one."""
    oldest, newest = Version(TABLE.oldest[package]), Version(at().versions[package])
    return tuple(version for version in releases(package) if oldest <= Version(version) < newest)


TRANSFORMERS, MEGATRON = in_window("transformers"), in_window("megatron-core")

HAD_MORE = {
    "mamba2": "rms_norm: stored by the mixer before 5.15, whose norm was the same whatever it said",
    "youtu": "qk_head_dim: derived as it is now, and only read by the attention before 5.15",
}
"""Families whose older classes had fields that said nothing else: their models and mappers are the same."""


def stated(package: str, version: str) -> set[str]:
    """The families that a release has, as the table says."""
    oldest = {family.name: releases_of(family, TABLE.oldest)[package] for family in TABLE.families}
    return {name for name, release in oldest.items() if Version(release) <= Version(version)}


def without_attributes_beside(text: str) -> str:
    """Code without the attributes that classes set beside a dictionary: a row says that of nearly all families."""
    rows = {row for family in TABLE.families for row in older_rows(family)}
    for name in sorted({row.field for row in rows if isinstance(row, Older) and isinstance(row.place, Beside)}):
        text = text.replace(f"('{name}',)", "()")
    return text


def spelt_otherwise(version: str) -> set[str]:
    """The families of which rows say that their classes were others in a release of transformers."""
    return {
        family.name
        for family in TABLE.families
        if any(
            not (isinstance(row, Older) and isinstance(row.place, Beside)) and Version(row.since) > Version(version)
            for row in older_rows(family)
        )
    }


@cache
def same(transformers: str = "", megatron: str = "") -> frozenset[str]:
    """Families of which the code would be the same."""
    then, now = release(transformers, megatron), release()
    old, new = then.modules(then.fit), now.modules(now.fit)
    texts = {
        name: [without_attributes_beside(code(each[f"{TABLE.package}/{name}.py"])) for each in (old, new)]
        for name in then.fit
    }
    return frozenset(name for name, (before, after) in texts.items() if before == after)


def unsaid(version: str, alike: frozenset[str], then: support.Release) -> list[str]:
    """What differs, for each family of which the table does not say that its class was another one.

    Args:
        version: the release of transformers.
        alike: families of which the code would be the same.
        then: what the table makes of the release.
    """
    return [
        f"{file_of(name)}: with transformers {version} its mapper is another one, and no row of older=(...) says what "
        f"the class was there. {_differs(then, name)}"
        for name in sorted(stated("transformers", version) - alike - spelt_otherwise(version) - HAD_MORE.keys())
    ]


def _differs(then: support.Release, name: str) -> str:
    """What a family would have to decide there, else the lines that would be others."""
    if name in then.unfit:
        return f"There: {'; '.join(then.unfit[name])}"
    path = f"{TABLE.package}/{name}.py"
    old, new = then.modules(then.fit), release().modules(release().fit)
    return f"From there to here:\n{difference({path: code(old[path])}, {path: code(new[path])})}"


@pytest.mark.parametrize("version", TRANSFORMERS)
def test_families_state_the_first_release_that_has_their_class(version: str) -> None:
    known = at(transformers=version).hf
    there = {family.name for family in TABLE.families if family.config in known}
    assert there - stated("transformers", version) <= ANOTHER_MODEL
    assert stated("transformers", version) <= there


@pytest.mark.parametrize("version", draw(TRANSFORMERS, 1, "oldest transformers"))
def test_rows_say_what_classes_were_where_the_code_would_be_another(version: str) -> None:
    found = unsaid(version, same(transformers=version), release(version))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("version", MEGATRON)
def test_every_family_has_the_same_code_with_the_oldest_megatron(version: str) -> None:
    assert stated("megatron-core", version) == same(megatron=version)


def file_of(name: str) -> str:
    """The file of a family."""
    return f"codegen/families/{name}.py"


def test_a_family_whose_class_was_another_and_says_nothing_of_it_is_told_what_differs() -> None:
    alike = same(transformers="5.18.0")
    assert "solar_open" not in alike
    quiet = min(alike - spelt_otherwise("5.18.0"))
    (line,) = unsaid("5.18.0", alike - {quiet}, release("5.18.0"))
    assert line.startswith(f"{file_of(quiet)}: with transformers 5.18.0 its mapper is another one")
    assert "ROUTER_LOGITS_UNREAD" in _differs(release("5.18.0"), "solar_open")


def test_the_oldest_megatron_is_among_the_recorded() -> None:
    assert MEGATRON[0] == TABLE.oldest["megatron-core"]


def test_pyproject_lets_a_user_install_the_window_and_pins_its_newest_end() -> None:
    text = project.PYPROJECT.read_text("utf-8")
    for package, newest in at().versions.items():
        assert f'"{package}=={newest}"' in text
        major, minor = Version(newest).release[:2]
        assert f'"{package}>={TABLE.oldest[package]},<{major}.{minor + 1}"' in text


def test_a_bump_moves_the_pin_and_the_end_of_the_range() -> None:
    text = 'dependencies = ["transformers>=5.12.1,<5.19"]\nupstream = ["transformers==5.18.0"]\n'
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
    found = [str(one) for one in diagnose(families, TABLE.oldest, {"a": "a.py", "b": "b.py", "c": "c.py"}, at())]
    assert found == [
        "MAP020 b.py: Since('5.20.0'): a reason is required",
        "MAP004 c.py: Since('0.19.1'): no upstream package is named 'megatron'; did you mean 'megatron-core'?",
    ]


def test_rows_of_older_releases_that_say_nothing_are_found() -> None:
    family = next(family for family in TABLE.families if family.name == "llama")
    rows = (
        Older("hidden_sise", "5.9.0", Always(1), "It was not there."),
        Older("hidden_size", "5.5.0", Always(1), "It was not there."),
        Older("vocab_size", "99.0.0", Always(1), " "),
        Older("head_dim", "5.9.0", Attribute("d", None), "It was called d."),
        Older("head_dim", "5.8.0", Attribute("dim", None), "It was called dim."),
        Otherwise("mlp_bias", "new", "there was none", ByDefault(False)),
    )
    newest = at().versions["transformers"]
    found = [str(one) for one in diagnose([replace(family, older=rows)], TABLE.oldest, {"llama": "a.py"}, at())]
    assert found == [
        f"MAP004 a.py: {rows[0]}: LlamaConfig has no field 'hidden_sise'; did you mean 'hidden_size'?",
        "MAP004 a.py: Older('hidden_size', '5.5.0'): no release of the window is older than 5.5.0: 5.5.0 is its first",
        "MAP020 a.py: Older('vocab_size', '99.0.0'): a reason is required",
        f"MAP004 a.py: Older('vocab_size', '99.0.0'): '99.0.0' is no release of transformers up to {newest}",
        "MAP005 a.py: Older('head_dim', '5.8.0'): 'head_dim' stands again in Older('head_dim', '5.9.0')",
        f"MAP004 a.py: Otherwise('mlp_bias', 'new'): 'new' is no release of transformers up to {newest}",
        "MAP004 a.py: Otherwise('mlp_bias', 'new'): no release of the window is older than new: 5.5.0 is its first",
    ]
