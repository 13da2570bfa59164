"""How generated code looks: black, with the project's own settings."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from pathlib import Path

from black import format_str
from black.const import DEFAULT_LINE_LENGTH
from black.files import parse_pyproject_toml
from black.mode import Mode, TargetVersion


@cache
def _mode(pyproject: Path) -> Mode:
    settings = parse_pyproject_toml(str(pyproject))
    versions = {TargetVersion[str(name).upper()] for name in settings.get("target_version", [])}
    return Mode(target_versions=versions, line_length=int(settings.get("line_length", DEFAULT_LINE_LENGTH)))


def formatted(source: str, pyproject: Path) -> str:
    """The source as black writes it."""
    return format_str(source, mode=_mode(pyproject))


@cache
def identity(pyproject: Path) -> str:
    """What decides the style: the version of black and its settings."""
    mode = _mode(pyproject)
    return f"black {metadata.version('black')}, line length {mode.line_length}"
