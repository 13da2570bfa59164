"""StarCoder2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import UNDECLARED_HEAD_DIM, WINDOW
from codegen.families.decoder import GROUPED_QUERY, ONE_KIND_OF_LAYER, ROPE, SIZES
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.layer_norm import BIASED_KERNELS, layer_norm, plain_mlp
from codegen.families.targets import GPT
from codegen.table import Family, Inverse, Rename, Require, Rows, probability

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.starcoder2.configuration_starcoder2 import Starcoder2Config


def dropouts_agree(hf: Starcoder2Config) -> bool:
    return hf.embedding_dropout == hf.residual_dropout or max(hf.embedding_dropout, hf.residual_dropout) >= 1


def embedding_dropout_of(transformer: TransformerConfig) -> float:
    return transformer.hidden_dropout


TABLE = Rows(
    module=__name__,
    extends=(SIZES, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, WINDOW, BIASED_KERNELS),
    drop=("hidden_dropout",),
    rows=(
        *layer_norm("norm_epsilon"),
        *plain_mlp("hidden_act"),
        Rename("use_bias", "add_bias_linear"),
        Rename("residual_dropout", "hidden_dropout"),
        Require(
            "embedding_dropout",
            dropouts_agree,
            "must equal residual_dropout: Megatron has one dropout for the embedding and the residual stream",
            inverse=(Inverse("embedding_dropout", embedding_dropout_of),),
        ),
        *probability("residual_dropout", "embedding_dropout"),
        ONE_KIND_OF_LAYER,
    ),
)

STARCODER2 = Family(
    name="starcoder2",
    config_class="transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config",
    target=GPT,
    table=TABLE,
    covers="StarCoder2.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
