"""Fetching releases, without a package index: what is there is whole, whatever stops a run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from codegen import installer, releases
from codegen.files import put
from codegen.installer import InstallError, newest
from codegen.releases import UNDECIDED, Release, ReleaseError, fetch, introspected, named
from codegen.snapshot import render
from tests.bumps.support import at

MEGATRON = Release("megatron-core", "0.19.0")


def distribution(folder: Path, release: Release) -> None:
    """What an installer leaves of a release."""
    module = "megatron/core/__init__.py" if release.package == "megatron-core" else f"{release.package}/__init__.py"
    info = folder / f"{release.package.replace('-', '_')}-{release.version}.dist-info"
    put(folder / module, "")
    put(info / "METADATA", f"Metadata-Version: 2.1\nName: {release.package}\nVersion: {release.version}\n")
    put(info / "RECORD", f"{module},,\n{info.name}/RECORD,,\n../../bin/of_no_interest.py,,\n")


class Installer:
    """Installs what is asked for, or raises what it is told to after half of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.raises: BaseException | None = None

    def __call__(self, wanted: str, folder: Path, *, needs: bool) -> None:
        self.asked.append((wanted, needs))
        if self.raises is not None:
            put(folder / "megatron/core/half.py", "")
            raise self.raises
        package, _, version = wanted.partition("==")
        distribution(folder, Release(package, version))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(releases, "FOLDER", tmp_path / "releases")
    return tmp_path / "releases"


@pytest.fixture
def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    found = Installer()
    monkeypatch.setattr(releases, "install", found)
    return found


def held(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_a_release_is_fetched_once_and_nowhere_else(folder: Path, install: Installer) -> None:
    assert fetch(MEGATRON) == fetch(MEGATRON) == folder / "megatron-core-0.19.0"
    assert install.asked == [("megatron-core==0.19.0", False)]
    assert held(folder) == ["megatron-core-0.19.0"]


def test_the_needs_of_transformers_are_fetched_too(install: Installer) -> None:
    fetch(Release("transformers", "5.18.0"))
    assert install.asked == [("transformers==5.18.0", True)]


@pytest.mark.parametrize("error", [InstallError("no such version"), OSError(28, "No space left on device")])
def test_a_release_that_cannot_be_fetched_leaves_nothing(folder: Path, install: Installer, error: Exception) -> None:
    install.raises = error
    with pytest.raises(ReleaseError, match=r"megatron-core 0\.19\.0 cannot be fetched:\n.*(no such version|No space)"):
        fetch(MEGATRON)
    assert held(folder) == []


def test_after_an_interruption_the_release_is_fetched_anew(folder: Path, install: Installer) -> None:
    install.raises = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        fetch(MEGATRON)
    assert held(folder) == []
    # A run that was killed cannot clear away what it had begun.
    put(folder / ".unfinished-01234567/megatron/core/half.py", "")
    install.raises = None
    assert (fetch(MEGATRON) / "megatron/core/__init__.py").is_file()
    assert held(folder) == ["megatron-core-0.19.0"]


def nothing_in(folder: Path) -> None:
    folder.mkdir(parents=True)


def a_module_less(folder: Path) -> None:
    distribution(folder, MEGATRON)
    (folder / "megatron/core/__init__.py").unlink()


def another_version(folder: Path) -> None:
    distribution(folder, Release("megatron-core", "0.18.2"))


@pytest.mark.parametrize("left", [nothing_in, a_module_less, another_version])
def test_half_a_release_is_never_taken_for_a_whole_one(
    folder: Path, install: Installer, left: Callable[[Path], None]
) -> None:
    left(folder / "megatron-core-0.19.0")
    fetch(MEGATRON)
    assert [wanted for wanted, _ in install.asked] == ["megatron-core==0.19.0"]
    assert not (folder / "megatron-core-0.19.0/megatron_core-0.18.2.dist-info").exists()


def test_what_is_introspected_is_what_was_asked_for(install: Installer, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        to = Path(command[command.index("--to") + 1])
        for below, each in ((to, at()), (to / UNDECIDED, replace(at(), hf={}))):
            for path, text in render(each).items():
                put(below / path, text)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    installed = at().versions["megatron-core"]
    assert introspected([Release("megatron-core", installed)]).snapshot == at()
    told = rf"megatron-core 9\.9\.9 was asked for, and {installed} was introspected: remove .*megatron-core-9\.9\.9"
    with pytest.raises(ReleaseError, match=told):
        introspected([Release("megatron-core", "9.9.9")])


@pytest.mark.parametrize("uv", ["/bin/uv", None])
def test_the_installer_is_uv_where_it_is_and_else_pip(
    uv: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    answer = "transformers==5.25.0\n" if uv else '{"install": [{"metadata": {"version": "5.25.0"}}]}'

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, answer, "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(installer.shutil, "which", lambda _: uv)
    installer.install("megatron-core==0.19.0", tmp_path, needs=False)
    assert newest("transformers") == "5.25.0"
    begins = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    assert all(command[: len(begins)] == begins for command in ran)
    assert ["--no-deps", "--target", str(tmp_path), "megatron-core==0.19.0"] == ran[0][-4:]


def test_an_installer_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "no index\n")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(InstallError, match=r"^no index$"):
        newest("transformers")


# Sources before their release.


def checkout(folder: Path, package: str) -> Path:
    if package == "transformers":
        put(folder / "src/transformers/__init__.py", '__version__ = "5.99.0.dev0"\n')
    else:
        numbers = 'MAJOR = 0\nMINOR = 99\nPATCH = 1\nPRE_RELEASE = "rc2"\nVERSION = (MAJOR, MINOR)\n'
        put(folder / "megatron/core/package_info.py", f"{numbers}raise SystemExit('this is read, not run')\n")
    return folder


@pytest.mark.parametrize(
    ("package", "version", "module"),
    [
        ("transformers", "5.99.0.dev0", "transformers/__init__.py"),
        ("megatron-core", "0.99.1rc2", "megatron/core/package_info.py"),
    ],
)
def test_a_checkout_is_laid_out_as_it_would_be_installed(
    tmp_path: Path, install: Installer, package: str, version: str, module: str
) -> None:
    sources = checkout(tmp_path / "sources", package)
    release = named(package, str(sources))
    assert release == Release(package, version, sources)
    assert str(release) == f"{package} {version} ({sources})"
    folder = fetch(release)
    assert (folder / module).is_file()
    (found,) = metadata.distributions(path=[str(folder)])
    assert (found.name, found.version) == (package, version)
    # What changes in a checkout is seen.
    put(sources / ("src" if package == "transformers" else ".") / module, "VERSION = 1\n")
    assert (fetch(release) / module).read_text("utf-8") == "VERSION = 1\n"
    assert install.asked == []


def test_a_wheel_is_installed_and_one_that_is_built_anew_again(tmp_path: Path, install: Installer) -> None:
    wheel = tmp_path / "megatron_core-0.99.0-py3-none-any.whl"
    put(wheel, "first")
    release = named("megatron-core", str(wheel))
    assert release == Release("megatron-core", "0.99.0", wheel)
    install.raises = InstallError("seen")
    for _ in range(2):
        with pytest.raises(ReleaseError, match="seen"):
            fetch(release)
    assert install.asked == [(str(wheel), False)] * 2
    first = releases.folder_of(release)
    put(wheel, "second")
    assert releases.folder_of(release) != first


def test_versions_are_named_with_three_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "newest", lambda package: "5.99.0")
    given = ("5.18", "5.18.1", "5.18.0rc1", "newest")
    assert [named("transformers", text).version for text in given] == ["5.18.0", "5.18.1", "5.18.0rc1", "5.99.0"]


@pytest.mark.parametrize(
    ("package", "text", "said"),
    [
        ("transformers", "latest", "'latest' is no version of transformers, and no such wheel or checkout is there"),
        ("transformers", "{folder}", "is no checkout of transformers: no version in"),
        (
            "megatron-core",
            "{folder}/transformers-5.99.0-py3-none-any.whl",
            "is a wheel of transformers, not of megatron",
        ),
        ("megatron-core", "{folder}/other.txt", "Invalid wheel filename"),
    ],
)
def test_what_is_neither_is_said(tmp_path: Path, package: str, text: str, said: str) -> None:
    for name in ("transformers-5.99.0-py3-none-any.whl", "other.txt"):
        put(tmp_path / name, "")
    with pytest.raises(ReleaseError, match=said):
        named(package, text.format(folder=tmp_path))
