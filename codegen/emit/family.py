"""The module of one family."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from codegen.emit import shared, way_back
from codegen.emit.elsewhere import FIELDS
from codegen.emit.fields import annotation
from codegen.emit.fill import Filling, fill, with_imports
from codegen.emit.shared import Shared
from codegen.functions import RUNTIME, Import, imported
from codegen.layers import LAYERS
from codegen.plan import Argument, Checks, Guards, Mapper, Parameter, Plan
from codegen.resolve.build import target_imports, unread
from codegen.resolve.python import names_in
from codegen.rows.domain import Domain
from codegen.table import Family
from codegen.text import comment, documentation, literal_text


@dataclass(frozen=True)
class Templates:
    """The two parts of a family's module: what it has once, and what it has for every target."""

    family: str
    mapper: str


def beside(known: Import) -> Import:
    """Where a module imports a generated name from, if all that it needs is generated beside it."""
    return known


def family_module(plan: Plan, known: Shared, templates: Templates, placed: Callable[[Import], Import] = beside) -> str:
    """Source of the module of one family, before formatting.

    Args:
        plan: of the family.
        known: what it shares with others.
        templates: what the module is made from.
        placed: where a name that a module imports from beside it really is.
    """
    family, main = plan.family, plan.main.target
    models = " | ".join(mapper.target.model_name for mapper in plan.mappers)
    names = {
        "DOC": f'"{_doc(family)}"',
        **_names(plan),
        "MODELS": models,
        "InnerConfig": main.transformer_name,
        "InnerFields": main.transformer_fields,
        "PARAMETERS": ", ".join(_parameters(plan)),
        "NOT_CARRIED_FIELDS": _not_carried(plan, known),
    }
    lines = {
        "ALWAYS": [*_said_once(plan)],
        "MAPPERS": [f"{_mapper(plan, mapper, known, templates.mapper)}\n\n" for mapper in plan.mappers],
        "UNREAD": [*_unread(plan)],
        "CHECKS": [*_checks(plan.checks, plan, known)],
        "SETTLED": [each.source for each in plan.settled],
        "RESTORE": [*_restored(plan)],
        "LAYERS": ["layers = layers_of(model)"] if _reads_layers(plan) else [],
        "ROUND_TRIPS": [_round_trip(plan, mapper) for mapper in plan.mappers],
    }
    entries = {
        "SETTINGS": [_entry(argument) for argument in plan.settings],
        "TRANSFORMER": [_keyword(argument) for argument in plan.transformer],
        "CARRIED": [*way_back.entries(plan, known.back)],
    }
    said = "\n".join(chain(*lines.values(), *entries.values()))
    lines["MAPPERS"] += [f"{function}\n\n" for function in plan.functions if _is_called(function, said)]
    source = fill(templates.family, Filling(names, lines, entries))
    return with_imports(source, [*map(placed, _imports(plan, known))])


def _is_called(function: str, said: str) -> bool:
    """Whether lines call a function; those of guards that a part's own function holds are called there alone."""
    name = function.partition("(")[0].removeprefix("def ")
    return re.search(rf"(?<![\w.]){re.escape(name)}\(", said) is not None


def _reads_layers(plan: Plan) -> bool:
    """Whether the way back reads fields of `Layers`; that every model has the same says nothing of a config."""
    expressions = (each for carried in plan.carried for known in carried.expressions.values() for each in known)
    return any("layers" in names_in(each) for each in expressions)


def _names(plan: Plan) -> Mapping[str, str]:
    return {"HfConfig": plan.family.config_name, "FAMILY": literal_text(plan.family.name)}


def _imports(plan: Plan, known: Shared) -> Iterator[Import]:
    module, _, name = plan.family.config.rpartition(".")
    yield Import(module, name)
    for mapper in plan.mappers:
        yield from target_imports(mapper.target)
        yield imported(mapper.target.layered_class)
        for fields in (mapper.target.fields, mapper.target.transformer_fields, mapper.target.model_fields):
            yield Import(f".{FIELDS}", fields)
    for parameter in (*plan.passed, *plan.own, *plan.same_layers_take):
        for path in annotation(parameter.annotation)[1]:
            yield Import(path.rpartition(".")[0], path.rpartition(".")[2])
    yield Import("typing", "Any")
    yield imported(LAYERS)
    yield Import(f"{RUNTIME}layered", "layers_of")
    for step in (*plan.checks.guards, *(each for mapper in plan.mappers for each in mapper.checks.guards)):
        if isinstance(step, Guards) and known.has(step):
            yield shared.imported(step.part)
    for part in (*known.names_unread(plan), *way_back.called(plan, known.back)):
        yield shared.imported(part)
    yield from plan.imports


def _parameters(plan: Plan) -> Iterator[str]:
    """The signature of the function that all mappers share."""
    callers = " | ".join(mapper.target.fields for mapper in plan.mappers)
    yield "check: Check"
    yield f"hf: {plan.family.config_name}"
    yield from (_parameter(each) for each in plan.passed)
    yield f"caller: {callers}"
    if plan.own:
        yield "*"
    yield from (_parameter(each) for each in plan.own)


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {parameter.default}"
    return f"{parameter.name}: {annotation(parameter.annotation)[0]}{default}"


def _doc(family: Family) -> str:
    """On one line where it fits."""
    said = f"{family.config_name} to Megatron: {family.covers}"
    if len(said) <= 114:
        return documentation(said)
    return documentation(f"{family.config_name} to Megatron.\n\n{textwrap.fill(family.covers, 120)}\n")


def _mapper(plan: Plan, mapper: Mapper, known: Shared, template: str) -> str:
    """The source of the mapper to one target."""
    target = mapper.target
    arguments = ["check", "hf", *(each.name for each in plan.passed), "caller"]
    own = "".join(f",\n{_keyword(argument)}" for argument in mapper.own)
    names = {
        **_names(plan),
        "MAPPER": mapper.name,
        "CallerFields": target.fields,
        "OuterFields": target.model_fields,
        "ModelConfig": _gives(mapper, plan),
        "CONSTRUCTED": _constructed(mapper, plan),
        "WRAPPED": mapper.wrapped,
        "WAY": _constant(mapper),
        "ARGUMENTS": f"{', '.join(arguments)}{own}",
        "SUGGESTED": f"{target.model_fields}({', '.join(_keyword(argument) for argument in mapper.settings)})",
    }
    layers = [f"layers={_stated(mapper, plan)}"] if plan.family.lacks else []
    entries = {
        "MODEL": [*layers, *(_keyword(argument) for argument in mapper.model)],
    }
    lines = {
        "CHECKS": [*_checks(mapper.checks, plan, known)],
    }
    return fill(template, Filling(names, lines, entries))


def _gives(mapper: Mapper, plan: Plan) -> str:
    """The class of what a mapper gives; a config with layers is one of Megatron's own class, too."""
    return mapper.target.model_name if plan.family.lacks is None else mapper.target.layered_name


def _constructed(mapper: Mapper, plan: Plan) -> str:
    """What is called with the fields of a model config: a class, or what chooses it by the layers of the model."""
    if plan.family.lacks is not None:
        return f"check.layered({_gives(mapper, plan)})"
    if not mapper.layers:
        return _gives(mapper, plan)
    return f"check.with_layers({mapper.target.model_name}, {mapper.target.layered_name}, {_stated(mapper, plan)})"


def _stated(mapper: Mapper, plan: Plan) -> str:
    """The layers of a model, or the name under which the module has them for both targets."""
    if not plan.same_layers:
        return _layers(mapper.layers)
    taken = ", ".join(each.name for each in plan.same_layers_take)
    return f"_layers({taken})" if taken else "_LAYERS"


def _layers(given: Sequence[Argument]) -> str:
    # Each on a line of its own, as its comment is.
    return "Layers(\n" + ",\n".join(map(_keyword, given)) + "\n)"


def _said_once(plan: Plan) -> Iterator[str]:
    """What the module says of layers for both targets."""
    if plan.same_layers_take:
        taken = ", ".join(_parameter(each) for each in plan.same_layers_take)
        yield f"def _layers({taken}) -> Layers:\n    return {_layers(plan.same_layers)}"
    elif plan.same_layers:
        yield f"_LAYERS = {_layers(plan.same_layers)}"


def signatures(plan: Plan, mapper: Mapper) -> list[str]:
    """A mapper as dispatch has it: where only some models have layers, by whether they are asked for."""
    target = mapper.target

    def signature(layers: str, gives: str) -> str:
        return (
            f"def {mapper.name}(hf: {plan.family.config_name}, /, *, strict: bool = False, layers: {layers}, "
            f"**caller: Unpack[{target.fields}]) -> {gives}: ..."
        )

    if plan.family.lacks is not None or not mapper.layers:
        return [signature("bool = False", _gives(mapper, plan))]
    return [
        signature("Literal[False] = False", target.model_name),
        signature("bool", f"{target.model_name} | {target.layered_name}"),
    ]


def _checks(checks: Checks, plan: Plan, known: Shared) -> Iterator[str]:
    for domain, reads in _domains(checks, plan, known).items():
        yield f"check.{domain.value}({_reads(reads)})"
    for each in checks.bindings:
        yield each.source
    for step in checks.guards:
        if isinstance(step, Guards):
            yield from [shared.call(step)] if known.has(step) else [each.source for each in step.statements]
        else:
            yield step.source


def _domains(checks: Checks, plan: Plan, known: Shared) -> Mapping[Domain, Sequence[tuple[str, str]]]:
    """The numbers that the family checks itself: its own, and those of parts that it does not have as others do."""
    found = dict(checks.domains)
    for step in checks.guards:
        if isinstance(step, Guards) and not known.has(step):
            for domain, reads in step.domains:
                found[domain] = (*found.get(domain, ()), *reads)
    return {
        domain: sorted(found[domain], key=lambda read: plan.hf.positions[read[0]])
        for domain in Domain
        if domain in found
    }


def _reads(reads: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{field}={read}" for field, read in reads)


def _constant(mapper: Mapper) -> str:
    """What tells how the models of one target go back."""
    return f"_{mapper.target.kind.upper()}"


def _round_trip(plan: Plan, mapper: Mapper) -> str:
    family, target = plan.family, mapper.target
    classes = f"{literal_text(family.name)}, {family.config_name}, {target.model_name}"
    return f"{_constant(mapper)} = RoundTrip({classes}, _carried, {mapper.name}, _NOT_CARRIED, {plan.derived!r})"


def _restored(plan: Plan) -> Iterator[str]:
    """The body of `to_hf`: the way back of the target that the model is of, of the first where it is of none."""
    trips = (_constant(mapper) for mapper in plan.mappers)
    yield f"return restore(model, base, {', '.join(trips)})"


def _entry(argument: Argument) -> str:
    entry = f'"{argument.name}": {argument.expression}' if argument.name else f"**{_operand(argument.expression)}"
    return comment(argument.comment) + entry


@cache
def _operand(expression: str) -> str:
    """An expression that `**` applies to as a whole: what binds less tightly is parenthesised."""
    whole = ast.parse(expression, mode="eval").body
    return expression if isinstance(whole, ast.Call | ast.Name | ast.Attribute | ast.Dict) else f"({expression})"


def _keyword(argument: Argument) -> str:
    return f"{comment(argument.comment)}{argument.name}={argument.expression}"


def _not_carried(plan: Plan, known: Shared) -> str:
    """The names, those that parts list by the name of their list."""
    parts = known.names_unread(plan)
    listed = frozenset[str]().union(*(known.declared[part] for part in parts))
    lists = [
        f"*{part.subject}.{shared.constant(part)}" for part in sorted(parts, key=lambda part: (part.subject, part.name))
    ]
    names = [literal_text(name) for name in plan.not_carried if name not in listed]
    return f"({''.join(f'{each}, ' for each in (*lists, *names))})"


def _unread(plan: Plan) -> Iterator[str]:
    """What the family itself leaves unread, with the reasons."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for row in unread(plan).get(None, ()):
        grouped[row.explained].append(row.field)
    if grouped:
        yield "# Not read, because it does not decide what the model computes:"
    for why, names in grouped.items():
        yield comment(f"{', '.join(names)}: {why}", first="- ")
