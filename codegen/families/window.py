"""The releases of upstream for which the mappers are right."""

from __future__ import annotations

from typing import Final

from codegen.window import Narrower, Window

WINDOW: Final = Window(
    {"megatron-core": "0.19.0", "transformers": "5.12.1"},
    (
        Narrower("transformers", "5.18.0", ("granite_swa", "granitemoe_swa"), "There was no such class."),
        Narrower("transformers", "5.18.0", ("granitemoehybrid",), "The class read time_step_min and time_step_max."),
        Narrower("transformers", "5.18.0", ("mamba2",), "The class read rms_norm."),
        Narrower("transformers", "5.18.0", ("youtu",), "The class read a qk_head_dim of its own."),
        Narrower("transformers", "5.23.0", ("flint", "internlm3", "iquestcoder", "lfm3"), "There was no such class."),
        Narrower("transformers", "5.23.0", ("axk1",), "The class had first_k_dense_replace, and no mlp_layer_types."),
        Narrower("transformers", "5.23.0", ("gpt_oss",), "The class had neither swiglu_alpha nor swiglu_limit."),
        Narrower("transformers", "5.23.0", ("mellum",), "The class declared nothing about layers of prediction."),
        Narrower(
            "transformers",
            "5.23.0",
            (
                *("bamba", "glm", "nemotron", "persimmon", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next"),
                *("glm4_moe", "solar_open", "stablelm"),
            ),
            "The class set partial_rotary_factor beside rope_parameters, which has it now.",
        ),
        Narrower(
            "transformers",
            "5.23.0",
            (
                *("deepseek_v2", "deepseek_v3", "deepseek_v32", "dots1", "exaone_moe"),
                *("glm4_moe_lite", "glm_moe_dsa", "lfm2_moe", "mimo_v2_flash", "nemotron_h"),
            ),
            "The class did not declare output_router_logits, which is kept for the way back.",
        ),
    ),
)
