"""BioGPT's class, without the multiplier of its published embedding."""

from __future__ import annotations

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.attention.groups import MULTI_HEAD
from codegen.parts.decoder.dropouts import (
    WHOLE_LAYERS,
    Dropout,
    Place,
    attention_dropout,
    hidden_dropouts,
    no_such_dropout,
)
from codegen.parts.decoder.norms import LAYER_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.learned import LEARNED
from codegen.parts.stack.pattern import DENSE
from codegen.table import Constant, Family, Ignored, Kind, Rename, must_be

FAMILY = Family(
    config="transformers.models.biogpt.configuration_biogpt.BioGptConfig",
    covers="BioGPT's class, without the multiplier of its published embedding.",
    parts=(SIZES, MULTI_HEAD, LAYER_NORM, LEARNED, ALL_BIASES, WHOLE_LAYERS, DENSE),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
    replaces=("seq_length", "hidden_dropout", "attention_dropout"),
    rows=(
        Constant("layernorm_epsilon", 1e-5, "The class has PyTorch's default, whatever layer_norm_eps is."),
        Ignored("layer_norm_eps", Kind.DEAD, "the class has PyTorch's default"),
        *plain_mlp("hidden_act"),
        Rename("max_position_embeddings", "seq_length"),
        *hidden_dropouts(Dropout("hidden_dropout_prob", Place.EVERYWHERE)),
        *attention_dropout("attention_probs_dropout_prob"),
        must_be(
            "scale_embedding",
            (False,),
            "transformers multiplies the embedding of a token before it adds that of its position, and Megatron could "
            "multiply the sum only",
        ),
        no_such_dropout("activation_dropout", "an MLP drops a part of what its activation yields"),
    ),
)
