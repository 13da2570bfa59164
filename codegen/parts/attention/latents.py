"""Latent attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.positions.rope import ROPE_KEYS, RopeConfig
from codegen.parts.stack.pattern import LayersConfig
from codegen.table import (
    Computed,
    Constant,
    Ignored,
    Inverse,
    Kind,
    Local,
    NoInverse,
    Part,
    Rename,
    deviation,
    further_layers,
    layered,
    must_be,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import MLATransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.kernels import PipelineFields, mtp_layers
    from mcore_mappers_runtime.latents import query_rank, rank_or_none
    from mcore_mappers_runtime.prediction import prediction_layers
    from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import mla_rope_parameters


class LatentConfig(Protocol):
    """A config with latent attention."""

    num_attention_heads: int
    num_key_value_heads: int | None
    q_lora_rank: int | None
    qk_rope_head_dim: int
    v_head_dim: int
    rms_norm_eps: float


def heads_agree(hf: LatentConfig) -> bool:
    return hf.num_key_value_heads == hf.num_attention_heads


def rope(hf: RopeConfig, check: Check) -> MLARope:
    return mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig | HybridModelConfig) -> dict[str, object]:
    return mla_rope_parameters(model)


def latent_norms_differ(hf: LatentConfig) -> bool:
    return hf.rms_norm_eps != 1e-6


def eps_is_small(hf: LatentConfig) -> bool:
    return hf.rms_norm_eps <= 1e-5


def latent_attention_in_all(hf: LayersConfig) -> str:
    return "+" * hf.num_hidden_layers


LATENT_ROPE: Final = (
    "rope_type",
    "rotary_base",
    "rotary_percent",
    "rotary_scaling_factor",
    "original_max_position_embeddings",
    "beta_fast",
    "beta_slow",
    "mscale",
    "mscale_all_dim",
)
"""What the rope of latent attention says of Megatron's."""

LATENT: Final = Part(
    includes=(ROPE_KEYS,),
    rows=(
        Constant("multi_latent_attention", True, "Queries, keys and values go through latents of low rank."),
        Constant("qk_layernorm", True, "The norms of latents."),
        Rename("kv_lora_rank", "kv_lora_rank"),
        Rename("qk_nope_head_dim", "qk_head_dim"),
        Rename("qk_rope_head_dim", "qk_pos_emb_head_dim"),
        Rename("v_head_dim", "v_head_dim", required=True),
        Rename("num_key_value_heads", "num_query_groups", required=True),
        *positive("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"),
        *positive("num_key_value_heads"),
        require(
            "num_key_value_heads",
            heads_agree,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        ),
        Ignored("qk_head_dim", Kind.DEAD, "derived from the two parts of a head; the model adds them itself"),
        must_be(
            "attention_bias",
            (False,),
            "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
        ),
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        Local(
            "rope",
            rope,
            gives=LATENT_ROPE,
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Constant("position_embedding_type", "rope", "The kind of rope of latent attention is rope_type."),
        deviation(
            "mla_latent_norm_eps",
            "rms_norm_eps",
            latent_norms_differ,
            eps_is_small,
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with "
            "layernorm_epsilon; published checkpoints have 1e-5 at most",
        ),
    ),
    hybrid=(Local("mixers", latent_attention_in_all),),
)
"""Latent attention without biases, but for `q_lora_rank` and `kv_channels`."""


QUERY_LATENT: Final = Part(rows=(Rename("q_lora_rank", "q_lora_rank"),))
"""A latent of queries that every model has."""


def q_lora_rank(hf: LatentConfig) -> int:
    return rank_or_none(hf.q_lora_rank)


def q_lora_rank_of(model: GPTModelConfig | HybridModelConfig) -> int | None:
    return query_rank(model)


def queries_have_a_latent(hf: LatentConfig) -> bool:
    return hf.q_lora_rank is not None


OPTIONAL_QUERY_LATENT: Final = Part(
    rows=(
        Computed(
            "q_lora_rank",
            q_lora_rank,
            "Without it queries are projected from the hidden states.",
            inverse=(Inverse("q_lora_rank", q_lora_rank_of),),
        ),
        *layered(
            Computed(
                "q_layernorm",
                queries_have_a_latent,
                "What has no latent has no norm.",
                inverse=NoInverse("q_lora_rank is read back from q_lora_rank"),
            ),
            otherwise=require(
                "q_lora_rank",
                queries_have_a_latent,
                "must be given: without a latent for queries, Megatron normalises that of keys only where it "
                "normalises what queries are projected from, too, which the model does not",
            ),
        ),
    ),
)
"""A latent of queries that a model may be without."""


class PredictingConfig(Protocol):
    """A config that counts layers that predict further tokens, too."""

    q_lora_rank: int | None
    num_mtp_layers: int


def mtp_num_layers(hf: PredictingConfig, caller: PipelineFields) -> int | None:
    return mtp_layers(0 if hf.q_lora_rank is None else hf.num_mtp_layers, caller)


def num_mtp_layers_of(model: GPTModelConfig | HybridModelConfig) -> int | NotCarried:
    return NOT_CARRIED if query_rank(model) is None else prediction_layers(model.transformer)


COUNTED_MTP_WITH_QUERY_LATENT: Final = Part(
    rows=(
        *further_layers("num_mtp_layers"),
        Computed(
            "mtp_num_layers",
            mtp_num_layers,
            "Checkpoints have them; transformers does not build them, and Megatron none whose queries have no norm.",
            inverse=(Inverse("num_mtp_layers", num_mtp_layers_of),),
        ),
    ),
)
"""As many layers of prediction as `num_mtp_layers` says, where queries have a latent, and else none."""

KV_CHANNELS_WHY: Final = "The width of a head of the attention's output; latent attention reads nothing else from it."

KV_CHANNELS_BACK: Final = NoInverse("v_head_dim is read back from v_head_dim")


def given_kv_channels(v_head_dim: int) -> int:
    return v_head_dim


OPTIONAL_V_HEAD_DIM: Final = Part(rows=(Computed("kv_channels", given_kv_channels, KV_CHANNELS_WHY, KV_CHANNELS_BACK),))
"""The width of values in latent attention, in classes that may leave it out."""


def kv_channels(hf: LatentConfig) -> int:
    return hf.v_head_dim


V_HEAD_DIM: Final = Part(rows=(Computed("kv_channels", kv_channels, KV_CHANNELS_WHY, KV_CHANNELS_BACK),))
"""The width of values in latent attention."""

ROPE_INTERLEAVE: Final = Part(
    rows=(
        *layered(
            Rename("rope_interleave", "mla_rotary_interleaved", required=True),
            otherwise=must_be(
                "rope_interleave", (True,), "Megatron's latent attention always rotates interleaved pairs"
            ),
        ),
    )
)
"""Rope of interleaved pairs, which `rope_interleave` can switch off."""


ROPE_HALVES: Final = Part(
    rows=(Constant("mla_rotary_interleaved", False, "Hugging Face has no flag: the class rotates halves."),)
)
"""Rope of halves."""


class RopeDimConfig(Protocol):
    """A config with latent attention that also declares how wide its rope is."""

    head_dim: int | None
    qk_rope_head_dim: int


def rope_dim_agrees(hf: RopeDimConfig) -> bool:
    return hf.head_dim == hf.qk_rope_head_dim


def head_dim_of(transformer: MLATransformerConfig) -> int:
    return transformer.qk_pos_emb_head_dim


ROPE_DIM: Final = Part(
    rows=(
        require(
            "head_dim",
            rope_dim_agrees,
            "must be given, and be qk_rope_head_dim, to which transformers sets it: rope is that wide",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
        *positive("head_dim"),
    )
)
"""The width of rope in latent attention, in classes that declare a `head_dim`."""


def undeclared_rope_dim_agrees(hf: LatentConfig, check: Check) -> bool:
    return check.undeclared("head_dim") == hf.qk_rope_head_dim


UNDECLARED_ROPE_DIM: Final = Part(
    rows=(
        require(
            "head_dim",
            undeclared_rope_dim_agrees,
            "must be qk_rope_head_dim, to which transformers sets it: rope is that wide",
        ),
    )
)
"""The width of rope in latent attention, in classes that do not declare a `head_dim`."""
