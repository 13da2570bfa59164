"""Record what older releases of upstream look like: `python -m tests.bumps.record transformers==5.12.1 ...`.

Each becomes one archive below `recorded/`, with its own side of the snapshot alone. All are to be recorded anew when
the table gets a config class that they do not hold; the releases are fetched.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.version import Version

from codegen.releases import Release, introspected
from codegen.schemas import Body, Snapshot
from codegen.snapshot import load, render

FOLDER = Path(__file__).parent / "recorded"

# The same bytes for the same snapshot, whenever it is recorded.
_DATE = (1980, 1, 1, 0, 0, 0)


def record(release: Release) -> Path:
    """Write the archive of one release."""
    snapshot = introspected([release])
    own = {name: version for name, version in snapshot.versions.items() if name == release.package}
    if release.package == "transformers":
        kept = replace(snapshot, versions=own, megatron={}, bodies=bodies_of(snapshot, "transformers"))
    else:
        bodies = bodies_of(snapshot, "megatron")
        kept = Snapshot(versions=own, hf={}, megatron=snapshot.megatron, symbols=snapshot.symbols, bodies=bodies)
    file = FOLDER / f"{release.package}-{release.version}.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(render(kept).items()):
            archive.writestr(zipfile.ZipInfo(path, _DATE), text, zipfile.ZIP_DEFLATED)
    return file


def bodies_of(snapshot: Snapshot, package: str) -> Mapping[str, Body]:
    """What is shared by models of one package, named as it is imported."""
    return {path: body for path, body in snapshot.bodies.items() if path.startswith(f"{package}.")}


def recorded(package: str, version: str) -> Snapshot:
    """The recorded side of a release's snapshot; the other side is empty."""
    with TemporaryDirectory() as folder, zipfile.ZipFile(FOLDER / f"{package}-{version}.zip") as archive:
        archive.extractall(folder)
        return load(Path(folder))


def releases(package: str) -> tuple[str, ...]:
    """The recorded releases of a package, oldest first."""
    found = (file.stem.removeprefix(f"{package}-") for file in FOLDER.glob(f"{package}-*.zip"))
    return tuple(sorted(found, key=Version))


def main(arguments: Sequence[str]) -> int:
    """Record every release that is named."""
    for text in arguments:
        package, _, version = text.partition("==")
        print(record(Release(package, version)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
