"""What families share in generated code: the guards of each part, and the fields that a part leaves unread.

Each stands once, in the module of the part's subject below `_parts/`. A family whose class has it in another form (a
field that it does not declare, a row that it replaces) says it itself.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from codegen.emit import way_back
from codegen.emit.fill import with_imports
from codegen.functions import Import
from codegen.plan import Guards, PartName, Plan
from codegen.resolve.build import unread
from codegen.resolve.python import carried_over
from codegen.rows.ignored import Ignored
from codegen.rows.interface import lifted_name
from codegen.text import documentation, literal_text

PACKAGE = "_parts"


@dataclass(frozen=True)
class Shared:
    """What is emitted once, by part."""

    guards: Mapping[PartName, Guards] = field(default_factory=dict[PartName, Guards])
    unread: Mapping[PartName, tuple[Ignored, ...]] = field(default_factory=dict[PartName, tuple[Ignored, ...]])
    declared: Mapping[PartName, frozenset[str]] = field(default_factory=dict[PartName, frozenset[str]])
    """Of the unread fields, those that most classes of the part declare."""
    comments: Mapping[PartName, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[PartName, tuple[tuple[str, str], ...]]
    )
    """Fields that a part decides, with the reason where that is more than a name."""
    back: Mapping[PartName, way_back.Back] = field(default_factory=dict[PartName, way_back.Back])
    """What a part reads back from a Megatron config."""
    imports: Mapping[PartName, frozenset[Import]] = field(default_factory=dict[PartName, frozenset[Import]])
    """Whatever a guard of the part may name."""

    def has(self, guards: Guards) -> bool:
        """Whether these guards are those of the part's function."""
        known = self.guards.get(guards.part)
        return known is not None and _form(known) == _form(guards)

    def names_unread(self, plan: Plan) -> tuple[PartName, ...]:
        """The parts whose unread fields are among those that a family does not carry."""
        parts = (part for part in unread(plan) if part is not None and self.declared.get(part))
        return tuple(part for part in parts if self.declared[part] <= frozenset(plan.not_carried))


def shared(plans: Sequence[Plan]) -> Shared:
    """What the parts of all families have in common, in the form that most have."""
    guards: defaultdict[PartName, list[Guards]] = defaultdict(list)
    ignored: defaultdict[PartName, dict[str, Ignored]] = defaultdict(dict)
    declared: defaultdict[PartName, Counter[frozenset[str]]] = defaultdict(Counter)
    imports: defaultdict[PartName, set[Import]] = defaultdict(set)
    comments: defaultdict[PartName, dict[tuple[str, str], None]] = defaultdict(dict)
    for plan in plans:
        for placed in plan.rows:
            if placed.part is not None and placed.row.comment:
                comments[placed.part][_shown(placed.row.targets), placed.row.comment] = None
        for step in (*plan.checks.guards, *(each for mapper in plan.mappers for each in mapper.checks.guards)):
            if isinstance(step, Guards):
                guards[step.part].append(step)
                imports[step.part] |= set(plan.imports)
        for part, rows in unread(plan).items():
            if part is not None:
                ignored[part] |= {row.field: row for row in rows}
                declared[part][frozenset(row.field for row in rows) & plan.hf.declared_fields] += 1
    return Shared(
        guards={part: _usual(found) for part, found in guards.items()},
        unread={part: tuple(rows.values()) for part, rows in ignored.items()},
        declared={part: _most(counted) for part, counted in declared.items()},
        comments={part: tuple(sorted(found)) for part, found in comments.items()},
        back=way_back.shared(plans),
        imports={part: frozenset(found) for part, found in imports.items()},
    )


def _shown(targets: tuple[str, ...]) -> str:
    """The fields of a row; where it decides many together, the first stands for all."""
    return ", ".join(targets) if len(targets) < 5 else f"{targets[0]}, ..."


def _form(guards: Guards) -> tuple[str, ...]:
    """What the function of a part does: its lines."""
    numbers = (
        f"check.{domain.value}({', '.join(f'{field}={read}' for field, read in reads)})"
        for domain, reads in guards.domains
    )
    return (*numbers, *(each.source for each in guards.statements))


def _usual(found: Sequence[Guards]) -> Guards:
    """The most frequent form."""
    counted = Counter(map(_form, found))
    best = max(counted, key=lambda form: (counted[form], len(form), form))
    return next(guards for guards in found if _form(guards) == best)


def _most(counted: Mapping[frozenset[str], int]) -> frozenset[str]:
    """The most frequent names."""
    return max(counted, key=lambda names: (counted[names], len(names), sorted(names)))


def modules(known: Shared) -> Mapping[str, str]:
    """The module of each subject, by its path in the package, before formatting."""
    subjects = sorted({part.subject for part in (*known.guards, *known.comments, *known.unread, *known.back)})
    files = {f"{PACKAGE}/{subject}.py": _module(subject, known) for subject in subjects}
    docs = "".join(f"- `{subject}`\n" for subject in subjects)
    files[f"{PACKAGE}/__init__.py"] = f'"""What families share, by subject.\n\n{docs}"""\n'
    return files


def _module(subject: str, known: Shared) -> str:
    parts = sorted((part for part in known.guards if part.subject == subject), key=lambda part: part.name)
    back = sorted((part for part in known.back if part.subject == subject), key=lambda part: part.name)
    functions = (
        *(_function(known.guards[part]) for part in parts),
        *(way_back.function(part, known.back[part]) for part in back),
    )
    body = "\n\n".join(functions)
    constants = sorted((part for part in known.unread if part.subject == subject), key=lambda part: part.name)
    texts = "\n\n".join(_unread(part, known) for part in constants)
    candidates = ({each for part in parts for each in known.imports[part]} | _TYPING) - {*_TYPES}
    # One level deeper than the modules that the rules were written for.
    deeper = [
        Import(f".{each.module}" if each.module.startswith(".") else each.module, each.name) for each in candidates
    ]
    source = (
        f'"""What families share about {subject.replace("_", " ")}.{_decided(subject, known)}"""\n\n'
        f"from __future__ import annotations\n\n{texts}\n\n{body}\n"
    )
    return with_imports(source, deeper, _TYPES)


def _decided(subject: str, known: Shared) -> str:
    """What the parts of a subject decide, with the reasons; their values stand where they are passed."""
    parts = sorted((part for part in known.comments if part.subject == subject), key=lambda part: part.name)
    texts = [
        "\n".join((f"{part.name}:", *(_entry(f"{fields}: {why}") for fields, why in known.comments[part])))
        for part in parts
    ]
    return "\n\n" + "\n\n".join(texts) + "\n" if texts else ""


def _entry(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 110, initial_indent="- ", subsequent_indent="  "))


_TYPES = (
    Import("mcore_mappers_runtime.check", "Check"),
    Import("megatron.core.transformer.transformer_config", "MLATransformerConfig"),
    Import("megatron.core.transformer.transformer_config", "TransformerConfig"),
    Import("megatron.training.models.gpt", "GPTModelConfig"),
    Import("megatron.training.models.hybrid", "HybridModelConfig"),
)
_TYPING = {Import("typing", "Protocol")}
_BUILTIN = re.compile(r"(?:None|bool|int|float|str|object|list|tuple|dict|[\[\], |.])+")


def _function(guards: Guards) -> str:
    name = guards.part.name
    types = "".join(
        f"    @property\n    def {field}(self) -> {kind if _BUILTIN.fullmatch(kind) else 'object'}: ...\n"
        for field, kind in guards.hf_types
        if not field.startswith("_")
    )
    protocol = f"_{''.join(word.title() for word in name.split('_'))}"
    hf = f", hf: {protocol}" if types else ""
    taken = "".join(f", {each}: {kind}" for each, kind in guards.taken)
    lines = "".join(f"    {line}\n" for each in _form(guards) for line in each.split("\n"))
    declared = f"class {protocol}(Protocol):\n{types}\n\n" if types else ""
    doc = documentation(guards.part.doc) or f"What {name} refuses."
    annotations = {"check": "Check", "hf": protocol, **dict(guards.taken)}
    called = "".join(f"{carried_over(rule, lifted_name(rule), annotations)}\n\n" for rule in guards.functions)
    return f'{declared}{called}def {name}(check: Check{hf}{taken}) -> None:\n    """{doc}"""\n{lines}'


def call(guards: Guards) -> str:
    """The call of a part's function."""
    hf = ["hf"] if any(not field.startswith("_") for field, _ in guards.hf_types) else []
    return f"{guards.part.subject}.{guards.part.name}({', '.join(['check', *hf, *sorted(guards.takes)])})"


def _unread(part: PartName, known: Shared) -> str:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for row in known.unread[part]:
        grouped[row.explained].append(row.field)
    names = "".join(f"{literal_text(name)}, " for name in sorted(known.declared[part]))
    lines = [_entry(f"{', '.join(fields)}: {why}") for why, fields in grouped.items()]
    kind = "" if names else ": tuple[str, ...]"
    return f"{constant(part)}{kind} = ({names})\n" + '"""Not read:\n\n' + documentation("\n".join(lines)) + '\n"""'


def constant(part: PartName) -> str:
    """The name of the constant with the unread fields of a part."""
    return f"{part.name.upper()}_UNREAD"


def imported(part: PartName) -> Import:
    """How a family imports what its part shares."""
    return Import(f".{PACKAGE}", part.subject)
