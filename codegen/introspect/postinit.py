"""Which attributes the `__post_init__` of a config class assigns: found by reading its source."""

from __future__ import annotations

import ast

from codegen.diagnostics import IntrospectionError
from codegen.introspect.definitions import FunctionNode, methods, parameters, resolve, setters


def assigned(kind: type[object], own: bool = False) -> frozenset[str]:
    """Names that are assigned on `self` in `__post_init__`, in whichever branch; with `own`, in this class's version.

    That includes the methods and property setters that it goes through, and the functions to which it passes `self`.

    Raises:
        IntrospectionError: there is no source of a `__post_init__`.
    """
    walk = _Walk(kind)
    for base in (kind,) if own else kind.__mro__:
        node = walk.class_node(base)
        if node is not None and "__post_init__" in (found := methods(node)):
            walk.function(base.__module__, found["__post_init__"], "self")
        elif "__post_init__" in vars(base):
            raise IntrospectionError(
                f"{kind.__module__}.{kind.__qualname__} has the __post_init__ of {base.__module__}.{base.__qualname__} "
                "and its source is not found: what it sets would not be seen. Define that class at the top of a module"
            )
    return frozenset(walk.names)


class _Walk:
    def __init__(self, kind: type[object]) -> None:
        self.names: set[str] = set()
        self._kind = kind
        self._seen: set[tuple[int, str]] = set()

    @staticmethod
    def class_node(kind: type[object]) -> ast.ClassDef | None:
        found = resolve(kind.__module__, kind.__name__)
        return found.node if found is not None and isinstance(found.node, ast.ClassDef) else None

    def function(self, module: str, node: FunctionNode, alias: str) -> None:
        """Collect what a function assigns on the parameter that holds the config."""
        if (id(node), alias) in self._seen:
            return
        self._seen.add((id(node), alias))
        for inner in ast.walk(node):
            match inner:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store()) if name == alias:
                    self.names.add(attribute)
                    self._method(attribute, setter=True)
                case ast.Call(
                    func=ast.Name(id="setattr"), args=[ast.Name(id=name), ast.Constant(value=str(attribute)), _]
                ) if (name == alias):
                    self.names.add(attribute)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name == alias:
                    self._method(attribute, setter=False)
                case ast.Call(func=ast.Name(id=callee)):
                    self._callee(module, callee, inner, alias)
                case _:
                    pass

    def _method(self, name: str, *, setter: bool) -> None:
        for base in self._kind.__mro__:
            node = self.class_node(base)
            if node is not None and name in (found := setters(node) if setter else methods(node)):
                self.function(base.__module__, found[name], "self")
                return

    def _callee(self, module: str, callee: str, call: ast.Call, alias: str) -> None:
        """A function that is handed the config works on it under the name of its parameter."""
        found = resolve(module, callee)
        if found is None or not isinstance(found.node, FunctionNode):
            return
        names = [parameter.arg for parameter in parameters(found.node)]
        handed = [
            *zip(names, call.args, strict=False),
            *((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None),
        ]
        for parameter, value in handed:
            if isinstance(value, ast.Name) and value.id == alias:
                self.function(found.module.name, found.node, parameter)
