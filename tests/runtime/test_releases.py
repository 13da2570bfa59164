"""The warning outside the releases for which a mapper is right."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from importlib import metadata

import pytest

import mcore_mappers as m
from mcore_mappers_runtime import releases


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    releases._check.cache_clear()
    yield
    releases._check.cache_clear()


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
    assert m.families()["llama"].versions["transformers"] == ("5.12.1", "5.23.0")
    assert m.families()["gpt_oss"].versions["transformers"] == ("5.23.0", "5.23.0")


def test_a_newer_release_is_warned_of_once_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, transformers="5.24.0")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for family in ("llama", "qwen2"):
            releases.check_versions(family)
    (warning,) = caught
    assert warning.category is m.UpstreamVersionWarning
    assert str(warning.message) == (
        "transformers 5.24.0 is installed, and the mappers are right for 5.12.1 to 5.23.0; what differs says "
        "`make drift TRANSFORMERS=5.24.0` in a checkout of this package"
    )


def test_a_family_with_a_narrower_range_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, transformers="5.18.0", megatron_core="0.18.2")
    with pytest.warns(m.UpstreamVersionWarning) as caught:
        releases.check_versions("gpt_oss")
    assert [str(warning.message).partition(";")[0] for warning in caught] == [
        "megatron-core 0.18.2 is installed, and the mappers are right for 0.19.0 to 0.19.2",
        "transformers 5.18.0 is installed, and the mapper of gpt_oss is right for 5.23.0 to 5.23.0",
    ]


def test_the_warning_points_at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    # With upstream, which asks for versions too.
    importlib.import_module("mcore_mappers.llama")
    releases._check.cache_clear()
    installed(monkeypatch, transformers="9.9.9")
    monkeypatch.delitem(sys.modules, "mcore_mappers.llama")
    monkeypatch.delattr(m, "llama")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile("\n\nimport mcore_mappers.llama", "trainer.py", "exec"), {})
    (warning,) = caught
    assert (warning.category, warning.filename, warning.lineno) == (m.UpstreamVersionWarning, "trainer.py", 3)
