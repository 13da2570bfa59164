"""The working tree of a git repository: what was committed, and what is not."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.schemas import Snapshot
from codegen.snapshot import load


class TreeError(Exception):
    """There is no commit to start from, or something that is not committed is in the way."""


@dataclass(frozen=True)
class Tree:
    """A folder of a repository; paths are relative to it."""

    root: Path

    def text(self, path: str) -> str:
        """A file as it was committed."""
        return self._git("show", f"HEAD:./{path}").decode("utf-8")

    def snapshot(self, path: str) -> Snapshot:
        """The snapshot in a folder as it was committed."""
        with (
            TemporaryDirectory() as folder,
            tarfile.open(fileobj=io.BytesIO(self._git("archive", "HEAD", path))) as files,
        ):
            files.extractall(folder, filter="data")
            return load(Path(folder, path))

    def uncommitted(self) -> Collection[str]:
        """Every file that is not as it was committed, and is not ignored: changed, new or gone."""
        changed = self._git("diff", "--name-only", "--relative", "--no-renames", "-z", "HEAD")
        new = self._git("ls-files", "--others", "--exclude-standard", "-z")
        return sorted({path for path in (changed + new).decode("utf-8").split("\0") if path})

    def _git(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=False)
        except FileNotFoundError:
            raise TreeError("a bump begins from a commit, and there is no git to ask for it") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise TreeError(f"a bump begins from a commit, and git has none to begin from: {said}")
        return done.stdout
