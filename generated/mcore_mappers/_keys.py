"""Keys of a `config.json` that are read beside the fields of its class, and types of remote code."""

from __future__ import annotations

from collections.abc import Mapping

from ._family import Remote

KEYS: Mapping[str, frozenset[str]] = {
    "transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config": frozenset(
        (
            "gradient_checkpointing",
            "head_dim",
            "is_causal",
            "layer_types",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "qk_head_dim",
            "rope_theta",
            "scoring_func",
            "tie_last_hidden_states",
            "topk_method",
        )
    ),
    "transformers.models.llama.configuration_llama.LlamaConfig": frozenset(
        (
            "gradient_checkpointing",
            "is_causal",
            "layer_types",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "rope_theta",
            "tie_last_hidden_states",
        )
    ),
    "transformers.models.mistral.configuration_mistral.MistralConfig": frozenset(
        (
            "gradient_checkpointing",
            "is_causal",
            "layer_types",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "rope_theta",
            "tie_last_hidden_states",
        )
    ),
    "transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig": frozenset(
        (
            "gradient_checkpointing",
            "is_causal",
            "tie_last_hidden_states",
        )
    ),
    "transformers.models.qwen2.configuration_qwen2.Qwen2Config": frozenset(
        (
            "gradient_checkpointing",
            "head_dim",
            "is_causal",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "rope_theta",
            "tie_last_hidden_states",
        )
    ),
    "transformers.models.qwen3.configuration_qwen3.Qwen3Config": frozenset(
        (
            "gradient_checkpointing",
            "is_causal",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "rope_theta",
            "tie_last_hidden_states",
        )
    ),
    "transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig": frozenset(
        (
            "gradient_checkpointing",
            "head_dim",
            "is_causal",
            "layer_types",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "qkv_bias",
            "rope_theta",
            "shared_expert_intermediate_size",
            "tie_last_hidden_states",
            "use_qk_norm",
        )
    ),
}
"""By the path of a config class, what its modeling code or its mapper reads undeclared."""

REMOTE: Mapping[str, Remote] = {
    "internlm2": Remote(native="llama", renamed={"bias": "attention_bias"}, dropped=frozenset(), constants=()),
    "kimi_k2": Remote(
        native="deepseek_v3",
        renamed={},
        dropped=frozenset(),
        constants=(
            ("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
            ("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
        ),
    ),
    "mimo": Remote(native="qwen2", renamed={}, dropped=frozenset(), constants=()),
}
"""By model type, how remote code is read as a native class."""

REFUSED_REMOTE: Mapping[str, str] = {
    "baichuan": "the type of 7B models with rope and of 13B models with ALiBi, and of an output layer that is normalised",
    "bailing_moe": "softmax scores that are normalised only sometimes, in layers that no native class has",
    "bailing_moe_v2": "no native class has its router and its norms",
    "chatglm": "no native class reads its keys; GLM-4 checkpoints in native form are read as glm",
    "deepseek": "experts by softmax beside shared ones without a gate, which no native class has",
    "exaone": "no native class reads its keys",
    "hunyuan": "no native class reads its keys; native checkpoints normalise queries and keys after rope",
    "minicpm": "residual branches are scaled by the number of layers",
    "nemotron-nas": "attention and MLP differ from layer to layer, or are left out",
    "phi3small": "attention is sparse by blocks in most layers",
    "qwen": "scales queries by the logarithm of their position beyond the training length",
    "sarvam_mla": "no native class has been compared with its code",
    "sarvam_moe": "no native class has been compared with its code",
    "xverse": "no native class has been compared with its code",
}
"""By model type, why remote code is not read."""
