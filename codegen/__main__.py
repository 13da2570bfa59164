"""`python -m codegen regen | check | explain | families`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen import commands
from codegen.diagnostics import GenerationError
from codegen.snapshot import SnapshotError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when everything is in order."""
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    subparsers.add_parser("regen", help="introspect upstream, resolve the table, rewrite generated/")
    subparsers.add_parser("check", help="is what is committed up to date with the rules and snapshots?")
    explain = subparsers.add_parser("explain", help="what becomes of a family's fields, and why")
    explain.add_argument("family")
    explain.add_argument("field", nargs="?", help="a field of either side; all of them if left out")
    explain.add_argument("--config", type=Path, help="a config.json, to print its values too")
    subparsers.add_parser("families", help="how many lines of the table each family costs")
    given = parser.parse_args(arguments)
    try:
        if given.command == "regen":
            return commands.regen()
        if given.command == "check":
            return commands.check()
        if given.command == "families":
            return commands.families()
        return commands.explain(given.family, given.field, given.config)
    except SnapshotError as error:
        print(f"{error}\n\nthe snapshot cannot be read; run `{commands.REGENERATE}`", file=sys.stderr)
        return 1
    except GenerationError as error:
        print(error, file=sys.stderr)
        count = len(error.diagnostics)
        print(f"\n{count} diagnostic{'s' * (count != 1)}; nothing was written.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
