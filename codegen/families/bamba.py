"""Bamba: Mamba-2 or attention, and an MLP, in every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.parts.recurrent.bamba import MIXER
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Family,
    Fixed,
    Ignored,
    Inverse,
    Kind,
    Local,
    Older,
    OlderRope,
    Otherwise,
    Unread,
    must_be,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.bamba.configuration_bamba import BambaConfig

    from mcore_mappers_runtime.hybrid import mixers


def mixers_of_layers(hf: BambaConfig) -> str:
    return "".join("*" if layer in (hf.attn_layer_indices or ()) else "M" for layer in range(hf.num_hidden_layers))


def attn_layer_indices_back(model: HybridModelConfig) -> list[int] | None:
    return [layer for layer, mixer in enumerate(mixers(model)) if mixer == "*"] or None


def no_z_loss(hf: BambaConfig) -> bool:
    return not hf.z_loss_coefficient


def z_loss_coefficient_back() -> float:
    return 0.0


FAMILY = Family(
    config="transformers.models.bamba.configuration_bamba.BambaConfig",
    covers="Bamba: Mamba-2 or attention, and an MLP, in every layer.",
    parts=(DECODER, GROUPED_QUERY, PARTIAL_ROPE, UNDECLARED_HEAD_DIM, ATTENTION_BIAS, MIXER, DENSE),
    targets=(HYBRID,),
    replaces=("mixers",),
    rows=(
        Local("mixers", mixers_of_layers, inverse=(Inverse("attn_layer_indices", attn_layer_indices_back),)),
        Ignored("layers_block_type", Kind.INFERENCE, "attn_layer_indices, layer by layer"),
        must_be("mlp_bias", (False,), "Megatron has biases on every linear layer or on none"),
        require(
            "z_loss_coefficient",
            no_z_loss,
            "must be zero: Megatron's loss has no such term",
            inverse=(Inverse("z_loss_coefficient", z_loss_coefficient_back),),
        ),
        Ignored("num_logits_to_keep", Kind.INFERENCE, "chooses how many logits generation asks for"),
        Unread("attn_rotary_emb", "the class rotates half of each head, whatever this says"),
        Unread("use_mamba_kernels", "kernels are chosen by what is installed, and compute the same"),
        Unread("router_aux_loss_coef", "belongs to experts, which the class does not have"),
        Unread("output_router_logits", "belongs to experts, which the class does not have"),
    ),
    older=(
        Otherwise(
            "rope_parameters.rope_type",
            "5.15.0",
            "the default rope rotates whole heads, whatever partial_rotary_factor says",
            unless=("linear", "dynamic", "yarn", "longrope", "llama3"),
        ),
        Older(
            "partial_rotary_factor",
            "5.20.0",
            Fixed(0.5),
            "The class sets it, whatever its rope says.",
        ),
        Otherwise(
            "rope_parameters.partial_rotary_factor",
            "5.17.0",
            "half of each head is rotated, whatever it says",
            unless=(0.5, None),
        ),
    ),
    older_rope=OlderRope(factor_inside=True),
)
