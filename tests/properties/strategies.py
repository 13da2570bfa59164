"""Random Hugging Face configs: such as transformers builds, of which Megatron can express many and not all."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st
from transformers.configuration_utils import PreTrainedConfig

from tests.support.hf import CLASSES, FAMILIES, keywords

SCHEMAS = Path(__file__).parents[2] / "generated" / "schemas" / "huggingface"
KINDS = ("linear_attention", "full_attention", "mlp", "moe")

activations = st.sampled_from(
    ("silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "relu2", "quick_gelu", "swish", "mish")
)
dtypes = st.sampled_from((None, "float32", "bfloat16", "float16", torch.bfloat16, torch.float16, torch.float64))
dropouts = st.sampled_from((0.0, 0, 0.1, 0.5))
epsilons = st.sampled_from((1e-6, 1e-5, 1e-5, 1e-5, 1e-3))
thetas = st.sampled_from((10000, 10000.0, 5e5, 1e6, 12345.5))
factors = st.sampled_from((1.0, 2, 4.0, 32.0, 0.5))


@st.composite
def _subset(draw: st.DrawFn, **optional: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Any of the keywords, with values: what is left out is for transformers to decide."""
    names = draw(st.lists(st.sampled_from(sorted(optional)), unique=True, max_size=6))
    return {name: draw(optional[name]) for name in names}


TYPES = (None, "default", "linear", "llama3", "yarn", "yarn", "dynamic")
# Of the others, latent attention has none.
MLA_TYPES = (None, "default", "yarn", "yarn", "yarn", "linear")


@st.composite
def ropes(draw: st.DrawFn, types: Sequence[str | None] = TYPES) -> dict[str, Any] | None:
    """A `rope_parameters` that transformers accepts, of any of the types."""
    kind = draw(st.sampled_from(types))
    if kind is None:
        return None
    rope: dict[str, Any] = {"rope_type": kind, "rope_theta": draw(thetas)}
    if kind != "default":
        rope["factor"] = draw(factors)
    if kind == "llama3":
        low, high, length = draw(st.sampled_from(((1.0, 4.0, 8192), (1, 4, 8192), (2.0, 4.0, 8192), (1.0, 4.0, 64))))
        rope |= {"low_freq_factor": low, "high_freq_factor": high, "original_max_position_embeddings": length}
    if kind == "yarn":
        positive = st.sampled_from((0.707, 1.0, 1))
        rope |= {"original_max_position_embeddings": draw(st.sampled_from((32, 64, 4096)))}
        rope |= draw(
            _subset(
                beta_fast=st.sampled_from((32, 16.0, 0, None)),
                beta_slow=st.sampled_from((1, 2.0, 0, None)),
                mscale=positive,
                mscale_all_dim=positive,
                attention_factor=st.sampled_from((1.0, 1.3, 0.6, None)),
                truncate=st.booleans(),
            )
        )
    return rope


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
        return fields | draw(_subset(head_dim=st.sampled_from((8, 16, None))))
    if family == "qwen3_moe":
        window = st.sampled_from((1, 5, 4096))
        optional = _subset(
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
        optional = _subset(
            q_lora_rank=st.sampled_from((16, 24, 24, 24, None)),
            first_k_dense_replace=st.integers(0, 7),
            n_shared_experts=st.integers(0, 2),
            num_nextn_predict_layers=st.integers(0, 2),
            rope_interleave=st.sampled_from((True, True, False)),
            scoring_func=st.sampled_from(("sigmoid", "sigmoid", "softmax")),
        )
        return fields | draw(_grouped_router()) | draw(optional)
    kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)
    optional = _subset(
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
def configs(draw: st.DrawFn, family: str | None = None) -> PreTrainedConfig:
    """A config as transformers builds it; about half of them can be mapped."""
    family = family or draw(st.sampled_from(FAMILIES))
    hybrid = family == "nemotron_h"
    common = _subset(
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
    return CLASSES[family](**keywords(family, **draw(_special(family)), **draw(common)))


# A number of layers or experts is not larger: a mapper builds lists that long.
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from((0.0, -1.0, 0.5, 1e-5, 1e300, math.nan, math.inf, -math.inf, 8.0)),
    st.text(max_size=6),
    st.sampled_from(("silu", "full_attention", "moe", "yarn", "bfloat16", torch.int8, torch.bfloat16)),
    st.lists(st.one_of(st.none(), st.integers(-2, 9), st.sampled_from(KINDS), st.text(max_size=3)), max_size=4),
    st.dictionaries(
        st.sampled_from(("rope_type", "rope_theta", "factor", "x")), st.none() | st.integers(-1, 9), max_size=3
    ),
)
rope_junk = st.dictionaries(
    st.sampled_from(
        (
            *("rope_type", "rope_theta", "factor", "original_max_position_embeddings", "partial_rotary_factor"),
            *("attention_factor", "mscale", "mscale_all_dim", "beta_fast", "beta_slow", "truncate"),
            *("low_freq_factor", "high_freq_factor", "full_attention"),
        )
    ),
    junk | st.sampled_from(("default", "linear", "llama3", "yarn", "dynamic")) | st.floats(),
)


def attributes(family: str) -> list[str]:
    """Every attribute of the class that means something to somebody: declared, or read by its modeling code."""
    schema = json.loads((SCHEMAS / f"{CLASSES[family].__name__}.json").read_text())
    remote = (
        "scoring_func",
        "topk_method",
        "moe_layer_freq",
        "qkv_bias",
        "use_qk_norm",
        "shared_expert_intermediate_size",
    )
    return sorted({*schema["fields"], *schema["undeclared"], *remote})
