"""What is built: a wheel with nothing but the package, a source distribution with everything, a page for an index."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Final

import pytest

import mcore_mappers as m
from mcore_mappers_runtime.needs import EINOPS

ROOT: Final = Path(__file__).parents[2]
HALVES: Final = ("generated/mcore_mappers", "runtime/mcore_mappers_runtime")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both distributions, built without an index by what is installed here."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (file,) = built.glob("*.whl")
    return zipfile.ZipFile(file)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode("utf-8"))


def test_the_version_stands_once(metadata: Message) -> None:
    assert metadata["Version"] == m.__version__
    assert "version" in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dynamic"]


def test_the_version_needs_no_installation() -> None:
    program = "import mcore_mappers; print(mcore_mappers.__version__)"
    paths = [str(ROOT / half.partition("/")[0]) for half in HALVES]
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {paths!r}; {program}"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == m.__version__


def test_the_wheel_has_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    expected = {
        file.relative_to((ROOT / half).parent).as_posix()
        for half in HALVES
        for file in (ROOT / half).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected
    assert {f"{Path(half).name}/py.typed" for half in HALVES} <= expected


def test_links_on_an_index_page_lead_somewhere(metadata: Message) -> None:
    page = metadata.get_payload()
    assert isinstance(page, str)
    assert page.startswith("# mcore-mappers\n")
    assert "## Work on it" not in page
    assert [link for link in re.findall(r"\]\(([^)]*)\)", page) if not link.startswith("https://")] == []
    # What they said is still there.
    assert "docs/families.md" in page


def test_messages_name_extras_that_there_are(metadata: Message) -> None:
    extras = metadata.get_all("Provides-Extra", [])
    assert sorted(extras) == ["hybrid", "yaml"]
    assert "mcore-mappers[hybrid]" in EINOPS.reason
    needed = metadata.get_all("Requires-Dist", [])
    assert any(need.startswith("einops") and "hybrid" in need for need in needed)
    assert any(need.lower().startswith("pyyaml") and "yaml" in need for need in needed)


def test_the_source_distribution_has_all_that_is_committed(built: Path) -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("what is committed only git knows, and this is no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    committed = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert committed - packed == set()
