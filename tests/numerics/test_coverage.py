"""The cases and the refusals cover what the table says, mechanically: what is missing is listed by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pytest
from transformers import PreTrainedConfig

from codegen.rows.guard import Bound, Guard, Length, UpTo, Values
from codegen.table import Choice, Rename
from codegen.types import atoms
from mcore_mappers import UnsupportedConfigError, families, to_megatron
from mcore_mappers_runtime import rope as rope_module
from mcore_mappers_runtime.check import NEEDED
from mcore_mappers_runtime.rope_values import UNREPRESENTABLE
from tests.families import PROOFS, needing, stated
from tests.families.proof import Rope
from tests.families.shared import INVISIBLE
from tests.numerics.cases import CASES
from tests.numerics.dropouts import dropouts
from tests.numerics.mapping import mapped
from tests.numerics.refusals import REFUSALS
from tests.numerics.test_lengths import bounded
from tests.selection import some
from tests.support.plans import described, rows_of, verdicts

DECLARING = [family for family in PROOFS if families()[family].deviations]


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
                to_megatron(refused.config(), **refused.asking)
            found += [(refusal.field, refusal.reason) for refusal in caught.value.refusals]
    return tuple(found)


def fields(family: str, verdict: str) -> Iterable[str]:
    """The Hugging Face fields of a verdict."""
    return [field for field, found in verdicts(family).items() if found == verdict]


def report(wanted: str, names: Iterable[str]) -> None:
    missing = sorted(names)
    if missing:
        pytest.fail("there are no " + wanted + "".join(f"\n  - {name}" for name in missing), pytrace=False)


def values(family: str, field: str) -> frozenset[str]:
    return frozenset(repr(stated(config, field, "absent")) for config in accepted(family))


@pytest.mark.parametrize("family", some(PROOFS, "test_a_used_field_has_two_values_in_cases"))
def test_a_used_field_has_two_values_in_cases(family: str) -> None:
    # What is about training alone has tests of its own.
    elsewhere = {*INVISIBLE, *PROOFS[family].invisible, *dropouts(family)}
    used = (field for field in fields(family, "used") if field not in elsewhere)
    report("cases with another value of", (field for field in used if len(values(family, field)) < 2))


@pytest.mark.parametrize("family", some(DECLARING, "test_a_declared_deviation_is_met_by_a_case"))
def test_a_declared_deviation_is_met_by_a_case(family: str) -> None:
    met = {name for case in CASES if case.family == family for name in mapped(case)[1]}
    lengths = {each.identifier for each in bounded(family)}
    report("cases that meet", {each.identifier for each in families()[family].deviations} - met - lengths)


def test_what_is_invisible_is_used() -> None:
    used = {family: set(fields(family, "used")) for family in PROOFS}
    assert not set(INVISIBLE) - set[str]().union(*used.values())
    assert not {family for family, proof in PROOFS.items() if set(proof.invisible) - used[family]}


@pytest.mark.parametrize("family", some(PROOFS, "test_a_field_that_must_be_is_refused_in_some_config"))
def test_a_field_that_must_be_is_refused_in_some_config(family: str) -> None:
    refused = {field for field, _ in reasons(family)}
    report("refusals that name", set(fields(family, "must be")) - refused)


@pytest.mark.parametrize("family", some(PROOFS, "test_every_allowed_value_is_in_cases"))
def test_every_allowed_value_is_in_cases(family: str) -> None:
    plan, _ = described(family)
    missing: list[str] = []
    for row in rows_of(plan):
        if isinstance(row, Guard) and isinstance(row.test, Values):
            # None stands for an attribute that is not there as well, but for a key of remote code.
            wanted = {repr(value) for value in row.test.in_files if value is not None or row.test.remote}
            missing += [f"{row.field} = {value}" for value in sorted(wanted - values(family, row.field))]
    report("cases with", missing)


@pytest.mark.parametrize("family", PROOFS)
def test_every_row_that_refuses_does(family: str) -> None:
    """By reason, so that two rows about one field are told apart."""
    plan, hf = described(family)
    types = {field.name: field.type for field in hf.fields}
    missing: list[str] = []
    for row in rows_of(plan):
        match row:
            case Guard(name, Bound(identifier) | UpTo(identifier)):
                label, why = f"{family}: {identifier}", f"beyond the bound of the deviation {identifier}"
            case Guard(test=Length()):
                # Refused by what the caller asks for; see `test_lengths`.
                continue
            case Guard() if row.layers and needing(family):
                # Refused of who asks for no layers, as all of the class is.
                continue
            case Guard(name, _, why):
                label = f"{family}: {name}"
            case Rename(name) if row.required and "None" in atoms(types.get(name, "object")):
                label, why = f"{family}: {name} given", row.required if isinstance(row.required, str) else NEEDED
            case Choice(name):
                label, why = f"{family}: {name}", "must be one of"
            case _:
                continue
        if not any(field == name and why in reason for field, reason in reasons(family)):
            missing.append(f"{label}: {why}")
    report("refusals for the reason of", missing)


def test_the_ropes_of_classes_are_proved() -> None:
    has = {family for family in PROOFS if "rope_parameters" in {*fields(family, "used"), *fields(family, "must be")}}
    assert has == {family for family, proof in PROOFS.items() if proof.rope}


ROPED: Mapping[str, Rope] = {family: proof.rope for family, proof in PROOFS.items() if proof.rope}


@pytest.mark.parametrize("family", ROPED)
def test_every_rope_type_that_megatron_lacks_is_refused(family: str) -> None:
    read = ROPED[family].read
    refused = [refused.config() for refused in REFUSALS if refused.family == family]
    reached = {rope.get("rope_type") for config in refused for rope in read(config.rope_parameters)}
    taken = {rope["rope_type"] for config in accepted(family) for rope in read(config.rope_parameters)}
    assert taken == ROPED[family].types.keys()
    report(
        "configs with the rope type",
        {*UNREPRESENTABLE, *rope_module._GPT, *rope_module._MLA} - reached - taken,
    )
    with_layers = {"longrope"} if "rope_short_factor" in families()[family].layers else set[str]()
    assert taken & set(UNREPRESENTABLE) == with_layers


@pytest.mark.parametrize("family", ROPED)
def test_every_rope_key_has_two_values_in_cases(family: str) -> None:
    ropes = [rope for config in accepted(family) for rope in ROPED[family].read(config.rope_parameters)]
    missing = [
        f"{rope_type}: {key}"
        for rope_type, keys in ROPED[family].types.items()
        for key in keys
        if len({repr(rope.get(key, "absent")) for rope in ropes if rope["rope_type"] == rope_type}) < 2
    ]
    report("cases with another value of", missing)
