"""One function or class body: which config attributes it reads, and what other code it mentions."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from codegen.introspect.definitions import Definition, FunctionNode, dotted, parameters
from codegen.schemas import REQUIRED, Json

_BASE_CONFIGS = frozenset({"PreTrainedConfig", "PretrainedConfig"})


@dataclass(frozen=True)
class ConfigFacts:
    """What the scan must know of the config class whose reads it looks for."""

    classes: frozenset[str]
    """Names of the class and its bases: a parameter with such an annotation is the config."""
    known: frozenset[str]
    """Attributes that every instance has, by any of their names."""
    parts: frozenset[str]
    """Names of the classes of its sub-configs; empty for a config that is not composite."""


@dataclass(frozen=True)
class Read:
    """One way in which one reader gets at one attribute."""

    name: str
    """The attribute; a pattern for `fnmatch` where the name is computed (`output_*`)."""
    reader: str
    how: Literal["attribute", "getattr", "hasattr"]
    default: str
    """Source of the literal default of a `getattr`; empty for a computed one or none."""
    certain: bool
    """False where the name is computed: it may stand for a field, but it proves no attribute of its own."""
    secondary: bool
    """The reader cannot change what a forward pass computes: generation, a cache, a check of the surroundings."""

    def literal(self) -> Json:
        """The default as a value; `REQUIRED` where it is none."""
        return _json(ast.literal_eval(self.default)) if self.default else REQUIRED


@dataclass(frozen=True)
class Reference:
    """A mention of other code: a global name, which can be dotted, a method of `self`, of `super()`, of the config."""

    kind: Literal["name", "self", "super", "config"]
    name: str


@dataclass(frozen=True)
class Scan:
    """What one body reads and mentions."""

    reads: frozenset[Read]
    references: frozenset[Reference]


def scan(
    node: Definition,
    *,
    config: ConfigFacts,
    reader: str,
    secondary: bool,
    self_is_config: bool,
    owner: ast.ClassDef | None,
) -> Scan:
    """Scan one definition. Of a class only what stands outside its methods: those are definitions of their own."""
    visitor = _Visitor(config, reader, secondary)
    if self_is_config:
        visitor.bound.add("self")
    if owner is not None:
        visitor.bind_attributes(owner)
    match node:
        case ast.ClassDef():
            for part in (*node.decorator_list, *node.body):
                if not isinstance(part, FunctionNode):
                    visitor.visit(part)
        case ast.Assign() | ast.AnnAssign():
            if node.value is not None:
                visitor.visit(node.value)
        case _:
            visitor.visit(node)
    return Scan(frozenset(visitor.reads), frozenset(visitor.references))


def foreign(parameter: ast.arg, config: ConfigFacts) -> bool:
    """The annotation says that the parameter is a sub-config of a composite config."""
    mentioned = _names(parameter.annotation)
    return bool(mentioned & config.parts) and not mentioned & (config.classes | _BASE_CONFIGS)


class _Visitor(ast.NodeVisitor):
    def __init__(self, config: ConfigFacts, reader: str, secondary: bool) -> None:
        self.reads: set[Read] = set()
        self.references: set[Reference] = set()
        self.bound: set[str] = set()
        self._attributes: set[str] = set()
        self._layers: set[str] = set()
        self._names: dict[str, tuple[str, ...]] = {}
        self._config = config
        self._reader = reader
        self._secondary = secondary

    def bind_attributes(self, owner: ast.ClassDef) -> None:
        """Note the attributes of `self` that hold the config under another name than `config`."""
        outer = set(self.bound)
        for statement in owner.body:
            if isinstance(statement, FunctionNode):
                self._bind(statement)
                self.bound, self._names = set(outer), {}

    def _bind(self, node: FunctionNode) -> None:
        for parameter in parameters(node):
            ours = _names(parameter.annotation) & (self._config.classes | _BASE_CONFIGS)
            if ours or (parameter.arg == "config" and not foreign(parameter, self._config)):
                self.bound.add(parameter.arg)
        positional = [*node.args.posonlyargs, *node.args.args]
        defaults = node.args.defaults
        for parameter, default in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
            if (text := _text(default)) is not None:
                self._names[parameter.arg] = (text,)
        for inner in _binders(node):
            match inner:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    if self._is_config(value):
                        self.bound.add(name)
                    if self._is_layers(value):
                        self._layers.add(name)
                    if texts := _texts(value):
                        self._names[name] = texts
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                    if name != "config" and self._is_config(value):
                        self._attributes.add(name)
                case ast.For(target=ast.Name(id=name), iter=values) | ast.comprehension(
                    target=ast.Name(id=name), iter=values
                ):
                    texts = _texts(values) or (self._names.get(values.id, ()) if isinstance(values, ast.Name) else ())
                    if texts:
                        self._names[name] = texts
                    if self._is_layers(values):
                        self.bound.add(name)
                case ast.For(target=ast.Tuple(elts=names), iter=ast.Call(func=ast.Name(id="zip"), args=values)):
                    for target, element in zip(names, values, strict=False):
                        if isinstance(target, ast.Name) and self._is_layers(element):
                            self.bound.add(target.id)
                case _:
                    pass

    def _is_config(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id=name):
                return name in self.bound
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if name in self._attributes:
                return True
            case ast.Attribute(value=base, attr="config"):
                # Below another attribute it may be the config of a part: `self.vision_tower.config`.
                return isinstance(base, ast.Name) or not self._config.parts
            case ast.Call(func=ast.Attribute(value=base, attr="get_text_config")):
                return not self._config.parts and self._is_config(base)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="copy")), args=[copied, *_]):
                return self._is_config(copied)
            case ast.Subscript(value=base):
                return self._is_layers(base)
            case ast.IfExp(body=first, orelse=second):
                return self._is_config(first) or self._is_config(second)
            case ast.NamedExpr(value=value):
                return self._is_config(value)
            case _:
                return False

    def _is_layers(self, node: ast.expr) -> bool:
        """`config.per_layer_config`: for a config without overrides, itself once per layer."""
        match node:
            case ast.Name(id=name):
                return name in self._layers
            case ast.Attribute(value=base, attr="per_layer_config"):
                return self._is_config(base)
            case _:
                return False

    def _read(self, name: str, how: Literal["attribute", "getattr", "hasattr"], default: str, certain: bool) -> None:
        self.reads.add(Read(name, self._reader, how, default, certain, self._secondary))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: FunctionNode) -> None:
        outer = set(self.bound), dict(self._names)
        self._bind(node)
        defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
        # Annotations are left out: a type that is mentioned is not code that runs.
        self._all((*node.decorator_list, *defaults, *node.body))
        self.bound, self._names = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        self._branch(node.test, node.body, node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._branch(node.test, [node.body], [node.orelse])

    def _branch(self, test: ast.expr, first: Iterable[ast.AST], second: Iterable[ast.AST]) -> None:
        self.visit(test)
        verdict = self._decide(test)
        self._all(first if verdict is not False else ())
        self._all(second if verdict is not True else ())

    def _decide(self, test: ast.expr) -> bool | None:
        match test:
            case ast.Call(func=ast.Name(id="hasattr"), args=[target, ast.Constant(value=name)]):
                return True if self._is_config(target) and name in self._config.known else None
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                verdict = self._decide(operand)
                return None if verdict is None else not verdict
            case _:
                return None

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr" as how), args=[target, name, *rest]
            ) if self._is_config(target):
                default = ast.unparse(rest[0]) if rest and _json_literal(rest[0]) else ""
                self._read_computed(name, "getattr" if how == "getattr" else "hasattr", default)
                self._all((name, *rest))
            case ast.Call(func=ast.Name(id="isinstance"), args=[target, _]):
                # `_init_weights` names every class of the module in such tests, heads for other tasks included.
                self.visit(target)
            case _:
                self.generic_visit(node)

    def _read_computed(self, name: ast.expr, how: Literal["getattr", "hasattr"], default: str) -> None:
        match name:
            case ast.Constant(value=str(text)):
                self._read(text, how, default, certain=True)
            case ast.Name(id=variable):
                for text in self._names.get(variable, ()):
                    self._read(text, how, "", certain=False)
            case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), ast.FormattedValue()]):
                self._read(f"{prefix}*", how, "", certain=False)
            case _:
                pass

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if self._is_config(node.value):
            if isinstance(node.ctx, ast.Load):
                self._read(node.attr, "attribute", "", certain=True)
                self.references.add(Reference("config", node.attr))
            return
        match node.value:
            case ast.Name(id="self" | "cls"):
                self.references.add(Reference("self", node.attr))
            case ast.Call(func=ast.Name(id="super")):
                self.references.add(Reference("super", node.attr))
            case _:
                if (name := dotted(node)) is not None:
                    self.references.add(Reference("name", name))
                self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        self.references.add(Reference("name", node.id))

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


@cache
def _binders(node: FunctionNode) -> tuple[ast.AST, ...]:
    """What in a function gives a value to a name. Kept, since a class is asked for it once per method."""
    kinds = (ast.Assign, ast.For, ast.comprehension)
    return tuple(inner for inner in ast.walk(node) if isinstance(inner, kinds))


@cache
def _names(annotation: ast.expr | None) -> frozenset[str]:
    """Every name in an annotation, also in a quoted one."""
    if annotation is None:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(annotation):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.update(part.strip() for part in text.replace(".", "|").split("|"))
            case _:
                pass
    return frozenset(found)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts(node: ast.expr) -> tuple[str, ...]:
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return ()
    return tuple(text for text in map(_text, node.elts) if text is not None)


def _json_literal(node: ast.expr) -> bool:
    try:
        _json(ast.literal_eval(node))
    except (TypeError, ValueError):
        return False
    return True


def _json(value: object) -> Json:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_json(item) for item in cast(list[object], value)]
        case _:
            raise TypeError(f"no JSON value: {value!r}")
