"""Writes a file so that whoever reads it meanwhile has the old one or the new one, and never a part."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, as a whole or not at all.

    The text goes to a new file beside it, which takes its place once everything is on disk: also where the writer is
    killed, the disk is full, or another one writes the same file. Permissions of a file that was there stay.

    Raises:
        OSError: it cannot be written. A file that was there is as it was.
    """
    # A link stays one, and what it leads to is written.
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_text(text, encoding="utf-8")  # a terminal or a pipe, which nothing can take the place of
        return
    beside = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
