"""The manifest of a generated folder: which of the files in it are the generator's, and what they were when written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from codegen.diagnostics import FolderError

MANIFEST = "manifest.json"
"""Digests of every emitted module before and after formatting, and of every file of the snapshot.

They tell what was edited by hand from what the rules changed. That a module says what the rules give is not taken from
them: who edits a module can edit its digest, too.
"""


@dataclass(frozen=True)
class Manifest:
    """What a run of the generator left in a folder. Of a folder with nothing in it, this is the default."""

    style: str = "nothing"
    """What formatted the modules."""
    modules: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Digests before and after formatting, by path."""
    snapshot: Mapping[str, str] = field(default_factory=dict[str, str])
    """Digests, by path."""

    @property
    def listed(self) -> frozenset[str]:
        """The paths of the generator's own files; no other is ever written over or removed."""
        return frozenset((*self.modules, *self.snapshot, MANIFEST))

    @property
    def packages(self) -> frozenset[str]:
        """The packages that its modules make up."""
        return frozenset(path.partition("/")[0] for path in self.modules)

    def with_others(self, other: Manifest, paths: Iterable[str]) -> Manifest:
        """The same with what another lists of these paths."""
        modules = {path: other.modules[path] for path in paths if path in other.modules}
        snapshot = {path: other.snapshot[path] for path in paths if path in other.snapshot}
        return Manifest(self.style, {**modules, **self.modules}, {**snapshot, **self.snapshot})

    def text(self) -> str:
        """The file, one line for each path."""
        sections = (("files", {path: list(pair) for path, pair in self.modules.items()}), ("snapshot", self.snapshot))
        lines = "".join(f',\n  "{name}": {{\n{_lines(section)}\n  }}' for name, section in sections)
        return f'{{\n  "style": {json.dumps(self.style)}{lines}\n}}\n'


def owned(folder: Path) -> Manifest:
    """What the manifest of a folder says is the generator's.

    Raises:
        FolderError: it is no folder of the generator's: it holds something, and no manifest that a run has written.
    """
    if not folder.exists():
        return Manifest()
    if not folder.is_dir():
        raise FolderError(f"{folder} is no folder")
    file = folder / MANIFEST
    if file.is_file() and not file.is_symlink():
        try:
            return _read(json.loads(file.read_text("utf-8")))
        except (ValueError, RecursionError) as error:
            raise FolderError(f"{file} is no manifest of this generator: {error}; {_WAY_OUT}") from None
    # A first run that was killed while it wrote its manifest left no more than half of it.
    held = sorted(path.name for path in folder.iterdir() if half_of(path.name) != MANIFEST)
    if held:
        raise FolderError(f"{folder} holds {held[0]} and no {MANIFEST} of this generator; {_WAY_OUT}")
    return Manifest()


def half_of(name: str) -> str:
    """The name of the file of which a run that was killed wrote a half under this name; empty where it is no half."""
    match = _HALF.fullmatch(name)
    return match[1] if match is not None else ""


def digest(content: bytes) -> str:
    """What is kept of a file."""
    return hashlib.sha256(content).hexdigest()[:16]


_WAY_OUT = "nothing there is known to be the generator's own: name another folder, restore it, or empty it"

_HALF = re.compile(r"\.(.+)\.[0-9a-f]{8}")
_MODULE = re.compile(r"[^\W\d]\w*(/\w+)*/(\w+\.py|py\.typed)")
_SCHEMA = re.compile(r"schemas(/\w+)+\.json")
"""What a run writes, and so all that a manifest can list: no path leads out of the folder, or to other things in it."""


def _read(data: object) -> Manifest:
    """Raises ValueError where it is none."""
    if not isinstance(data, dict) or data.keys() != {"style", "files", "snapshot"}:
        raise ValueError("it does not have its three keys")
    held = cast(dict[str, object], data)
    return Manifest(
        style=_text(held["style"]),
        modules={_path(path, _MODULE): _pair(pair) for path, pair in _object(held["files"]).items()},
        snapshot={_path(path, _SCHEMA): _text(text) for path, text in _object(held["snapshot"]).items()},
    )


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no object")
    return cast(dict[str, object], value)


def _path(path: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(path):
        raise ValueError(f"it lists {path!r}, which no run writes")
    return path


def _pair(value: object) -> tuple[str, str]:
    match value:
        case [str(before), str(after)]:
            return before, after
        case _:
            raise ValueError(f"{value!r} are no two digests")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no string")
    return value


def _lines(section: Mapping[str, list[str]] | Mapping[str, str]) -> str:
    return ",\n".join(f"    {json.dumps(path)}: {json.dumps(digest)}" for path, digest in sorted(section.items()))
