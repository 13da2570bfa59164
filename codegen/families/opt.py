"""OPT, but for its 350M, which has norms after the residual and a narrower embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import SIZES
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import BIASED_KERNELS_WITHOUT_ROPE, LAYER_NORM, plain_mlp
from codegen.families.learned_positions import learned_positions
from codegen.families.multi_head import MULTI_HEAD
from codegen.families.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.table import (
    Constant,
    Deviation,
    Family,
    Ignored,
    Inverse,
    Kind,
    MustBe,
    Rename,
    Require,
    Rows,
    not_negative,
    positive,
    probability,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.opt.configuration_opt import OPTConfig


def embedding_has_width(hf: OPTConfig) -> bool:
    return hf.word_embed_proj_dim is not None


def embedding_is_as_wide(hf: OPTConfig) -> bool:
    return hf.word_embed_proj_dim in (None, hf.hidden_size)


def word_embed_proj_dim_of(transformer: TransformerConfig) -> int:
    return transformer.hidden_size


def drops(hf: OPTConfig) -> bool:
    return hf.dropout != 0


def drops_little(hf: OPTConfig) -> bool:
    return hf.dropout <= 0.1 or hf.dropout >= 1


WHOLE_LAYERS = MustBe(
    "layerdrop",
    (0.0,),
    "above zero, whole layers are left out of training at random, and Megatron has no such training",
)

TABLE = Rows(
    module=__name__,
    extends=(SIZES, MULTI_HEAD, BIASED_KERNELS_WITHOUT_ROPE),
    drop=("seq_length", "intermediate_size", "initializer_range", "hidden_dropout"),
    rows=(
        Rename("ffn_dim", "ffn_hidden_size"),
        LAYER_NORM,
        Constant("layernorm_epsilon", 1e-5, "The class has PyTorch's default, and no field."),
        *plain_mlp("activation_function"),
        Rename("enable_bias", "add_bias_linear"),
        *learned_positions("max_position_embeddings"),
        Rename("init_std", "init_method_std"),
        Rename("dropout", "hidden_dropout"),
        *positive("ffn_dim", "word_embed_proj_dim"),
        *not_negative("init_std"),
        *probability("dropout"),
        Deviation(
            "embedding_dropout",
            "dropout",
            drops,
            drops_little,
            "in training, transformers drops a part of what attention and MLPs add, and Megatron of the embedding as "
            "well; without dropout they are equal. Published checkpoints have 0.1",
        ),
        MustBe(
            "do_layer_norm_before",
            (True,),
            "Megatron has norms before attention and before the MLP, and none on the residual stream",
        ),
        MustBe("_remove_final_layer_norm", (False,), "Megatron has a norm after the last layer"),
        Require(
            "word_embed_proj_dim", embedding_has_width, "must be given: transformers cannot build a model without it"
        ),
        Require(
            "word_embed_proj_dim",
            embedding_is_as_wide,
            "must be hidden_size: Megatron has no projection between the embedding and the layers",
            inverse=(Inverse("word_embed_proj_dim", word_embed_proj_dim_of),),
        ),
        MustBe("layer_norm_elementwise_affine", (True,), "Megatron's LayerNorm has a weight and a bias"),
        WHOLE_LAYERS,
        Ignored(
            "initializer_range", Kind.INITIALISATION, "where it is set beside init_std, new weights are drawn by this"
        ),
    ),
)

OPT = Family(
    name="opt",
    config_class="transformers.models.opt.configuration_opt.OPTConfig",
    target=GPT_LEARNED,
    table=TABLE,
    covers="OPT, but for its 350M, which has norms after the residual and a narrower embedding.",
    hybrid=as_hybrid(TABLE, *DENSE, target=HYBRID_LEARNED),
)
