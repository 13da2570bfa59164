"""The files under `generated/`: which there are, which differ, and the one place that writes them."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.style import formatted, identity

MANIFEST = "manifest.json"
"""Digests of every emitted module before and after formatting.

With them `check` is right without running black: the same source, formatted by the same black, is the same file.
"""


@dataclass(frozen=True)
class Difference:
    """A file that is not what the rules and snapshots make it."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"generated/{self.path}: {self.what}"


@dataclass(frozen=True)
class Written:
    """What a regeneration did to the folder."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def present(folder: Path) -> dict[str, Path]:
    """Every file in the folder, by its path in it; what Python and installers leave there is not counted."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part == "__pycache__" or part.endswith(".egg-info") for part in path.parts)
    }


def write(folder: Path, modules: Mapping[str, str], snapshot: Mapping[str, str], pyproject: Path) -> Written:
    """Format and write what changed, and remove what nothing emits any more.

    Args:
        folder: `generated/`.
        modules: source before formatting, by path.
        snapshot: final text, by path.
        pyproject: holds black's settings.

    Raises:
        SyntaxError: an emitted module does not parse; nothing is written.
    """
    known = present(folder) if folder.exists() else {}
    manifest = _load_manifest(folder / MANIFEST)
    final = {path: _final(path, source, pyproject, known, manifest) for path, source in modules.items()}
    for path, text in final.items():
        if path.endswith(".py"):
            ast.parse(text, filename=path)
    digests = {path: [_digest(modules[path]), _digest(text)] for path, text in final.items()}
    files = {**snapshot, **final, MANIFEST: _manifest(digests, pyproject)}
    changed = [path for path, text in files.items() if path not in known or known[path].read_text("utf-8") != text]
    for path in changed:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(files[path], encoding="utf-8", newline="\n")
    removed = [path for path in known if path not in files]
    for path in removed:
        known[path].unlink()
    return Written(tuple(sorted(changed)), tuple(sorted(removed)), len(files) - len(changed))


def compare(
    folder: Path, modules: Mapping[str, str], snapshot: Mapping[str, str], pyproject: Path
) -> tuple[Difference, ...]:
    """Every file that a regeneration would write, change or remove, without formatting anything."""
    known = present(folder)
    manifest = _load_manifest(folder / MANIFEST)
    found: list[Difference] = []
    if manifest.style != identity(pyproject):
        found.append(Difference(MANIFEST, f"formatted with {manifest.style}, and this is {identity(pyproject)}"))
    for path, text in snapshot.items():
        if path in known and known[path].read_text("utf-8") != text:
            found.append(Difference(path, "differs from what the generator writes"))
    for path, source in modules.items():
        before, after = manifest.digests.get(path, ("", ""))
        if _digest(source) != before:
            found.append(Difference(path, "the rules, templates or snapshots changed since it was written"))
        elif path in known and _digest(known[path].read_text("utf-8")) != after:
            found.append(Difference(path, "was edited by hand"))
    expected = {*modules, *snapshot, MANIFEST}
    found += [Difference(path, "is missing") for path in expected - set(known)]
    found += [Difference(path, "is emitted by nothing") for path in set(known) - expected]
    return tuple(sorted(found, key=lambda difference: difference.path))


def _final(path: str, source: str, pyproject: Path, known: Mapping[str, Path], manifest: _Manifest) -> str:
    """The formatted source: what is there, where it was made from the same source in the same style."""
    if not path.endswith(".py"):
        return source
    if path in known and manifest.style == identity(pyproject):
        there = known[path].read_text("utf-8")
        if manifest.digests.get(path) == (_digest(source), _digest(there)):
            return there
    return formatted(source, pyproject)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Manifest:
    style: str
    digests: Mapping[str, tuple[str, str]]


def _manifest(digests: Mapping[str, list[str]], pyproject: Path) -> str:
    lines = ",\n".join(f"    {json.dumps(path)}: {json.dumps(pair)}" for path, pair in sorted(digests.items()))
    return f'{{\n  "style": {json.dumps(identity(pyproject))},\n  "files": {{\n{lines}\n  }}\n}}\n'


def _load_manifest(path: Path) -> _Manifest:
    if not path.exists():
        return _Manifest("nothing", {})
    try:
        data = json.loads(path.read_text("utf-8"))
        return _Manifest(str(data["style"]), {name: (pair[0], pair[1]) for name, pair in data["files"].items()})
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError):
        return _Manifest("nothing that can be read", {})
