"""OPT, but for its 350M, which has norms after the residual and a narrower embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.parts.attention.groups import MULTI_HEAD
from codegen.parts.decoder.dropouts import WHOLE_LAYERS, Dropout, Place, Published, hidden_dropouts
from codegen.parts.decoder.norms import LAYER_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.learned import LEARNED
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Constant,
    Domain,
    Family,
    Ignored,
    Inverse,
    Kind,
    Rename,
    hard_wired,
    must_be,
    not_negative,
    positive,
    require,
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


FAMILY = Family(
    config="transformers.models.opt.configuration_opt.OPTConfig",
    covers="OPT, but for its 350M, which has norms after the residual and a narrower embedding.",
    parts=(SIZES, MULTI_HEAD, LAYER_NORM, LEARNED, WHOLE_LAYERS, DENSE),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
    replaces=("seq_length", "intermediate_size", "initializer_range", "hidden_dropout"),
    rows=(
        Rename("ffn_dim", "ffn_hidden_size"),
        Constant("layernorm_epsilon", 1e-5, "The class has PyTorch's default, and no field."),
        *plain_mlp("activation_function"),
        Rename("enable_bias", "add_bias_linear"),
        Rename("max_position_embeddings", "seq_length"),
        Rename("init_std", "init_method_std"),
        *hidden_dropouts(
            Dropout("dropout", Place.ADDED, Published(0.1, "facebook/opt-125m and larger")),
        ),
        *positive("ffn_dim", "word_embed_proj_dim"),
        *not_negative("init_std"),
        must_be(
            "do_layer_norm_before",
            (True,),
            "Megatron has norms before attention and before the MLP, and none on the residual stream",
        ),
        must_be("_remove_final_layer_norm", (False,), "Megatron has a norm after the last layer"),
        require(
            "word_embed_proj_dim", embedding_has_width, "must be given: transformers cannot build a model without it"
        ),
        require(
            "word_embed_proj_dim",
            embedding_is_as_wide,
            "must be hidden_size: Megatron has no projection between the embedding and the layers",
            inverse=(Inverse("word_embed_proj_dim", word_embed_proj_dim_of),),
        ),
        must_be("layer_norm_elementwise_affine", (True,), "Megatron's LayerNorm has a weight and a bias"),
        Ignored(
            "initializer_range",
            Kind.INITIALISATION,
            "where it is set beside init_std, new weights are drawn by this",
            Domain.NOT_NEGATIVE,
        ),
        hard_wired("activation_dropout", 0, "the class has no dropout inside its MLPs"),
    ),
)
