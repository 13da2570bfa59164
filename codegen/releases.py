"""Releases of upstream beside the installed ones: fetched into folders of their own, and introspected from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from codegen import project
from codegen.schemas import Snapshot
from codegen.snapshot import load

FOLDER = project.ROOT / ".releases"

_OLDEST_READABLE = {"transformers": "5.4.0"}

# megatron-core needs torch, which the environment has; transformers checks the versions of its own needs at import.
_WITHOUT_NEEDS = frozenset({"megatron-core"})


class ReleaseError(Exception):
    """A release cannot be fetched, or not be read."""


@dataclass(frozen=True)
class Release:
    """One release of an upstream package."""

    package: str
    """Name of the distribution."""
    version: str


def require_readable(package: str, version: str) -> None:
    """Refuse a release that says too little of itself.

    Raises:
        ReleaseError: its config classes are older than dataclasses.
    """
    oldest = _OLDEST_READABLE.get(package)
    try:
        too_old = oldest is not None and Version(version) < Version(oldest)
    except InvalidVersion:
        raise ReleaseError(f"{version!r} is no version of {package}") from None
    if too_old:
        raise ReleaseError(
            f"{package} {version} cannot be introspected: before {oldest} its config classes are no dataclasses, and "
            "nothing says which fields there are, of which types; its config.json files are read by load_config()"
        )


def folder_of(release: Release) -> Path:
    """Where a release's packages are once it is fetched."""
    return FOLDER / f"{release.package}-{release.version}"


def fetch(release: Release) -> Path:
    """The folder with a release's packages; installed there, and nowhere else, unless they are there already.

    Raises:
        ReleaseError: there is no such release, or it cannot be read.
    """
    require_readable(release.package, release.version)
    folder = folder_of(release)
    if not folder.exists():
        FOLDER.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as unfinished:
            _install(release, Path(unfinished))
            shutil.copytree(unfinished, folder)
    return folder


def _install(release: Release, folder: Path) -> None:
    uv = shutil.which("uv")
    installer = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    needs = ["--no-deps"] if release.package in _WITHOUT_NEEDS else []
    command = [*installer, "--quiet", *needs, "--target", str(folder), f"{release.package}=={release.version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"{release.package} {release.version} cannot be fetched:\n{done.stderr.strip()}")


def introspected(releases: Sequence[Release], arguments: Sequence[str] = ()) -> Snapshot:
    """The snapshot of some releases, with what is installed for the rest; made in a process of its own.

    Args:
        releases: which are fetched where they are not there.
        arguments: further options of the command `snapshot`: where a table is that somebody keeps elsewhere.

    Raises:
        ReleaseError: a release cannot be fetched or read.
    """
    folders = [str(fetch(release)) for release in releases]
    with tempfile.TemporaryDirectory() as schemas:
        command = [sys.executable, "-m", "codegen", "snapshot", "--to", schemas, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=project.ROOT, env=_environment(folders)
        )
        if done.returncode:
            named = ", ".join(f"{release.package} {release.version}" for release in releases)
            raise ReleaseError(f"{named} cannot be introspected:\n{done.stderr.strip()}")
        return load(Path(schemas))


def _environment(folders: Sequence[str]) -> Mapping[str, str]:
    """The environment, with the releases before everything that is installed."""
    path = [*folders, str(project.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
