"""Arcee's AFM."""

from __future__ import annotations

from codegen.families.activations import ACTIVATIONS
from codegen.families.biases import BIASES, PLAIN_KERNELS
from codegen.families.decoder import GROUPED_QUERY, ONE_KIND_OF_LAYER, RMS_NORM, ROPE, SIZES
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Choice, Constant, Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(SIZES, RMS_NORM, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, PLAIN_KERNELS),
    rows=(
        ONE_KIND_OF_LAYER,
        Constant("gated_linear_unit", False, "up_proj and down_proj, and no gate."),
        Choice("hidden_act", "activation_func", ACTIVATIONS),
    ),
)

ARCEE = Family(
    name="arcee",
    config_class="transformers.models.arcee.configuration_arcee.ArceeConfig",
    target=GPT,
    table=TABLE,
    covers="Arcee's AFM 4.5B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
