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
"""Digests of every emitted module before and after formatting, and of every file of the snapshot.

With them `check` is right without running black: the same source, formatted by the same black, is the same file. And it
is right about the snapshot without upstream: what was introspected is what is there.
"""


@dataclass(frozen=True)
class Difference:
    """A file that is not what the rules and snapshots make it."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


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


def texts_below(folder: Path, below: str) -> dict[str, str]:
    """The files in a part of the folder, as they are there, by their path in the folder."""
    return {path: file.read_text("utf-8") for path, file in present(folder).items() if path.startswith(f"{below}/")}


def put(file: Path, text: str) -> None:
    """Write a file as every generated one is written, in a folder that need not be there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


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
    inputs = {path: _digest(text) for path, text in snapshot.items()}
    files = {**snapshot, **final, MANIFEST: _manifest(digests, inputs, identity(pyproject))}
    changed = [path for path, text in files.items() if path not in known or known[path].read_text("utf-8") != text]
    for path in changed:
        put(folder / path, files[path])
    removed = [path for path in known if path not in files]
    for path in removed:
        known[path].unlink()
    return Written(tuple(sorted(changed)), tuple(sorted(removed)), len(files) - len(changed))


def write_snapshot(folder: Path, snapshot: Mapping[str, str], below: str) -> None:
    """Write a snapshot alone, and remove what is no longer in it; the modules are left as they are.

    Args:
        folder: `generated/`.
        snapshot: final text, by path.
        below: the part of the folder that holds it.
    """
    known = {path: file for path, file in present(folder).items() if path.startswith(f"{below}/")}
    for path, text in snapshot.items():
        put(folder / path, text)
    for path in known.keys() - snapshot.keys():
        known[path].unlink()
    manifest = _load_manifest(folder / MANIFEST)
    digests = {path: list(pair) for path, pair in manifest.digests.items()}
    inputs = {path: _digest(text) for path, text in snapshot.items()}
    put(folder / MANIFEST, _manifest(digests, inputs, manifest.style))


def compare_snapshot(folder: Path, below: str) -> tuple[Difference, ...]:
    """Every file of the snapshot that is not as introspection wrote it.

    Args:
        folder: `generated/`.
        below: the part of it that holds the snapshot.
    """
    written = _load_manifest(folder / MANIFEST).snapshot
    known = texts_below(folder, below)
    edited = [path for path in known.keys() & written.keys() if _digest(known[path]) != written[path]]
    found = [Difference(path, "was edited by hand") for path in edited]
    found += [Difference(path, "is missing") for path in written.keys() - known.keys()]
    found += [Difference(path, "is emitted by nothing") for path in known.keys() - written.keys()]
    return tuple(sorted(found, key=lambda difference: difference.path))


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
    snapshot: Mapping[str, str]


def _manifest(digests: Mapping[str, list[str]], snapshot: Mapping[str, str], style: str) -> str:
    sections = (("files", digests), ("snapshot", snapshot))
    text = "".join(f',\n  "{name}": {{\n{_lines(section)}\n  }}' for name, section in sections)
    return f'{{\n  "style": {json.dumps(style)}{text}\n}}\n'


def _lines(section: Mapping[str, list[str]] | Mapping[str, str]) -> str:
    return ",\n".join(f"    {json.dumps(path)}: {json.dumps(digest)}" for path, digest in sorted(section.items()))


def _load_manifest(path: Path) -> _Manifest:
    if not path.exists():
        return _Manifest("nothing", {}, {})
    try:
        data = json.loads(path.read_text("utf-8"))
        digests = {name: (pair[0], pair[1]) for name, pair in data["files"].items()}
        return _Manifest(str(data["style"]), digests, dict(data["snapshot"]))
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError, ValueError):
        return _Manifest("nothing that can be read", {}, {})
