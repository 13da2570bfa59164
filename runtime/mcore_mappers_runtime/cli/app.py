"""The commands together, and what a user's mistake ends in: one line, and exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperGroup

from ..documents import MissingYamlError
from ..registry import known
from ..version import VERSION
from .args import args
from .can import can
from .check_args import check_args
from .diff import diff
from .explain import explain
from .families import families
from .map import map_
from .output import NAME, CommandError, mistake, say

_MISTAKE: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""What typer raises for any usage that it does not know; not all of its releases name it."""

_PYDANTIC: Final = "Value error, "
"""Who looked at a value, which is nothing to its user."""

HELP: Final = "Which Megatron-Core config is the same model as a Hugging Face checkpoint, and why."
_INTERRUPTED: Final = 130
"""The exit code of what somebody has stopped, as shells have it."""


class _OneLine(TyperGroup):
    """Says what is wrong with a call in one line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        # Who names no command is told which there are.
        asked = [*(sys.argv[1:] if args is None else args)] or ["--help"]
        try:
            code = super().main(asked, prog_name, complete_var, False, windows_expand_args, **extra)
        except (CommandError, MissingYamlError) as error:
            code = _failed(str(error))
        except _MISTAKE as error:
            told = " ".join(cast("Any", error).format_message().split()).replace(_PYDANTIC, "")
            after = "; options come after the command" if asked[0].startswith("-") else ""
            code = _failed(told + after)
        except typer.Abort:
            code = _INTERRUPTED
        except BrokenPipeError:
            # Whoever read what was asked has seen enough; what is left goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        if standalone_mode:
            sys.exit(code)
        return code


def _failed(told: str) -> int:
    mistake(told)
    return 2


app: Final = typer.Typer(
    name=NAME,
    cls=_OneLine,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _name, _command in (
    ("can", can),
    ("map", map_),
    ("args", args),
    ("check-args", check_args),
    ("explain", explain),
    ("diff", diff),
    ("families", families),
):
    app.command(_name)(_command)


def _versions(asked: bool) -> None:
    """This package's version, and the releases of upstream for which the first table was made."""
    if asked:
        releases = known().registries[0].releases
        say(f"{NAME} {VERSION}")
        for package, newest in releases.newest.items():
            say(f"{package} {releases.oldest.get(package, newest)} to {newest}")
        raise typer.Exit


@app.callback(help=HELP)
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_versions, is_eager=True, help="The version, and the releases that it is for."
        ),
    ] = False,
) -> None:
    """What is asked of no command. `version` has its answer in its own callback."""


def main() -> None:
    """Run the command."""
    app(prog_name=NAME)
