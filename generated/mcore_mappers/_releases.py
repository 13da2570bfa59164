"""The releases of upstream for which the mappers are right."""

from __future__ import annotations

from mcore_mappers_runtime.registry import Releases

RELEASES = Releases(
    newest={
        "megatron-core": "0.19.2",
        "transformers": "5.24.0",
    },
    oldest={
        "megatron-core": "0.19.0",
        "transformers": "5.5.0",
    },
    narrower={
        "apertus1p5_text": {
            "transformers": "5.24.0",
        },
        "axk1": {
            "transformers": "5.15.0",
        },
        "cosmos3_edge_text": {
            "transformers": "5.15.0",
        },
        "deepseek_ocr2_text": {
            "transformers": "5.11.0",
        },
        "deepseek_v32": {
            "transformers": "5.11.0",
        },
        "exaone": {
            "transformers": "5.24.0",
        },
        "flint": {
            "transformers": "5.21.0",
        },
        "granite4_vision_text": {
            "transformers": "5.8.0",
        },
        "granite_docling_text": {
            "transformers": "5.23.0",
        },
        "granite_swa": {
            "transformers": "5.15.0",
        },
        "granitemoe_swa": {
            "transformers": "5.15.0",
        },
        "hy_v3": {
            "transformers": "5.6.0",
        },
        "hyperclovax": {
            "transformers": "5.9.0",
        },
        "internlm3": {
            "transformers": "5.23.0",
        },
        "iquestcoder": {
            "transformers": "5.23.0",
        },
        "lara_mini": {
            "transformers": "5.24.0",
        },
        "lfm3": {
            "transformers": "5.23.0",
        },
        "mellum": {
            "transformers": "5.10.1",
        },
        "mimo_v2_flash": {
            "transformers": "5.13.0",
        },
        "minicpm3": {
            "transformers": "5.13.0",
        },
        "minimax_m3_vl_text": {
            "transformers": "5.12.0",
        },
        "molmo2_text": {
            "transformers": "5.20.0",
        },
        "olmo3": {
            "transformers": "5.13.0",
        },
        "sarvam_mla": {
            "transformers": "5.24.0",
        },
        "sarvam_moe": {
            "transformers": "5.24.0",
        },
        "step3p5": {
            "transformers": "5.18.0",
        },
        "unlimited_ocr_text": {
            "transformers": "5.20.0",
        },
    },
)
