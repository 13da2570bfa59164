"""Sources of upstream before their release: a checkout of a repository, laid out as an installer would leave it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


class CheckoutError(Exception):
    """A folder is no checkout of the package."""


@dataclass(frozen=True)
class _Layout:
    package: str
    """Where the top package is in the repository."""
    versioned: str
    """The file in it that says the version."""
    version: tuple[str, ...]
    """The constants there that make it up: the numbers, or the whole."""
    suffix: str = ""
    """The constant that follows the numbers."""


_LAYOUTS: Final[Mapping[str, _Layout]] = {
    "transformers": _Layout("src/transformers", "__init__.py", ("__version__",)),
    "megatron-core": _Layout("megatron", "core/package_info.py", ("MAJOR", "MINOR", "PATCH"), "PRE_RELEASE"),
}


def version_of(package: str, checkout: Path) -> str:
    """The version that the sources in a checkout say of themselves; they are read and not run.

    Raises:
        CheckoutError: there are none.
    """
    layout = _LAYOUTS[package]
    file = checkout / layout.package / layout.versioned
    try:
        constants = _constants(ast.parse(file.read_text(encoding="utf-8")))
        return ".".join(constants[name] for name in layout.version) + constants.get(layout.suffix, "")
    except (OSError, SyntaxError, KeyError):
        raise CheckoutError(f"{checkout} is no checkout of {package}: no version in {file}") from None


def _constants(tree: ast.Module) -> Mapping[str, str]:
    return {
        target.id: str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def lay_out(package: str, version: str, checkout: Path, folder: Path) -> None:
    """Give a folder the package of a checkout, by a link, and the metadata that say which version it is."""
    top = Path(_LAYOUTS[package].package)
    (folder / top.name).symlink_to(checkout.resolve() / top, target_is_directory=True)
    info = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n", encoding="utf-8")
