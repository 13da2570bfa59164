"""Files of published checkpoints, by their row in `docs/checkpoints.tsv`: what decides whether they map.

They are written from what publishers say of their models, less all that any value would do for. Where a row has neither
a file here nor a published one, the defaults of the class are of the checkpoint that it was made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LING_2: Final[Mapping[str, Any]] = {
    "architectures": ["BailingMoeV2ForCausalLM"],
    "first_k_dense_replace": 1,
    "head_dim": 128,
    "moe_router_enable_expert_bias": True,
    "n_group": 8,
    "norm_topk_prob": True,
    "num_attention_heads": 16,
    "num_experts": 256,
    "num_experts_per_tok": 8,
    "num_key_value_heads": 4,
    "num_shared_experts": 1,
    "partial_rotary_factor": 0.5,
    "routed_scaling_factor": 2.5,
    "score_function": "sigmoid",
    "topk_group": 4,
    "use_bias": False,
    "use_qk_norm": True,
    "use_qkv_bias": False,
}

# Three layers of prediction are in the lists, too.
_LAYERS_OF_STEP: Final = ["full_attention", *["sliding_attention"] * 3] * 12

_STEP: Final[Mapping[str, Any]] = {
    "architectures": ["Step3p5ForCausalLM"],
    "model_type": "step3p5",
    "attention_other_setting": {
        "attention_type": "sliding_attention",
        "head_dim": 128,
        "num_attention_groups": 8,
        "num_attention_heads": 96,
    },
    "layer_types": _LAYERS_OF_STEP,
    "max_position_embeddings": 262144,
    "moe_layers_enum": ",".join(map(str, range(3, 45))),
    "moe_num_experts": 288,
    "moe_router_activation": "sigmoid",
    "moe_router_scaling_factor": 3.0,
    "moe_top_k": 8,
    "norm_expert_weight": True,
    "num_attention_groups": 8,
    "num_nextn_predict_layers": 3,
    "partial_rotary_factors": [0.5 if layer == "full_attention" else 1.0 for layer in _LAYERS_OF_STEP],
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 2.0,
        "high_freq_factor": 32.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 131072,
    },
    "rope_theta": [5000000.0 if layer == "full_attention" else 10000.0 for layer in _LAYERS_OF_STEP],
    "sliding_window": 512,
    "swiglu_limits": [*[0.0] * 43, 7.0, 7.0, *[0.0] * 3],
    "swiglu_limits_shared": [*[0.0] * 43, 16.0, 16.0, *[0.0] * 3],
    "use_head_wise_attn_gate": True,
    "use_moe_router_bias": True,
    "vocab_size": 128896,
}

_LAYERS_OF_LFM2: Final = ["full_attention" if layer in (2, 5, 8, 10, 12, 14) else "conv" for layer in range(16)]

_HUNYUAN: Final[Mapping[str, Any]] = {
    "attention_head_dim": 128,
    "num_key_value_heads": 8,
    "rope_scaling": {"alpha": 1000.0, "beta_fast": 32, "beta_slow": 1, "factor": 1.0, "type": "dynamic"},
    "use_cla": False,
    "use_qk_norm": True,
}
FILES: Final[Mapping[str, Mapping[str, Any]]] = {
    "Hunyuan 7B": _HUNYUAN,
    "Hunyuan A13B": {**_HUNYUAN, "moe_topk": [8] * 32, "num_experts": 64},
    "MiMo-V2-Flash": {
        "add_full_attention_sink_bias": False,
        "add_swa_attention_sink_bias": True,
        "attention_chunk_size": 128,
        "attention_value_scale": 0.707,
        "head_dim": 192,
        "hybrid_block_size": None,
        "layernorm_epsilon": 1e-5,
        "n_shared_experts": None,
        "num_key_value_heads": 4,
        "partial_rotary_factor": 0.334,
        "rope_theta": 5000000,
        "routed_scaling_factor": None,
        "scoring_func": "sigmoid",
        "sliding_window": 128,
        "sliding_window_size": 128,
        "swa_head_dim": 192,
        "swa_num_attention_heads": 64,
        "swa_v_head_dim": 128,
        "topk_method": "noaux_tc",
        "v_head_dim": 128,
    },
    "Qwen 72B (first release)": {
        "architectures": ["QWenLMHeadModel"],
        "hidden_size": 8192,
        "intermediate_size": 49152,
        "kv_channels": 128,
        "layer_norm_epsilon": 1e-6,
        "max_position_embeddings": 32768,
        "no_bias": True,
        "num_attention_heads": 64,
        "num_hidden_layers": 80,
        "rotary_emb_base": 1000000,
        "seq_length": 32768,
        "use_dynamic_ntk": False,
        "use_logn_attn": False,
        "vocab_size": 152064,
    },
    "Kimi-VL (language model)": {
        "text_config": {
            "model_type": "deepseek_v3",
            "first_k_dense_replace": 1,
            "hidden_size": 2048,
            "n_group": 1,
            "n_routed_experts": 64,
            "n_shared_experts": 2,
            "num_attention_heads": 16,
            "num_experts_per_tok": 6,
            "num_hidden_layers": 27,
            "num_key_value_heads": 16,
            "q_lora_rank": None,
            "rope_theta": 800000.0,
            "routed_scaling_factor": 2.446,
            "topk_group": 1,
        }
    },
    "MiniMax-M3 (language model)": {
        "text_config": {
            "model_type": "minimax_m3_vl_text",
            "num_hidden_layers": 4,
            "layer_types": ["full_attention", *["minimax_m3_sparse"] * 3],
        }
    },
    "Step-3.5": _STEP,
    "Minitron, Nemotron-4": {
        "architectures": ["NemotronForCausalLM"],
        "head_dim": 128,
        "hidden_size": 3072,
        "intermediate_size": 9216,
        "num_attention_heads": 24,
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "partial_rotary_factor": 0.5,
    },
    "Granite 3, with experts": {
        "architectures": ["GraniteMoeForCausalLM"],
        "attention_multiplier": 0.015625,
        "embedding_multiplier": 12.0,
        "logits_scaling": 6.0,
        "residual_multiplier": 0.22,
    },
    "Ling 2.0, Ring 2.0 (mini, flash, 1T)": _LING_2,
    "Ling 2.0, under the type of Ling": _LING_2,
    "dots.llm1": {
        "architectures": ["Dots1ForCausalLM"],
        "first_k_dense_replace": 1,
        "n_routed_experts": 128,
        "n_shared_experts": 2,
        "norm_topk_prob": True,
        "num_experts_per_tok": 6,
        "routed_scaling_factor": 2.5,
        "sliding_window": None,
    },
    "InternLM2.5": {
        "architectures": ["InternLM2ForCausalLM"],
        "bias": False,
        "max_position_embeddings": 32768,
        "rope_scaling": {"factor": 2.0, "type": "dynamic"},
        "rope_theta": 1000000,
    },
    "InternLM3": {
        "architectures": ["InternLM3ForCausalLM"],
        "max_position_embeddings": 32768,
        "rope_scaling": {"factor": 6.0, "rope_type": "dynamic"},
        "rope_theta": 50000000,
    },
    "InternVL 2.5, 3, 3.5 (Qwen2, Qwen3)": {
        "architectures": ["InternVLChatModel"],
        "llm_config": {
            "model_type": "qwen2",
            "architectures": ["Qwen2ForCausalLM"],
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_attention_heads": 28,
            "num_hidden_layers": 28,
            "num_key_value_heads": 4,
            "rope_theta": 1000000.0,
        },
    },
    "LFM2, LFM2.5": {
        "architectures": ["Lfm2ForCausalLM"],
        "layer_types": _LAYERS_OF_LFM2,
        "num_hidden_layers": len(_LAYERS_OF_LFM2),
    },
    "Qwen3-Omni (thinker)": {
        "thinker_config": {
            "text_config": {
                "model_type": "qwen3_omni_moe_text",
                "head_dim": 128,
                "hidden_size": 2048,
                "num_attention_heads": 32,
                "num_key_value_heads": 4,
            }
        }
    },
    "GLM-4.5V, 4.6V (language model)": {
        "text_config": {
            "model_type": "glm4v_moe_text",
            "head_dim": 128,
            "hidden_size": 4096,
            "num_attention_heads": 96,
            "num_key_value_heads": 8,
        }
    },
    "Apertus 1.5 (language model)": {"text_config": {"model_type": "apertus1p5_text", "output_vocab_size": 1024}},
}
