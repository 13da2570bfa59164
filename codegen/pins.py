"""The pins of upstream in pyproject.toml, and the ranges that a user may install."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.version import Version

from codegen.releases import Release, ReleaseError


def pinned(text: str, releases: Iterable[Release]) -> str:
    """The text of pyproject.toml with other releases: the pin of each, and the end of the range above it.

    The range ends before the next minor version: the first for which nothing was looked at.

    Raises:
        ReleaseError: the text has no pin of one of them.
    """
    for release in releases:
        major, minor = Version(release.version).release[:2]
        for pattern, replacement in (
            (rf'"{release.package}==[^"]+"', f'"{release.package}=={release.version}"'),
            (rf'"({release.package}>=[^,"]+),<[^"]+"', rf'"\g<1>,<{major}.{minor + 1}"'),
        ):
            text, count = re.subn(pattern, replacement, text)
            if count != 1:
                raise ReleaseError(f"pyproject.toml names {release.package} {count} times as {pattern}, not once")
    return text
