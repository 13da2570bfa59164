"""Random Hugging Face configs: such as transformers builds, of which Megatron can express many and not all."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import torch
from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import strategies as st
from transformers.configuration_utils import PreTrainedConfig

from codegen.schemas import HfField
from codegen.table import Domain, InDomain
from tests.families import PROOFS, build, stated
from tests.numerics.hf_values import MISSING, candidates
from tests.properties.rope_strategies import ropes
from tests.properties.special import KINDS, special_configs
from tests.selection import chosen, whole
from tests.support.hf import FAMILIES
from tests.support.plans import SPECIAL, described, hard_wired, rows_of, verdicts

FEWER = 8
"""How many times fewer configs are tried of a family that is not among `SPECIAL`, or is proved by itself."""
FEWEST = 25
"""How many times fewer in a slice, of any."""


def examples(family: str | None, count: int) -> settings:
    """Settings for laws over `configs(family)`. Derandomized: what fails here fails everywhere."""
    return settings(
        derandomize=True,
        max_examples=scaled(family, count),
        database=None,
        deadline=None,
        verbosity=Verbosity.normal,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def scaled(family: str | None, count: int) -> int:
    """How many of `count` configs a family gets; None stands for all families together."""
    if family is None or (whole() and family in SPECIAL and not chosen().family):
        return count
    return -(-count // (FEWER if whole() else FEWEST))


def often(met: int, least: int) -> bool:
    """Whether a law was about something often enough to say anything; a slice is too small to tell."""
    return met > least or not whole()


def too_few(family: str, seen: Counter[Any]) -> str:
    """What to do about a law that met too little: the counts, and among them what was refused."""
    return (
        f"of the configs of {family} that were drawn: {dict(seen)}. tests/families/{family}.py draws them: from the "
        "cases, and from other values of its fields. Where one field is refused too often, list values for it in "
        "`values`, or give it its domain in the table"
    )


@cache
def _others(family: str, sensible: bool) -> Mapping[str, Sequence[Any]]:
    """Other values of every declared field that decides something, rope apart."""
    proof, found, domains = PROOFS[family], verdicts(family), _domains(family) if sensible else {}
    base = build(family, proof.base)
    fields = [each for each in described(family)[1].fields if each.declared and found[each.name] != "ignored"]
    return {
        each.name: tuple(
            value for value in _values(each, base, proof.values) if _lies_in(value, domains.get(each.name, ()))
        )
        for each in fields
        if each.name != "rope_parameters"
    }


def _domains(family: str) -> Mapping[str, frozenset[Domain]]:
    """By field, the domains of its numbers."""
    found: defaultdict[str, frozenset[Domain]] = defaultdict(frozenset)
    for row in rows_of(described(family)[0]):
        if isinstance(row, InDomain):
            found[row.field] |= {row.domain}
    return found


def _lies_in(value: Any, domains: Collection[Domain]) -> bool:
    """Whether none of these domains refuses it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    inside = {Domain.POSITIVE: value > 0, Domain.NOT_NEGATIVE: value >= 0, Domain.PROBABILITY: 0 <= value < 1}
    return all(inside[domain] for domain in domains)


def _values(field: HfField, base: PreTrainedConfig, own: Mapping[str, Sequence[Any]]) -> list[Any]:
    values = candidates(field, stated(base, field.name, MISSING), own)
    return [value for value in values if value is not MISSING]


@st.composite
def _configs(draw: st.DrawFn, family: str, sensible: bool) -> PreTrainedConfig:
    """The base with the changes of a few cases, and other values of a few fields."""
    proof, others = PROOFS[family], _others(family, sensible)
    changes: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(list(proof.cases)), max_size=2, unique=True)):
        changes |= proof.cases[name]
    if proof.rope and draw(st.booleans()):
        types = (None, *proof.rope.types)
        changes["rope_parameters"] = proof.rope.given(draw(ropes(types)))
    names = draw(st.lists(st.sampled_from([name for name in others if others[name]]), max_size=2, unique=True))
    fields = {name: draw(st.sampled_from(others[name])) for name in names}
    for each in ({**changes, **fields}, changes):
        try:
            return build(family, {**proof.base, **each})
        except Exception:  # transformers itself keeps it out
            continue
    return build(family, proof.base)


@st.composite
def configs(draw: st.DrawFn, family: str | None = None, *, sensible: bool = False) -> PreTrainedConfig:
    """A config as transformers builds it; many can be mapped and many cannot.

    Args:
        draw: Hypothesis's.
        family: of which it is; None for any.
        sensible: whether no single field has a number outside its domain, which mappers refuse whatever the rest is.
    """
    family = family or draw(st.sampled_from(FAMILIES))
    if family in SPECIAL and draw(st.booleans()):
        return draw(special_configs(family))
    return draw(_configs(family, sensible))


# A number of layers or experts is not larger: a mapper builds lists that long.
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from((0.0, -1.0, 0.5, 1e-5, 1e300, math.nan, math.inf, -math.inf, 8.0)),
    st.text(max_size=6),
    st.sampled_from(("silu", "full_attention", "moe", "yarn", "bfloat16", torch.int8, torch.bfloat16)),
    st.lists(st.one_of(st.none(), st.integers(-2, 9), st.sampled_from(KINDS), st.text(max_size=3)), max_size=4),
    st.dictionaries(
        st.sampled_from(("rope_type", "rope_theta", "factor", "x")), st.none() | st.integers(-1, 9), max_size=3
    ),
)
rope_junk = st.dictionaries(
    st.sampled_from(
        (
            *("rope_type", "rope_theta", "factor", "original_max_position_embeddings", "partial_rotary_factor"),
            *("attention_factor", "mscale", "mscale_all_dim", "beta_fast", "beta_slow", "truncate"),
            *("low_freq_factor", "high_freq_factor", "full_attention"),
        )
    ),
    junk | st.sampled_from(("default", "linear", "llama3", "yarn", "dynamic")) | st.floats(),
)


def attributes(family: str) -> list[str]:
    """Every attribute that means something to somebody: declared, or read by modeling code, the class's own or not."""
    plan, known = described(family)
    return sorted({*(each.name for each in (*known.fields, *known.undeclared)), *hard_wired(plan)})
