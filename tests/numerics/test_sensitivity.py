"""Change each field of a Hugging Face config, one at a time: nothing that matters may go unnoticed.

For every value exactly one of the outcomes below must hold. Everything else is silent, and fails.

Every family is swept from two configs, the first of as few layers as will do, with every value of every field; of a
number that nothing computes with, three values are enough. Two things alone are not repeated in each:

- All values of the keys of `rope_parameters` are tried in one family for each set of rows about it (`rope_readers`).
  The others carry the very same functions, so that they would show the same; they get every rope type, and every key
  with one other value and without it, which shows that their modeling code reads no key that the rows do not.
- What `PreTrainedConfig` itself declares or takes and every mapper ignores (labels, token ids and the like) is changed
  from `combined` in one family of each kind only (`SPECIAL`), and from `default` in all of them.

A value that the mapper takes no notice of is compared in the models: what they start with, compute and learn. Where the
model of the base read nothing of what changed, the same code would run, and the config is only built once more.

A slice starts from one of the two, and changes a field of each verdict, and some more, with all values of them.

`python -m tests.numerics.test_sensitivity` prints the totals.
"""

from __future__ import annotations

import copy
import dataclasses
import logging
import warnings
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast

import pytest
import torch
from megatron.core.transformer.transformer_config import MLATransformerConfig
from transformers import PreTrainedConfig

from codegen.plan import Plan, Side
from codegen.rows.guard import Guard, Length
from codegen.schemas import HfClass, HfField, HfProperty, Undeclared
from codegen.table import Choice, Ignored, Kind, Local, Rename, Row
from mcore_mappers import DeviationWarning, UnsupportedConfigError, to_megatron
from mcore_mappers_runtime.equal import STRUCTURE
from mcore_mappers_runtime.layered import layers_of
from tests.families import PROOFS, asking, build, family_of, stated
from tests.families.proof import NOTHING
from tests.families.shared import EQUAL
from tests.numerics.hf_probe import Probe, outline
from tests.numerics.hf_values import MISSING, candidates, hard_wired
from tests.selection import draw, some, whole
from tests.support.equality import MLA_ROPE, comparable
from tests.support.plans import SPECIAL, described, restated, rope_readers, rows_of, unread
from tests.support.plans import hard_wired as constants

BASES: Final = ("default", "combined")
"""Names of the two cases of every family from which the sweep starts."""

pytestmark = pytest.mark.usefixtures("process")

MORE_FIELDS: Final = 1
"""How many fields of a family a slice changes beside one of each verdict."""
SOME_VALUES: Final = 1
"""To how many values a slice changes a field."""

UNREAD: Final = (Kind.DEAD, Kind.INFERENCE)
"""Kinds of ignored fields that nothing computes with."""

EXTRA: Final = ("rope_scaling", "torch_dtype", "num_labels", "output_attentions", "name_or_path", "per_layer_config")
"""What `PreTrainedConfig` takes beside its fields, for which there is no verdict."""

# Outcomes; an ignored field's is `ignored` with its kind.
MAPPED: Final = "mapped"  # The Megatron config changes, in fields that the plan says the changed ones feed.
REFUSED: Final = "refused"
BY_TRANSFORMERS: Final = "refused by transformers"  # It cannot build the config.
SAME_CONFIG: Final = "same config"  # transformers builds what it built before.
ANOTHER_WAY: Final = "another way of saying it"  # `EQUAL`, `Proof.equal`, or the value that the class hard-wires.
NO_VERDICT: Final = "no verdict, same model"  # One of `EXTRA`.
DEVIATES: Final = "deviation"  # Of which the mapper warned.
SILENT: Final = "silent"
IGNORED: Final[Mapping[Kind, str]] = {kind: f"ignored: {kind.value}" for kind in Kind}
OUTCOMES: Final = (
    *(MAPPED, REFUSED, BY_TRANSFORMERS, SAME_CONFIG, *IGNORED.values(), ANOTHER_WAY, NO_VERDICT, DEVIATES, SILENT),
)

# In parts of the largest value. An ignored field changes nothing at all; the same may be computed in another order.
EXACT: Final = 0.0
ROUNDING: Final = 1e-4

Way = Literal["constructor", "attribute"]


@dataclass(frozen=True)
class Trial:
    """One changed value, and what came of it."""

    family: str
    base: str
    field: str
    way: Way
    value: str
    outcome: str
    note: str = ""
    """What is wrong, for `SILENT`; what differs in the model although it may, for ignored fields."""

    def __str__(self) -> str:
        return f"{self.family} {self.base}, {self.way}: {self.field} = {self.value}: {self.outcome}: {self.note}"


class SilentError(Exception):
    """Nothing of what may hold does."""


class Sweep:
    """All changes to one base config."""

    def __init__(self, plan: Plan, known: HfClass, base: str) -> None:
        self._plan, self._class, self._name = plan, known, base
        self._proof = PROOFS[plan.family.name]
        swept = self._proof.shallow if self._proof.swept is None else self._proof.swept
        self._keywords = {**self._proof.base, **(swept if base == "default" else NOTHING), **self._proof.cases[base]}
        self._feeds, self._unwritten = feeds(plan), unwritten(plan)
        self._verdicts = {found.field: found.verdict for found in plan.main.verdicts if found.side is Side.HUGGINGFACE}
        self._kinds = {row.field: row.kind for row in rows_of(plan) if isinstance(row, Ignored)}
        self._base = self._config({})
        again = {key: stated(self._base, field) for key, field in restated(plan).items()}
        self._constants = {**constants(plan), **again}
        # A key of which a file says nothing states nothing.
        self._unstated = again.keys()
        mapped, self._deviations = _mapped(self._base)
        self._fields = _fields(mapped)
        self._probe = Probe(self._base)
        self._known: dict[str, Mapping[str, str] | Exception] = {}
        self._ran: set[str] = set()

    def _config(self, changes: Mapping[str, Any]) -> PreTrainedConfig:
        keywords = {**self._keywords, **changes}
        return build(
            self._plan.family.name, {name: keywords[name] for name in keywords if keywords[name] is not MISSING}
        )

    def trials(self) -> Iterator[Trial]:
        """Every field, alias and undeclared attribute, both ways, and what the base class takes besides."""
        for known in self._drawn():
            if self._of_every_class(known) and self._name != "default" and self._plan.family.name not in SPECIAL:
                continue
            name = known if isinstance(known, str) else known.name
            values = self._values(known, stated(self._base, name, MISSING))
            for value in draw(values, SOME_VALUES, f"values of {self._plan.family.name}.{name}"):
                yield self._trial(name, "constructor", value)
                # What is stored without the constructor's doing: a key of remote code, a derived value made stale.
                if not isinstance(known, HfField) or known.set_in_post_init or not known.declared:
                    yield self._trial(name, "attribute", value)

    def _drawn(self) -> Sequence[HfField | HfProperty | Undeclared | str]:
        """What is changed."""
        aliases = [name for name in self._class.attribute_map if name not in self._verdicts]
        return draw(
            (*self._class.attributes, *aliases, *EXTRA, *self._constants),
            MORE_FIELDS,
            f"fields of {self._plan.family.name}",
            kinds=lambda known: [self._verdict(known if isinstance(known, str) else known.name)],
        )

    def _verdict(self, name: str) -> str:
        """With the kind, where the field is ignored."""
        kind = self._kinds.get(name)
        return self._verdicts.get(name, "none") if kind is None else IGNORED[kind]

    def _of_every_class(self, known: HfField | HfProperty | Undeclared | str) -> bool:
        """What `PreTrainedConfig` has and no model of it reads; initialisation and padding are the model's own."""
        if isinstance(known, str):
            return known in EXTRA
        ignored = self._kinds.get(known.name) not in (None, Kind.INITIALISATION, Kind.PADDING_TOKEN)
        return isinstance(known, HfField) and known.origin == PreTrainedConfig.__name__ and ignored

    def _values(self, known: HfField | HfProperty | Undeclared | str, current: object) -> Iterator[Any]:
        if isinstance(known, str) and known in self._constants:
            return iter(hard_wired(self._constants[known]))
        stored = self._class.attribute_map.get(known) if isinstance(known, str) else None
        meant = next((field for field in self._class.fields if field.stored == stored), known)
        few_ropes = self._plan.family.name not in rope_readers()
        name = known if isinstance(known, str) else known.name
        return candidates(
            meant, current, self._proof.values, few_ropes=few_ropes, few_numbers=self._kinds.get(name) in UNREAD
        )

    def _trial(self, field: str, way: Way, value: Any) -> Trial:
        try:
            outcome, note = self._outcome(field, way, value)
        except SilentError as error:
            outcome, note = SILENT, str(error)
        return Trial(self._plan.family.name, self._name, field, way, repr(value), outcome, note)

    def _outcome(self, field: str, way: Way, value: Any) -> tuple[str, str]:
        try:
            config = self._config({field: value} if way == "constructor" else {})
            if way == "attribute" and value is MISSING:
                delattr(config, field)
            elif way == "attribute":
                setattr(config, field, value)
        except Exception as error:
            return BY_TRANSFORMERS, repr(error)
        changed = self._changed(config)
        if not changed:
            return SAME_CONFIG, ""
        try:
            mapped, deviations = _mapped(config)
        except UnsupportedConfigError:
            return REFUSED, ""
        except Exception as error:
            raise SilentError(f"the mapper fails: {error!r}") from error
        after = _fields(mapped)
        found = {name for name in {*self._fields, *after} if self._fields.get(name) != after.get(name)}
        if found:
            planned = self._unwritten.union(*(self._feeds.get(name, frozenset()) for name in changed))
            if found - planned:
                raise SilentError(f"changes {sorted(found - planned)}, which {sorted(changed)} do not feed")
            self._runs(config)
            return MAPPED, ""
        if deviations != self._deviations or (self._verdicts.get(field) == "deviation" and deviations):
            return DEVIATES, ", ".join(deviations)
        return self._unmapped(field, value, config, changed)

    def _changed(self, config: PreTrainedConfig) -> frozenset[str]:
        """Names, stored ones, aliases and properties, under which something else is found now."""
        before, after = vars(self._base), vars(config)
        found = {name for name in {*before, *after} if _text(before, name) != _text(after, name)}
        found |= {alias for alias, stored in self._class.attribute_map.items() if stored in found}
        properties = {known.name for known in self._class.properties}
        return frozenset(found | {name for name in properties if _read(self._base, name) != _read(config, name)})

    def _unmapped(self, field: str, value: Any, config: PreTrainedConfig, changed: Set[str]) -> tuple[str, str]:
        """The Megatron config is the same; so must be the model, but for what the field's kind admits."""
        kind = self._kinds.get(field)
        different = self._different(config, changed, ROUNDING if kind is None else EXACT)
        if isinstance(different, Exception):
            raise SilentError(f"mapped, and transformers cannot run it: {different!r}") from different
        admitted: frozenset[str] = frozenset()
        if kind is Kind.INITIALISATION:
            admitted = frozenset({"initial weights"})
        elif kind is Kind.PADDING_TOKEN and self._probe.padding_rows_only(config, self._base.pad_token_id, value):
            admitted = frozenset({"initial weights", "gradients"})
        if different.keys() - admitted:
            said = "Megatron's config is the same" if kind is None else kind.value
            raise SilentError(f"{said}, but {'; '.join(f'{what} ({where})' for what, where in different.items())}")
        if kind is not None:
            return IGNORED[kind], ", ".join(different)
        said = (field in self._constants and value == self._constants[field]) or (
            field in self._unstated and value is None
        )
        if said or field in {**EQUAL, **self._proof.equal}:
            return ANOTHER_WAY, ""
        if field in EXTRA:
            return NO_VERDICT, ""
        raise SilentError("Megatron's config is the same, and the model too: nothing says that it may be")

    def _runs(self, config: PreTrainedConfig) -> None:
        """A mapped config is one of which transformers builds a model that runs; asked once for every content."""
        key = _content(config)
        if key in self._ran:
            return
        try:
            self._probe.run(config)
        except Exception as error:
            raise SilentError(f"mapped, and transformers cannot run it: {error!r}") from error
        self._ran.add(key)

    def _different(
        self, config: PreTrainedConfig, changed: Set[str], tolerance: float
    ) -> Mapping[str, str] | Exception:
        """As `Probe.different`, once for every content of a config; what no model reads can only be refused."""
        key = f"{tolerance} {_content(config)}"
        if key not in self._known:
            try:
                if self._probe.read.isdisjoint(changed):
                    outline(config)
                    self._known[key] = {}
                else:
                    self._known[key] = self._probe.different(config, tolerance)
            except Exception as error:
                self._known[key] = error
        return self._known[key]


def _content(config: PreTrainedConfig) -> str:
    return _written(vars(config))


def _written(value: Any) -> str:
    """As `repr`, whatever the order of dictionaries and sets: transformers fills some by iterating over a set."""
    if isinstance(value, dict):
        return str(sorted((repr(key), _written(each)) for key, each in cast("dict[object, object]", value).items()))
    if isinstance(value, set):
        return str(sorted(map(repr, cast("set[object]", value))))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return f"{type(value)} {_written(vars(value))}"
    return repr(value)


def _text(values: Mapping[str, Any], name: str) -> str:
    return _written(values.get(name, MISSING))


def _read(config: PreTrainedConfig, name: str) -> str:
    try:
        return _written(stated(config, name))
    except Exception as error:
        return repr(error)


def _mapped(config: PreTrainedConfig) -> tuple[Any, tuple[str, ...]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DeviationWarning)
        mapped = to_megatron(config, **asking(family_of(config)))
    found = [each.message for each in caught if isinstance(each.message, DeviationWarning)]
    return mapped, tuple(identifier for each in found for identifier in each.deviations)


def _fields(mapped: Any) -> Mapping[str, Any]:
    """Megatron's fields, of both parts, in a form that can be compared. Provenance is no part of the model."""
    skipped = {*STRUCTURE, "extra_checkpoint_metadata"}
    if isinstance(mapped.transformer, MLATransformerConfig):
        skipped |= set(MLA_ROPE)
    return {
        field.name: comparable(getattr(part, field.name))
        for part, without in ((mapped, skipped), (mapped.transformer, set[str]()), (layers_of(mapped), set[str]()))
        for field in dataclasses.fields(part)
        if field.name not in without
    }


# --- What the plan says -----------------------------------------------------------------------------------------------


def feeds(plan: Plan) -> Mapping[str, frozenset[str]]:
    """For each Hugging Face field, the Megatron fields that its value decides, through locals or not."""
    bound: dict[str, frozenset[str]] = {}

    def sources(row: Row) -> frozenset[str]:
        parameters = {name for rule in row.rules for name in rule.parameter_names}
        return row.reads.union(*(bound.get(name, frozenset()) for name in parameters))

    rows = rows_of(plan)
    for row in rows:
        if isinstance(row, Choice | Rename):
            bound.setdefault(row.field if isinstance(row, Rename) else row.target, frozenset({row.field}))
    locals_ = [row for row in rows if isinstance(row, Local)]
    # A local of a part may take one that the family binds further down.
    for _ in locals_:
        bound |= {row.name: sources(row) for row in locals_}
    suggested = {verdict.field for verdict in plan.main.verdicts if verdict.verdict == "suggested"}
    bound["settings"] = frozenset[str]().union(*(sources(row) for row in rows if suggested & set(row.targets)))
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        for name in sources(row):
            found[name] = found.get(name, frozenset()) | frozenset(row.targets)
            if isinstance(row, Guard) and isinstance(row.test, Length):
                found[name] |= {"seq_length"}
    return found


def unwritten(plan: Plan) -> frozenset[str]:
    """What no mapper writes: if it changes, Megatron's `__post_init__` derived it from what did."""
    return frozenset(verdict.field for verdict in plan.main.verdicts if verdict.verdict in ("derived", "caller"))


# --- Results ----------------------------------------------------------------------------------------------------------


@cache
def trials(family: str) -> tuple[Trial, ...]:
    """Every change of both bases of a family, with its outcome; in a slice, of one of them."""
    plan, known = described(family)
    with quiet():
        sweeps = (Sweep(plan, known, base) for base in draw(BASES, 1, f"base of {family}"))
        return tuple(trial for sweep in sweeps for trial in sweep.trials())


@contextmanager
def quiet() -> Generator[None]:
    """Without transformers' remarks, one for nearly every value."""
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(disabled)


def totals(family: str) -> Mapping[str, int]:
    """How many fields were changed, to how many values, and how many values had each outcome."""
    found = trials(family)
    counted = Counter(trial.outcome for trial in found)
    sizes = {"fields": len({trial.field for trial in found}), "values": len(found)}
    return {**sizes, **{outcome: counted[outcome] for outcome in OUTCOMES}}


def report() -> str:
    """The totals of all families, one line for each number."""
    names = ("fields", "values", *OUTCOMES)
    found = {family: totals(family) for family in PROOFS}
    lines = (f"{family:20}{name:34}{found[family][name]:6}" for family in found for name in names)
    return "\n".join(lines)


@pytest.mark.parametrize("family", PROOFS)
def test_nothing_is_silent(family: str) -> None:
    if silent := [str(trial) for trial in trials(family) if trial.outcome == SILENT]:
        pytest.fail("\n".join(silent), pytrace=False)


@pytest.mark.parametrize("family", PROOFS)
def test_ignored_fields_were_put_to_the_test(family: str) -> None:
    """An ignored field really changed in some config, and one that claims an effect has it."""
    if not whole():
        pytest.skip("a slice changes a part of the fields, from one base")
    seen = {(trial.field, trial.outcome) for trial in trials(family)}
    effects = {trial.field for trial in trials(family) if trial.note}
    idle: list[str] = []
    for row in rows_of(described(family)[0]):
        if isinstance(row, Ignored) and row.field not in PROOFS[family].views:
            effect = row.kind not in (Kind.INITIALISATION, Kind.PADDING_TOKEN) or row.field in effects
            if (row.field, IGNORED[row.kind]) not in seen or not effect:
                idle.append(row.field)
    assert not idle


OF_GENERATION = {"cache_implementation": "offloaded"}
"""Keys whose value transformers looks at when it makes a model's generation config, with one that it takes."""


@pytest.mark.parametrize("family", some(PROOFS, "test_keys_that_nobody_reads_change_nothing"))
def test_keys_that_nobody_reads_change_nothing(family: str) -> None:
    """All at once, with values that no file has."""
    keys = unread(described(family)[0])
    config = build(family, PROOFS[family].base)
    odd = copy.deepcopy(config)
    for position, key in enumerate(keys):
        setattr(odd, key, OF_GENERATION.get(key, ["odd", position, None, True][position % 4]))
    assert _fields(_mapped(odd)[0]) == _fields(_mapped(config)[0])
    assert Probe(config).different(odd, EXACT) == {}


@pytest.mark.parametrize("family", PROOFS)
def test_totals(family: str, record_property: Any) -> None:
    found = totals(family)
    record_property(family, dict(found))
    assert sum(found[outcome] for outcome in OUTCOMES) == found["values"] > (300 if whole() else 0)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(report())
