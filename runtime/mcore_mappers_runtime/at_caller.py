"""Warnings that point at the caller's line, outside generated packages and what they have in common."""

from __future__ import annotations

import os
import warnings

_FOLDERS: list[str] = []


def skip(file: str) -> None:
    """Let no warning point at a file in the folder of this one."""
    folder = f"{os.path.dirname(file)}{os.sep}"
    if folder not in _FOLDERS:
        _FOLDERS.append(folder)


skip(__file__)


def warn(warning: Warning, *, beyond: str = "") -> None:
    """Warn at the nearest line that is the caller's.

    Args:
        warning: what is said.
        beyond: one more folder to look outside of.
    """
    folders = (*_FOLDERS, beyond) if beyond else tuple(_FOLDERS)
    warnings.warn(warning, skip_file_prefixes=folders)
