"""Small valid Hugging Face configs, one or more for every mapped family."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from transformers import DeepseekV3Config, LlamaConfig, NemotronHConfig, Qwen3MoeConfig
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers

_SHARED: Mapping[str, Any] = {
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
}
_MOE: Mapping[str, Any] = {"moe_intermediate_size": 32, "num_experts_per_tok": 2}
_MLA: Mapping[str, Any] = {
    "q_lora_rank": 24,
    "kv_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 16,
    "v_head_dim": 16,
}
_MAMBA: Mapping[str, Any] = {"mamba_num_heads": 8, "mamba_head_dim": 16, "n_groups": 2, "ssm_state_size": 16}

CLASSES: Mapping[str, type[PreTrainedConfig]] = {
    "llama": LlamaConfig,
    "qwen3_moe": Qwen3MoeConfig,
    "deepseek_v3": DeepseekV3Config,
    "nemotron_h": NemotronHConfig,
}
"""The config class of each family that these tests know."""

_KEYWORDS: Mapping[str, Mapping[str, Any]] = {
    "llama": _SHARED | {"num_hidden_layers": 4, "num_key_value_heads": 2},
    "qwen3_moe": _SHARED | _MOE | {"num_hidden_layers": 4, "num_key_value_heads": 2, "num_experts": 8, "head_dim": 16},
    "deepseek_v3": _SHARED
    | _MOE
    | _MLA
    | {
        "num_hidden_layers": 4,
        "num_key_value_heads": 4,
        "n_routed_experts": 8,
        "n_group": 2,
        "topk_group": 1,
        "first_k_dense_replace": 1,
    },
    "nemotron_h": _SHARED
    | _MOE
    | _MAMBA
    | {
        "num_key_value_heads": 2,
        "head_dim": 16,
        "n_routed_experts": 8,
        "moe_shared_expert_intermediate_size": 32,
        "layers_block_type": ["linear_attention", "moe", "full_attention", "mlp"],
    },
}

FAMILIES = tuple(CLASSES)


def keywords(family: str, **changes: Any) -> dict[str, Any]:
    """The keywords of the family's small config, with changes."""
    return {**_KEYWORDS[family], **changes}


def config(family: str, **changes: Any) -> PreTrainedConfig:
    """The family's small config, which maps; `changes` go to the constructor."""
    return CLASSES[family](**keywords(family, **changes))


def changed(family: str, **attributes: Any) -> PreTrainedConfig:
    """The same with attributes set after construction, which validates their types and nothing else."""
    hf = config(family)
    for name, value in attributes.items():
        setattr(hf, name, value)
    return hf


def mapper(family: str) -> Callable[..., Any]:
    """The family's `to_megatron`."""
    return getattr(mcore_mappers, family).to_megatron


def mapped(hf: PreTrainedConfig, **caller: Any) -> Any:
    """What `hf` becomes; deviations are not the subject of a test that calls this."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
        return mcore_mappers.to_megatron(hf, **caller)
