"""The command in this process, and small checkpoints for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

import mcore_mappers as mcore_mappers
from mcore_mappers_runtime.cli.app import app
from tests.support.hf import config


@dataclass(frozen=True)
class Result:
    """What a call of the command left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str | Path) -> Result:
    """Call the command; what it does not expect is raised here."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Result(result.exit_code, result.stdout, result.stderr)


def checkpoint(folder: Path, family: str = "llama", **changes: Any) -> Path:
    """A folder with the small config of a family, and changes to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {**json.loads(config(family).to_json_string(use_diff=False)), **changes}
    (folder / "config.json").write_text(json.dumps(data), encoding="utf-8")
    return folder
