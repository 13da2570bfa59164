"""`Layers`: the fields that Megatron's configs do not have, and that this project computes.

The class is the runtime's, so that its source says what it is, whatever is installed: no snapshot holds it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Final

from codegen.schemas import MegatronClass, MegatronField

LAYERS: Final = "mcore_mappers_runtime.layers.fields.Layers"
"""Import path of the class, from the defining module."""
FILE: Final = Path("runtime/mcore_mappers_runtime/layers/fields.py")
"""Where it is defined, from the repository root: it is read, and never imported."""


@cache
def layers_class() -> MegatronClass:
    """The class as a snapshot has those of Megatron, its fields in the order in which it declares them."""
    name = LAYERS.rpartition(".")[2]
    tree = ast.parse((Path(__file__).resolve().parents[1] / FILE).read_text(encoding="utf-8"))
    (definition,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    fields = (node for node in definition.body if isinstance(node, ast.AnnAssign))
    return MegatronClass(path=LAYERS, bases=(), fields=tuple(_field(node, name) for node in fields))


def _field(node: ast.AnnAssign, origin: str) -> MegatronField:
    assert isinstance(node.target, ast.Name)
    assert node.value is not None, f"{origin}.{node.target.id} has no value that means that a model does not have it"
    default = ast.literal_eval(node.value)
    return MegatronField(node.target.id, ast.unparse(node.annotation), default, origin, doc="")
