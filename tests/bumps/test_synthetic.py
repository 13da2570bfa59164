"""Bumps that never were: whatever meaningful happens to a field that a mapper touches is reported, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from codegen import project
from codegen.diagnostics import Code, GenerationError
from codegen.drift import Cosmetic, Finding, Report, compare, report
from codegen.drift.effects import Effect
from codegen.drift.kinds import Kind
from codegen.drift.reach import Reach, reach
from codegen.drift.render import markdown, terminal
from codegen.plan import Side
from codegen.project import Table
from codegen.resolve import resolve
from codegen.schemas import HfClass, HfField, MegatronClass, MegatronField, Snapshot
from codegen.table import Pending
from codegen.types import atoms
from codegen.upstream_changes import facts
from tests.bumps.mutate import COSMETIC, MEANINGFUL, Field, Mutation, mutated, narrowed, reordered
from tests.bumps.support import TABLE as WHOLE
from tests.bumps.support import at
from tests.selection import draw, whole

pytestmark = pytest.mark.costly

ARCHETYPES = ("llama", "qwen3_moe", "deepseek_v3", "nemotron_h")
WITH_LAYER_NORMS = "starcoder2"


def some() -> tuple[Table, Snapshot]:
    """The table and the snapshot, without bodies; outside of a whole run, of some families and their classes alone."""
    committed = at()
    classes = {path: replace(kind, bodies={}) for path, kind in committed.hf.items()}
    snapshot, every = replace(committed, hf=classes, bodies={}), replace(
        WHOLE, confirmed=(), remote=(), refused_remote={}
    )
    if whole():
        return every, snapshot
    always = (*ARCHETYPES, WITH_LAYER_NORMS)
    families = draw(every.families, 8, "families that are bumped", always=lambda family: family.name in always)
    table = replace(every, families=families, refused_classes=())
    hf = {path: kind for path, kind in snapshot.hf.items() if path in table.config_classes}
    megatron = {path: kind for path, kind in snapshot.megatron.items() if path in table.megatron_classes}
    return table, replace(snapshot, hf=hf, megatron=megatron, causal_lm={})


TABLE, OLD = some()
CLASSES = (*OLD.hf, *OLD.megatron)


@cache
def before() -> Reach:
    """What the table makes of every field as it is."""
    return reach(TABLE, OLD)


@cache
def committed() -> Mapping[str, str]:
    """The modules as they are, before formatting."""
    return project.modules(TABLE, OLD)


def kind_of(path: str) -> HfClass | MegatronClass:
    return OLD.hf[path] if path in OLD.hf else OLD.megatron[path]


def alone(snapshot: Snapshot, path: str) -> Snapshot:
    """The snapshot with one class, which makes a comparison quick."""
    hf = {path: snapshot.hf[path]} if path in snapshot.hf else {}
    megatron = {path: snapshot.megatron[path]} if path in snapshot.megatron else {}
    return replace(snapshot, hf=hf, megatron=megatron)


def touched(path: str) -> dict[str, set[str]]:
    """The fields of a class that some mapper reads or writes, and the families whose mappers do."""
    kind = kind_of(path)
    names = {field.name for field in kind.fields}
    found: dict[str, set[str]] = {}
    for (family, owner, name), verdicts in before().verdicts.items():
        if (
            owner == kind.name
            and name in names
            and any(_touches(verdict.side, verdict.verdict, verdict.expression) for verdict in verdicts)
        ):
            found.setdefault(name, set()).add(family)
    return found


def _touches(side: Side, verdict: str, expression: str) -> bool:
    return verdict != "ignored" if side is Side.HUGGINGFACE else bool(expression)


def bump(path: str, names: set[str], mutation: Mutation) -> Report:
    new = mutated(OLD, path, names, mutation)
    return compare(facts(alone(OLD, path), alone(new, path)), before(), ())


def changes(field: Field, mutation: Mutation) -> bool:
    return mutation(field) != field


@pytest.mark.parametrize("how", MEANINGFUL)
@pytest.mark.parametrize("path", CLASSES, ids=lambda path: path.rpartition(".")[2])
def test_a_meaningful_change_is_reported_for_what_it_is(path: str, how: str) -> None:
    mutation, kind = MEANINGFUL[how]
    owners = touched(path)
    fields = {field.name: field for field in kind_of(path).fields if field.name in owners}
    names = {name for name, field in fields.items() if changes(field, mutation)}
    found = bump(path, names, mutation).findings
    assert {(finding.kind, finding.name) for finding in found} == {(kind, name) for name in names}
    for finding in found:
        assert finding.owners == (kind_of(path).name,)
        reached = {family for families in finding.effects.values() for family in families}
        assert reached == set(before().classes[kind_of(path).name])
        for effect, families in finding.effects.items():
            for family in families:
                touches = family in owners[finding.name]
                assert effect is expected(finding.kind, fields[finding.name], _verdicts(family, finding), touches)


def expected(kind: Kind, field: Field, verdicts: set[str], touches: bool) -> Effect:
    """What happens to the mapper of a family, said again without looking at how the report says it."""
    gone = kind in (Kind.REMOVED, Kind.RENAMED)
    if isinstance(field, HfField):
        if gone:
            return Effect.BREAKS if field.declared else Effect.UNNOTICED
        wider = kind is Kind.RETYPED
        respelled = kind is Kind.DEFAULT and isinstance(field.default, str | list) and '"' in json.dumps(field.default)
        return Effect.SILENT if "used" in verdicts and (wider or respelled) else Effect.UNNOTICED
    if gone:
        return Effect.BREAKS if touches or verdicts & {"caller", "suggested"} else Effect.UNNOTICED
    left = kind is Kind.DEFAULT and "architecture" in verdicts and not touches
    return Effect.SILENT if left else Effect.UNNOTICED


def _verdicts(family: str, finding: Finding) -> set[str]:
    (owner,) = finding.owners
    return {verdict.verdict for verdict in before().verdicts.get((family, owner, finding.name), ())}


@pytest.mark.parametrize(
    "path", [path for path in OLD.hf if OLD.hf[path].attribute_map], ids=lambda path: path.rpartition(".")[2]
)
def test_another_stored_name_is_reported(path: str) -> None:
    kind = OLD.hf[path]
    for alias in kind.attribute_map:
        other = replace(kind, attribute_map={**kind.attribute_map, alias: "elsewhere"})
        new = replace(OLD, hf={**OLD.hf, path: other})
        (found,) = compare(facts(alone(OLD, path), alone(new, path)), before(), ()).findings
        assert (found.kind, found.name, found.owners) == (Kind.ALIASED, alias, (kind.name,))
        for effect, families in found.effects.items():
            assert {"used" in _verdicts(family, found) for family in families} == {effect is Effect.SILENT}


@pytest.mark.parametrize("how", COSMETIC)
def test_a_cosmetic_change_of_every_field_is_none(how: str) -> None:
    new = OLD
    for path in CLASSES:
        new = mutated(new, path, {field.name for field in kind_of(path).fields}, COSMETIC[how])
    assert new != OLD
    found = report(TABLE, OLD, new)
    assert (found.findings, found.asks) == ((), ())
    # What is checked, and what is read back, comes in the order in which a class declares its fields.
    same_order = replace(new, hf={path: OLD.hf[path] for path in new.hf})
    assert project.modules(TABLE, same_order) == committed()


@pytest.mark.parametrize(("doc", "how"), [("0a1b2c3d4e5f", "changed"), ("", "removed")])
def test_other_documentation_decides_nothing_and_is_told(doc: str, how: str) -> None:
    path = "transformers.models.llama.configuration_llama.LlamaConfig"
    new = mutated(OLD, path, {"hidden_size"}, lambda field: replace(field, doc=doc))
    found = report(TABLE, OLD, new)
    told = Cosmetic(f"field LlamaConfig.hidden_size: documentation {how}", doc and f"{path}.hidden_size")
    assert (found.findings, found.cosmetics, found.asks) == ((), (told,), ())


def test_another_order_is_no_change() -> None:
    new = replace(
        OLD,
        hf={path: reordered(OLD.hf[path]) for path in reversed(OLD.hf)},
        megatron={path: reordered(OLD.megatron[path]) for path in reversed(OLD.megatron)},
    )
    found = report(TABLE, OLD, new)
    assert (found.findings, found.cosmetics, found.asks) == ((), (), ())
    # Checks, and fields that are read back, are in the order of the attributes of the class, and nothing else is.
    ordered = {
        path: replace(kind, fields=OLD.hf[path].fields, undeclared=OLD.hf[path].undeclared)
        for path, kind in new.hf.items()
    }
    assert project.modules(TABLE, replace(new, hf=ordered)) == committed()
    assert words(project.modules(TABLE, new)) == words(committed())


def words(modules: Mapping[str, str]) -> Mapping[str, list[str]]:
    """What each module says, in whichever order."""
    return {path: sorted(re.findall(r"\w+", text)) for path, text in modules.items()}


@pytest.mark.parametrize("path", OLD.megatron, ids=lambda path: path.rpartition(".")[2])
def test_a_new_field_of_megatron_is_asked_about(path: str) -> None:
    kind = OLD.megatron[path]
    field = MegatronField("attention_twist", "float", 0.5, kind.name, "0a1b2c3d4e5f")
    new = replace(OLD, megatron={**OLD.megatron, path: replace(kind, fields=(*kind.fields, field))})
    found = report(TABLE, OLD, new)
    (finding,) = found.findings
    assert (finding.kind, finding.name, finding.detail) == (Kind.ADDED, "attention_twist", "float = 0.5")
    assert finding.effects == {Effect.SILENT: before().classes[kind.name]}
    assert [ask.code for ask in finding.asks] == [Code.NO_OWNER]
    assert found.asks == ()


@pytest.mark.parametrize("family", ARCHETYPES)
@pytest.mark.parametrize("how", ["rename", "remove"])
def test_the_resolver_asks_about_every_used_field_that_is_gone(family: str, how: str) -> None:
    row = next(known for known in TABLE.families if known.name == family)
    path = row.config
    used = {name for name, families in touched(path).items() if family in families}
    new = replace(mutated(OLD, path, used, MEANINGFUL[how][0]), causal_lm={})
    with pytest.raises(GenerationError) as caught:
        resolve(new, [row], TABLE.owners, places=TABLE.places)
    for name in used:
        assert any(ask.mentions(name) for ask in caught.value.diagnostics), name


def test_fewer_values_are_asked_about_where_a_mapper_writes_one_that_is_gone() -> None:
    path = "megatron.core.transformer.transformer_config.TransformerConfig"
    field = next(field for field in OLD.megatron[path].fields if field.name == "normalization")
    assert "'LayerNorm'" in atoms(field.type)
    new = mutated(OLD, path, {"normalization"}, narrowed)
    gone = atoms(field.type) - atoms(next(f for f in new.megatron[path].fields if f.name == "normalization").type)
    (finding,) = report(TABLE, OLD, new).findings
    assert finding.kind is Kind.ALLOWED
    writing = {
        family
        for family in before().families
        for verdict in before().verdicts.get((family, "TransformerConfig", "normalization"), ())
        if verdict.expression.replace('"', "'") in gone
    }
    assert writing
    assert writing <= set(finding.effects[Effect.BREAKS])
    assert {ask.code for ask in finding.asks} == {Code.TYPE_MISMATCH}


def test_an_undeclared_attribute_that_is_read_or_no_longer_read() -> None:
    path = "transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig"
    kind = OLD.hf[path]
    (head_dim,) = [known for known in kind.undeclared if known.name == "head_dim"]
    rest = tuple(known for known in kind.undeclared if known is not head_dim)
    fewer = replace(OLD, hf={**OLD.hf, path: replace(kind, undeclared=rest)})
    (finding,) = report(TABLE, OLD, fewer).findings
    assert (finding.kind, finding.effects) == (Kind.UNREAD, {Effect.SILENT: ("qwen3_moe",)})
    assert finding.asks
    more = replace(
        OLD, hf={**OLD.hf, path: replace(kind, undeclared=(*kind.undeclared, replace(head_dim, name="twist")))}
    )
    (finding,) = report(TABLE, OLD, more).findings
    assert (finding.kind, finding.effects) == (Kind.READ, {Effect.SILENT: ("qwen3_moe",)})
    assert [ask.code for ask in finding.asks] == [Code.UNDECLARED_UNDECIDED]


def test_a_class_that_is_gone() -> None:
    path = "transformers.models.llama.configuration_llama.LlamaConfig"
    new = replace(OLD, hf={known: kind for known, kind in OLD.hf.items() if known != path})
    (finding,) = report(TABLE, OLD, new).findings
    assert (finding.kind, finding.what, finding.name) == (Kind.REMOVED, "class", "LlamaConfig")
    assert finding.effects == {Effect.BREAKS: ("llama",)}
    assert [ask.code for ask in finding.asks] == [Code.UNKNOWN_CLASS]


def test_pending_classes_are_counted_whatever_changed() -> None:
    rows = (Pending("one", "a.OneConfig"), Pending("two", "a.TwoConfig"))
    found = report(replace(TABLE, refused_classes=rows), OLD, OLD)
    said = "Nothing to decide; 0 cosmetic changes. Pending classes, which nobody has looked at: 2."
    assert terminal(found).splitlines()[1] == markdown(found).splitlines()[2] == said
    assert terminal(replace(found, pending=0)).splitlines()[1] == "Nothing to decide; 0 cosmetic changes."
