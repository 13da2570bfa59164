"""What the configs in this folder are, and what must become of them.

They are written from what the publishers say of their models, in the spelling of a checkpoint of that time
(`rope_theta`, `rope_scaling`, `torch_dtype`), or of transformers 5 (`rope_parameters`, `dtype`) where the name says so.
The `tiny` and `refused` ones are made up.

A name that a Megatron config has on its outer and on its inner part (rotary_base, rotary_percent) must have the value
on both.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from megatron.core.activations import squared_relu
from torch.nn.functional import silu

_LLAMA = {
    "normalization": "RMSNorm",
    "gated_linear_unit": True,
    "activation_func": silu,
    "add_bias_linear": False,
    "add_qkv_bias": False,
    "qk_layernorm": False,
    "num_moe_experts": None,
    "layernorm_epsilon": 1e-5,
    "hidden_dropout": 0.0,
    "attention_dropout": 0.0,
    "position_embedding_type": "rope",
    "rotary_percent": 1.0,
    "rope_scaling": False,
    "seq_len_interpolation_factor": None,
    "share_embeddings_and_output_weights": False,
    "kv_channels": 128,
}
_LLAMA_7B = _LLAMA | {
    "num_layers": 32,
    "hidden_size": 4096,
    "ffn_hidden_size": 11008,
    "num_attention_heads": 32,
    "num_query_groups": 32,
    "vocab_size": 32000,
    "seq_length": 4096,
    "rotary_base": 10000,
}
_LLAMA_3 = _LLAMA_7B | {
    "ffn_hidden_size": 14336,
    "num_query_groups": 8,
    "vocab_size": 128256,
    "seq_length": 8192,
    "rotary_base": 500000,
    "params_dtype": torch.bfloat16,
    "bf16": True,
    "fp16": False,
}
_LLAMA_3_1 = _LLAMA_3 | {"seq_length": 131072, "rope_scaling": True, "rope_scaling_factor": 8.0}
_LLAMA_3_2 = _LLAMA_3_1 | {"rope_scaling_factor": 32.0, "share_embeddings_and_output_weights": True}

_QWEN3_MOE = {
    "normalization": "RMSNorm",
    "gated_linear_unit": True,
    "activation_func": silu,
    "add_bias_linear": False,
    "add_qkv_bias": False,
    "qk_layernorm": True,
    "layernorm_epsilon": 1e-6,
    "hidden_dropout": 0.0,
    "position_embedding_type": "rope",
    "rotary_percent": 1.0,
    "rotary_base": 1000000,
    "kv_channels": 128,
    "num_query_groups": 4,
    "num_moe_experts": 128,
    "moe_router_topk": 8,
    "moe_router_score_function": "softmax",
    "moe_router_pre_softmax": False,
    "moe_router_enable_expert_bias": False,
    "moe_shared_expert_intermediate_size": None,
    "share_embeddings_and_output_weights": False,
    "vocab_size": 151936,
    "window_size": None,
    "bf16": True,
}
_QWEN3_30B = _QWEN3_MOE | {
    "num_layers": 48,
    "hidden_size": 2048,
    "num_attention_heads": 32,
    "moe_ffn_hidden_size": 768,
}
_QWEN3_235B = _QWEN3_MOE | {
    "num_layers": 94,
    "hidden_size": 4096,
    "num_attention_heads": 64,
    "moe_ffn_hidden_size": 1536,
}
_QWEN3_TINY = _QWEN3_MOE | {
    "num_layers": 6,
    "hidden_size": 64,
    "ffn_hidden_size": 128,
    "moe_ffn_hidden_size": 32,
    "num_attention_heads": 4,
    "num_query_groups": 2,
    "kv_channels": 24,
    "num_moe_experts": 8,
    "moe_router_topk": 2,
    "vocab_size": 512,
}

_MLA = {
    "multi_latent_attention": True,
    "normalization": "RMSNorm",
    "gated_linear_unit": True,
    "activation_func": silu,
    "add_bias_linear": False,
    "qk_layernorm": True,
    "layernorm_epsilon": 1e-6,
    "hidden_dropout": 0.0,
    "position_embedding_type": "rope",
    "rotary_percent": 1.0,
    "rotary_base": 10000,
    "moe_router_score_function": "sigmoid",
    "moe_router_enable_expert_bias": True,
    "share_embeddings_and_output_weights": False,
    "bf16": True,
}
_DEEPSEEK_V3 = _MLA | {
    "num_layers": 61,
    "hidden_size": 7168,
    "ffn_hidden_size": 18432,
    "num_attention_heads": 128,
    "q_lora_rank": 1536,
    "kv_lora_rank": 512,
    "qk_head_dim": 128,
    "qk_pos_emb_head_dim": 64,
    "v_head_dim": 128,
    "num_moe_experts": 256,
    "moe_ffn_hidden_size": 2048,
    "moe_shared_expert_intermediate_size": 2048,
    "moe_layer_freq": [0] * 3 + [1] * 58,
    "moe_router_topk": 8,
    "moe_router_num_groups": 8,
    "moe_router_group_topk": 4,
    "moe_router_topk_scaling_factor": 2.5,
    "rope_type": "yarn",
    "rotary_scaling_factor": 40,
    "original_max_position_embeddings": 4096,
    "beta_fast": 32,
    "beta_slow": 1,
    "mscale": 1.0,
    "mscale_all_dim": 1.0,
    "vocab_size": 129280,
    "seq_length": 163840,
    "mtp_num_layers": 1,
}
_DEEPSEEK_TINY = _MLA | {
    "num_layers": 3,
    "hidden_size": 64,
    "q_lora_rank": 24,
    "kv_lora_rank": 16,
    "qk_head_dim": 16,
    "qk_pos_emb_head_dim": 8,
    "v_head_dim": 12,
    "num_moe_experts": 8,
    "moe_ffn_hidden_size": 32,
    "moe_shared_expert_intermediate_size": 64,
    "moe_layer_freq": [0, 1, 1],
    "moe_router_topk": 4,
    "moe_router_num_groups": 4,
    "moe_router_group_topk": 2,
    "rope_type": "rope",
    "rotary_scaling_factor": 1,
    "mtp_num_layers": None,
}

_NEMOTRON_H = {
    "is_hybrid_model": True,
    "normalization": "RMSNorm",
    "gated_linear_unit": False,
    "activation_func": squared_relu,
    "add_bias_linear": False,
    "layernorm_epsilon": 1e-5,
    "hidden_dropout": 0.0,
    "attention_dropout": 0.0,
    "position_embedding_type": "none",
    "kv_channels": 128,
    "num_attention_heads": 32,
    "num_query_groups": 8,
    "mamba_num_heads": 128,
    "mamba_head_dim": 64,
    "mamba_state_dim": 128,
    "mamba_num_groups": 8,
    "share_embeddings_and_output_weights": False,
    "vocab_size": 131072,
    "bf16": True,
}
_NEMOTRON_V2 = _NEMOTRON_H | {"num_attention_heads": 40, "mamba_head_dim": 80, "seq_length": 131072}
_NEMOTRON_3_NANO = _NEMOTRON_H | {
    "hybrid_layer_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
    "num_layers": 52,
    "hidden_size": 2688,
    "num_query_groups": 2,
    "mamba_num_heads": 64,
    "num_moe_experts": 128,
    "moe_ffn_hidden_size": 1856,
    "moe_shared_expert_intermediate_size": 3712,
    "moe_latent_size": None,
    "moe_router_topk": 6,
    "moe_router_score_function": "sigmoid",
    "moe_router_enable_expert_bias": True,
    "moe_router_topk_scaling_factor": 2.5,
    "seq_length": 262144,
}

MAPPED: Mapping[str, Mapping[str, object]] = {
    "llama/dynamic-ntk": _LLAMA_7B,
    "llama/llama-2-7b": _LLAMA_7B | {"params_dtype": torch.float16, "fp16": True, "bf16": False},
    "llama/llama-2-70b": _LLAMA_7B
    | {
        "num_layers": 80,
        "hidden_size": 8192,
        "ffn_hidden_size": 28672,
        "num_attention_heads": 64,
        "num_query_groups": 8,
    },
    "llama/llama-3-8b": _LLAMA_3,
    "llama/llama-3.1-8b": _LLAMA_3_1,
    "llama/llama-3.1-8b-instruct": _LLAMA_3_1,
    "llama/llama-3.1-405b": _LLAMA_3_1
    | {"num_layers": 126, "hidden_size": 16384, "ffn_hidden_size": 53248, "num_attention_heads": 128},
    "llama/llama-3.2-1b": _LLAMA_3_2
    | {"num_layers": 16, "hidden_size": 2048, "ffn_hidden_size": 8192, "kv_channels": 64},
    "llama/llama-3.2-3b.transformers5": _LLAMA_3_2
    | {"num_layers": 28, "hidden_size": 3072, "ffn_hidden_size": 8192, "num_attention_heads": 24},
    "llama/codellama-7b": _LLAMA_7B | {"vocab_size": 32016, "seq_length": 16384, "rotary_base": 1000000},
    "llama/codellama-34b": _LLAMA_7B
    | {
        "num_layers": 48,
        "hidden_size": 8192,
        "ffn_hidden_size": 22016,
        "num_attention_heads": 64,
        "num_query_groups": 8,
        "seq_length": 16384,
        "rotary_base": 1000000,
    },
    "llama/tinyllama-1.1b": _LLAMA_7B
    | {
        "num_layers": 22,
        "hidden_size": 2048,
        "ffn_hidden_size": 5632,
        "num_query_groups": 4,
        "kv_channels": 64,
        "seq_length": 2048,
        "params_dtype": torch.float32,
        "fp16": False,
        "bf16": False,
    },
    "llama/yi-6b": _LLAMA_7B | {"num_query_groups": 4, "vocab_size": 64000, "rotary_base": 5000000},
    "llama/vicuna-7b-16k": _LLAMA_7B | {"seq_len_interpolation_factor": 4.0},
    "llama/yarn-llama-2-7b-64k": _LLAMA_7B
    | {
        "position_embedding_type": "yarn",
        "seq_length": 65536,
        "yarn_rotary_scaling_factor": 16.0,
        "yarn_original_max_position_embeddings": 4096,
        "yarn_beta_fast": 32,
        "yarn_beta_slow": 1,
        "yarn_correction_range_round_to_int": True,
    },
    "llama/bias-everywhere": _LLAMA_7B | {"num_layers": 2, "add_bias_linear": True},
    "qwen3_moe/qwen3-30b-a3b": _QWEN3_30B | {"seq_length": 40960},
    "qwen3_moe/qwen3-30b-a3b-base": _QWEN3_30B | {"seq_length": 32768},
    "qwen3_moe/qwen3-30b-a3b-yarn-131k": _QWEN3_30B
    | {
        "position_embedding_type": "yarn",
        "yarn_rotary_scaling_factor": 4.0,
        "yarn_original_max_position_embeddings": 32768,
        "yarn_beta_fast": 32,
        "yarn_beta_slow": 1,
        "yarn_correction_range_round_to_int": True,
    },
    "qwen3_moe/qwen3-235b-a22b": _QWEN3_235B,
    "qwen3_moe/qwen3-235b-a22b-thinking-2507.transformers5": _QWEN3_235B
    | {"seq_length": 262144, "rotary_base": 5000000},
    "qwen3_moe/qwen3-coder-30b-a3b": _QWEN3_30B | {"seq_length": 262144, "rotary_base": 10000000},
    "qwen3_moe/qwen3-coder-480b-a35b": _QWEN3_MOE
    | {
        "num_layers": 62,
        "hidden_size": 6144,
        "num_attention_heads": 96,
        "num_query_groups": 8,
        "num_moe_experts": 160,
        "moe_ffn_hidden_size": 2560,
        "seq_length": 262144,
        "rotary_base": 10000000,
    },
    # An expert layer is every second one, counted from 1, but for layer 3.
    "qwen3_moe/tiny-dense-layers-between": _QWEN3_TINY | {"moe_layer_freq": [0, 1, 0, 0, 0, 1]},
    "qwen3_moe/tiny-scores-not-renormalised": _QWEN3_TINY | {"moe_router_pre_softmax": True},
    "deepseek_v3/deepseek-v3": _DEEPSEEK_V3,
    "deepseek_v3/deepseek-v3.1": _DEEPSEEK_V3,
    "deepseek_v3/deepseek-r1-0528": _DEEPSEEK_V3,
    "deepseek_v3/deepseek-v3-bf16.transformers5": _DEEPSEEK_V3,
    "deepseek_v3/kimi-k2-as-deepseek": _DEEPSEEK_V3
    | {
        "num_attention_heads": 64,
        "num_moe_experts": 384,
        "moe_layer_freq": [0] + [1] * 60,
        "moe_router_num_groups": 1,
        "moe_router_group_topk": 1,
        "moe_router_topk_scaling_factor": 2.827,
        "rotary_base": 50000,
        "rotary_scaling_factor": 32.0,
        "beta_fast": 1,
        "beta_slow": 1,
        "vocab_size": 163840,
        "seq_length": 131072,
        "mtp_num_layers": None,
    },
    "deepseek_v3/tiny-no-rope-scaling": _DEEPSEEK_TINY,
    "deepseek_v3/tiny-all-layers-dense": _DEEPSEEK_TINY | {"moe_layer_freq": [0, 0, 0]},
    "nemotron_h/nemotron-h-8b": _NEMOTRON_H
    | {
        "hybrid_layer_pattern": "M-M-M-M*-" + 3 * "M-M-M-M-M*-" + "M-M-M-M-M-",
        "num_layers": 52,
        "hidden_size": 4096,
        "ffn_hidden_size": 21504,
        "num_moe_experts": None,
        "seq_length": 8192,
    },
    "nemotron_h/nemotron-h-56b": _NEMOTRON_H
    | {
        "hybrid_layer_pattern": "M-M-M-M*-" + 9 * "M-M-M-M-M*-" + "M-M-M-M-M-",
        "num_layers": 118,
        "hidden_size": 8192,
        "ffn_hidden_size": 32768,
        "num_attention_heads": 64,
        "mamba_num_heads": 256,
        "mamba_state_dim": 256,
    },
    "nemotron_h/nemotron-nano-9b-v2": _NEMOTRON_V2
    | {
        "hybrid_layer_pattern": "M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-",
        "num_layers": 56,
        "hidden_size": 4480,
        "ffn_hidden_size": 15680,
    },
    "nemotron_h/nemotron-nano-12b-v2": _NEMOTRON_V2
    | {
        "hybrid_layer_pattern": 6 * "M-M-M-M*-" + "M-M-M-M-",
        "num_layers": 62,
        "hidden_size": 5120,
        "ffn_hidden_size": 20480,
    },
    "nemotron_h/nemotron-3-nano-30b-a3b": _NEMOTRON_3_NANO,
    "nemotron_h/nemotron-3-nano-30b-a3b.transformers5": _NEMOTRON_3_NANO,
    "nemotron_h/tiny-latent-experts-and-mtp": {
        "hybrid_layer_pattern": "MEMEM*EME/*E",
        "num_layers": 9,
        "mtp_num_layers": 1,
        "num_moe_experts": 16,
        "moe_latent_size": 32,
        "moe_ffn_hidden_size": 32,
        "moe_shared_expert_intermediate_size": 48,
        "moe_router_topk": 4,
        "moe_router_topk_scaling_factor": 5.0,
        "kv_channels": 24,
        "mamba_num_heads": 8,
        "mamba_head_dim": 16,
        "mamba_state_dim": 16,
        "mamba_num_groups": 2,
    },
}
"""By family and name: values that the Megatron config must have."""

REFUSED: Mapping[str, set[str]] = {
    "llama/refused-bias-in-attention-only": {"attention_bias"},
    "llama/refused-llama3-other-constants": {
        "rope_parameters.high_freq_factor",
        "rope_parameters.original_max_position_embeddings",
    },
    "qwen3_moe/refused-attention-bias": {"attention_bias"},
    "qwen3_moe/refused-longrope": {"rope_parameters.rope_type"},
    "deepseek_v3/refused-no-q-lora": {"q_lora_rank"},
    "deepseek_v3/refused-softmax-scores": {"scoring_func", "topk_method"},
    "deepseek_v3/refused-scores-not-renormalised": {"norm_topk_prob", "rope_interleave"},
    "nemotron_h/refused-other-convolution": {"conv_kernel", "use_conv_bias"},
    "nemotron_h/refused-time-step-min": {"time_step_min"},
}
"""By family and name: every Hugging Face field that the error must name, and no other."""
