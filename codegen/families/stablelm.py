"""StableLM 3B, StableLM 2 1.6B and Zephyr, and Stable Code."""

from __future__ import annotations

from codegen.families.attention import DERIVED_HEAD_DIM, NO_BIAS
from codegen.families.decoder import GATED_MLP, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, SIZES
from codegen.families.gpt_neox import SEQUENTIAL
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import layer_norm
from codegen.families.learned_positions import ROPE_WIDTH
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, MustBe, Rename, Rows

MLP_DROPOUT = MustBe(
    "hidden_dropout",
    (0.0,),
    "above zero, the class drops what an MLP adds, and Megatron would drop the embedding and what attention adds too",
)

TABLE = Rows(
    module=__name__,
    extends=(SIZES, GATED_MLP, GROUPED_QUERY, DERIVED_HEAD_DIM, PARTIAL_ROPE, NO_BIAS, KERNELS),
    rows=(
        *layer_norm("layer_norm_eps"),
        Rename("use_qkv_bias", "add_qkv_bias"),
        MustBe("qk_layernorm", (False,), "every head has a norm of its own, and Megatron has one for all heads"),
        SEQUENTIAL,
        MLP_DROPOUT,
        ROPE_WIDTH,
        ONE_KIND_OF_LAYER,
    ),
)

STABLELM = Family(
    name="stablelm",
    config_class="transformers.models.stablelm.configuration_stablelm.StableLmConfig",
    target=GPT,
    table=TABLE,
    covers="StableLM 3B, StableLM 2 1.6B and Zephyr, and Stable Code.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_PARTIAL_ROPE),
)
