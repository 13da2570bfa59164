"""Random configs of the families whose numbers depend on each other in ways that no single field shows."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import strategies as st
from transformers.configuration_utils import PreTrainedConfig

from tests.properties.rope_strategies import MLA_TYPES, TYPES, ropes, subset
from tests.support.hf import config

KINDS = ("linear_attention", "full_attention", "mlp", "moe")

activations = st.sampled_from(
    ("silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "relu2", "quick_gelu", "swish", "mish")
)
dtypes = st.sampled_from((None, "float32", "bfloat16", "float16", torch.bfloat16, torch.float16, torch.float64))
dropouts = st.sampled_from((0.0, 0, 0.1, 0.5))
epsilons = st.sampled_from((1e-6, 1e-5, 1e-5, 1e-5, 1e-3))


@st.composite
def _attention(draw: st.DrawFn) -> dict[str, Any]:
    heads = draw(st.sampled_from((1, 2, 4, 6, 8)))
    groups = draw(st.sampled_from([count for count in (1, 2, 3, 4, 6, 8, 5) if count <= heads]))
    return {
        "num_attention_heads": heads,
        "num_key_value_heads": groups,
        "hidden_size": heads * draw(st.sampled_from((8, 16, 24))),
    }


@st.composite
def _grouped_router(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.sampled_from((1, 1, 2, 4)))
    kept = draw(st.integers(1, groups))
    topk = draw(st.sampled_from((2 * kept, 2 * kept, 2 * kept, 3, 1)))
    return {
        "n_routed_experts": groups * draw(st.sampled_from((16, 8, 4, 1))),
        "n_group": groups,
        "topk_group": kept,
        "num_experts_per_tok": topk,
        "norm_topk_prob": draw(st.sampled_from((topk > 1, topk > 1, topk > 1, topk == 1))),
        "routed_scaling_factor": draw(st.sampled_from((1.0, 2.5))),
    }


@st.composite
def _special(draw: st.DrawFn, family: str) -> dict[str, Any]:
    """What only this family has."""
    flag, layers = st.booleans(), draw(st.integers(1, 6))
    if family == "llama":
        bias = draw(st.sampled_from(((False, False), (True, True), (True, False), (False, True))))
        fields = draw(_attention()) | {"attention_bias": bias[0], "mlp_bias": bias[1]}
        return fields | draw(subset(head_dim=st.sampled_from((8, 16, None))))
    if family == "qwen3_moe":
        window = st.sampled_from((1, 5, 4096))
        optional = subset(
            head_dim=st.sampled_from((8, 32)),
            norm_topk_prob=flag,
            use_sliding_window=flag,
            sliding_window=window,
            attention_bias=flag,
            decoder_sparse_step=st.integers(1, 4),
            mlp_only_layers=st.lists(st.integers(0, layers), max_size=3),
            num_experts=st.sampled_from((1, 4, 64)),
            num_experts_per_tok=st.sampled_from((1, 2, 8)),
            router_aux_loss_coef=st.sampled_from((0.0, 0.001, 1.0)),
        )
        return draw(_attention()) | {"num_hidden_layers": layers} | draw(optional)
    if family == "deepseek_v3":
        heads = draw(st.sampled_from((1, 2, 4)))
        fields = {"num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads}
        optional = subset(
            q_lora_rank=st.sampled_from((16, 24, 24, 24, None)),
            first_k_dense_replace=st.integers(0, 7),
            n_shared_experts=st.integers(0, 2),
            num_nextn_predict_layers=st.integers(0, 2),
            rope_interleave=st.sampled_from((True, True, False)),
            scoring_func=st.sampled_from(("sigmoid", "sigmoid", "softmax")),
        )
        return fields | draw(_grouped_router()) | draw(optional)
    kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)
    optional = subset(
        mtp_layers_block_type=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
        num_nextn_predict_layers=st.integers(0, 2),
        mlp_bias=flag,
        use_bias=st.sampled_from((False, False, True)),
        use_conv_bias=st.sampled_from((True, True, False)),
        conv_kernel=st.sampled_from((4, 4, 3)),
        chunk_size=st.sampled_from((1, 128)),
        moe_latent_size=st.sampled_from((None, 16)),
        time_step_min=st.sampled_from((0.0, 0.001, 0.001, 0.01)),
        tie_word_embeddings=st.sampled_from((False, False, True)),
    )
    return draw(_attention()) | draw(_grouped_router()) | {"layers_block_type": draw(kinds)} | draw(optional)


@st.composite
def special_configs(draw: st.DrawFn, family: str) -> PreTrainedConfig:
    """A config of one of `plans.SPECIAL`, with numbers that fit together or do not; about half can be mapped."""
    hybrid = family == "nemotron_h"
    common = subset(
        attention_dropout=dropouts,
        initializer_range=st.sampled_from((0.02, 0.0, 0.006)),
        vocab_size=st.sampled_from((1, 320, 32001)),
        intermediate_size=st.sampled_from((1, 96, 100)),
        max_position_embeddings=st.sampled_from((1, 128, 131072)),
        dtype=dtypes,
        **{"mlp_hidden_act" if hybrid else "hidden_act": activations},
        **({"layer_norm_epsilon": epsilons} if hybrid else {"rms_norm_eps": epsilons}),
        **(
            {}
            if hybrid
            else {
                "rope_parameters": ropes(MLA_TYPES if family == "deepseek_v3" else TYPES),
                "tie_word_embeddings": st.booleans(),
            }
        ),
    )
    return config(family, **draw(_special(family)), **draw(common))
