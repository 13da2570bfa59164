"""Numbers that Megatron takes in a config, and that no model can be built or trained with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

REQUIRED: Final = frozenset({"num_layers", "hidden_size", "num_attention_heads", "vocab_size", "seq_length"})
"""Counts and sizes that every model has."""

POSITIVE: Final = REQUIRED | frozenset(
    {
        *("ffn_hidden_size", "kv_channels", "num_query_groups", "layernorm_epsilon", "rotary_base", "rotary_percent"),
        *("num_moe_experts", "moe_ffn_hidden_size", "moe_router_topk", "moe_router_num_groups"),
        *("moe_router_group_topk", "moe_latent_size", "kv_lora_rank", "q_lora_rank", "qk_head_dim", "v_head_dim"),
        *("qk_pos_emb_head_dim", "mamba_state_dim", "mamba_head_dim", "mamba_num_groups", "mamba_num_heads"),
        *("linear_conv_kernel_dim", "linear_key_head_dim", "linear_value_head_dim", "linear_num_key_heads"),
        *("linear_num_value_heads", "rotary_scaling_factor", "rope_scaling_factor", "make_vocab_size_divisible_by"),
        *("tensor_model_parallel_size", "pipeline_model_parallel_size", "virtual_pipeline_model_parallel_size"),
        *("context_parallel_size", "expert_model_parallel_size", "expert_tensor_parallel_size"),
    }
)
NOT_NEGATIVE: Final = frozenset(
    {
        *("init_method_std", "mtp_num_layers", "moe_shared_expert_intermediate_size", "moe_router_bias_update_rate"),
        *("moe_aux_loss_coeff", "mtp_loss_scaling_factor", "num_layers_in_first_pipeline_stage"),
        "num_layers_in_last_pipeline_stage",
    }
)
PROBABILITY: Final = frozenset({"attention_dropout", "hidden_dropout"})


def outside(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The fields whose number is outside its range, each with the range in words; None is no number.

    Args:
        values: fields by name, each of the type that it is declared with.
    """
    for name, value in values.items():
        numbers = cast("list[float]", value if isinstance(value, list) else [value])
        if value is None:
            continue
        if name in POSITIVE and not all(number > 0 for number in numbers):
            yield name, "must be above zero"
        elif name in NOT_NEGATIVE and not all(number >= 0 for number in numbers):
            yield name, "must be zero or above"
        elif name in PROBABILITY and not all(0 <= number < 1 for number in numbers):
            yield name, "must be at least zero and below one"
