"""A field or a key cannot be ignored and read: not by a rename, a domain, or a function that another row carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Ignored, Kind, Rename, Unread, hard_wired, must_be, positive, require
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, unknown

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from tests.codegen.scenarios.toys import ToyConfig


def heads_fit(hf: ToyConfig, check: Check) -> bool:
    return hf.hidden_size % hf.num_heads == 0 and not check.undeclared("window")


SNAPSHOT = snapshot(
    (hf("hidden_size"), hf("num_heads"), hf("scale", "float"), hf("cache", "bool"), unknown("window")),
    inner=(megatron("hidden_size"),),
)
OWNERS = (architecture(Absence("hidden_size", 0)),)
FAMILY = family(
    (
        Rename("hidden_size", "hidden_size"),
        *positive("hidden_size", "scale"),
        require("hidden_size", heads_fit, "must be a multiple of num_heads"),
        Ignored("hidden_size", Kind.INFERENCE, "said in spite of the rename"),
        Ignored("num_heads", Kind.INFERENCE, "said in spite of heads_fit"),
        Ignored("window", Kind.INFERENCE, "said in spite of heads_fit"),
        Ignored("scale", Kind.INFERENCE, "said in spite of its domain"),
        must_be("cache", (True,), "ignored all the same"),
        Ignored("cache", Kind.INFERENCE, "generation only"),
        hard_wired("norm", "rms", "the class has RMSNorm alone"),
        Unread("norm", "said in spite of hard_wired"),
    )
)
