"""StarCoder2."""

from __future__ import annotations

from typing import Final

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import WINDOW
from codegen.parts.decoder.dropouts import Dropout, Place, hidden_dropouts
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Rename, Unread, hard_wired, restates

ONE_NAME: Final = "both are one thing, in the words of BigCode's code and in those of the class"

FAMILY = Family(
    config="transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config",
    covers="StarCoder2.",
    parts=(LAYER_NORM, SIZES, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, WINDOW, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    rows=(
        *layer_norm("norm_epsilon"),
        *plain_mlp("hidden_act"),
        Rename("use_bias", "add_bias_linear"),
        *hidden_dropouts(
            Dropout("residual_dropout", Place.ADDED),
            Dropout("embedding_dropout", Place.EMBEDDING),
        ),
        Unread(
            "activation_function",
            "GPT-BigCode's name of hidden_act, which decides; StarCoder2 7B has another activation there",
        ),
        restates("layer_norm_epsilon", "norm_epsilon", ONE_NAME),
        restates("rms_norm_eps", "norm_epsilon", ONE_NAME),
        hard_wired("mlp_type", "default", "the MLPs of the class have no gate"),
        hard_wired("norm_type", "layer_norm", "the class has LayerNorm alone"),
        hard_wired("scale_attn_weights", True, "attention of the class divides its scores by the root of the width"),
        *(
            Unread(key, "the class takes the softmax in float32 always")
            for key in ("attention_softmax_in_fp32", "scale_attention_softmax_in_fp32")
        ),
    ),
)
