"""What is said outside the releases for which a mapper is right."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from importlib import metadata

import pytest

import mcore_mappers as m
from codegen.oldest import OLDEST
from mcore_mappers_runtime import releases
from tests.support.plans import schemas

NEWEST = schemas().versions


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    for cached in (releases._warn_if_newer, releases.installed, releases.is_installed, releases.is_before):
        cached.cache_clear()


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    known = {"transformers": metadata.version("transformers"), "megatron-core": metadata.version("megatron-core")}
    found = {**known, **{name.replace("_", "-"): version for name, version in versions.items()}}
    monkeypatch.setattr(metadata, "version", found.__getitem__)


def test_nothing_is_said_inside_the_window() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, family in m.families().items():
            if family.status == "mapped":
                releases.check_versions(name)


def test_every_mapped_family_states_its_releases() -> None:
    for family in m.families().values():
        expected = {"megatron-core", "transformers"} if family.status == "mapped" else set()
        assert set(family.versions) == expected
    newest = NEWEST["transformers"]
    assert m.families()["llama"].versions["transformers"] == (OLDEST["transformers"], newest)
    assert m.families()["lfm3"].versions["transformers"] == ("5.23.0", newest)


def test_a_newer_release_is_warned_of_once_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, transformers="99.0.0")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for family in ("llama", "qwen2"):
            releases.check_versions(family)
    (warning,) = caught
    assert warning.category is m.UpstreamVersionWarning
    assert str(warning.message) == (
        f"transformers 99.0.0 is installed, and {NEWEST['transformers']} is the newest for which the mappers are known "
        "to be right; what differs says `make drift TRANSFORMERS=99.0.0` in a checkout of this package"
    )


@pytest.mark.parametrize(
    ("family", "versions", "expected"),
    [
        ("llama", {"transformers": "5.4.0"}, "llama needs transformers 5.5.0 or newer, and 5.4.0 is installed"),
        ("mellum", {"transformers": "5.9.0"}, "mellum needs transformers 5.10.1 or newer, and 5.9.0 is installed"),
        ("llama", {"megatron_core": "0.18.2"}, "llama needs megatron-core 0.19.0 or newer, and 0.18.2 is installed"),
    ],
)
def test_a_release_that_cannot_have_a_family_is_an_error(
    family: str, versions: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, **versions)
    with pytest.raises(m.UpstreamVersionError, match=expected):
        releases.check_versions(family)


def test_the_warning_points_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    # With upstream, which asks for versions too.
    importlib.import_module("mcore_mappers.llama")
    forget()
    installed(monkeypatch, transformers="9.9.9")
    monkeypatch.delitem(sys.modules, "mcore_mappers.llama")
    monkeypatch.delattr(m, "llama")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile("\n\nimport mcore_mappers.llama", "trainer.py", "exec"), {})
    (warning,) = caught
    assert (warning.category, warning.filename, warning.lineno) == (m.UpstreamVersionWarning, "trainer.py", 3)
