"""StarCoder2."""

from __future__ import annotations

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
from codegen.table import Family, Rename

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
    ),
)
