"""Change each field of a Hugging Face config, one at a time: nothing that matters may go unnoticed.

For every value exactly one of these must hold:

- the Megatron config changes, in fields that the plan says the Hugging Face field feeds, and in no others;
- the mapper refuses, or transformers cannot build the config or run the model;
- transformers builds the same config as before;
- the field is ignored, and the model is what the ignored field's kind claims;
- the value is another way of saying the same (`EQUAL`), and the model computes and learns the same;
- a declared deviation, of which the mapper warned.

Everything else is silent, and fails.
"""

from __future__ import annotations

import copy
import dataclasses
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import pytest
import torch
from megatron.core.transformer.transformer_config import MLATransformerConfig
from torch import Tensor
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

from codegen import snapshot
from codegen.functions import read_function
from codegen.plan import Plan, Side
from codegen.project import GENERATED, load_table, plans
from codegen.resolve.rows import collect, reads, rule_functions, targets
from codegen.schemas import HfClass, HfField, HfProperty, Snapshot, Undeclared
from codegen.table import Choice, Deviation, HardWired, Kind, Local, Rename
from mcore_mappers import DeviationWarning, UnsupportedConfigError, to_megatron
from tests.numerics.cases import ABSENT, FAMILIES
from tests.numerics.runtime import randomise
from tests.numerics.values import MISSING, candidates, hard_wired
from tests.support.equality import MLA_ROPE, comparable

BASES = ("default", "combined")
"""Names of the two cases of every family from which the sweep starts."""

EXTRA = ("rope_scaling", "torch_dtype", "num_labels", "output_attentions", "name_or_path", "per_layer_config")
"""What `PreTrainedConfig` takes beside its fields, for which there is no verdict."""

EQUAL: Mapping[str, str] = {
    "rope_parameters": "keys that the rope type does not read, and defaults that are spelt out",
    "rope_scaling": "an alias of rope_parameters",
    "partial_rotary_factor": "1.0 and None rotate the whole head",
    "rope_theta": "None leaves what rope_parameters says",
    "is_causal": "True is what is meant where nothing is said",
}
"""Fields of which several values say the same, and why."""

Way = Literal["constructor", "attribute"]


# --- The model of a config --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Behaviour:
    """What a Hugging Face model is: how it starts, what it computes, what it learns."""

    initial: Mapping[str, Tensor]
    evaluation: Tensor
    training: Tensor
    gradients: Mapping[str, Tensor]


def build(config: PreTrainedConfig) -> PreTrainedModel:
    """As `build_huggingface`, but with the weights that transformers initialises."""
    torch.manual_seed(3)
    model: PreTrainedModel = AutoModelForCausalLM.from_config(
        copy.deepcopy(config), dtype=torch.float32, attn_implementation="eager", experts_implementation="eager"
    )
    return model


class Probe:
    """The model of a base config, and what another config makes different in it."""

    def __init__(self, config: PreTrainedConfig) -> None:
        model = build(config)
        generator = torch.Generator().manual_seed(5)
        self._tokens = torch.randint(0, config.vocab_size, (2, 24), generator=generator)
        initial = _copied(model)
        randomise(model, seed=7)
        self._weights = _copied(model)
        self._base = self._behaviour(model, initial)

    def _behaviour(self, model: PreTrainedModel, initial: Mapping[str, Tensor]) -> Behaviour:
        with torch.no_grad():
            evaluation = _logits(model.eval(), self._tokens)
        training = _logits(model.train(), self._tokens)
        training.square().mean().backward()
        gradients = {
            name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            for name, parameter in model.named_parameters()
        }
        return Behaviour(initial, evaluation, training.detach(), gradients)

    def different(self, config: PreTrainedConfig) -> Mapping[str, str]:
        """What is different in the model of `config`, with the same weights: aspect -> where.

        Raises:
            Exception: whatever transformers raises because it cannot build or run the model.
        """
        model = build(config)
        initial = _copied(model)
        shapes = {name: tuple(tensor.shape) for name, tensor in initial.items()}
        if shapes != {name: tuple(tensor.shape) for name, tensor in self._weights.items()}:
            return {"parameters": "other names or shapes"}
        model.load_state_dict(dict(self._weights))
        found = self._behaviour(model, initial)
        pairs = {
            "initial weights": (self._base.initial, found.initial),
            "logits": ({"eval": self._base.evaluation}, {"eval": found.evaluation}),
            "logits in training": ({"train": self._base.training}, {"train": found.training}),
            "gradients": (self._base.gradients, found.gradients),
        }
        return {aspect: where for aspect, (a, b) in pairs.items() if (where := _unequal(a, b))}

    def padding_row_only(self, config: PreTrainedConfig, row: int) -> bool:
        """Whether initial weights and gradients differ in one row of the embedding, and are zero there."""
        model = build(config)
        embedding = model.get_input_embeddings().weight
        names = {name for name, tensor in model.state_dict(keep_vars=True).items() if tensor is embedding}
        initial = _copied(model)
        model.load_state_dict(dict(self._weights))
        found = self._behaviour(model, initial)
        for before, after in ((self._base.initial, found.initial), (self._base.gradients, found.gradients)):
            rest = torch.arange(embedding.shape[0]) != row
            # An output layer with the same weight still learns that row.
            if (len(names) == 1 or after is found.initial) and any(after[name][row].any() for name in names & {*after}):
                return False
            cut = [{key: tensor[rest] if key in names else tensor for key, tensor in each.items()} for each in (before, after)]
            if _unequal(*cut):
                return False
        return True


def _copied(model: PreTrainedModel) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _logits(model: PreTrainedModel, tokens: Tensor) -> Tensor:
    # Nothing is passed but the tokens: the config alone decides about caches, windows and what is returned.
    try:
        output = model(input_ids=tokens)
    except AttributeError:
        # A `return_dict` or a cache of the config that the class itself trips over: without either.
        hidden = model.base_model(input_ids=tokens, use_cache=False)[0]
        return model.get_output_embeddings()(hidden)
    return output[0]


def _unequal(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> str:
    """Names of the tensors that differ by more than rounding."""
    assert before.keys() == after.keys()
    return ", ".join(
        name
        for name, tensor in before.items()
        if not torch.equal(tensor, after[name]) and not torch.allclose(tensor, after[name], rtol=1e-6, atol=1e-6)
    )


# --- What the plan says -----------------------------------------------------------------------------------------------


def feeds(plan: Plan) -> Mapping[str, frozenset[str]]:
    """For each Hugging Face field, the Megatron fields that its value decides, through locals or not."""
    rows = [placed.row for placed in collect(plan.family.table)[0]]
    suggested = {verdict.field for verdict in plan.verdicts if verdict.verdict == "suggested"}
    bound: dict[str, frozenset[str]] = {}
    found: dict[str, frozenset[str]] = {}

    def sources(row: Any) -> frozenset[str]:
        names = set(reads(row))
        for rule in map(read_function, rule_functions(row)):
            for parameter in rule.parameter_names:
                names |= bound.get(parameter, frozenset())
        return frozenset(names)

    for row in rows:
        if isinstance(row, Local):
            bound[row.name] = sources(row)
        elif isinstance(row, Choice):
            bound[row.target] = frozenset({row.source})
        elif isinstance(row, Rename):
            bound.setdefault(row.source, frozenset({row.source}))
    bound["settings"] = frozenset().union(*(sources(row) for row in rows if set(targets(row)) & suggested))
    for row in rows:
        for name in sources(row):
            found[name] = found.get(name, frozenset()) | frozenset(targets(row))
    return found


def derived(plan: Plan) -> frozenset[str]:
    """What Megatron's `__post_init__` derives from other fields."""
    return frozenset(verdict.field for verdict in plan.verdicts if verdict.verdict == "derived")


# --- The sweep --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One changed value, and what came of it."""

    family: str
    base: str
    field: str
    way: Way
    value: str
    outcome: str
    """What holds, in few words; empty where nothing does."""
    problem: str = ""

    def __str__(self) -> str:
        return f"{self.family} {self.base}, {self.way}: {self.field} = {self.value}: {self.problem or self.outcome}"


class Sweep:
    """All changes to one base config."""

    def __init__(self, plan: Plan, known: HfClass, base: str) -> None:
        family = plan.family
        self._plan, self._class, self._name = plan, known, base
        table = FAMILIES[family.name]
        changed = {**table.base, **table.cases[base]}
        self._keywords = {name: value for name, value in changed.items() if value is not ABSENT}
        self._feeds, self._derived = feeds(plan), derived(plan)
        self._verdicts = {found.field: found.verdict for found in plan.verdicts if found.side is Side.HUGGINGFACE}
        self._kinds = {row.source: row.kind for row in plan.ignored}
        self._base = self._config({})
        self._mapped, self._deviations = _mapped(self._base)
        self._probe = Probe(self._base)

    def _config(self, changes: Mapping[str, Any]) -> PreTrainedConfig:
        keywords = {name: value for name, value in {**self._keywords, **changes}.items() if value is not MISSING}
        config_class: type[PreTrainedConfig] = _import(self._plan.family.config_class)
        return config_class(**copy.deepcopy(keywords))

    def trials(self) -> Iterator[Trial]:
        rows = [placed.row for placed in collect(self._plan.family.table)[0]]
        constants = {row.key: row.constant for row in rows if isinstance(row, HardWired)}
        aliases = [name for name in self._class.attribute_map if name not in self._verdicts]
        for known in (*self._class.attributes, *aliases, *EXTRA, *constants):
            name = known if isinstance(known, str) else known.name
            current = getattr(self._base, name, MISSING)
            if isinstance(known, str) and known in constants:
                values = iter(hard_wired(constants[known]))
            elif isinstance(known, str) and known in aliases:
                stored = self._class.attribute_map[known]
                values = candidates(next(each for each in self._class.fields if each.stored == stored), current)
            else:
                values = candidates(known, current)
            for value in values:
                yield self._trial(name, "constructor", value)
                if self._is_attribute(known):
                    yield self._trial(name, "attribute", value)

    def _is_attribute(self, known: object) -> bool:
        """Whether a value can come to stand there without the constructor, which may do more than store it."""
        return isinstance(known, Undeclared | HfProperty | str) or (
            isinstance(known, HfField) and (known.set_in_post_init or not known.declared)
        )

    def _trial(self, field: str, way: Way, value: Any) -> Trial:
        try:
            outcome, problem = self._outcome(field, way, value), ""
        except SilentError as error:
            outcome, problem = "", str(error)
        return Trial(self._plan.family.name, self._name, field, way, repr(value), outcome, problem)

    def _outcome(self, field: str, way: Way, value: Any) -> str:
        try:
            config = self._config({field: value} if way == "constructor" else {})
            if way == "attribute" and value is MISSING:
                delattr(config, field)
            elif way == "attribute":
                setattr(config, field, value)
        except Exception:
            return "refused by transformers"
        changed = self._changed(config)
        if not changed:
            return "the same config"
        try:
            mapped, deviations = _mapped(config)
        except UnsupportedConfigError:
            return "refused"
        except Exception as error:
            raise SilentError(f"the mapper fails: {error!r}") from error
        before, after = _fields(self._mapped), _fields(mapped)
        found = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if found:
            planned = self._derived.union(*(self._feeds.get(name, frozenset()) for name in changed))
            if found - planned:
                raise SilentError(f"changes {sorted(found - planned)}, which {sorted(changed)} do not feed")
            return "mapped"
        if self._verdicts.get(field) == "deviation" and deviations:
            return "deviates"
        return self._unmapped(field, value, config, changed)

    def _changed(self, config: PreTrainedConfig) -> frozenset[str]:
        """Names, stored ones, aliases and properties, under which something else is found now."""
        before, after = vars(self._base), vars(config)
        found = {name for name in {*before, *after} if _text(before, name) != _text(after, name)}
        found |= {alias for alias, stored in self._class.attribute_map.items() if stored in found}
        for known in self._class.properties:
            if repr(getattr(self._base, known.name)) != repr(getattr(config, known.name)):
                found.add(known.name)
        return frozenset(found)

    def _unmapped(self, field: str, value: Any, config: PreTrainedConfig, changed: frozenset[str]) -> str:
        """The Megatron config is the same; so must be the model."""
        kind = self._kinds.get(field)
        try:
            different = self._probe.different(config)
        except Exception as error:
            if kind is None:
                return "refused by transformers"
            raise SilentError(f"{kind.value}, but the model cannot be run: {error!r}") from error
        if kind is None:
            if different:
                raise SilentError(f"Megatron's config is the same, but not {_listed(different)}")
            if field not in EQUAL and field not in EXTRA:
                raise SilentError("Megatron's config is the same, and the model too: nothing says that it may be")
            return "equal" if field in EQUAL else "without a verdict, equal"
        if kind is Kind.INITIALISATION:
            different = {aspect: where for aspect, where in different.items() if aspect != "initial weights"}
        if kind is Kind.PADDING_TOKEN and different.keys() <= {"initial weights", "gradients"}:
            # A token beyond the vocabulary cannot be looked up.
            rows = [row for row in (value, self._base.pad_token_id) if row is not None]
            if all(self._probe.padding_row_only(config, row) for row in rows):
                different = {}
        if different:
            raise SilentError(f"{kind.value}, but the model differs in {_listed(different)}")
        return f"ignored: {kind.value}"


class SilentError(Exception):
    """Nothing of what may hold does."""


def _text(values: Mapping[str, Any], name: str) -> str:
    return repr(values.get(name, MISSING))


def _listed(different: Mapping[str, str]) -> str:
    return "; ".join(f"{aspect} ({where[:120]})" for aspect, where in different.items())


def _fields(mapped: Any) -> Mapping[str, Any]:
    """Megatron fields of both parts in a form that can be compared. Provenance is no part of the model."""
    skipped = {"transformer", "extra_checkpoint_metadata"}
    if isinstance(mapped.transformer, MLATransformerConfig):
        skipped |= set(MLA_ROPE)
    outer = {name: comparable(getattr(mapped, name)) for name in _names(mapped) if name not in skipped}
    return outer | {name: comparable(getattr(mapped.transformer, name)) for name in _names(mapped.transformer)}


def _names(config: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(config))


def _mapped(config: PreTrainedConfig) -> tuple[Any, tuple[str, ...]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DeviationWarning)
        mapped = to_megatron(config)
    found = [each.message for each in caught if isinstance(each.message, DeviationWarning)]
    return mapped, tuple(identifier for each in found for identifier in each.deviations)


def _import(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(__import__(module, fromlist=[name]), name)


@cache
def _plans() -> tuple[Snapshot, Mapping[str, Plan]]:
    known = snapshot.load(GENERATED / "schemas")
    return known, {plan.family.name: plan for plan in plans(load_table(), known)}


@cache
def trials(family: str) -> tuple[Trial, ...]:
    """Every change of both bases of a family, with its outcome."""
    known, found = _plans()
    plan = found[family]
    sweeps = (Sweep(plan, known.hf[plan.family.config_class], base) for base in BASES)
    return tuple(trial for sweep in sweeps for trial in sweep.trials())
