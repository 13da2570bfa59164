"""What a forge runs: the workflows are what they should be, and so is the script that proposes a bump."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import project

WORKFLOWS = project.ROOT / ".github" / "workflows"
SCRIPT = project.ROOT / ".ci" / "propose-bump"


def workflow(name: str) -> dict[str, Any]:
    # YAML 1.1 reads `on` as true.
    return {str(key): value for key, value in yaml.safe_load((WORKFLOWS / name).read_text("utf-8")).items()}


def runs(name: str) -> list[str]:
    return [step["run"] for job in workflow(name)["jobs"].values() for step in job["steps"] if "run" in step]


def test_every_change_is_checked_with_no_rights() -> None:
    found = workflow("check.yml")
    assert set(found["True"]) == {"push", "pull_request"}
    assert found["permissions"] == {"contents": "read"}
    assert runs("check.yml") == [".ci/run"]


def test_once_a_week_a_bump_is_proposed() -> None:
    found = workflow("upstream.yml")
    (schedule,) = found["True"]["schedule"]
    minute, hour, *rest = schedule["cron"].split()
    assert rest == ["*", "*", "1"]
    assert (minute + hour).isdigit()
    assert found["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert runs("upstream.yml") == [".ci/propose-bump"]


def test_workflows_run_what_is_there() -> None:
    assert {file.name for file in WORKFLOWS.iterdir()} == {"check.yml", "upstream.yml"}
    for name in ("check.yml", "upstream.yml"):
        assert all(os.access(project.ROOT / command, os.X_OK) for command in runs(name))


def propose(folder: Path, outdated: int, branches: int) -> tuple[int, list[str]]:
    """The status of the script, and what it ran.

    Args:
        folder: to run it in.
        outdated: the status of the command that asks for newer releases.
        branches: that of looking for the branch.
    """
    (folder / ".ci").mkdir()
    shutil.copy(SCRIPT, folder / ".ci")
    log, tools = folder / "log", folder / "tools"
    for path, status in (
        (tools / "make", "0"),
        (tools / "git", f'$([ "$1" = ls-remote ] && echo {branches} || echo 0)'),
        (tools / "gh", "0"),
        (folder / ".venv/bin/python", str(outdated)),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Who writes into it may be stopped where nobody reads.
        path.write_text(f'#!/bin/sh\necho "$(basename "$0") $*" >>{log}\ncat >/dev/null\nexit {status}\n')
        path.chmod(0o755)
    (folder / "bump.md").write_text("# transformers 5.98.0 -> 5.99.0\n\nWhat is left.\n")
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [folder / ".ci" / SCRIPT.name], env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    return done.returncode, log.read_text().splitlines()


@pytest.mark.parametrize("status", [0, 2])
def test_where_nothing_is_known_to_be_newer_nothing_is_proposed(tmp_path: Path, status: int) -> None:
    assert propose(tmp_path, status, 2) == (status, ["make .venv/.installed", "python -m codegen outdated"])


def test_a_bump_is_a_branch_and_a_pull_request(tmp_path: Path) -> None:
    status, ran = propose(tmp_path, 1, 2)
    assert status == 0
    assert ran[2] == "make bump TRANSFORMERS=newest MEGATRON=newest"
    assert "git switch --create bump/transformers-5.98.0-5.99.0" in ran
    assert "git add pyproject.toml generated tests/bumps/recorded" in ran
    assert ran[-1].startswith("gh pr create --title transformers 5.98.0 -> 5.99.0 --body-file -")


def test_a_bump_is_proposed_once(tmp_path: Path) -> None:
    status, ran = propose(tmp_path, 1, 0)
    assert status == 0
    assert not [line for line in ran if line.startswith(("git switch", "git push", "gh"))]
