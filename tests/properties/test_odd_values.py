"""Every attribute, under every name and by every way, with values that it never has: mapped, or refused by its name."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import pytest
from transformers import PreTrainedConfig

import mcore_mappers
from codegen.rows.choice import Choice
from codegen.rows.local import Local
from codegen.rows.rename import Rename
from mcore_mappers import UnsupportedConfigError
from tests.families import asking, mappers
from tests.fuzz.draw import Change, Drawn, is_degenerate
from tests.fuzz.judge import judged
from tests.numerics.hf_values import UNSTARTED
from tests.numerics.test_sensitivity import quiet
from tests.properties.odd import LARGE, ODD, tried
from tests.properties.strategies import attributes
from tests.selection import sample, some, whole
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config
from tests.support.plans import SPECIAL, TABLES, described, verdicts
from tests.support.ways import WAYS, Way, changed_by

pytestmark = [
    pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning"),
    pytest.mark.usefixtures("process"),
]

FEW, COMPARED = 40, 800
"""How many values are tried of a family in a slice, and of how many the models are compared in a whole run. That has
all of them, some three thousand; of usual families by every way, which is four times as many."""

LONGEST: Final = 700
"""Characters of what is said of one field: the reason, and a part of the value."""

BESIDE: Final = {
    "attribute_map": "attribute_map",
    "per_layer_config": "per_layer_config",
    "rope_scaling": "rope_parameters",
    "torch_dtype": "dtype",
    "num_labels": "id2label",
    "to_dict": "to_dict",
    "unknown": "unknown",
}
"""What a config may be given that no class declares, and what it then says."""

IN_ROPE: Final = ("partial_rotary_factor", "rope_theta")
"""What transformers puts into the rope that it builds, where a class does not declare it."""

BUILT: Final = ("layers", "num_labels", "per_layer_config")
"""In names of fields for which transformers itself builds as many things as they say."""


@dataclass(frozen=True)
class Trial:
    """A value, and how it gets into the small config."""

    name: str
    value: str
    way: Way

    def config(self, family: str) -> PreTrainedConfig | None:
        """None where transformers itself keeps it out."""
        try:
            return changed_by(self.way, config(family), self.name, ODD[self.value]())
        except Exception:  # whatever its validators raise, or what they call
            return None


def trials(family: str) -> Iterator[Trial]:
    names = sorted({*attributes(family), *described(family)[1].attribute_map, *BESIDE})
    for name in names:
        yield Trial(name, "None", "deleted")
        for value in ODD:
            for way in WAYS:
                if way != "deleted" and not (way != "stored" and _is_built(name, value)):
                    yield Trial(name, value, way)


def _is_built(name: str, value: str) -> bool:
    """Whether transformers goes through the value, or builds as much, when it takes it."""
    return value in LARGE and (any(part in name for part in BUILT) or value.startswith(("a long", "a deep")))


@pytest.mark.parametrize("family", some(FAMILIES, "test_odd_values"))
def test_odd_values(family: str) -> None:
    compared = {*sample(trials(family), COMPARED, f"compared of {family}")} if whole() else set[Trial]()
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrong = [
            f"{trial}: {said}"
            for trial in tried(
                trials(family),
                FEW,
                f"odd values of {family}",
                kinds=lambda trial: [(trial.name, trial.value)],
                all_ways=family in SPECIAL,
            )
            if (said := _wrong(family, trial, by_logits=trial in compared))
        ]
    assert not wrong, "\n".join(wrong[:50])


def _wrong(family: str, trial: Trial, *, by_logits: bool) -> str:
    """What is wrong with what becomes of it; empty where nothing is."""
    hf = trial.config(family)
    if hf is None:
        return ""
    outcomes: dict[str, Any] = {}
    for name, mapper in _mappers(family).items():
        try:
            outcomes[name] = mapper(hf)
        except UnsupportedConfigError as error:
            outcomes[name] = error
            if said := _said_badly(family, trial, error):
                return f"{name}: {said}"
        except Exception as error:
            return f"{name}: {type(error).__name__}: {str(error)[:200]}"
    refused = {name: found for name, found in outcomes.items() if isinstance(found, UnsupportedConfigError)}
    if str(refused.get("to_megatron")) != str(refused.get("dispatch")):
        return "the two ways to the first target differ"
    if len(refused) == len(outcomes):
        return ""
    if any("hybrid" not in each.reason.lower() for error in refused.values() for each in error.refusals):
        return f"{', '.join(refused)} alone refuse it"
    models = {name: found for name, found in outcomes.items() if name not in refused}
    return _unequal(family, trial, models, by_logits=by_logits)


WIDTH_OF_HEADS = {"head_dim", "hidden_size", "num_attention_heads"}
"""What sections of a rope have to fit, and what each block is a part of."""


def _said_badly(family: str, trial: Trial, error: UnsupportedConfigError) -> str:
    known = described(family)[1]
    stored = known.attribute_map.get(trial.name, trial.name)
    names = {
        trial.name,
        BESIDE.get(trial.name, stored),
        stored,
        *(name for name, other in known.attribute_map.items() if other == stored),
    }
    # The constructor computes fields from others.
    blamed = names.union(*(_looked_at_with(family).get(name, ()) for name in names))
    if trial.way in ("constructor", "from_dict"):
        blamed |= {each.name for each in known.fields if each.set_in_post_init}
    if trial.name in IN_ROPE:
        blamed.add("rope_parameters")
    # What a class overrides by layer by itself follows from these, and is there since the config was built.
    for each in TABLES[family].overrides:
        if names & {each.field, each.source, "layer_types", "num_hidden_layers"}:
            blamed.add("per_layer_config")
    for refusal in error.refusals:
        if len(str(refusal)) > LONGEST:
            return f"{len(str(refusal))} characters are said of {refusal.field}"
        fitting = refusal.field == "rope_parameters.mrope_section" or refusal.field.startswith("block_configs[")
        if fitting and names & WIDTH_OF_HEADS:
            continue
        # Where a value is what layers compute, that goes with no such layers.
        if trial.name == "rope_interleave" and "predict further tokens without the layers" in refusal.reason:
            continue
        if refusal.field.partition(".")[0] not in blamed:
            return f"{refusal} is refused in its place"
    return ""


def _unequal(family: str, trial: Trial, models: Mapping[str, Any], *, by_logits: bool) -> str:
    """What is wrong with models that are mapped: where it decides nothing, they are those of the small config."""
    verdict = verdicts(family).get(trial.name)
    if verdict in ("ignored", None):
        for name, model in models.items():
            different = differences(model, _base(family)[name]).keys() - {"extra_checkpoint_metadata"}
            if different and verdict == "ignored":
                return f"{name}: it decides nothing, and changes {', '.join(sorted(different))}"
        return ""
    value = ODD[trial.value]()
    if (
        not by_logits
        or trial.value in LARGE
        or "hostile" in trial.value
        or is_degenerate(trial.name, value)
        or (family, trial.name) in UNSTARTED
    ):
        return ""
    return judged(Drawn(family, "default", (Change(trial.name, value, trial.way),))).what


@cache
def _mappers(family: str) -> Mapping[str, Callable[..., Any]]:
    return {**mappers(family), "dispatch": partial(mcore_mappers.to_megatron, **asking(family))}


@cache
def _base(family: str) -> Mapping[str, Any]:
    return {name: mapper(config(family)) for name, mapper in _mappers(family).items()}


@cache
def _looked_at_with(family: str) -> Mapping[str, frozenset[str]]:
    """By field, those that some row looks at beside it: it may be one of them that does not fit."""
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset, vocab_size=frozenset({"pad_token_id"}))
    for mapper in described(family)[0].mappers:
        rows = [placed.row for placed in mapper.rows]
        bound = {row.target: frozenset({row.field}) for row in rows if isinstance(row, Choice)}
        bound |= {row.target: frozenset({row.field}) for row in rows if isinstance(row, Rename)}
        for _ in range(2):
            for row in rows:
                taken = {name for rule in row.rules for name in rule.parameter_names}
                fields = row.reads.union({*row.names}, *(bound.get(name, ()) for name in taken))
                if isinstance(row, Local):
                    bound[row.name] = fields
                for name in fields:
                    found[name] |= fields
    return found
