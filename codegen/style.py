"""How generated code looks: black, with the project's own settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import black
from black.mode import Mode, TargetVersion


@cache
def _mode(pyproject: Path) -> Mode:
    settings = black.parse_pyproject_toml(str(pyproject))
    versions = {TargetVersion[str(name).upper()] for name in settings.get("target_version", [])}
    return Mode(target_versions=versions, line_length=int(settings.get("line_length", black.DEFAULT_LINE_LENGTH)))


def formatted(source: str, pyproject: Path) -> str:
    """The source as black writes it."""
    return black.format_str(source, mode=_mode(pyproject))


def identity(pyproject: Path) -> str:
    """What decides the style: the version of black and its settings."""
    mode = _mode(pyproject)
    return f"black {black.__version__}, line length {mode.line_length}"
