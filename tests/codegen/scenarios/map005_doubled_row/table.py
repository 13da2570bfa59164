"""Two rows that say one thing: in one table, across its parts, within a row, and two tables of one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import (
    Absence,
    Choice,
    Computed,
    Constant,
    Ignored,
    Kind,
    Local,
    NoInverse,
    Rename,
    ValueTable,
    hard_wired,
    must_be,
    positive,
)
from tests.codegen.scenarios.map005_doubled_row.shared import SHARED
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig, ToyTransformerConfig


def fusions(hf: ToyConfig) -> dict[str, bool]:
    return {"fusion": hf.fusion}


def hidden_size(hf: ToyConfig) -> int:
    return hf.hidden_size


def carried(transformer: ToyTransformerConfig, carrier: int) -> ToyTransformerConfig:
    return transformer


def carried_too(transformer: ToyTransformerConfig, other: int) -> ToyTransformerConfig:
    return transformer


SNAPSHOT = snapshot(
    (
        hf("hidden_size", "int | None"),
        hf("fusion", "bool", default=True),
        hf("act", "str", "silu"),
        hf("cache", "bool"),
    ),
    inner=(
        megatron("hidden_size"),
        megatron("width"),
        megatron("fusion", "bool", False),
        megatron("activation", "str", "gelu"),
    ),
)
OWNERS = (
    architecture(Absence("hidden_size", 0), Absence("width", 0), Absence("activation", "gelu")),
    suggested("fusion"),
)
NO_BACK = NoInverse("Hugging Face does not say")
ACTIVATIONS = ValueTable("ACTIVATIONS", {"silu": "swish"}, "Activations.")
OTHER_ACTIVATIONS = ValueTable("ACTIVATIONS", {"silu": "silu"}, "Activations of another family.")

TWICE = family(
    (
        Constant("hidden_size", 8, "Two rows for one Megatron field, of which one a part has."),
        Computed(("fusion", "fusion"), fusions, "The same field twice in one row.", NO_BACK),
        Constant("activation", "gelu", "One way to say it."),
        Choice("act", "activation", ACTIVATIONS),
        Ignored("cache", Kind.DEAD, "and ignored for another reason"),
        hard_wired("topk_method", "greedy", "the class has one method"),
        hard_wired("topk_method", "noaux", "the class has one method"),
        must_be("fusion", (True,), "one way to say it"),
        must_be("fusion", (False,), "another way to say it"),
        Local("hidden_size", hidden_size, NO_BACK, gives=("width",)),
        Local("carrier", hidden_size, NO_BACK, wrap=carried),
        Local("other", hidden_size, NO_BACK, wrap=carried_too),
        *positive("hidden_size"),
    ),
    parts=(SHARED,),
)
CLEAN = (
    Rename("hidden_size", "hidden_size", required="there is no model without it"),
    *positive("hidden_size"),
    Ignored("cache", Kind.INFERENCE, "generation only"),
    must_be("fusion", (True,), "there is no other"),
)
FAMILIES = (
    TWICE,
    family((*CLEAN, Choice("act", "activation", ACTIVATIONS)), name="toy_a"),
    family((*CLEAN, Choice("act", "activation", OTHER_ACTIVATIONS)), name="toy_b"),
)
