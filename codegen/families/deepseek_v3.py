"""DeepSeek-V3 and R1, and what is published in their class (Kimi K2's native form among them)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import DECODER, KERNELS_OF_LATENT_EXPERTS, NO_MODEL, ONE_KIND_OF_LAYER, ROPE_KEYS
from codegen.families.experts import (
    BALANCED_BY_BIAS,
    COUNTED_SHARED_EXPERTS,
    FIRST_DENSE,
    GROUPED_ROUTER,
    ON_HIDDEN_STATE,
)
from codegen.families.hybrid import LATENT_EXPERTS, as_hybrid
from codegen.families.targets import GPT_MLA, HYBRID_MLA
from codegen.table import (
    Computed,
    Constant,
    Deviation,
    Family,
    HardWired,
    Ignored,
    Inverse,
    Kind,
    Local,
    MustBe,
    NoInverse,
    Rename,
    Require,
    Rows,
    not_negative,
    positive,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.deepseek_v3.configuration_deepseek_v3 import DeepseekV3Config

    from mcore_mappers._check import Check
    from mcore_mappers._kernels import PipelineFields, mtp_layers
    from mcore_mappers._rope import MLARope, mla_rope, rope_parameters_of
    from mcore_mappers._rope_back import mla_rope_parameters


def kv_channels(v_head_dim: int) -> int:
    return v_head_dim


def heads_agree(hf: DeepseekV3Config) -> bool:
    return hf.num_key_value_heads == hf.num_attention_heads


def rope_dim_agrees(hf: DeepseekV3Config, check: Check) -> bool:
    return check.undeclared("head_dim") == hf.qk_rope_head_dim


def rope(hf: DeepseekV3Config, check: Check) -> MLARope:
    return mla_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig | HybridModelConfig) -> dict[str, object]:
    return mla_rope_parameters(model)


def mtp_num_layers(hf: DeepseekV3Config, caller: PipelineFields) -> int | None:
    return mtp_layers(hf.num_mtp_layers, caller)


def num_mtp_layers_of(transformer: TransformerConfig) -> int:
    return transformer.mtp_num_layers or 0


def latent_norms_differ(hf: DeepseekV3Config) -> bool:
    return hf.rms_norm_eps != 1e-6


def eps_is_small(hf: DeepseekV3Config) -> bool:
    return hf.rms_norm_eps <= 1e-5


TABLE = Rows(
    module=__name__,
    extends=(
        *(DECODER, ROPE_KEYS, FIRST_DENSE, GROUPED_ROUTER, COUNTED_SHARED_EXPERTS),
        *(BALANCED_BY_BIAS, KERNELS_OF_LATENT_EXPERTS),
    ),
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
        Computed(
            "kv_channels",
            kv_channels,
            "The width of a head of the attention's output; latent attention reads nothing else from it.",
            inverse=NoInverse("v_head_dim is read back from v_head_dim"),
        ),
        *positive("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"),
        *positive("num_key_value_heads"),
        Require(
            "num_key_value_heads",
            heads_agree,
            "must equal num_attention_heads: latent attention has keys and values for every head",
        ),
        Require(
            "head_dim", rope_dim_agrees, "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"
        ),
        Ignored("qk_head_dim", Kind.DEAD, "derived from the two parts of a head; the model adds them itself"),
        MustBe("rope_interleave", (True,), "Megatron's latent attention always rotates interleaved pairs"),
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
        Rename("n_routed_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        ON_HIDDEN_STATE,
        ONE_KIND_OF_LAYER,
        *not_negative("num_mtp_layers"),
        Computed(
            "mtp_num_layers",
            mtp_num_layers,
            "Checkpoints have them; transformers does not build them.",
            inverse=(Inverse("num_mtp_layers", num_mtp_layers_of),),
        ),
        Deviation(
            "mla_latent_norm_eps",
            "rms_norm_eps",
            latent_norms_differ,
            eps_is_small,
            "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with "
            "layernorm_epsilon; published checkpoints have 1e-5 at most",
        ),
        Ignored("pretraining_tp", Kind.DEAD, "the class computes as one rank, whatever the training did"),
        HardWired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
        HardWired("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
        HardWired("moe_layer_freq", 1, "every layer after the dense ones has experts"),
    ),
)

DEEPSEEK_V3 = Family(
    name="deepseek_v3",
    config_class="transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config",
    target=GPT_MLA,
    table=TABLE,
    covers="DeepSeek-V3 and R1, and what is published in their class.",
    hybrid=as_hybrid(TABLE, *LATENT_EXPERTS, target=HYBRID_MLA),
)
