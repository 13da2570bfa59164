"""Phi-3 mini and medium with 4k tokens, Phi-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_BIAS, UNDECLARED_HEAD_DIM, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.partial_rotary import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Computed, Family, HardWired, Ignored, Inverse, Kind, Require, Rows, probability

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.phi3.configuration_phi3 import Phi3Config

    from mcore_mappers._check import Check
    from mcore_mappers._rope import rope_key, rope_parameters_of


def hidden_dropout(hf: Phi3Config) -> float:
    return hf.resid_pdrop


def resid_pdrop_of(transformer: TransformerConfig) -> float:
    return transformer.hidden_dropout


def partial_rotary_agrees(hf: Phi3Config, check: Check) -> bool:
    return check.undeclared("partial_rotary_factor") in (
        None,
        rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
    )


def rope_is_plain(hf: Phi3Config) -> bool:
    return rope_key(rope_parameters_of(hf), "rope_type") not in ("linear", "llama3", "yarn")


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, PARTIAL_ROPE, UNDECLARED_HEAD_DIM, NO_BIAS, WINDOW, KERNELS),
    drop=("hidden_dropout", "original_max_position_embeddings", "partial_rotary_factor"),
    rows=(
        ONE_KIND_OF_LAYER,
        Computed(
            "hidden_dropout",
            hidden_dropout,
            "Megatron drops out of the embeddings, too.",
            inverse=(Inverse("resid_pdrop", resid_pdrop_of),),
        ),
        *probability("resid_pdrop"),
        Ignored("embd_pdrop", Kind.DEAD, "the class has no dropout on the embeddings"),
        Ignored(
            "original_max_position_embeddings",
            Kind.INFERENCE,
            "read by longrope, which is refused, and when generation keeps or drops its cache",
        ),
        Require(
            "partial_rotary_factor",
            partial_rotary_agrees,
            "must be what rope_parameters says: transformers takes it from there",
        ),
        Require(
            "rope_parameters",
            rope_is_plain,
            "has a rope_type that the config class refuses to be built with: it has 'default' and 'longrope'",
        ),
        *(
            HardWired(name, False, "the class has no such bias")
            for name in ("attention_bias", "mlp_bias", "lm_head_bias")
        ),
        *(
            HardWired(name, 1, "the class has one kind of attention, with rope as it is")
            for name in ("full_attn_mod", "interpolate_factor")
        ),
    ),
)

PHI3 = Family(
    name="phi3",
    config_class="transformers.models.phi3.configuration_phi3.Phi3Config",
    target=GPT,
    table=TABLE,
    covers="Phi-3 with 4k tokens, and Phi-4; not those with longer sequences, which have longrope.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_PARTIAL_ROPE),
)
