"""What is read back from a Megatron config: the entries of a family, and those of a part, which stand once."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from codegen.plan import Carried, PartName, Plan
from codegen.text import literal_text

Entries = tuple[str, ...]
"""Entries of a dictionary, as source."""
_MODELS = ("model", "transformer")
"""What an entry is read from: the outer and the inner Megatron config."""
_BASE = "TransformerConfig"
"""What the classes of inner configs have in common."""
_FEWEST = 2
"""A call in the place of one entry would save no line."""


@dataclass(frozen=True)
class Back:
    """What a part reads back."""

    entries: Entries
    transformer: str
    """The class of the inner config."""

    @property
    def read(self) -> list[str]:
        """Which of the two configs the entries are read from."""
        names = _names("{" + ", ".join(self.entries) + "}")
        return [each for each in _MODELS if each in names]


def shared(plans: Sequence[Plan]) -> Mapping[PartName, Back]:
    """By part, what most families have of it, where a call of a function says the same in fewer lines."""
    classes: defaultdict[PartName, defaultdict[Entries, list[str]]] = defaultdict(lambda: defaultdict(list))
    for plan in plans:
        for part, found in _by_part(plan).items():
            classes[part][found].append(plan.main.target.transformer_name)
    return {
        part: Back(usual, _BASE if len({*forms[usual]}) > 1 else forms[usual][0])
        for part, forms in classes.items()
        if len(usual := max(forms, key=lambda form: (len(forms[form]), len(form), form))) >= _FEWEST
    }


def entries(plan: Plan, known: Mapping[PartName, Back]) -> Iterator[str]:
    """The entries of a family: of parts first, and then its own, in the order of the fields of its class."""
    parts = called(plan, known)
    yield from (f"**{part.subject}.{_name(part)}({', '.join(known[part].read)})" for part in parts)
    yield from (_entry(each, plan) for each in plan.carried if each.part not in parts or not _is_shared(each, plan))


def called(plan: Plan, known: Mapping[PartName, Back]) -> tuple[PartName, ...]:
    """The parts whose functions say what a family reads back of them."""
    own = _by_part(plan)
    found = (part for part in own if part in known and own[part] == known[part].entries)
    return tuple(sorted(found, key=lambda part: (part.subject, part.name)))


def function(part: PartName, back: Back) -> str:
    """The function of a part."""
    types = {"model": "GPTModelConfig | HybridModelConfig", "transformer": back.transformer}
    parameters = ", ".join(f"{each}: {types[each]}" for each in back.read)
    lines = "".join(f"        {entry},\n" for entry in back.entries)
    return (
        f"def {_name(part)}({parameters}) -> dict[str | tuple[str, ...], object]:\n"
        f'    """What {part.name} reads back."""\n    return {{\n{lines}    }}\n'
    )


def _name(part: PartName) -> str:
    return f"{part.name}_back"


def _by_part(plan: Plan) -> Mapping[PartName, Entries]:
    found: defaultdict[PartName, list[str]] = defaultdict(list)
    for each in plan.carried:
        if each.part is not None and _is_shared(each, plan):
            found[each.part].append(_entry(each, plan))
    return {part: tuple(sorted(own)) for part, own in found.items()}


def _is_shared(carried: Carried, plan: Plan) -> bool:
    """Whether all targets read the fields alike, and from the two configs alone."""
    return _names("{" + _entry(carried, plan) + "}") <= {*_MODELS}


@cache
def _names(expression: str) -> frozenset[str]:
    tree = ast.parse(expression, mode="eval")
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _entry(carried: Carried, plan: Plan) -> str:
    """An entry of fields that are read back; where that depends on the class of the model, a condition tells."""
    found = [carried.expressions.get(mapper.target.name) for mapper in plan.mappers]
    value = _values(found[0])
    if any(each != found[0] for each in found[1:]):
        for mapper, each in zip(plan.mappers[1:], found[1:], strict=True):
            value = f"({_values(each)} if isinstance(model, {mapper.target.model_name}) else {value})"
    if len(carried.names) == 1:
        return f"{literal_text(carried.names[0])}: {value}"
    return f"({', '.join(map(literal_text, carried.names))}): {value}"


def _values(expressions: tuple[str, ...] | None) -> str:
    if expressions is None:
        return "NOT_CARRIED"
    return expressions[0] if len(expressions) == 1 else f"({', '.join(expressions)})"
