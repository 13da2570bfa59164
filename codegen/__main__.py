"""The generator's commands: `python -m codegen --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import commands, index, project
from codegen.diagnostics import FolderError, GenerationError, IntrospectionError, SourceError
from codegen.lines import line_of_row, line_of_value
from codegen.loading import TableError
from codegen.snapshot import SnapshotError

if TYPE_CHECKING:
    from codegen.releases import Release

_PACKAGES = ("transformers", "megatron-core")

INTERRUPTED = 130
"""The exit status of what somebody interrupts, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when everything is in order."""
    given = _parser().parse_args(arguments)
    try:
        place = project.place(given.families, given.out)
        try:
            done = _run(given, place)
            # What is still held back may meet a closed pipe, too.
            sys.stdout.flush()
            return done
        except GenerationError as error:
            _print_diagnostics(error, place)
        except SnapshotError as error:
            told = f"{error}\n\nthe snapshot cannot be read; run `{commands.regenerate(place)}`"
            print(told, file=sys.stderr)
    except (TableError, FolderError) as error:
        print(error, file=sys.stderr)
    except (IntrospectionError, SourceError) as error:
        print(f"{error}\n\nnothing was written", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read what was asked has seen enough; what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 1


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt


def _print_diagnostics(error: GenerationError, place: project.Place) -> None:
    # Only who has diagnostics to print needs what upstream says.
    from codegen.introspect import documentation

    for diagnostic in error.diagnostics:
        file = place.root / diagnostic.file
        line = line_of_row(file, diagnostic.row) or line_of_value(file, "FAMILY")
        print(diagnostic.told(documentation.text, line), file=sys.stderr)
    count = len(error.diagnostics)
    print(f"\n{count} diagnostic{'s' * (count != 1)}; nothing was written.", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    elsewhere = argparse.ArgumentParser(add_help=False)
    elsewhere.add_argument("--families", type=Path, metavar="DIR", help="a table that somebody keeps elsewhere")
    elsewhere.add_argument("--out", type=Path, metavar="DIR", help="the folder that is generated from it")
    releases = argparse.ArgumentParser(add_help=False)
    for package in _PACKAGES:
        releases.add_argument(
            f"--{package}",
            metavar="RELEASE",
            default="",
            help="a version, `newest`, or the path of a wheel or checkout",
        )

    def add(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return subparsers.add_parser(name, help=text, parents=[elsewhere, *parents])

    add("regen", "introspect upstream, resolve the table, rewrite the generated folder")
    add("emit", "resolve the table against the committed snapshot, rewrite the modules; does not import upstream")
    add("check", "is what is committed up to date with the rules and snapshots?")
    explain = add("explain", "what becomes of a family's fields, and why")
    explain.add_argument("family")
    explain.add_argument("field", nargs="?", help="a field of either side; all of them if left out")
    explain.add_argument("--config", type=Path, help="a config.json, to print its values too")
    add("families", "how many lines of the table each family costs")
    new = add("new", "draft families and their proofs from config classes, and from parts that fit them")
    new.add_argument("--all", action="store_true", help="of every causal language model that has no verdict")
    new.add_argument(
        "families_to_be",
        nargs="*",
        metavar="MODEL_TYPE",
        help="the model_type of a class of transformers, or the import path of a config class",
    )
    add("parts", "the parts of the table: what each is, of which fields, and who uses it")
    drift = add("drift", "what other releases of upstream would change", releases)
    drift.add_argument("--to", type=Path, metavar="FILE", help="write the report there too, as Markdown")
    bump = add("bump", "move to other releases of upstream, and list what is left to decide", releases)
    bump.add_argument("--down", action="store_true", help="to older ones than the pinned, too")
    snapshot = add("snapshot", "introspect upstream, and write the snapshot into a folder of its own")
    snapshot.add_argument("--to", type=Path, metavar="DIR", required=True)
    add("outdated", "which releases are newer than the pins; exits with 1 if any are, with 2 if nobody knows")
    record = add("record", "record releases, for the tests")
    record.add_argument("recorded", nargs="+", metavar="PACKAGE==VERSION")
    return parser


def _run(given: argparse.Namespace, place: project.Place) -> int:
    match given.command:
        case "regen":
            return commands.regen(place)
        case "emit":
            return commands.emit(place)
        case "check":
            return commands.check(place)
        case "families":
            return commands.families(place)
        case "parts":
            print(index.text(place.table), end="")
            return 0
        case "explain":
            return commands.explain(place, given.family, given.field, given.config)
        case _:
            return _upstream(given, place)


def _upstream(given: argparse.Namespace, place: project.Place) -> int:
    """The commands that `make check` has no use for, and whose imports it is spared."""
    from codegen import bump, new_family, upstream
    from codegen.releases import ReleaseError, named
    from codegen.tree import TreeError

    elsewhere = [] if given.families is None else ["--families", str(given.families), "--out", str(given.out)]
    try:
        match given.command:
            case "new":
                if bool(given.families_to_be) == given.all:
                    raise new_family.DraftError("name model types to draft families of, or say --all")
                return new_family.new(place, given.families_to_be)
            case "snapshot":
                return upstream.snapshot(place, given.to)
            case "record":
                return upstream.record(place, [_recorded(text) for text in given.recorded])
            case "outdated":
                return upstream.outdated(place)
            case _:
                pass
        asked = (("transformers", given.transformers), ("megatron-core", given.megatron_core))
        releases = [named(package, text) for package, text in asked if text]
        if not releases:
            raise ReleaseError("name a release: --transformers RELEASE, --megatron-core RELEASE, or both")
        if given.command == "bump":
            if elsewhere:
                raise ReleaseError("a bump is of this project's own table")
            return bump.bump(place, releases, down=given.down)
        return upstream.drift(place, releases, given.to, elsewhere)
    except (ReleaseError, TreeError, new_family.DraftError) as error:
        print(error, file=sys.stderr)
        return 1


def _recorded(text: str) -> Release:
    from codegen.releases import ReleaseError, named

    package, separator, version = text.partition("==")
    if not separator or package not in _PACKAGES:
        raise ReleaseError(f"{text!r} is no release: say {' or '.join(f'{name}==VERSION' for name in _PACKAGES)}")
    return named(package, version)


if __name__ == "__main__":
    # What is begun is cleared away, whoever stops a run.
    signal.signal(signal.SIGTERM, _stopped)
    sys.exit(main())
