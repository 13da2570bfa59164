"""Everything that refuses, in its order: domains, then guards of any kind by the field that each is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    Absence,
    Inverse,
    Rename,
    hard_wired,
    language_model,
    must_be,
    not_negative,
    positive,
    probability,
    require,
    restates,
)
from tests.codegen.scenarios.toys import architecture, derived, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from tests.codegen.scenarios.toys import ToyConfig, ToyTransformerConfig


def heads_fit(hf: ToyConfig) -> bool:
    return hf.size % hf.heads == 0


def heads_of(transformer: ToyTransformerConfig) -> int:
    return transformer.size // 8


def window_fits(hf: ToyConfig, check: Check) -> bool:
    window = check.undeclared_size("window")
    return window is None or window <= hf.size


SNAPSHOT = snapshot(
    (
        hf("size"),
        hf("heads"),
        hf("epsilon", "float"),
        hf("dropout", "float"),
        hf("bias", "bool"),
        hf("kind", "str | None"),
        hf("names", "list[str] | None", None),
        hf("late", "bool", declared=False),
        derived("is_odd", "bool"),
        unknown("window"),
        unknown("is_causal"),
    ),
    inner=tuple(megatron(name, "float") for name in ("size", "epsilon", "dropout")),
)
OWNERS = (architecture(*(Absence(name, 0) for name in ("size", "epsilon", "dropout"))),)
FAMILY = family(
    (
        require("window", window_fits, "must be at most size"),
        require("heads", heads_fit, "must divide size", inverse=(Inverse("heads", heads_of),)),
        hard_wired("topk_method", "greedy", 'the class has "one" method'),
        hard_wired("qkv_bias", False, "the class has no such bias"),
        restates("n_heads", "heads", "the first files have the first name"),
        hard_wired("only_layers", (), "every layer is of one kind"),
        language_model("names", "another head computes something else"),
        must_be("bias", (False,), "Megatron has no such bias"),
        must_be(
            "kind",
            ("rope",),
            "A reason over a line of the generated code is cut between words, so that no "
            "line is longer than what a reader of it expects, and put together again by Python.",
        ),
        must_be("late", (False,), "set by __post_init__ only, and so read as what is undeclared"),
        must_be("is_odd", (False,), "a property is read like a field"),
        must_be("is_causal", (None, True), "Megatron's mask is causal"),
        *probability("dropout"),
        *not_negative("epsilon"),
        *positive("size", "heads"),
        *(Rename(name, name) for name in ("size", "epsilon", "dropout")),
    )
)
SHOWS = ("toy.py", "_families.py")
