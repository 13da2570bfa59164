"""Recorded releases: what upstream looked like, one archive for each release of each package.

An archive holds its own side of a snapshot alone. Tests compare the table with them, and drafts look up which releases
have a class.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from packaging.version import Version

from codegen import project
from codegen.bodies import as_first_seen, of_package
from codegen.schemas import Snapshot
from codegen.snapshot import load, render

BELOW: Final = "tests/bumps/recorded"
"""Their folder, relative to the repository root."""
FOLDER: Final = project.ROOT / BELOW

# The same bytes for the same snapshot, whenever it is recorded.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


def file_of(package: str, version: str, folder: Path = FOLDER) -> Path:
    """The archive of a release."""
    return folder / f"{package}-{version}.zip"


def archive(snapshot: Snapshot, package: str) -> bytes:
    """The archive of one side of a snapshot."""
    alone, own = as_first_seen(snapshot), {package: snapshot.versions[package]}
    if package == "transformers":
        # Classes that the project describes itself are no release's.
        classes = {path: kind for path, kind in alone.hf.items() if path.startswith(f"{package}.")}
        kept = replace(alone, versions=own, hf=classes, megatron={}, bodies=of_package(alone, package))
    else:
        bodies = of_package(alone, "megatron")
        kept = Snapshot(versions=own, hf={}, megatron=alone.megatron, symbols=alone.symbols, bodies=bodies)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for path, text in sorted(render(kept).items()):
            files.writestr(zipfile.ZipInfo(path, _DATE), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def recorded(package: str, version: str, folder: Path = FOLDER) -> Snapshot:
    """The recorded side of a release's snapshot; the other side is empty."""
    with TemporaryDirectory() as unpacked, zipfile.ZipFile(file_of(package, version, folder)) as files:
        files.extractall(unpacked)
        return load(Path(unpacked))


def releases(package: str, folder: Path = FOLDER) -> tuple[str, ...]:
    """The recorded releases of a package, the oldest first."""
    found = (file.stem.removeprefix(f"{package}-") for file in folder.glob(f"{package}-*.zip"))
    return tuple(sorted(found, key=Version))


def causal_lm(folder: Path = FOLDER) -> Mapping[str, Mapping[str, str]]:
    """The causal language models of each recorded release of transformers, by model type; the oldest release first."""
    known = releases("transformers", folder)
    return {version: recorded("transformers", version, folder).causal_lm for version in known}
