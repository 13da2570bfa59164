"""Nemotron-3 8B, Nemotron-4 and Minitron."""

from __future__ import annotations

from codegen.families.biases import BIASES, PLAIN_KERNELS
from codegen.families.decoder import GROUPED_QUERY, ONE_KIND_OF_LAYER, SIZES
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import layer_norm, plain_mlp
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Constant, Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(SIZES, GROUPED_QUERY, PARTIAL_ROPE, BIASES, PLAIN_KERNELS),
    rows=(
        *layer_norm("norm_eps"),
        Constant("layernorm_zero_centered_gamma", True, "LayerNorm1P: a norm multiplies by 1 + weight."),
        *plain_mlp("hidden_act"),
        *HEAD_DIM.rows,
        ONE_KIND_OF_LAYER,
    ),
)

NEMOTRON = Family(
    name="nemotron",
    config_class="transformers.models.nemotron.configuration_nemotron.NemotronConfig",
    target=GPT,
    table=TABLE,
    covers="Nemotron-3 8B, Nemotron-4 and Minitron.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_PARTIAL_ROPE),
)
