"""Phi-3 mini and medium with 4k tokens, Phi-4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import NO_BIAS, UNDECLARED_HEAD_DIM, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.hybrid import DENSE, ROPE_GIVES, as_hybrid
from codegen.families.partial_rope import GPT_ROPE_GIVES, hybrid_partial_rope_back, partial_rope_back
from codegen.families.targets import GPT
from codegen.table import Computed, Family, HardWired, Ignored, Inverse, Kind, Local, Require, Rows, probability

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.phi3.configuration_phi3 import Phi3Config

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.default_rope import default_gpt_rope, default_hybrid_rope
    from mcore_mappers_runtime.rope import GPTRope, HybridRope, rope_key, rope_parameters_of


def hidden_dropout(hf: Phi3Config) -> float:
    return hf.resid_pdrop


def resid_pdrop_of(transformer: TransformerConfig) -> float:
    return transformer.hidden_dropout


def partial_rotary_agrees(hf: Phi3Config, check: Check) -> bool:
    return check.undeclared("partial_rotary_factor") in (
        None,
        rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
    )


def rope(hf: Phi3Config, check: Check) -> GPTRope:
    return default_gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def hybrid_rope(hf: Phi3Config, check: Check) -> HybridRope:
    return default_hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, NO_BIAS, WINDOW, KERNELS),
    drop=("rope", "hidden_dropout", "original_max_position_embeddings", "partial_rotary_factor"),
    rows=(
        ONE_KIND_OF_LAYER,
        Local("rope", rope, gives=GPT_ROPE_GIVES, inverse=(Inverse("rope_parameters", partial_rope_back),)),
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
    hybrid=as_hybrid(
        TABLE,
        *DENSE,
        Local("rope", hybrid_rope, gives=ROPE_GIVES, inverse=(Inverse("rope_parameters", hybrid_partial_rope_back),)),
    ),
)
