"""The files in a generated folder: which differ from what the rules give, and the one place that writes them."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from codegen.diagnostics import FolderError
from codegen.manifest import MANIFEST, Manifest, digest, owned
from codegen.style import formatted, identity, says_the_same


@dataclass(frozen=True)
class Difference:
    """A file that is not what the rules and snapshots make it."""

    path: str
    what: str
    is_foreign: bool = False
    """Whether it is none of the generator's files, so that no run will mend it."""

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


def put(file: Path, text: str | bytes) -> None:
    """Write a file as every generated one is written, in a folder that need not be there yet: whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{token_hex(4)}")
    try:
        with beside.open("xb") as stream:
            stream.write(text.encode("utf-8") if isinstance(text, str) else text)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write(
    folder: Path,
    modules: Mapping[str, str],
    snapshot: Mapping[str, str],
    pyproject: Path,
    *,
    trusts_manifest: bool = False,
) -> Written:
    """Format and write what changed, and remove what nothing emits any more.

    Args:
        folder: `generated/`.
        modules: source before formatting, by path.
        snapshot: final text, by path.
        pyproject: holds black's settings.
        trusts_manifest: whether a module of which the manifest has both digests is kept as it is. Otherwise it is also
            compared with its source, which takes as long as a third of `emit`: somebody may have edited it and its
            digest.

    Raises:
        FolderError: the folder is not the generator's, or a file that is not stands where one is to be written.
            Nothing is written.
        SourceError: an emitted module does not parse; nothing is written.
    """
    before = owned(folder)
    packages = {path.partition("/")[0] for path in modules}
    if not before.packages <= packages:
        others = ", ".join(sorted(before.packages - packages))
        raise FolderError(f"{folder} is generated from the table of {others}: name another folder, or empty it")
    final = {
        path: _final(folder / path, path, source, pyproject, before, trusts_manifest)
        for path, source in modules.items()
    }
    after = Manifest(
        style=identity(pyproject),
        modules={path: (digest(modules[path].encode()), digest(text.encode())) for path, text in final.items()},
        snapshot={path: digest(text.encode()) for path, text in snapshot.items()},
    )
    return _store(folder, before, after, {**snapshot, **final})


def write_snapshot(folder: Path, snapshot: Mapping[str, str]) -> None:
    """Write a snapshot alone, and remove what is no longer in it; the modules are left as they are.

    Args:
        folder: `generated/`.
        snapshot: final text, by path.

    Raises:
        FolderError: as of `write`.
    """
    before = owned(folder)
    inputs = {path: digest(text.encode()) for path, text in snapshot.items()}
    _store(folder, before, Manifest(before.style, before.modules, inputs), snapshot)


def compare_snapshot(folder: Path, below: str) -> tuple[Difference, ...]:
    """Every file of the snapshot that is not as introspection wrote it.

    Args:
        folder: `generated/`.
        below: the part of it that holds the snapshot.

    Raises:
        FolderError: the folder is not the generator's.
    """
    written = owned(folder).snapshot
    known = {path: file for path, file in present(folder).items() if path.startswith(f"{below}/")}
    edited = [path for path in known.keys() & written.keys() if digest(known[path].read_bytes()) != written[path]]
    found = [Difference(path, _EDITED) for path in edited]
    found += [Difference(path, "is missing") for path in written.keys() - known.keys()]
    found += [Difference(path, _FOREIGN, is_foreign=True) for path in known.keys() - written.keys()]
    return tuple(sorted(found, key=lambda difference: difference.path))


def compare(
    folder: Path, modules: Mapping[str, str], snapshot: Mapping[str, str], pyproject: Path
) -> tuple[Difference, ...]:
    """Every file that a regeneration would write, change or remove, and what else lies among them.

    Nothing is formatted where a module says what its source says: then the digests are right about its layout.

    Raises:
        FolderError: the folder is not the generator's.
    """
    known, manifest = present(folder), owned(folder)
    found: list[Difference] = []
    if manifest.style != identity(pyproject):
        found.append(Difference(MANIFEST, f"formatted with {manifest.style}, and this is {identity(pyproject)}"))
    for path, text in snapshot.items():
        if path in known and known[path].read_bytes() != text.encode():
            found.append(Difference(path, "differs from what the generator writes"))
    for path, source in modules.items():
        before, after = manifest.modules.get(path, ("", ""))
        if digest(source.encode()) != before:
            found.append(Difference(path, "the rules, templates or snapshots changed since it was written"))
        elif path in known and digest(known[path].read_bytes()) != after:
            found.append(Difference(path, _EDITED))
        elif path in known and not _is_final(known[path].read_bytes(), path, source, pyproject):
            found.append(Difference(path, f"{_EDITED}, and so was {MANIFEST}"))
    expected = {*modules, *snapshot, MANIFEST}
    found += [Difference(path, "is missing") for path in expected - known.keys()]
    found += [Difference(path, "is emitted by nothing") for path in manifest.listed & known.keys() - expected]
    own = {path.partition("/")[0] for path in expected}
    strangers = [path for path in known.keys() - manifest.listed if "/" in path and path.partition("/")[0] in own]
    found += [Difference(path, _FOREIGN, is_foreign=True) for path in strangers]
    return tuple(sorted(found, key=lambda difference: difference.path))


_EDITED = "was edited by hand"
_FOREIGN = "is none of the generator's files; move it elsewhere"


def _final(file: Path, path: str, source: str, pyproject: Path, before: Manifest, trusts_manifest: bool) -> str:
    """The formatted source: what is there, where it was made from the same source in the same style."""
    if not path.endswith(".py"):
        return source
    if before.style == identity(pyproject) and path in before.modules and file.is_file():
        there = file.read_bytes()
        is_known = before.modules[path] == (digest(source.encode()), digest(there))
        if is_known and (trusts_manifest or says_the_same(there, source)):
            return there.decode("utf-8")
    return formatted(source, path, pyproject)


def _is_final(there: bytes, path: str, source: str, pyproject: Path) -> bool:
    """Whether a file is the formatted source, but for a layout that only its digest tells."""
    if not path.endswith(".py"):
        return there == source.encode()
    return says_the_same(there, source) or there == formatted(source, path, pyproject).encode()


def _store(folder: Path, before: Manifest, after: Manifest, texts: Mapping[str, str]) -> Written:
    """Make the files of a folder those of a manifest; these are the ones that may have changed.

    The manifest comes first, and lists what is to be removed until it is: after an interruption at any point every file
    of the generator's is known to be that, and the next run goes on.
    """
    gone = before.listed - after.listed
    removed = sorted(path for path in gone if os.path.lexists(folder / path))
    _refuse_what_is_not_ours(folder, (*texts, *removed), before)
    changed = [path for path, text in texts.items() if not _holds(folder / path, text)]
    if not _holds(folder / MANIFEST, after.text()):
        changed.append(MANIFEST)
    try:
        _put_manifest(folder, after.with_others(before, gone))
        for path in changed:
            if path != MANIFEST:
                put(folder / path, texts[path])
        for path in removed:
            (folder / path).unlink()
        _put_manifest(folder, after)
    except OSError as error:
        raise FolderError(f"{error}; the same command goes on where this one stopped") from None
    return Written(tuple(sorted(changed)), tuple(removed), len(texts) + 1 - len(changed))


def _put_manifest(folder: Path, manifest: Manifest) -> None:
    if not _holds(folder / MANIFEST, manifest.text()):
        put(folder / MANIFEST, manifest.text())


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def _refuse_what_is_not_ours(folder: Path, paths: Collection[str], before: Manifest) -> None:
    """Before anything is written: what would be written over or removed is the generator's, and in its folder."""
    found = {path: why for path in paths if (why := _in_the_way(folder, path, before))}
    if found:
        lines = "\n".join(f"{folder.name}/{path}: {why}" for path, why in sorted(found.items()))
        raise FolderError(f"{lines}\nit is left alone, and nothing was written; move it elsewhere")


def _in_the_way(folder: Path, path: str, before: Manifest) -> str:
    file = folder / path
    for above in [folder.joinpath(*Path(path).parts[:depth]) for depth in range(1, len(Path(path).parts))]:
        if above.is_symlink():
            return f"{above.relative_to(folder)} is a link"
        if above.exists() and not above.is_dir():
            return f"{above.relative_to(folder)} is no folder"
    if file.is_symlink():
        return "is a link"
    if not file.exists():
        return ""
    if path not in before.listed:
        return f"is there, and {MANIFEST} does not list it"
    return "" if file.is_file() else "is no file"
