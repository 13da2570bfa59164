"""Which code of the packages mappers execute, from Hugging Face to Megatron."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import libcst as cst

from mcore_mappers import families

ROOT = Path(__file__).parents[1]
GENERATED = ROOT / "generated" / "mcore_mappers"
WRITTEN = ROOT / "runtime" / "mcore_mappers_runtime"

FAMILIES = tuple(sorted(name for name, family in families().items() if family.status == "mapped"))
AROUND = frozenset(
    {
        *("biases", "carried", "check", "cpu", "kernels", "layered", "prediction", "rope_back", "round_trip"),
        *("settings", "upstream"),
    }
)
"""What mappers import of the runtime beside values: it checks and reads configs, goes back, or chooses kernels."""
WITHIN = ("by_layer", "rope_values")
"""Where those modules have values from."""
LAYERS = tuple(sorted(f"layers.{path.stem}" for path in (WRITTEN / "layers").glob("*.py") if path.stem[0] != "_"))
"""The modules of layers that Megatron does not have."""
PARTS = tuple(sorted(f"_parts.{path.stem}" for path in (GENERATED / "_parts").glob("*.py") if path.stem[0] != "_"))
"""The modules of what families share."""


def _imported() -> set[str]:
    texts = ((GENERATED / f"{module.replace('.', '/')}.py").read_text("utf-8") for module in (*FAMILIES, *PARTS))
    return {
        name for text in texts for name in re.findall(r"^from mcore_mappers_runtime\.(\w+) import", text, re.MULTILINE)
    }


RUNTIME = tuple(sorted({*_imported(), *WITHIN} - AROUND))
"""The modules of the runtime from which mappers have values."""


def uses(family: str, module: str) -> bool:
    """Whether the mapper of a family calls functions of what families share, or imports from a module of the runtime.

    What the functions that it calls import counts too.
    """
    if module in PARTS:
        return bool(called(family, module))
    users = (family, *(part for part in PARTS if called(family, part)))
    return any(imports(user, module) or any(uses(family, other) for other in _between(module)) for user in users)


def imports(user: str, module: str) -> bool:
    """Whether a module takes names from one of the runtime."""
    return f"from {f'.{module}' if user in RUNTIME else import_path(module)} import" in source(user)


def _between(module: str) -> tuple[str, ...]:
    """The modules of the runtime that take names from this one."""
    return tuple(other for other in RUNTIME if imports(other, module))


def called(family: str, part: str) -> frozenset[str]:
    """The functions of a module of what families share that a family calls."""
    return frozenset(re.findall(rf"^    {part.removeprefix('_parts.')}\.(\w+)\(check", source(family), re.MULTILINE))


def import_path(module: str) -> str:
    """Of a family, of what families share, of a module of the runtime or of one of layers."""
    return f"{_folder(module).name}.{module}"


@cache
def source(module: str) -> str:
    """The text of any of these."""
    return path(module).read_text("utf-8")


def path(module: str) -> Path:
    """Where that text stands."""
    return _folder(module) / f"{module.replace('.', '/')}.py"


def _folder(module: str) -> Path:
    return WRITTEN if module in RUNTIME or module in LAYERS else GENERATED


@cache
def definitions(module: str) -> dict[str, cst.CSTNode]:
    """Functions, classes and assignments at the top of a module, by name."""
    found: dict[str, cst.CSTNode] = {}
    for statement in cst.parse_module(source(module)).body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            found[statement.name.value] = statement
        elif isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                found |= dict.fromkeys(targets(small), small)
    return found


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.found.add(node.value)

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False


def names(node: cst.CSTNode) -> set[str]:
    visitor = _Names()
    node.visit(visitor)
    return visitor.found


@cache
def reachable(module: str) -> frozenset[str]:
    """The names at the top of a module that some `to_megatron` uses, directly or not; of layers, all."""
    if module in LAYERS:
        return frozenset(definitions(module))
    if module in FAMILIES:
        return frozenset(_reached(module))
    if module in PARTS:
        return frozenset[str]().union(*(called(family, module) for family in FAMILIES))
    known = definitions(module)
    users = [name for name in (*FAMILIES, *PARTS, *RUNTIME) if imports(name, module)]
    found_there = (definitions(user)[name] for user in users for name in reachable(user))
    waiting = {name for node in found_there for name in names(node)} & known.keys()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        # Methods are reached through their object, whose class is in an annotation only.
        waiting |= (names(known[name]) | _results(known[name])) & known.keys() - found
    return frozenset(found)


def _reached(family: str) -> set[str]:
    """The functions of a family's own that `to_megatron` calls, itself included; not those of the round trip."""
    known = {name: node for name, node in definitions(family).items() if isinstance(node, cst.FunctionDef)}
    waiting, found = {"to_megatron"}, set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= names(known[name]) & known.keys() - found
    return found


def _results(node: cst.CSTNode) -> set[str]:
    if not isinstance(node, cst.FunctionDef) or node.returns is None:
        return set()
    return names(node.returns.annotation)


def targets(statement: cst.BaseSmallStatement) -> set[str]:
    """The names that an assignment binds."""
    if isinstance(statement, cst.Assign):
        return names(statement.targets[0].target)
    return names(statement.target) if isinstance(statement, cst.AnnAssign) else set()
