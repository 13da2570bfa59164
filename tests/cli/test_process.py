"""The command as a process: what it imports, what it prints, and where."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mcore_mappers
from tests.cli.support import checkpoint
from tests.selection import draw

pytestmark = pytest.mark.costly

HEAVY = ("torch", "transformers", "megatron", "numpy", "rich")


def process(*arguments: str | Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command in an interpreter of its own.

    Args:
        *arguments: of the command.
        before: a program that runs first.
        **environment: more variables.
    """
    program = (
        f"import sys\nsys.path[:0] = {[path for path in sys.path if path]!r}\n{before}\n"
        f"import mcore_mappers\nfrom mcore_mappers_runtime.cli.start import main\n"
        f"sys.argv[1:] = {[*map(str, arguments)]!r}\nmain()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("--version",), ("map", "--help"), ("families",), ("families", "llama")]
)
def test_what_is_only_told_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    watch = f"import atexit\natexit.register(lambda: print([name for name in {HEAVY!r} if name in sys.modules]))"
    done = process(*arguments, before=watch)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"
    # Neither colours nor wrapped lines.
    assert "\x1b" not in done.stdout
    assert "families" not in arguments or max(map(len, done.stdout.splitlines())) > 120


def test_who_names_no_command_is_told_which_there_are() -> None:
    assert process().stdout == process("--help").stdout


def test_the_version_and_what_it_is_for() -> None:
    done = process("--version")
    assert (done.returncode, done.stderr) == (0, "")
    first, *releases = done.stdout.splitlines()
    assert first == f"mcore-mappers {mcore_mappers.__version__}"
    window = mcore_mappers.families()["llama"].versions
    assert releases == [f"{package} {oldest} to {newest}" for package, (oldest, newest) in window.items()]


def test_a_checkpoint_has_any_name_and_may_come_through_a_pipe(tmp_path: Path) -> None:
    file = (checkpoint(tmp_path) / "config.json").rename(tmp_path / "of a friend.txt")
    paths = os.pathsep.join(path for path in sys.path if path)
    for arguments, printed in ((("can", "/dev/stdin"), "yes  /dev/stdin  llama"), (("diff", "/dev/stdin", file), "")):
        done = subprocess.run(
            [sys.executable, "-m", "mcore_mappers", *arguments],
            input=file.read_bytes(),
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": paths},
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith(printed)
        assert bool(done.stdout) == bool(printed)


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_an_environment_without_what_the_command_needs(missing: str) -> None:
    done = process("families", before=f"sys.modules[{missing!r}] = None")
    if missing == "typer":
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "mcore-mappers: the command needs typer, which is not installed\n"
    else:
        # Nothing is bold elsewhere than on a terminal.
        assert (done.returncode, done.stderr) == (0, "")


def test_the_package_can_be_called() -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-m", "mcore_mappers", "mapp"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mcore-mappers: No such command 'mapp'. Did you mean 'map'?\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    done = process(before="", _MCORE_MAPPERS_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert "_MCORE_MAPPERS_COMPLETE" in done.stdout


def test_names_of_families_are_completed() -> None:
    done = process(_MCORE_MAPPERS_COMPLETE="complete_bash", COMP_WORDS="mcore-mappers families qwen3_m", COMP_CWORD="2")
    assert done.stdout.splitlines() == ["qwen3_moe"]


def test_names_of_commands_are_completed() -> None:
    done = process(_MCORE_MAPPERS_COMPLETE="complete_bash", COMP_WORDS="mcore-mappers ", COMP_CWORD="1")
    assert {"args", "check-args"} <= set(done.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    draw(
        (
            ("can",),
            ("map", "--json", "--set", "transformer_impl=local"),
            ("explain", "vocab_size"),
            ("diff", "."),
        ),
        1,
        "commands that print what was asked",
    ),
    ids=lambda arguments: arguments[0],
)
def test_nothing_is_printed_but_what_was_asked(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Of upstream's many remarks on its import not one."""
    folder = checkpoint(tmp_path, "qwen3_moe")
    command, *rest = (str(folder) if word == "." else word for word in arguments)
    done = process(command, folder, *rest)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    expected = {"can": "yes  ", "map": '{\n  "family": "qwen3_moe"', "explain": "vocab_size (Hugging Face): used\n"}
    assert done.stdout.startswith(expected.get(command, ""))
    assert bool(done.stdout) == (command in expected)


def test_upstream_is_hushed_by_the_command_alone() -> None:
    """Whoever imports the library decides what he wants to hear of upstream."""
    runtime = Path(__file__).parents[2] / "runtime" / "mcore_mappers_runtime"
    hushing = re.compile(r"logging\.disable|redirect_std|filterwarnings|setLevel|set_verbosity")
    found = {file.relative_to(runtime).as_posix() for file in runtime.rglob("*.py") if hushing.search(file.read_text())}
    # What the bar is not to do.
    assert found - {"cli/progress.py"} == {"cli/quiet.py"}
