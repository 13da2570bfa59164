"""Where the command begins: also in environments of which the package was installed without what it depends on."""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Run the command, for the package that is installed; it has announced itself."""
    try:
        app = import_module(f"{__package__}.app")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"mcore-mappers: the command needs {error.name}, which is not installed\n")
        sys.exit(2)
    app.main()
