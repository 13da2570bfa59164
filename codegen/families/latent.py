"""Rows about multi-latent attention that families share: DeepSeek's, with low-rank latents and norms on both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.decoder import (
    NO_MODEL,
    ROPE_KEYS,
    RopeConfig,
)
from codegen.families.hybrid import LAYERS, LayersConfig
from codegen.table import (
    Computed,
    Constant,
    Deviation,
    Ignored,
    Inverse,
    Kind,
    Local,
    MustBe,
    NoInverse,
    Rename,
    Require,
    Row,
    Rows,
    positive,
)

if TYPE_CHECKING:

    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import two_symbols
    from mcore_mappers_runtime.patterns import HybridPattern
    from mcore_mappers_runtime.rope import MLARope, mla_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import mla_rope_parameters


class LatentConfig(Protocol):
    """A config with latent attention."""

    num_attention_heads: int
    num_key_value_heads: int | None
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


LATENT: Final = Rows(
    module=__name__,
    extends=(ROPE_KEYS,),
    rows=(
        Constant("multi_latent_attention", True, "Queries, keys and values go through latents of low rank."),
        Constant("qk_layernorm", True, "The norms of both latents."),
        Rename(
            "q_lora_rank",
            "q_lora_rank",
            required="Megatron cannot build latent attention with a norm on the keys' latent and no latent for queries",
        ),
        Rename("kv_lora_rank", "kv_lora_rank"),
        Rename("qk_nope_head_dim", "qk_head_dim"),
        Rename("qk_rope_head_dim", "qk_pos_emb_head_dim"),
        Rename("v_head_dim", "v_head_dim", required=NO_MODEL),
        Rename("num_key_value_heads", "num_query_groups", required=NO_MODEL),
        *positive("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"),
        *positive("num_key_value_heads"),
        Require(
            "num_key_value_heads",
            heads_agree,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        ),
        Ignored("qk_head_dim", Kind.DEAD, "derived from the two parts of a head; the model adds them itself"),
        MustBe(
            "attention_bias",
            (False,),
            "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
        ),
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        Local(
            "rope",
            rope,
            gives=(
                "rope_type",
                "rotary_base",
                "rotary_percent",
                "rotary_scaling_factor",
                "original_max_position_embeddings",
                "beta_fast",
                "beta_slow",
                "mscale",
                "mscale_all_dim",
            ),
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Constant("position_embedding_type", "rope", "The kind of rope of latent attention is rope_type."),
        Deviation(
            "mla_latent_norm_eps",
            "rms_norm_eps",
            latent_norms_differ,
            eps_is_small,
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with "
            "layernorm_epsilon; published checkpoints have 1e-5 at most",
        ),
    ),
)
"""Latent attention without biases, but for `kv_channels`."""

KV_CHANNELS_WHY: Final = "The width of a head of the attention's output; latent attention reads nothing else from it."
KV_CHANNELS_BACK: Final = NoInverse("v_head_dim is read back from v_head_dim")


def given_kv_channels(v_head_dim: int) -> int:
    return v_head_dim


OPTIONAL_V_HEAD_DIM: Final = Computed("kv_channels", given_kv_channels, KV_CHANNELS_WHY, KV_CHANNELS_BACK)
"""For classes whose `v_head_dim` may be None, which is refused."""


def kv_channels(hf: LatentConfig) -> int:
    return hf.v_head_dim


V_HEAD_DIM: Final = Computed("kv_channels", kv_channels, KV_CHANNELS_WHY, KV_CHANNELS_BACK)
"""For all others."""

ROPE_INTERLEAVE: Final = MustBe(
    "rope_interleave", (True,), "Megatron's latent attention always rotates interleaved pairs"
)


def rope_dim_agrees(hf: LatentConfig, check: Check) -> bool:
    return check.undeclared("head_dim") == hf.qk_rope_head_dim


UNDECLARED_ROPE_DIM: Final = Require(
    "head_dim", rope_dim_agrees, "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"
)
"""For classes that do not declare a `head_dim`."""


def latent_pattern(hf: LayersConfig) -> HybridPattern:
    return two_symbols("+" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)


LATENT_DENSE: Final[tuple[Row, ...]] = (Local("pattern", latent_pattern), *LAYERS)
"""Latent attention and an MLP in every layer."""
