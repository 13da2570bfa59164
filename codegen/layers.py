"""Layers of this project: the fields that Megatron's configs do not have, and the parameters that come with them.

Both are the runtime's. Its source says what they are, and is read, never imported; so no snapshot holds them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from codegen.schemas import MegatronClass, MegatronField

LAYERS: Final = "mcore_mappers_runtime.layers.fields.Layers"
"""Import path of the class, from the defining module."""
FOLDER: Final = Path("runtime/mcore_mappers_runtime/layers")
"""Where the source is, from the repository root."""


@cache
def layers_class() -> MegatronClass:
    """The class as a snapshot has those of Megatron, its fields in the order in which it declares them."""
    name = LAYERS.rpartition(".")[2]
    (definition,) = (node for node in _body("fields") if isinstance(node, ast.ClassDef) and node.name == name)
    fields = (node for node in definition.body if isinstance(node, ast.AnnAssign))
    return MegatronClass(path=LAYERS, bases=(), fields=tuple(_field(node, name) for node in fields))


def _field(node: ast.AnnAssign, origin: str) -> MegatronField:
    assert isinstance(node.target, ast.Name)
    assert node.value is not None, f"{origin}.{node.target.id} has no value that means that a model does not have it"
    default = ast.literal_eval(_default(node.value))
    return MegatronField(node.target.id, ast.unparse(node.annotation), default, origin, doc="")


def _default(value: ast.expr) -> ast.expr:
    """The default of a field, which `field(default=...)` says beside what it says of its entries."""
    if not isinstance(value, ast.Call):
        return value
    return next(each.value for each in value.keywords if each.arg == "default")


@dataclass(frozen=True)
class LayerParameter:
    """A parameter of a layer that Megatron's own layers do not have; the fields are those of the runtime's class."""

    field: str
    name: str
    shape: tuple[str, ...]
    tensor_parallel_dim: int | None = None
    normalization: str | None = None
    of_model: bool = False
    without: str | None = None


@cache
def layer_parameters() -> tuple[LayerParameter, ...]:
    """All of them."""
    (listed,) = (
        node.value
        for node in _body("parameters")
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "PARAMETERS"
    )
    assert isinstance(listed, ast.Tuple)
    return tuple(_parameter(each) for each in listed.elts)


def _parameter(call: ast.expr) -> LayerParameter:
    assert isinstance(call, ast.Call)
    given = {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg is not None}
    return LayerParameter(*map(ast.literal_eval, call.args), **given)


def _body(module: str) -> list[ast.stmt]:
    path = Path(__file__).resolve().parents[1] / FOLDER / f"{module}.py"
    return ast.parse(path.read_text(encoding="utf-8")).body
