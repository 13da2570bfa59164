"""Flint: sinks in every layer, windows and rope in some, a sigmoid router and an ungated shared expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import LAYERED_WINDOW, NO_ATTENTION_BIAS, QK_NORM
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS_OF_EXPERTS, ROPE
from codegen.families.experts import BALANCED_BY_LOSS, STEPPED_EXPERTS
from codegen.families.head_dim import GIVEN_HEAD_DIM
from codegen.families.hybrid import EXPERTS, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.routers import NUMBERED_EXPERTS, SHARED_EXPERT_WIDTH, SIGMOID_SCORES
from codegen.families.targets import GPT
from codegen.table import Computed, Constant, Family, NoInverse, Rows, positive

if TYPE_CHECKING:
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import no_rope_where_full


def no_rope(sliding: list[int]) -> list[int] | None:
    return no_rope_where_full(sliding)


def no_rope_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(no_rope_where_full(sliding))


IN_LAYER_TYPES = NoInverse("layer_types is read back where it is computed")

TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, GROUPED_QUERY, ROPE, QK_NORM, NO_ATTENTION_BIAS, LAYERED_WINDOW),
        *(STEPPED_EXPERTS, NUMBERED_EXPERTS, SHARED_EXPERT_WIDTH, SIGMOID_SCORES, BALANCED_BY_LOSS),
        KERNELS_OF_EXPERTS,
        GIVEN_HEAD_DIM,
    ),
    # Here it cannot be None.
    drop=("sliding_window",),
    rows=(
        *positive("sliding_window"),
        Constant("softmax_type", "learnable", "sinks, one for each head: Hugging Face has no flag."),
        Computed("no_rope_freq", no_rope, "Layers without a window have no positions.", inverse=IN_LAYER_TYPES),
        Constant("moe_shared_expert_gate", False, "The shared expert is added as it is."),
    ),
)

FLINT = Family(
    name="flint",
    config_class="transformers.models.flint.configuration_flint.FlintConfig",
    target=GPT,
    table=TABLE,
    covers="Flint.",
    hybrid=as_hybrid(
        TABLE,
        *EXPERTS,
        HYBRID_ROPE,
        WINDOWS,
        Computed(
            "no_rope_freq",
            no_rope_by_symbol,
            "Layers without a window have no positions; every layer has two symbols.",
            inverse=IN_LAYER_TYPES,
        ),
    ),
)
