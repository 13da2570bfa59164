"""Llama-Nemotron 51B, Super and Ultra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.megatron.targets import GPT_HETEROGENEOUS
from codegen.parts.attention.biases import BIASES_TOGETHER
from codegen.parts.attention.heads import DERIVED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Constant, Family, Ignored, Inverse, Kind, Local, NoInverse, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.heterogeneous.heterogeneous_config import HeterogeneousTransformerConfig
    from megatron.training.models.gpt import GPTModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.described.nemotron_nas import NemotronNasConfig, with_every_key
    from mcore_mappers_runtime.heterogeneous import BuilderFields, decoded, encoded
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_key, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters


def blocks(hf: NemotronNasConfig, check: Check, caller: BuilderFields) -> str:
    return encoded(
        check,
        hf.block_configs,
        caller,
        num_layers=hf.num_hidden_layers,
        num_attention_heads=hf.num_attention_heads,
        hidden_size=hf.hidden_size,
    )


def head_dim_agrees(hf: NemotronNasConfig) -> bool:
    return hf.head_dim is None or hf.num_attention_heads < 1 or hf.head_dim == hf.hidden_size // hf.num_attention_heads


def head_dim_of(transformer: HeterogeneousTransformerConfig) -> int | None:
    return transformer.kv_channels


def usual_width(hf: NemotronNasConfig) -> int:
    return 4 * hf.hidden_size


def usual_groups(hf: NemotronNasConfig) -> int:
    return hf.num_attention_heads


def encoded_json(blocks: str) -> str:
    return blocks


def block_configs_of(transformer: HeterogeneousTransformerConfig) -> list[dict[str, Any]]:
    return with_every_key(
        decoded(
            transformer.heterogeneous_layers_config_encoded_json,
            num_attention_heads=transformer.num_attention_heads,
            hidden_size=transformer.hidden_size,
        )
    )


def rope(hf: NemotronNasConfig, check: Check) -> GPTRope:
    return gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model)


def rope_is_not_yarn(hf: NemotronNasConfig) -> bool:
    return rope_key(rope_parameters_of(hf), "rope_type") != "yarn"


FAMILY = Family(
    config="mcore_mappers_runtime.described.nemotron_nas.NemotronNasConfig",
    architectures=("DeciLMForCausalLM",),
    covers="Llama-Nemotron 51B, Super and Ultra.",
    parts=(DECODER, DENSE, DERIVED_HEAD_DIM, BIASES_TOGETHER, ONE_RANK),
    targets=(GPT_HETEROGENEOUS,),
    replaces=("intermediate_size",),
    rows=(
        *(
            Ignored(name, Kind.DEAD, "the code makes it None, whatever a file says: each layer has its own")
            for name in ("intermediate_size", "num_key_value_heads")
        ),
        Computed(
            "ffn_hidden_size",
            usual_width,
            "Each layer has its own; here stands what Megatron itself would derive.",
            inverse=NoInverse("no layer reads it"),
        ),
        Computed(
            "num_query_groups",
            usual_groups,
            "Each layer has its own; here stands what Megatron itself would derive.",
            inverse=NoInverse("no layer reads it"),
        ),
        Constant("multi_latent_attention", False, "Attention is Llama's."),
        require(
            "head_dim",
            head_dim_agrees,
            "must be None or hidden_size // num_attention_heads: heads are as wide as that, whatever it says",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
        *positive("head_dim"),
        Local("blocks", blocks),
        Computed(
            "heterogeneous_layers_config_encoded_json",
            encoded_json,
            "",
            inverse=(Inverse("block_configs", block_configs_of),),
        ),
        Constant("heterogeneous_block_specs", True, "Megatron's config of such layers sets it itself."),
        Local(
            "rope",
            rope,
            (Inverse("rope_parameters", rope_parameters_back),),
            (
                "position_embedding_type",
                "rotary_percent",
                "rotary_base",
                "rope_scaling",
                "rope_scaling_factor",
                "seq_len_interpolation_factor",
            ),
        ),
        require(
            "rope_parameters",
            rope_is_not_yarn,
            "must not be YaRN: Megatron's config of layers that differ holds nothing of it",
        ),
    ),
)
