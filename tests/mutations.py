"""The mutants of `mutants.py`: every small change to what the mappers execute, as source text.

A mutant is one mistake that a rule or the emitter could make: a field left out, two fields exchanged, a comparison
turned round, a check of its own or of a part forgotten. Only `to_megatron` and what it reaches is mutated, and in it
neither annotations nor the texts of reasons: what they say is read by people.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import libcst as cst

from mcore_mappers import families
from tests.reach import FAMILIES, ROOT, reachable, source, targets

SCHEMAS = ROOT / "generated" / "schemas" / "huggingface"

CONSTRUCTORS = ("TransformerConfig", "MLATransformerConfig", "GPTModelConfig", "HybridModelConfig")
# What the names of types of suggestions end with.
SUGGESTIONS = "ModelFields"
# Which positional arguments of a method of Check are values; the others are names and reasons.
CHECKED = {"must_be": (1, 2), "given": (1,), "choice": (1,), "if_set": (0, 1), "require": (0,)}
# Keywords whose values are texts for people, or how much rounding is let pass: half of it is as good.
NOT_VALUES = ("reason", "field", "rel_tol")
# Whether a reader of keys has refused already what it should read from.
REFUSED_BEFORE = "not self.values"
OTHER_TEXTS = {
    "rope": "none",
    "none": "rope",
    "RMSNorm": "LayerNorm",
    "sigmoid": "softmax",
    "fp32": "fp64",
    "aux_loss": "seq_aux_loss",
    "seq_aux_loss": "aux_loss",
}
COMPARISONS: tuple[tuple[type[cst.BaseCompOp], type[cst.BaseCompOp]], ...] = (
    (cst.Equal, cst.NotEqual),
    (cst.LessThan, cst.LessThanEqual),
    (cst.GreaterThan, cst.GreaterThanEqual),
    (cst.In, cst.NotIn),
    (cst.Is, cst.IsNot),
)
OTHER_COMPARISONS: Mapping[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    one: other for pair in COMPARISONS for one, other in (pair, pair[::-1])
}
OTHER_OPERATORS: dict[type[cst.BaseBinaryOp], cst.BaseBinaryOp] = {
    cst.Add: cst.Subtract(),
    cst.Subtract: cst.Add(),
    cst.Multiply: cst.Add(),
    cst.Divide: cst.Multiply(),
    cst.FloorDivide: cst.Multiply(),
    cst.Modulo: cst.FloorDivide(),
}


@dataclass(frozen=True)
class Mutant:
    """One changed module."""

    module: str
    """Of either package, without its name."""
    kind: str
    source: str
    diff: str

    @property
    def change(self) -> tuple[str, str]:
        """The lines that are gone, and those that came instead."""
        lines = [line for line in self.diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
        before, after = ([line[1:].strip() for line in lines if line.startswith(sign)] for sign in "-+")
        return "\n".join(before), "\n".join(after)


@dataclass(frozen=True)
class Site:
    """A place in a module, and what would stand there instead; None for nothing."""

    module: str
    kind: str
    tree: cst.Module
    old: cst.CSTNode
    new: cst.CSTNode | None

    def mutant(self) -> Mutant:
        changed = self.tree.deep_remove(self.old) if self.new is None else self.tree.deep_replace(self.old, self.new)
        assert isinstance(changed, cst.Module)
        before, after = self.tree.code.splitlines(), changed.code.splitlines()
        lines = difflib.unified_diff(before, after, self.module, self.kind, n=0, lineterm="")
        return Mutant(self.module, self.kind, changed.code, "\n".join(lines))


def sample(modules: Sequence[str], count: int, seed: int) -> tuple[list[Mutant], int, int]:
    """Mutants of these modules, the number of all that there are, and of changes that say what is said already."""
    rng = random.Random(seed)
    population: list[Site] = []
    same = 0
    for module in modules:
        sites = _Sites(module, rng)
        sites.tree.visit(sites)
        population += sites.found
        same += sites.same
    chosen = population if count >= len(population) else rng.sample(population, count)
    return [site.mutant() for site in chosen], len(population), same


# --- Which changes ----------------------------------------------------------------------------------------------------


class _Sites(cst.CSTVisitor):
    """Collects the places in the definitions that count."""

    def __init__(self, module: str, rng: random.Random) -> None:
        self.tree = cst.parse_module(source(module))
        self.found: list[Site] = []
        self.same = 0
        self._module = module
        self._rng = rng
        self._definitions = reachable(module)
        self._fields = _field_types(module) if module in FAMILIES else {}

    def _add(self, kind: str, old: cst.CSTNode, new: cst.CSTNode | None) -> None:
        self.found.append(Site(self._module, kind, self.tree, old, new))

    # Where to look

    def visit_Module(self, node: cst.Module) -> bool:
        for statement in node.body:
            if isinstance(statement, cst.FunctionDef | cst.ClassDef):
                if statement.name.value in self._definitions:
                    statement.visit(self)
            elif isinstance(statement, cst.SimpleStatementLine) and targets(statement.body[0]) & self._definitions:
                statement.visit(self)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        # Neither decorators, nor parameters, nor annotations.
        node.body.visit(self)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        for statement in node.body.body:
            if isinstance(statement, cst.FunctionDef):
                statement.visit(self)
        return False

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False

    def visit_Raise(self, node: cst.Raise) -> bool:
        return False

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:
        return False

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> bool:
        refused = False
        for statement in node.body:
            # What is returned after a refusal is never used, because `finish` raises.
            if not (refused and isinstance(statement, cst.SimpleStatementLine) and _returns(statement)):
                statement.visit(self)
            refused |= isinstance(statement, cst.SimpleStatementLine) and _refuses(statement)
        return False

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        statement, *_ = node.body
        if isinstance(statement, cst.Expr):
            if isinstance(statement.value, cst.SimpleString | cst.ConcatenatedString):
                return False
            if isinstance(statement.value, cst.Call) and (_method(statement.value) or _is_of_part(statement.value)):
                # `pass` instead, where the statement is the only one of its block.
                self._add("drop check", node, node.with_changes(body=[cst.Pass()]))
        return True

    # Calls

    def visit_Call(self, node: cst.Call) -> bool:
        name, method = node.func.value if isinstance(node.func, cst.Name) else "", _method(node)
        if name == "cast":
            node.args[1].visit(self)
            return False
        # What somebody reads who misspelt a name; `refuse` is for people too.
        if method == "refuse" or name in ("get_close_matches", "hint", "meant"):
            return False
        if method in CHECKED:
            for index in CHECKED[method]:
                node.args[index].visit(self)
            if method == "given":
                self._add("drop check", node, node.args[1].value)
            return False
        if name in CONSTRUCTORS:
            self._constructor(node, name)
        if name.endswith(SUGGESTIONS):
            for argument in node.args:
                self._add("drop entry", argument, None)
        for argument in node.args:
            if argument.keyword is None or argument.keyword.value not in NOT_VALUES:
                argument.visit(self)
        return False

    def _constructor(self, node: cst.Call, name: str) -> None:
        defaults = _defaults(name)
        named = [each for each in node.args if each.keyword is not None]
        for argument in node.args:
            keyword = argument.keyword.value if argument.keyword else ""
            if keyword in defaults and _code(argument.value) == _literal(defaults[keyword]):
                self.same += 1
            elif keyword != "transformer":
                self._add("drop argument" if keyword else "drop settings", argument, None)
        for argument in named:
            kind = self._kind(argument.value)
            others = [
                each
                for each in named
                if kind and self._kind(each.value) == kind and _code(each.value) != _code(argument.value)
            ]
            if others:
                other = self._rng.choice(others)
                values = {id(argument): other.value, id(other): argument.value}
                swapped = [each.with_changes(value=values.get(id(each), each.value)) for each in node.args]
                self._add("swap arguments", node, node.with_changes(args=swapped))

    def _kind(self, value: cst.BaseExpression) -> str:
        """Values of one kind can be exchanged without anybody noticing; empty for what stands alone."""
        if isinstance(value, cst.Attribute) and isinstance(value.value, cst.Name):
            owner, name = value.value.value, value.attr.value
            return self._fields.get(name, "") if owner == "hf" else owner
        if isinstance(value, cst.Name):
            return "bool" if value.value in ("True", "False") else self._fields.get(value.value, "")
        return ""

    def visit_Dict(self, node: cst.Dict) -> bool:
        for element in node.elements:
            if len(node.elements) > 1:
                rest = [each for each in node.elements if each is not element]
                self._add("drop entry", node, node.with_changes(elements=rest))
            element.value.visit(self)
        return False

    # Values

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if isinstance(node.value, cst.Name) and node.value.value == "hf":
            kind = self._fields.get(node.attr.value)
            others = sorted(name for name, other in self._fields.items() if other == kind and name != node.attr.value)
            if kind and others:
                self._add("other field", node, node.with_changes(attr=cst.Name(self._rng.choice(others))))
            return False
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        if node.value in ("True", "False"):
            self._add("flip boolean", node, cst.Name("False" if node.value == "True" else "True"))

    def visit_Integer(self, node: cst.Integer) -> None:
        self._add("off by one", node, cst.Integer(str(node.evaluated_value + 1)))

    def visit_Float(self, node: cst.Float) -> None:
        self._add("other constant", node, cst.Float(repr(node.evaluated_value / 2 or 0.1)))

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        text = node.evaluated_value
        # Longer texts are for people.
        if isinstance(text, str) and " " not in text:
            self._add("other constant", node, cst.SimpleString(json.dumps(OTHER_TEXTS.get(text, text + "_"))))

    def visit_Subscript(self, node: cst.Subscript) -> bool:
        # `Literal["rope"]` is for type checkers.
        return not (isinstance(node.value, cst.Name) and node.value.value == "Literal")

    # Logic

    def visit_Comparison(self, node: cst.Comparison) -> None:
        for index, target in enumerate(node.comparisons):
            other = OTHER_COMPARISONS[type(target.operator)]()
            targets = list(node.comparisons)
            targets[index] = target.with_changes(operator=other)
            self._add("other comparison", node, node.with_changes(comparisons=targets))

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> None:
        whole = node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        other = cst.Or() if isinstance(node.operator, cst.And) else cst.And()
        operator = other.with_changes(
            whitespace_before=node.operator.whitespace_before, whitespace_after=node.operator.whitespace_after
        )
        self._add("and, or", node, whole.with_changes(operator=operator))
        for side in (node.left, node.right):
            self._add("drop condition", node, side)

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        if isinstance(node.operator, cst.Not):
            self._add("negate condition", node, node.expression)

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        if other := OTHER_OPERATORS.get(type(node.operator)):
            self._add("other operator", node, node.with_changes(operator=other))

    def visit_If(self, node: cst.If) -> bool:
        self._add("negate condition", node.test, _negated(node.test))
        # What is returned then is never used, either.
        return _code(node.test) != REFUSED_BEFORE

    def visit_IfExp(self, node: cst.IfExp) -> None:
        self._add("negate condition", node.test, _negated(node.test))


def _returns(line: cst.SimpleStatementLine) -> bool:
    return isinstance(line.body[0], cst.Return)


def _refuses(line: cst.SimpleStatementLine) -> bool:
    """Whether the statement refuses whatever the config, and does nothing else."""
    statement = line.body[0]
    return (
        isinstance(statement, cst.Expr)
        and isinstance(statement.value, cst.Call)
        and _method(statement.value) == "refuse"
    )


def _negated(node: cst.BaseExpression) -> cst.BaseExpression:
    inside = node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(), inside, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _method(node: cst.Call) -> str:
    """The name of a method of the check that collects refusals, or empty."""
    if not isinstance(node.func, cst.Attribute) or not isinstance(node.func.value, cst.Name | cst.Attribute):
        return ""
    return node.func.attr.value if _code(node.func.value) in ("check", "self", "self._check", "keys") else ""


def _is_of_part(node: cst.Call) -> bool:
    """Whether it calls what families share: a function that takes the check and the config."""
    return isinstance(node.func, cst.Attribute) and bool(node.args) and _code(node.args[0].value) == "check"


_code = cst.Module([]).code_for_node


def _defaults(constructor: str) -> dict[str, object]:
    """What a Megatron class takes for what is left out."""
    modules: Iterable[Any] = (import_module(f"mcore_mappers.{family}") for family in FAMILIES)
    kind = next(getattr(module, constructor) for module in modules if hasattr(module, constructor))
    return {field.name: field.default for field in dataclasses.fields(kind)}


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _field_types(family: str) -> dict[str, str]:
    """The declared type of each field of a family's Hugging Face class, less None; fields of one type are alike."""
    name = families()[family].config_class.rpartition(".")[2]
    fields = json.loads((SCHEMAS / f"{name}.json").read_text())["fields"]
    return {field: " | ".join(sorted({*known["type"].split(" | ")} - {"None"})) for field, known in fields.items()}
