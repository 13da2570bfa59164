"""What the project's own package has already, and a package that is generated elsewhere imports from there."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FIELDS, TABLES = "typing", "_tables"
"""Modules of which a package elsewhere has its own only where the project's does not do."""


@dataclass(frozen=True)
class Ours:
    """What these modules of the project's own package define."""

    modules: Mapping[str, Mapping[str, str]]

    def has(self, module: str, source: str) -> bool:
        """Whether all that is defined in this source is defined there too, and as here."""
        return definitions(source).items() <= self.modules[module].items()


def ours_in(package: Path) -> Ours:
    """What the generated package in this folder has."""
    return Ours({name: definitions((package / f"{name}.py").read_text("utf-8")) for name in (FIELDS, TABLES)})


def definitions(source: str) -> Mapping[str, str]:
    """The classes and annotated constants of a module by name, as text in which formatting does not matter."""
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = ast.dump(node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ast.dump(node)
    return found
