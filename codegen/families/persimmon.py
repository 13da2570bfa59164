"""Persimmon 8B, and the language model of Fuyu."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.attention.groups import MULTI_HEAD
from codegen.parts.decoder.dropouts import Dropout, Place, hidden_dropouts
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.learned import ROPE_WIDTH
from codegen.parts.positions.partial import CUT_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Rename

FAMILY = Family(
    config="transformers.models.persimmon.configuration_persimmon.PersimmonConfig",
    covers="Persimmon 8B, and the language model of Fuyu.",
    parts=(LAYER_NORM, SIZES, MULTI_HEAD, CUT_PARTIAL_ROPE, ALL_BIASES, ROPE_WIDTH, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    rows=(
        *layer_norm("layer_norm_eps"),
        *hidden_dropouts(Dropout("hidden_dropout", Place.MLP)),
        *plain_mlp("hidden_act"),
        Rename("qk_layernorm", "qk_layernorm"),
    ),
)
