"""What a family's module imports before upstream's: whether upstream can have the family is asked first."""

from __future__ import annotations

from importlib import import_module

from . import releases


def check_versions(module: str) -> None:
    """Look at the installed releases, as `releases` does, and import all that mappers need of them.

    Args:
        module: the family's, with the package that it is in.

    Raises:
        UpstreamVersionError: one is older than what the family needs.
    """
    package, _, family = module.rpartition(".")
    # While one thread imports the package, Python lets another one import what is in it.
    import_module(package)
    releases.check_versions(family)
    import_module(f"{__package__}.imports")
