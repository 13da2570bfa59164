"""GPT-NeoX, Pythia and what is published in their class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.attention.groups import MULTI_HEAD
from codegen.parts.decoder.dropouts import Dropout, Place, hidden_dropouts
from codegen.parts.decoder.language_model import NO_PADDING_ROW
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.decoder.sizes import SIZES_WITHOUT_PADDING
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.learned import ROPE_WIDTH
from codegen.parts.positions.partial import PARTIAL_ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.parts.stack.sequential import AT_ONCE_IF_SAID
from codegen.table import (
    Computed,
    Family,
    Ignored,
    Kind,
    NoInverse,
    OlderRope,
    Rename,
    Weight,
    hard_wired,
    layered,
    must_be,
    require,
)

if TYPE_CHECKING:
    from transformers.models.gpt_neox.configuration_gpt_neox import GPTNeoXConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import rope_key, rope_parameters_of


def theta_agrees(hf: GPTNeoXConfig, check: Check) -> bool:
    return check.undeclared("rope_theta") in (None, rope_key(rope_parameters_of(hf), "rope_theta"))


def partial_factor_agrees(hf: GPTNeoXConfig, check: Check) -> bool:
    return check.undeclared("partial_rotary_factor") in (
        None,
        rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
    )


def output_bias(hf: GPTNeoXConfig) -> bool | None:
    return None if hf.attention_bias else False


FAMILY = Family(
    config="transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig",
    covers="GPT-NeoX and Pythia.",
    parts=(
        LAYER_NORM,
        SIZES_WITHOUT_PADDING,
        MULTI_HEAD,
        PARTIAL_ROPE,
        ALL_BIASES,
        AT_ONCE_IF_SAID,
        ROPE_WIDTH,
        ONE_KIND_OF_LAYER,
        NO_PADDING_ROW,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout", "rope_theta", "partial_rotary_factor"),
    rows=(
        *layer_norm("layer_norm_eps"),
        *plain_mlp("hidden_act"),
        *layered(
            Rename("attention_bias", "qkv_bias"),
            Computed(
                "add_proj_bias",
                output_bias,
                "None, where it has what the MLP has.",
                inverse=NoInverse("attention_bias is read back from qkv_bias"),
            ),
            otherwise=must_be(
                "attention_bias", (True,), "the MLP has biases always, and Megatron has them everywhere or nowhere"
            ),
        ),
        *hidden_dropouts(Dropout("hidden_dropout", Place.EVERYWHERE)),
        *(
            require(name, agrees, "must be what rope_parameters says, if it is said again: only that is read")
            for name, agrees in (("rope_theta", theta_agrees), ("partial_rotary_factor", partial_factor_agrees))
        ),
        Ignored(
            "classifier_dropout",
            Kind.INFERENCE,
            "belongs to classification heads, which a language model does not have",
        ),
        Ignored("is_decoder", Kind.INFERENCE, "the class is a decoder whatever this says"),
        *(
            hard_wired(key, 0, "the class drops out at attention_dropout and hidden_dropout, whatever this says")
            for key in ("attention_probs_dropout_prob", "hidden_dropout_prob")
        ),
    ),
    weights=(Weight("self_attention.linear_proj.bias", "gpt_neox.layers.{layer}.attention.dense.bias"),),
    older_rope=OlderRope(names={"rope_theta": "rotary_emb_base", "partial_rotary_factor": "rotary_pct"}),
)
