"""The module of one family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from codegen.emit.fill import Filling, fill, with_imports
from codegen.emit.text import comment, literal_text
from codegen.functions import Import
from codegen.plan import Argument, Carried, Plan
from codegen.resolve.build import target_imports


def family_module(plan: Plan, template: str) -> str:
    """Source of the module, before formatting."""
    family, target = plan.family, plan.family.target
    config_module, _, config_name = family.config_class.rpartition(".")
    model, transformer = target_imports(target)
    renamed = {
        "HfConfig": config_name,
        "CallerFields": target.fields,
        "InnerFields": target.transformer_fields,
        "OuterFields": target.model_fields,
        "InnerConfig": transformer.name,
        "ModelConfig": model.name,
        "FAMILY": literal_text(family.name),
        "WRAPPED": plan.wrapped,
        "DOC": f'"""{config_name} to Megatron: {family.covers}"""',
        "SUMMARY": _docstring(plan, config_name, model.name),
        "SUMMARY_BACK": _docstring_back(config_name, model.name),
        "NOT_CARRIED_FIELDS": repr(plan.not_carried),
        "DERIVED_FIELDS": repr(plan.derived),
    }
    entries = {
        "SUGGESTED": [_entry(argument) for argument in plan.suggested],
        "TRANSFORMER": [_keyword(argument) for argument in plan.transformer],
        "MODEL": [_keyword(argument) for argument in plan.model],
        "CARRIED": [_read_back(carried) for carried in plan.carried],
    }
    module = fill(template, Filling(names=renamed, statements={"CHECKS": plan.checks}, entries=entries))
    imports = (Import(config_module, config_name), model, transformer, *plan.imports)
    module = with_imports(_with_definitions(module, plan), imports)
    return module.code


def _entry(argument: Argument) -> str:
    entry = f'"{argument.name}": {argument.expression}' if argument.name else f"**{_operand(argument.expression)}"
    return comment(argument.comment) + entry


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


def _with_definitions(module: cst.Module, plan: Plan) -> cst.Module:
    """The carried functions before the mapper, and what it ignores in a comment above it."""
    definitions = [node for source in plan.functions for node in cst.parse_module(source).body]
    body: list[cst.BaseStatement] = []
    for node in module.body:
        assert isinstance(node, cst.BaseStatement)
        if isinstance(node, cst.FunctionDef) and node.name.value == "to_megatron":
            ignored = [cst.EmptyLine(comment=cst.Comment(line)) for line in _ignored(plan)]
            body += [*definitions, node.with_changes(leading_lines=[cst.EmptyLine(), *ignored])]
        else:
            body.append(node)
    return module.with_changes(body=body)


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
