"""The releases of upstream for which a mapper is right, and the warning outside them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from functools import cache

from .callers import warn
from .errors import UpstreamVersionWarning
from .registry import Releases, registry_of

_IMPORTLIB = os.path.dirname(importlib.__file__)
_DRIFT = {"megatron-core": "MEGATRON", "transformers": "TRANSFORMERS"}


def releases_for(family: str, stated: Releases) -> Mapping[str, tuple[str, str]]:
    """By upstream package, the oldest and the newest release for which a family's mapper is right."""
    oldest = {**stated.oldest, **stated.narrower.get(family, {})}
    return {name: (oldest.get(name, newest), newest) for name, newest in stated.newest.items()}


def check_versions(family: str) -> None:
    """Warn where an installed release is outside those for which the family's mapper is right, once for each range."""
    stated = registry_of(family).releases
    for package, (oldest, newest) in releases_for(family, stated).items():
        subject = "the mappers are" if oldest == stated.oldest.get(package) else f"the mapper of {family} is"
        _check(subject, package, oldest, newest)


@cache
def _check(subject: str, package: str, oldest: str, newest: str) -> None:
    # Both take longer to import than the rest of the package.
    from importlib import metadata

    from packaging.version import Version

    installed = metadata.version(package)
    if not Version(oldest) <= Version(installed) <= Version(newest):
        message = (
            f"{package} {installed} is installed, and {subject} right for {oldest} to {newest}; what differs says "
            f"`make drift {_DRIFT[package]}={installed}` in a checkout of this package"
        )
        warn(UpstreamVersionWarning(message), beyond=_IMPORTLIB)
