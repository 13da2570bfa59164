"""Rows about fields that upstream no longer has, on either side and on the way back, and a local that nobody takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Ignored, Inverse, Kind, Local, NoInverse, Rename, positive, restates
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

if TYPE_CHECKING:
    from tests.codegen.scenarios.toys import ToyConfig, ToyTransformerConfig


def width(hf: ToyConfig) -> int:
    return hf.hidden_size


def width_of(transformer: ToyTransformerConfig) -> int:
    return transformer.hidden_size


SNAPSHOT = snapshot((hf("hidden_size"),), inner=(megatron("hidden_size"),))
OWNERS = (architecture(Absence("hidden_size", 0)),)
FAMILY = family(
    (
        Rename("hidden_sizes", "hiden_size"),
        Computed("hidden_size", width, "", inverse=(Inverse("hidden_dim", width_of),)),
        Ignored("nothing_like_it", Kind.INFERENCE, "was taken away upstream"),
        Local("width", width, NoInverse("hidden_size is read back from hidden_size")),
        restates("n_embd", "hidden_sizes", "the first files have the first name"),
        *positive("hidden_size", "hidden_seize"),
    )
)
