"""Configs that once were wrong, each as small as it could be made: what is found stays."""

from __future__ import annotations

from typing import Any, Final

from tests.fuzz.draw import Change, Drawn


def _case(family: str, base: str = "default", **changes: Any) -> Drawn:
    return Drawn(family, base, tuple(Change(name, value, "constructor") for name, value in changes.items()))


def _stored(family: str, base: str = "default", **changes: Any) -> Drawn:
    return Drawn(family, base, tuple(Change(name, value, "attribute") for name, value in changes.items()))


CASES: Final = (
    _case("llama4_text", vocab_size=2, pad_token_id=5),
    _case("hy_v3", "combined", vocab_size=2),
    _case("arcee", "combined", original_max_position_embeddings=None),
    _stored("granitemoe", "combined", original_max_position_embeddings=None),
    _case("deepseek_v3", first_k_dense_replace=-1),
    _case("glm4_moe", "combined", first_k_dense_replace=-1),
    _case("lfm2_moe", num_dense_layers=-1),
    _case("youtu", "combined", qk_rope_head_dim=1),
    _case("glm4_moe_lite", qk_rope_head_dim=3),
    _stored("nemotron_h", "combined", time_step_max=-1.0),
    _case("mamba2", time_step_max=0.0),
    _case("mamba2", time_step_min=-1.0),
    _case("persimmon", partial_rotary_factor=None),
    _case("llama", head_dim=1),
    _case("qwen3_moe", "combined", head_dim=25),
    _case("deepseek_v3", qk_rope_head_dim=1),
    _case("stablelm", pad_token_id=5000),
    _case("llama", pad_token_id=-400),
    _case("mixtral", "combined", head_dim=None),
    _case("deepseek_v2", kv_lora_rank=33),
    _case("deepseek_v2", qk_nope_head_dim=1),
    _case("stablelm", hidden_size=48),
    _case("stablelm", "combined", num_attention_heads=8),
    _stored(
        "stablelm",
        "combined",
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 700.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        },
    ),
    _stored("mamba2", time_step_rank="auto"),
    _case("youtu", "combined", embedding_initializer_range=-1.0),
    _stored("youtu", embedding_initializer_range=None),
    _case("opt", initializer_range=-1.0),
    _case("llama4_text", "combined", attention_bias=True),
    _case(
        "granite_swa",
        "combined",
        rope_parameters={
            "rope_type": "yarn",
            "rope_theta": 1.0,
            "factor": 4.0,
            "original_max_position_embeddings": 32,
        },
    ),
)
