"""The releases of upstream for which a mapper is right: what is too old is an error, what is too new a warning."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from functools import cache

from .at_caller import warn
from .errors import UpstreamVersionError, UpstreamVersionWarning
from .registry import Releases, known, registry_of

_IMPORTLIB = os.path.dirname(importlib.__file__)
_DRIFT = {"megatron-core": "MEGATRON", "transformers": "TRANSFORMERS"}


def releases_for(family: str, stated: Releases) -> Mapping[str, tuple[str, str]]:
    """By upstream package, the oldest and the newest release for which a family's mapper is right."""
    oldest = {**stated.oldest, **stated.narrower.get(family, {})}
    return {name: (oldest.get(name, newest), newest) for name, newest in stated.newest.items()}


def check_versions(family: str) -> None:
    """Look at the installed releases.

    Raises:
        UpstreamVersionError: one is older than what the family needs, or not installed.

    Warns:
        UpstreamVersionWarning: one is newer than the newest that is known, once for each.
    """
    for package, (oldest, newest) in releases_for(family, registry_of(family).releases).items():
        _compare(family, package, oldest)
        _warn_if_newer(package, newest)


def need(package: str) -> None:
    """Look at one package, where no family is known yet.

    Raises:
        UpstreamVersionError: it is older than what any family needs, or not installed.
    """
    _compare("", package, known().registries[0].releases.oldest[package])


def _compare(family: str, package: str, oldest: str) -> None:
    if not is_installed(package):
        raise UpstreamVersionError(family, package, None, oldest)
    if is_before(package, oldest):
        raise UpstreamVersionError(family, package, installed(package), oldest)


@cache
def is_installed(package: str) -> bool:
    """Whether there is any release."""
    from importlib import metadata

    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


@cache
def installed(package: str) -> str:
    """The installed release."""
    from importlib import metadata  # which takes longer to import than the rest of the package

    return metadata.version(package)


@cache
def is_before(package: str, release: str) -> bool:
    """Whether what is installed is older than a release."""
    from packaging.version import Version

    return Version(installed(package)) < Version(release)


@cache
def _warn_if_newer(package: str, newest: str) -> None:
    from packaging.version import Version

    if Version(newest) < Version(installed(package)):
        message = (
            f"{package} {installed(package)} is installed, and {newest} is the newest for which the mappers are known "
            f"to be right; what differs says `make drift {_DRIFT[package]}={installed(package)}` in a checkout of this "
            "package"
        )
        warn(UpstreamVersionWarning(message), beyond=_IMPORTLIB)
