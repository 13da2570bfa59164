"""The module of one family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import libcst as cst

from codegen.emit.fill import Filling, fill, fill_text, with_imports
from codegen.emit.text import comment, literal_text
from codegen.functions import Import
from codegen.plan import Argument, Carried, Plan
from codegen.resolve.build import target_imports


@dataclass(frozen=True)
class Templates:
    """The two parts of a family's module: what it has once, and what it has for every mapper."""

    family: str
    mapper: str


def beside(known: Import) -> Import:
    """Where a module imports a generated name from, if all that it needs is generated beside it."""
    return known


def family_module(plans: tuple[Plan, ...], templates: Templates, placed: Callable[[Import], Import] = beside) -> str:
    """Source of the module of one family, before formatting.

    Args:
        plans: one for each mapper of the family.
        templates: what the module is made from.
        placed: where a name that a module imports from beside it really is.
    """
    family = plans[0].family
    config_module, _, config_name = family.config_class.rpartition(".")
    models = [_model(plan).name for plan in plans]
    names = {
        "HfConfig": config_name,
        "FAMILY": literal_text(family.name),
        "MODELS": " | ".join(models),
        "DOC": f'"""{config_name} to Megatron: {family.covers}"""',
        "SUMMARY_BACK": _docstring_back(config_name, " or a ".join(models)),
    }
    module = fill(templates.family, Filling(names=names, statements={"RESTORE": [*_restored(plans)]}))
    # The mappers before the way back, what that needs after it.
    before = [*dict.fromkeys(source for plan in plans for source in plan.functions)]
    after: list[str] = []
    for plan in plans:
        mapper, *rest = _mapper(plan, templates.mapper, plans[0])
        # What the first mapper ignores need not be said again.
        said = plan is not plans[0] and plan.ignored == plans[0].ignored
        above = () if said else (f"{line}\n" for line in _ignored(plan))
        before.append("".join(("\n", *above, mapper)))
        after += rest
    *head, to_hf = cast("Sequence[cst.BaseStatement]", module.body)
    module = module.with_changes(body=[*head, *cst.parse_module(_BEFORE).body, to_hf])
    targets = (known for plan in plans for known in (*target_imports(plan.route.target), *plan.imports))
    fields = (Import("._fields", name) for plan in plans for name in _field_names(plan))
    imports = map(placed, (Import(config_module, config_name), *targets, *fields))
    source = with_imports(module, tuple(imports)).code
    return "".join((source.replace(_BEFORE, "".join(before)), *after))


# Where the mappers go, which are text: most of what they are made of many families share, and it is parsed once.
_BEFORE = "__before__\n"


def _model(plan: Plan) -> Import:
    return target_imports(plan.route.target)[0]


def _field_names(plan: Plan) -> tuple[str, ...]:
    target = plan.route.target
    return (target.fields, target.transformer_fields, target.model_fields)


def _restored(plans: tuple[Plan, ...]) -> Iterator[str]:
    """The body of `to_hf`: the class of the model says which way it came."""
    for plan in plans[1:]:
        way = f"_WAY{_suffix(plan).upper()}"
        yield f"if isinstance(model, {_model(plan).name}):\n    return restore({way}, model, base)"
    yield "return restore(_WAY, model, base)"


def _suffix(plan: Plan) -> str:
    """What tells the names that belong to one mapper from those of another in the module."""
    return plan.route.mapper.removeprefix("to_megatron")


def _mapper(plan: Plan, template: str, first: Plan) -> Sequence[str]:
    """The source of the mapper of one route, and of what reads its models, less what the first mapper has already."""
    family, target, suffix = plan.family, plan.route.target, _suffix(plan)
    config_name = family.config_class.rpartition(".")[2]
    model, transformer = target_imports(target)
    shared = plan.not_carried == first.not_carried
    names = {
        "HfConfig": config_name,
        "CallerFields": target.fields,
        "InnerFields": target.transformer_fields,
        "OuterFields": target.model_fields,
        "InnerConfig": transformer.name,
        "ModelConfig": model.name,
        "FAMILY": literal_text(family.name),
        "WRAPPED": plan.wrapped,
        "SUMMARY": _docstring(plan, config_name, model.name),
        "NOT_CARRIED_FIELDS": repr(plan.not_carried),
        "DERIVED_FIELDS": repr(plan.derived),
        "to_megatron": plan.route.mapper,
        "_carried": f"_carried{suffix}",
        "_NOT_CARRIED": "_NOT_CARRIED" if shared else f"_NOT_CARRIED{suffix.upper()}",
        "_WAY": f"_WAY{suffix.upper()}",
    }
    entries = {
        "SETTINGS": [_entry(argument) for argument in plan.settings],
        "MODEL_SETTINGS": [_entry(argument) for argument in plan.model_settings],
        "TRANSFORMER": [_keyword(argument) for argument in plan.transformer],
        "MODEL": [_keyword(argument) for argument in plan.model],
        "CARRIED": [_read_back(carried) for carried in plan.carried],
    }
    statements = fill_text(
        template, Filling(names=names, statements={"CHECKS": plan.checks, "SETTLED": plan.settled}, entries=entries)
    )
    said = plan is not first and shared
    return [text for text in statements if not (said and "\n_NOT_CARRIED = " in text)]


def _entry(argument: Argument) -> str:
    entry = f'"{argument.name}": {argument.expression}' if argument.name else f"**{_operand(argument.expression)}"
    return comment(argument.comment) + entry


@cache
def _operand(expression: str) -> str:
    """An expression that `**` applies to as a whole: what binds less tightly is parenthesised."""
    whole = cst.parse_expression(expression)
    return expression if isinstance(whole, cst.Call | cst.Name | cst.Attribute | cst.Dict) else f"({expression})"


def _keyword(argument: Argument) -> str:
    return f"{comment(argument.comment)}{argument.name}={argument.expression}"


def _read_back(carried: Carried) -> str:
    if len(carried.names) == 1:
        return f"{literal_text(carried.names[0])}: {carried.expressions[0]}"
    return f"({', '.join(map(literal_text, carried.names))}): ({', '.join(carried.expressions)})"


def _docstring_back(config_name: str, model_name: str) -> str:
    lines = [
        f'"""The {config_name} of the same model.',
        "",
        "Args:",
        f"    model: a {model_name}; what it says always wins.",
        "    base: supplies what Megatron does not carry; else the provenance in the model does, else class defaults.",
        "",
        "Raises:",
        "    UnsupportedConfigError: the model is none of this family; lists every differing field.",
        "    TypeError: `model` or `base` is of another class.",
        "",
        "Warns:",
        "    DefaultedFieldsWarning: without base and provenance.",
    ]
    return "\n    ".join(lines).replace("\n    \n", "\n\n") + '\n    """'


def _docstring(plan: Plan, config_name: str, model_name: str) -> str:
    lines = [
        f'"""The {model_name} of the same model.',
        "",
        "Args:",
        f"    hf: exactly a {config_name}, not of a subclass.",
        "    strict: refuse where a deviation is declared, instead of warning.",
        "    **caller: Megatron's training-time fields; they win over what the mapper suggests.",
        "",
        "Raises:",
        "    UnsupportedConfigError: no Megatron config computes the same; lists every refused field.",
        "    TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.",
    ]
    if plan.deviations:
        lines += ["", "Warns:", f"    DeviationWarning: {', '.join(row.identifier for row in plan.deviations)}."]
    return "\n    ".join(lines).replace("\n    \n", "\n\n") + '\n    """'


def _ignored(plan: Plan) -> Iterator[str]:
    if not plan.ignored:
        return
    yield "# Not read, because it does not decide what the model computes:"
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in plan.ignored:
        grouped[row.kind.value, row.why].append(row.source)
    for (kind, why), names in grouped.items():
        lines = comment(f"{', '.join(names)}: {kind}; {why}", first="- ").splitlines()
        yield from lines
