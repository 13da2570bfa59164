"""What installs packages: uv where it is, else pip. Both ask the package index that their user has configured."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement


class InstallError(Exception):
    """The installer could not do what was asked of it; the message is its own."""


def install(wanted: str, folder: Path, *, needs: bool) -> None:
    """Install into a folder, and nowhere else.

    Args:
        wanted: a requirement, or the path of a wheel.
        folder: that is there, and empty.
        needs: whether what it needs is to be installed there, too.

    Raises:
        InstallError: it cannot be installed.
    """
    uv = shutil.which("uv")
    installer = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    alone = [] if needs else ["--no-deps"]
    _run([*installer, "--quiet", *alone, "--target", str(folder), wanted])


def newest(package: str) -> str:
    """The version of a package that would be installed today, where nothing asks for another; no pre-release.

    Raises:
        InstallError: the package index cannot be asked, or does not know the package.
    """
    uv = shutil.which("uv")
    if uv:
        bare = ["--no-deps", "--quiet", "--no-header", "--no-annotate"]
        resolved = _run([uv, "pip", "compile", *bare, "--python", sys.executable, "-"], package).split()
        return next(iter(Requirement(resolved[0]).specifier)).version
    planned = ["--dry-run", "--no-deps", "--ignore-installed", "--quiet", "--report", "-"]
    report = json.loads(_run([sys.executable, "-m", "pip", "install", *planned, package]))
    return str(report["install"][0]["metadata"]["version"])


def _run(command: Sequence[str], given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(done.stderr.strip())
    return done.stdout
