"""Releases of upstream beside the installed ones: fetched into folders of their own, and introspected from there."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from secrets import token_hex
from typing import Final

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from codegen import project
from codegen.checkouts import CheckoutError, lay_out, version_of
from codegen.installer import InstallError, install, newest
from codegen.schemas import HfClass, Snapshot
from codegen.snapshot import load

FOLDER = project.ROOT / ".releases"

NEWEST: Final = "newest"
"""What stands for the newest release that the package index has."""

UNDECIDED: Final = "undecided"
"""The folder below a snapshot with the classes that have no verdict, as a snapshot of their own."""

_OLDEST_READABLE = {"transformers": "5.4.0"}

# megatron-core needs torch, which the environment has; transformers checks the versions of its own needs at import.
_WITHOUT_NEEDS = frozenset({"megatron-core"})

_UNFINISHED = ".unfinished-"


class ReleaseError(Exception):
    """A release cannot be fetched, or not be read."""


@dataclass(frozen=True)
class Release:
    """One release of an upstream package."""

    package: str
    """Name of the distribution."""
    version: str
    path: Path | None = None
    """A wheel or a checkout that has it; None where the package index has."""

    def __str__(self) -> str:
        return f"{self.package} {self.told}"

    @property
    def told(self) -> str:
        """The version, and where it is from."""
        return self.version if self.path is None else f"{self.version} ({self.path})"


@dataclass(frozen=True)
class Seen:
    """What releases look like."""

    snapshot: Snapshot
    undecided: Mapping[str, HfClass]
    """The causal language models that no family maps and no row refuses, by import path of the config class."""


def named(package: str, text: str) -> Release:
    """The release that somebody names.

    Args:
        package: of which it is.
        text: a version, "newest", or the path of a wheel or of a checkout.

    Raises:
        ReleaseError: it is none of these.
    """
    path = Path(text)
    try:
        if text == NEWEST:
            return Release(package, newest(package))
        if not path.exists():
            # Both packages have versions of three numbers: 5.18 is 5.18.0 to whoever installs it.
            version = Version(text)
            return Release(package, text if len(version.release) > 2 else f"{version.major}.{version.minor}.0")
        if path.is_dir():
            return Release(package, version_of(package, path), path)
        name, version, *_ = parse_wheel_filename(path.name)
    except InvalidVersion:
        raise ReleaseError(f"{text!r} is no version of {package}, and no such wheel or checkout is there") from None
    except (InstallError, CheckoutError, InvalidWheelFilename) as error:
        raise ReleaseError(str(error)) from None
    if name != package:
        raise ReleaseError(f"{path} is a wheel of {name}, not of {package}")
    return Release(package, str(version), path)


def require_readable(package: str, version: str) -> None:
    """Refuse a release that says too little of itself.

    Raises:
        ReleaseError: its config classes are older than dataclasses.
    """
    oldest = _OLDEST_READABLE.get(package)
    try:
        too_old = Version(version) < Version(oldest or "0")
    except InvalidVersion:
        raise ReleaseError(f"{version!r} is no version of {package}") from None
    if too_old:
        raise ReleaseError(
            f"{package} {version} cannot be introspected: before {oldest} its config classes are no dataclasses, and "
            "nothing says which fields there are, of which types; its config.json files are read by load_config()"
        )


def folder_of(release: Release) -> Path:
    """Where a release's packages are once it is fetched."""
    name = f"{release.package}-{release.version}"
    if release.path is None:
        return FOLDER / name
    # A wheel that is built anew is another one; a checkout is read where it stands.
    told = release.path.read_bytes() if release.path.is_file() else str(release.path.resolve()).encode()
    return FOLDER / f"{name}-{hashlib.sha256(told).hexdigest()[:12]}"


def fetch(release: Release) -> Path:
    """The folder with a release's packages; installed there, and nowhere else, unless they are there already.

    A folder is there only as a whole: what an interrupted run has begun is removed.

    Raises:
        ReleaseError: there is no such release, or it cannot be read.
    """
    require_readable(release.package, release.version)
    folder = folder_of(release)
    try:
        with _alone():
            if not _is_whole(folder, release):
                _fill(folder, release)
    except (InstallError, OSError) as error:
        raise ReleaseError(f"{release} cannot be fetched:\n{error}") from None
    return folder


@contextmanager
def _alone() -> Generator[None]:
    """While no other run fetches; what is unfinished then is of one that was killed."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in FOLDER.glob(f"{_UNFINISHED}*"):
            # Its installer can outlive it, and write there still.
            shutil.rmtree(left, ignore_errors=True)
        yield


def _fill(folder: Path, release: Release) -> None:
    unfinished = FOLDER / f"{_UNFINISHED}{token_hex(4)}"
    unfinished.mkdir()
    try:
        if release.path is not None and release.path.is_dir():
            lay_out(release.package, release.version, release.path, unfinished)
        else:
            wanted = f"{release.package}=={release.version}" if release.path is None else str(release.path)
            install(wanted, unfinished, needs=release.package not in _WITHOUT_NEEDS)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _is_whole(folder: Path, release: Release) -> bool:
    """Whether a folder has every module that the distribution in it lists."""
    found = [each for each in metadata.distributions(path=[str(folder)]) if each.name == release.package]
    if [Version(each.version) for each in found] != [Version(release.version)]:
        return False
    listed = (Path(row[0]) for row in csv.reader((found[0].read_text("RECORD") or "").splitlines()))
    return all((folder / file).is_file() for file in listed if file.suffix == ".py" and ".." not in file.parts)


def introspected(releases: Sequence[Release], arguments: Sequence[str] = ()) -> Seen:
    """What some releases look like, with what is installed for the rest; seen by a process of its own.

    Args:
        releases: which are fetched where they are not there.
        arguments: further options of the command `snapshot`: where a table is that somebody keeps elsewhere.

    Raises:
        ReleaseError: a release cannot be fetched or read.
    """
    # `make check` imports this module where the runtime is not installed.
    from mcore_mappers_runtime.cli.progress import Progress

    named = ", ".join(map(str, releases))
    with Progress(len(releases) + 1, lines=True) as progress, tempfile.TemporaryDirectory() as schemas:
        folders: list[Path] = []
        for release in releases:
            progress.next(f"fetching {release}")
            folders.append(fetch(release))
        progress.next(f"introspecting {named}")
        command = [sys.executable, "-m", "codegen", "snapshot", "--to", schemas, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=project.ROOT, env=_environment(folders)
        )
        if done.returncode:
            raise ReleaseError(f"{named} cannot be introspected:\n{done.stderr.strip()}")
        seen = Seen(load(Path(schemas)), load(Path(schemas, UNDECIDED)).hf)
    for release, folder in zip(releases, folders, strict=True):
        found = seen.snapshot.versions[release.package]
        if Version(found) != Version(release.version):
            raise ReleaseError(f"{release} was asked for, and {found} was introspected: remove {folder}")
    return seen


def _environment(folders: Sequence[Path]) -> Mapping[str, str]:
    """The environment, with the releases before everything that is installed."""
    path = [*map(str, folders), str(project.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
