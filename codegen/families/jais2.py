"""Jais 2."""

from __future__ import annotations

from codegen.families.biases import BIASES, PLAIN_KERNELS
from codegen.families.decoder import GROUPED_QUERY, ONE_KIND_OF_LAYER, ROPE, SIZES
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.layer_norm import layer_norm, plain_mlp
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(SIZES, GROUPED_QUERY, ROPE, BIASES, PLAIN_KERNELS),
    rows=(
        *layer_norm("layer_norm_eps"),
        *plain_mlp("hidden_act"),
        *HEAD_DIM.rows,
        ONE_KIND_OF_LAYER,
    ),
)

JAIS2 = Family(
    name="jais2",
    config_class="transformers.models.jais2.configuration_jais2.Jais2Config",
    target=GPT,
    table=TABLE,
    covers="Jais 2.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
