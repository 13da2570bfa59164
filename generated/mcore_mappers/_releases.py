"""The releases of upstream for which the mappers are right."""

from __future__ import annotations

from mcore_mappers_runtime.registry import Releases

RELEASES = Releases(
    newest={
        "megatron-core": "0.19.2",
        "transformers": "5.23.0",
    },
    oldest={
        "megatron-core": "0.19.0",
        "transformers": "5.12.1",
    },
    narrower={
        "axk1": {
            "transformers": "5.23.0",
        },
        "bamba": {
            "transformers": "5.23.0",
        },
        "deepseek_v2": {
            "transformers": "5.23.0",
        },
        "deepseek_v3": {
            "transformers": "5.23.0",
        },
        "deepseek_v32": {
            "transformers": "5.23.0",
        },
        "dots1": {
            "transformers": "5.23.0",
        },
        "exaone_moe": {
            "transformers": "5.23.0",
        },
        "flint": {
            "transformers": "5.23.0",
        },
        "glm": {
            "transformers": "5.23.0",
        },
        "glm4_moe": {
            "transformers": "5.23.0",
        },
        "glm4_moe_lite": {
            "transformers": "5.23.0",
        },
        "glm_moe_dsa": {
            "transformers": "5.23.0",
        },
        "gpt_oss": {
            "transformers": "5.23.0",
        },
        "granite_swa": {
            "transformers": "5.18.0",
        },
        "granitemoe_swa": {
            "transformers": "5.18.0",
        },
        "granitemoehybrid": {
            "transformers": "5.18.0",
        },
        "internlm3": {
            "transformers": "5.23.0",
        },
        "iquestcoder": {
            "transformers": "5.23.0",
        },
        "lfm2_moe": {
            "transformers": "5.23.0",
        },
        "lfm3": {
            "transformers": "5.23.0",
        },
        "mamba2": {
            "transformers": "5.18.0",
        },
        "mellum": {
            "transformers": "5.23.0",
        },
        "mimo_v2_flash": {
            "transformers": "5.23.0",
        },
        "nemotron": {
            "transformers": "5.23.0",
        },
        "nemotron_h": {
            "transformers": "5.23.0",
        },
        "persimmon": {
            "transformers": "5.23.0",
        },
        "qwen3_5_moe_text": {
            "transformers": "5.23.0",
        },
        "qwen3_5_text": {
            "transformers": "5.23.0",
        },
        "qwen3_next": {
            "transformers": "5.23.0",
        },
        "solar_open": {
            "transformers": "5.23.0",
        },
        "stablelm": {
            "transformers": "5.23.0",
        },
        "youtu": {
            "transformers": "5.18.0",
        },
    },
)
