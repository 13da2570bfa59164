"""Persimmon 8B, and the language model of Fuyu."""

from __future__ import annotations

from codegen.families.decoder import ONE_KIND_OF_LAYER, SIZES
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import ALL_BIASES, BIASED_KERNELS, layer_norm, plain_mlp
from codegen.families.learned_positions import ROPE_WIDTH
from codegen.families.multi_head import MULTI_HEAD
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.stablelm import MLP_DROPOUT
from codegen.families.targets import GPT
from codegen.table import Family, Rename, Rows

TABLE = Rows(
    module=__name__,
    extends=(SIZES, MULTI_HEAD, PARTIAL_ROPE, BIASED_KERNELS),
    rows=(
        *layer_norm("layer_norm_eps"),
        *plain_mlp("hidden_act"),
        ALL_BIASES,
        Rename("qk_layernorm", "qk_layernorm"),
        MLP_DROPOUT,
        ROPE_WIDTH,
        ONE_KIND_OF_LAYER,
    ),
)

PERSIMMON = Family(
    name="persimmon",
    config_class="transformers.models.persimmon.configuration_persimmon.PersimmonConfig",
    target=GPT,
    table=TABLE,
    covers="Persimmon 8B, and the language model of Fuyu.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_PARTIAL_ROPE),
)
