"""The cases and the refusals cover what the table says, mechanically: what is missing is listed by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pytest
from transformers import PreTrainedConfig

from codegen.plan import Plan, Side
from codegen.resolve.expressions import is_given
from codegen.schemas import HfClass
from codegen.table import Choice, Deviation, HardWired, MustBe, Rename, Require
from mcore_mappers import UnsupportedConfigError, _rope, to_megatron
from tests.numerics.cases import CASES
from tests.numerics.refusals import REFUSALS
from tests.numerics.test_sensitivity import FAMILY_NAMES, known, rows_of

INVISIBLE: Mapping[str, str] = {
    "dtype": "every comparison is in float32",
    "initializer_range": "every weight is copied",
    "attention_dropout": "both sides draw masks of their own; a harness test shows that a dropout is visible",
    "router_aux_loss_coef": "an auxiliary loss is no part of the logits",
    "num_mtp_layers": "transformers builds no such layers",
    "num_nextn_predict_layers": "transformers builds no such layers",
    "mtp_layers_block_type": "transformers builds no such layers",
}
"""Used fields that no comparison of logits can see, and why. The sensitivity sweep changes them."""

YARN_KEYS = (
    "factor",
    "original_max_position_embeddings",
    "attention_factor",
    "mscale",
    "mscale_all_dim",
    "beta_fast",
    "beta_slow",
)

ROPE_KEYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "GPT": {
        "default": ("rope_theta",),
        "linear": ("factor",),
        "llama3": ("factor",),
        "yarn": (*YARN_KEYS, "truncate"),
    },
    "MLA": {"default": ("rope_theta",), "yarn": YARN_KEYS},
}
"""Keys of `rope_parameters` that decide something for each rope type, by what reads them."""


@cache
def accepted(family: str) -> tuple[PreTrainedConfig, ...]:
    """The config of every case."""
    return tuple(case.config() for case in CASES if case.family == family)


@cache
def reasons(family: str) -> tuple[tuple[str, str], ...]:
    """Field and reason of every refusal of every refused config."""
    found: list[tuple[str, str]] = []
    for refused in REFUSALS:
        if refused.family == family:
            with pytest.raises(UnsupportedConfigError) as caught:
                to_megatron(refused.config())
            found += [(refusal.field, refusal.reason) for refusal in caught.value.refusals]
    return tuple(found)


def described(family: str) -> tuple[Plan, HfClass]:
    schemas, plans = known()
    return plans[family], schemas.hf[plans[family].family.config_class]


def fields(family: str, verdict: str) -> Iterable[str]:
    """The Hugging Face fields of a verdict."""
    plan, _ = described(family)
    return [each.field for each in plan.verdicts if each.side is Side.HUGGINGFACE and each.verdict == verdict]


def report(wanted: str, names: Iterable[str]) -> None:
    missing = sorted(names)
    if missing:
        pytest.fail("there are no " + wanted + "".join(f"\n  - {name}" for name in missing), pytrace=False)


def values(family: str, field: str) -> frozenset[str]:
    return frozenset(repr(getattr(config, field, "absent")) for config in accepted(family))


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_used_field_has_two_values_in_cases(family: str) -> None:
    used = (field for field in fields(family, "used") if field not in INVISIBLE)
    report("cases with another value of", (field for field in used if len(values(family, field)) < 2))


def test_what_is_invisible_is_used() -> None:
    assert not set(INVISIBLE) - {field for family in FAMILY_NAMES for field in fields(family, "used")}


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_a_field_that_must_be_is_refused_in_some_config(family: str) -> None:
    refused = {field for field, _ in reasons(family)}
    report("refusals that name", set(fields(family, "must be")) - refused)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_allowed_value_is_in_cases(family: str) -> None:
    plan, _ = described(family)
    missing: list[str] = []
    for row in rows_of(plan):
        if isinstance(row, MustBe):
            # None stands for an attribute that is not there as well.
            wanted = {repr(value) for value in row.allowed if value is not None}
            missing += [f"{row.source} = {value}" for value in sorted(wanted - values(family, row.source))]
        elif isinstance(row, HardWired) and repr(row.constant) not in values(family, row.key):
            missing.append(f"{row.key} = {row.constant!r}")
    report("cases with", missing)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_row_that_refuses_does(family: str) -> None:
    """By reason, so that two rows about one field are told apart."""
    plan, hf = described(family)
    missing: list[str] = []
    for row in rows_of(plan):
        match row:
            case MustBe(name, _, why) | Require(name, _, why) | HardWired(name, _, why):
                label = f"{family}: {name}"
            case Rename(name) if is_given(row, hf):
                label, why = f"{family}: {name} given", row.required
            case Choice(name):
                label, why = f"{family}: {name}", "must be one of"
            case Deviation(identifier, name, _, _, why):
                label, why = f"{family}: {identifier}", f"beyond the bound of the deviation {identifier}"
            case _:
                continue
        if not any(field == name and why in reason for field, reason in reasons(family)):
            missing.append(f"{label}: {why}")
    report("refusals for the reason of", missing)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_rope_type_that_megatron_lacks_is_refused(family: str) -> None:
    _, hf = described(family)
    if not any(field.name == "rope_parameters" for field in hf.fields):
        pytest.skip("the class has no rope")
    reached = {
        config.rope_parameters.get("rope_type")
        for config in (refused.config() for refused in REFUSALS if refused.family == family)
        if isinstance(config.rope_parameters, dict)
    }
    taken = {config.rope_parameters["rope_type"] for config in accepted(family)}
    report("configs with the rope type", {*_rope._UNREPRESENTABLE, *_rope._GPT, *_rope._MLA} - reached - taken)
    assert not taken & set(_rope._UNREPRESENTABLE)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_rope_key_has_two_values_in_cases(family: str) -> None:
    plan, hf = described(family)
    if not any(field.name == "rope_parameters" for field in hf.fields):
        pytest.skip("the class has no rope")
    reader = "MLA" if plan.family.target.name == "gpt_mla" else "GPT"
    ropes = [config.rope_parameters for config in accepted(family)]
    missing = [
        f"{rope_type}: {key}"
        for rope_type, keys in ROPE_KEYS[reader].items()
        for key in keys
        if len({repr(rope.get(key, "absent")) for rope in ropes if rope["rope_type"] == rope_type}) < 2
    ]
    report("cases with another value of", missing)
