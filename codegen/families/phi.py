"""Phi-1, Phi-1.5 and Phi-2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.dropouts import Dropout, Place, Published, hidden_dropouts
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.partial import CUT_PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.sequential import ONE_NORM
from codegen.table import Constant, Family, Lacks, Rename, Weight, must_be, require

if TYPE_CHECKING:
    from transformers.models.phi.configuration_phi import PhiConfig


def norms_are_as_wide(hf: PhiConfig, head_dim: int | None) -> bool:
    return not hf.qk_layernorm or head_dim is None or head_dim * hf.num_attention_heads == hf.hidden_size


FAMILY = Family(
    config="transformers.models.phi.configuration_phi.PhiConfig",
    covers="Phi-1, Phi-1.5 and Phi-2.",
    lacks=Lacks("transformers.models.phi.modeling_phi.PhiDecoderLayer", "attention and MLP in parallel"),
    parts=(
        SIZES,
        LAYER_NORM,
        GROUPED_QUERY,
        UNDECLARED_HEAD_DIM,
        CUT_PARTIAL_ROPE,
        ALL_BIASES,
        ONE_NORM,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT,),
    replaces=("hidden_dropout",),
    weights=(
        *(
            Weight(f"shared_layernorm.{kind}", f"model.layers.{{layer}}.input_layernorm.{kind}")
            for kind in ("weight", "bias")
        ),
        Weight("output_layer.bias", "lm_head.bias", "padded"),
    ),
    rows=(
        *layer_norm("layer_norm_eps"),
        *plain_mlp("hidden_act"),
        Constant("output_layer_bias", True, "Hugging Face has no flag: the output layer of the class has a bias."),
        *hidden_dropouts(Dropout("resid_pdrop", Place.ADDED, Published(0.1, "microsoft/phi-2"))),
        must_be(
            "embd_pdrop",
            (0.0,),
            "above zero, a part of the embedding is dropped, and another of what attention and MLP add: Megatron has "
            "one dropout for all",
        ),
        Rename("qk_layernorm", "qk_layernorm"),
        require(
            "qk_layernorm",
            norms_are_as_wide,
            "must be False where head_dim is another than hidden_size // num_attention_heads: the norms are that wide",
        ),
    ),
)
