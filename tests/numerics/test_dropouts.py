"""Training is part of the model: what either side drops or makes noisy in training, for every field that is about it.

Each field alone and all of them together, with the same values and with others: the models agree in train mode too, or
the config is refused for such a field, or the difference is a declared deviation, within its bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final, Literal
from warnings import catch_warnings, simplefilter

import pytest
from transformers import PreTrainedConfig

from codegen.rows.guard import Guard, UpTo
from mcore_mappers import DeviationWarning, UnsupportedConfigError, families
from tests.families import PROOFS, build, mappers
from tests.numerics.compare import compare
from tests.numerics.dropouts import dropouts
from tests.numerics.mapping import warned
from tests.numerics.runtime import CPU_FIELDS
from tests.selection import draw, some
from tests.support.about import about
from tests.support.plans import described, rows_of

pytestmark = pytest.mark.usefixtures("process")

Values = Mapping[str, float]
Outcome = Literal["equal", "deviates", "refused"]

BASES: Final = ("default", "combined")
SMALL: Final = 0.1
"""Within the bound of every deviation of a dropout."""
LARGE: Final = 0.3


def settings(family: str) -> Iterator[Values]:
    """No dropout, and every set of fields, with one value and with one for each."""
    fields = dropouts(family)
    yield {}
    for count in range(1, len(fields) + 1):
        for chosen in combinations(fields, count):
            yield dict.fromkeys(chosen, SMALL)
            yield dict.fromkeys(chosen, LARGE)
            if count > 1:
                yield {field: SMALL + index / 20 for index, field in enumerate(chosen)}


def config(family: str, base: str, values: Values) -> PreTrainedConfig:
    """A config with these dropouts alone, whatever the class's defaults are."""
    declared = described(family)[1].declared
    none = {field: 0.0 for field in dropouts(family) if field in declared}
    return build(family, {**PROOFS[family].base, **PROOFS[family].cases[base], **none, **values})


def outcome(family: str, base: str, values: Values, mapper: Any) -> Outcome:
    """What becomes of a config; that nothing is silent is asserted."""
    hf = config(family, base, values)
    if refused := refusals(mapper, hf):
        assert refused <= {*dropouts(family)}
        return "refused"
    model, deviations = warned(mapper, hf)
    tolerance = PROOFS[family].tolerance
    taken_out = compare(hf, model, deviations)
    assert taken_out.max_difference_eval <= tolerance
    assert taken_out.max_difference_train <= tolerance
    others = [each for each in deviations if each not in bounds(family)]
    if others == [*deviations]:
        return "equal"
    left_in = compare(hf, model, others)
    assert left_in.max_difference_eval <= tolerance < left_in.max_difference_train
    for field, most in (bounds(family)[each] for each in deviations if each not in others):
        assert 0 < values.get(field, 0) <= most
    assert refusals(mapper, hf, strict=True) == {*deviations}
    return "deviates"


def refusals(mapper: Any, hf: PreTrainedConfig, *, strict: bool = False) -> frozenset[str]:
    """The fields or deviations that are refused."""
    with catch_warnings():
        simplefilter("ignore", DeviationWarning)
        try:
            mapper(hf, strict=strict, **CPU_FIELDS)
        except UnsupportedConfigError as error:
            return frozenset(refusal.field for refusal in error.refusals)
    return frozenset()


def bounds(family: str) -> Mapping[str, tuple[str, float]]:
    """By the id of a deviation of dropouts, the field that bounds it, and how much of it was looked at."""
    rows = (row for row in rows_of(described(family)[0]) if isinstance(row, Guard))
    found = {row.test.identifier: (row.field, row.test.most) for row in rows if isinstance(row.test, UpTo)}
    assert found.keys() <= {each.identifier for each in families()[family].deviations}
    return found


@pytest.mark.parametrize("family", some(PROOFS, "test_no_dropout_is_silent"))
def test_no_dropout_is_silent(family: str) -> None:
    together = dict.fromkeys(dropouts(family), SMALL)
    drawn = draw(
        settings(family),
        int(len(together) > 1),
        f"dropouts of {family}",
        always=lambda values: values in ({}, together),
    )
    for base in draw(BASES, 1, f"base of dropouts of {family}"):
        for values in drawn:
            with about(family, base, values):
                assert len({outcome(family, base, values, mapper) for mapper in mappers(family).values()}) == 1


PUBLISHED: Final[Mapping[str, tuple[Values, Outcome]]] = {
    "biogpt": ({"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}, "equal"),
    "emu3_text_model": ({"attention_dropout": 0.1}, "deviates"),
    "gpt2": ({"resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1}, "equal"),
    "gpt_bigcode": ({"resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1}, "equal"),
    "opt": ({"dropout": 0.1}, "deviates"),
    "phi": ({"resid_pdrop": 0.1}, "deviates"),
    "phimoe": ({"input_jitter_noise": 0.01}, "deviates"),
    "seed_oss": ({"residual_dropout": 0.1, "attention_dropout": 0.1}, "deviates"),
    "starcoder2": ({"residual_dropout": 0.1, "embedding_dropout": 0.1, "attention_dropout": 0.1}, "equal"),
}
"""What published checkpoints have, where that is not zero."""


@pytest.mark.parametrize("family", [family for family in PUBLISHED if family in PROOFS])
def test_published_dropouts_map(family: str) -> None:
    values, expected = PUBLISHED[family]
    assert {outcome(family, "default", values, mapper) for mapper in mappers(family).values()} == {expected}


@pytest.mark.parametrize("family", some(PROOFS, "test_only_what_is_published_deviates"))
def test_only_what_is_published_deviates(family: str) -> None:
    """In every other family it is refused where the two sides drop at different places."""
    published, _ = PUBLISHED.get(family, ({}, "refused"))
    assert [published[field] for field, _ in bounds(family).values()] == [most for _, most in bounds(family).values()]
