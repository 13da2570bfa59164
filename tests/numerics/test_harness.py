"""Does the harness see mistakes? A comparison that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
import torch
from megatron.core.activations import squared_relu
from megatron.core.models.hybrid import hybrid_layer_specs
from megatron.core.models.hybrid.hybrid_block import HybridStackSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from torch import Tensor
from torch.nn import functional
from transformers import AutoConfig

from tests.families.shared import EXPERTS
from tests.numerics.compare import Comparison, compare
from tests.numerics.kernels import GatedRMSNorm, mamba_conv_scan, mamba_scan
from tests.numerics.runtime import CPU_FIELDS, build_huggingface
from tests.numerics.specs import local_submodules, submodules_of
from tests.numerics.weights import CopyError

pytestmark = pytest.mark.usefixtures("process")

# A Qwen3-MoE with everything that the mistakes below touch, written by hand so that no mapper is involved.
HUGGING_FACE: Mapping[str, Any] = {
    **EXPERTS,
    "norm_topk_prob": True,
    "use_sliding_window": True,
    "sliding_window": 7,
    "mlp_only_layers": [1],
}
TRANSFORMER: Mapping[str, Any] = {
    "num_layers": 3,
    "hidden_size": 64,
    "ffn_hidden_size": 96,
    "num_attention_heads": 4,
    "num_query_groups": 2,
    "kv_channels": 24,
    "layernorm_epsilon": 0.02,
    "normalization": "RMSNorm",
    "gated_linear_unit": True,
    "add_bias_linear": False,
    "activation_func": functional.silu,
    "hidden_dropout": 0.0,
    "attention_dropout": 0.0,
    "qk_layernorm": True,
    "window_size": (6, 0),
    "num_moe_experts": 8,
    "moe_ffn_hidden_size": 40,
    "moe_router_topk": 3,
    "moe_router_pre_softmax": False,
    "moe_router_load_balancing_type": "aux_loss",
    "moe_aux_loss_coeff": 1e-3,
    "moe_layer_freq": [1, 0, 1],
}
MODEL: Mapping[str, Any] = {
    "vocab_size": 131,
    "should_pad_vocab": True,
    "seq_length": 128,
    "position_embedding_type": "rope",
}

MISTAKES: Mapping[str, Mapping[str, Any]] = {
    "epsilon": {"layernorm_epsilon": 0.019},
    "window off by one": {"window_size": (7, 0)},
    "no window": {"window_size": None},
    "router normalisation": {"moe_router_pre_softmax": True},
    "number of experts per token": {"moe_router_topk": 2},
    "scaling of routing": {"moe_router_topk_scaling_factor": 1.01},
    "activation": {"activation_func": squared_relu},
    "softmax scale": {"softmax_scale": 0.2},
    "rope base": {"rotary_base": 9000},
    "rope percent": {"rotary_percent": 0.5},
    "rope scaling": {"seq_len_interpolation_factor": 1.1},
    "no rope": {"position_embedding_type": "none"},
}
STRUCTURAL_MISTAKES: Mapping[str, Mapping[str, Any]] = {
    "head width": {"kv_channels": 16},
    "groups": {"num_query_groups": 4},
    "no q/k norm": {"qk_layernorm": False},
    "bias": {"add_qkv_bias": True},
    "dense and expert layers": {"moe_layer_freq": [0, 1, 1]},
    "not gated": {"gated_linear_unit": False},
    "LayerNorm": {"normalization": "LayerNorm"},
    "shared expert": {"moe_shared_expert_intermediate_size": 40},
    "expert bias": {"moe_router_enable_expert_bias": True, "moe_router_score_function": "sigmoid"},
    "tied": {"share_embeddings_and_output_weights": True},
    "number of layers": {"num_layers": 4, "moe_layer_freq": [1, 0, 1, 0]},
    "vocabulary": {"vocab_size": 130, "should_pad_vocab": False},
}


def compared(huggingface: Mapping[str, Any] = MappingProxyType({}), /, **changes: Any) -> Comparison:
    outer = {name: value for name, value in changes.items() if name in GPTModelConfig.__dataclass_fields__}
    inner = {name: value for name, value in changes.items() if name not in outer}
    transformer = TransformerConfig(**{**CPU_FIELDS, **TRANSFORMER, **inner})
    config = GPTModelConfig(transformer=transformer, **{**MODEL, **outer})
    return compare(AutoConfig.for_model("qwen3_moe", **{**HUGGING_FACE, **huggingface}), config)


def test_the_right_config_is_equal() -> None:
    comparison = compared()
    assert max(comparison.max_difference_eval, comparison.max_difference_train) < 1e-5
    assert comparison.emulated == ("cuda_factories", "current_device", "rng_tracker")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_shows_in_the_logits(mistake: str) -> None:
    comparison = compared(**MISTAKES[mistake])
    assert comparison.max_difference_eval > 1e-3
    assert comparison.max_difference_train > 1e-3


@pytest.mark.parametrize("field", ["hidden_dropout", "attention_dropout"])
def test_a_dropout_shows_in_train_mode_only(field: str) -> None:
    comparison = compared(**{field: 0.1})
    assert comparison.max_difference_eval < 1e-5
    assert comparison.max_difference_train > 1e-1


def test_a_dropout_of_hugging_face_shows_in_train_mode_only() -> None:
    comparison = compared({"attention_dropout": 0.1})
    assert comparison.max_difference_eval < 1e-5
    assert comparison.max_difference_train > 1e-1


@pytest.mark.parametrize("mistake", STRUCTURAL_MISTAKES)
def test_a_wrong_shape_stops_the_copy(mistake: str) -> None:
    with pytest.raises(CopyError):
        compared(**STRUCTURAL_MISTAKES[mistake])


def test_a_failed_copy_lists_everything_once_for_all_layers() -> None:
    with pytest.raises(CopyError) as caught:
        compared(qk_layernorm=False, add_qkv_bias=True)
    lines = str(caught.value).splitlines()
    assert lines[:-1] == [
        "Megatron's decoder.layers.0.self_attention.linear_qkv.bias (192,): 0 rows apply; 2 more like it",
        "Hugging Face's model.layers.0.self_attn.k_norm.weight (24,): unused; 2 more like it",
        "Hugging Face's model.layers.0.self_attn.q_norm.weight (24,): unused; 2 more like it",
    ]


def test_every_weight_is_random() -> None:
    model = build_huggingface(AutoConfig.for_model("qwen3_moe", **HUGGING_FACE))
    for name, parameter in model.named_parameters():
        assert parameter.unique().numel() > parameter.numel() // 2, name


# --- Kernels, against the recurrences that define them ----------------------------------------------------------------


def test_mamba_scan_is_the_recurrence() -> None:
    torch.manual_seed(0)
    heads, groups, width, state = 6, 2, 5, 3
    x, dt = torch.randn(2, 9, heads, width), torch.randn(2, 9, heads)
    b, c = torch.randn(2, 9, groups, state), torch.randn(2, 9, groups, state)
    a, d, bias, z = -torch.rand(heads), torch.randn(heads), torch.randn(heads), torch.randn(2, 9, heads, width)
    step = functional.softplus(dt + bias)
    hidden = torch.zeros(2, heads, width, state)
    outputs: list[Tensor] = []
    for t in range(9):
        into, out_of = (each[:, t].repeat_interleave(heads // groups, 1) for each in (b, c))
        decay = (step[:, t] * a).exp()[..., None, None]
        hidden = hidden * decay + (step[:, t, :, None] * x[:, t])[..., None] * into[:, :, None]
        outputs.append((hidden * out_of[:, :, None]).sum(-1) + x[:, t] * d[:, None])
    expected = torch.stack(outputs, 1) * functional.silu(z)
    torch.testing.assert_close(mamba_scan(x, dt, a, b, c, 4, D=d, z=z, dt_bias=bias, dt_softplus=True), expected)


def test_mamba_conv_scan_is_its_parts() -> None:
    torch.manual_seed(0)
    heads, groups, width, state = 4, 2, 3, 5
    inner, channels = heads * width, heads * width + 2 * groups * state
    projected = torch.randn(2, 9, inner + channels + heads)
    weight, conv_bias = torch.randn(channels, 4), torch.randn(channels)
    a, d, bias = -torch.rand(heads), torch.randn(heads), torch.randn(heads)
    z, mixed, dt = projected.split([inner, channels, heads], -1)
    convolved = torch.stack(
        [conv_bias + sum(weight[:, k] * mixed[:, t + k - 3] for k in range(4) if t + k >= 3) for t in range(9)], 1
    )
    x, b, c = functional.silu(convolved).split([inner, groups * state, groups * state], -1)
    expected = mamba_scan(
        x.unflatten(-1, (heads, width)),
        dt,
        a,
        b.unflatten(-1, (groups, state)),
        c.unflatten(-1, (groups, state)),
        4,
        D=d,
        z=z.unflatten(-1, (heads, width)),
        dt_bias=bias,
        dt_softplus=True,
    ).flatten(-2)
    fused = mamba_conv_scan(
        projected, weight, conv_bias, bias, a, d, 4, headdim=width, ngroups=groups, norm_before_gate=False
    )
    torch.testing.assert_close(fused, expected)


def test_gated_norm_is_one_norm_per_group() -> None:
    norm = GatedRMSNorm(12, eps=0.1, group_size=4, norm_before_gate=False, device="cpu", dtype=torch.float32)
    torch.nn.init.normal_(norm.weight)
    x, z = torch.randn(5, 12), torch.randn(5, 12)
    gated = x * functional.silu(z)
    expected = torch.cat([functional.rms_norm(part, (4,), None, 0.1) for part in gated.split(4, -1)], -1) * norm.weight
    torch.testing.assert_close(norm(x, z), expected)


# --- Specs ------------------------------------------------------------------------------------------------------------


def test_the_local_hybrid_spec_has_the_stock_modules() -> None:
    """The twin differs from the stock spec in the classes inside the layers, not in the layers."""
    stock: HybridStackSubmodules = submodules_of(hybrid_layer_specs.hybrid_stack_spec)
    local = local_submodules(stock, TransformerConfig(num_layers=1, hidden_size=8, num_attention_heads=1))
    for name in ("mamba_layer", "gdn_layer", "attention_layer", "mla_layer", "mlp_layer", "moe_layer"):
        theirs: ModuleSpec = getattr(stock, name)
        ours: ModuleSpec = getattr(local, name)
        assert ours.module is theirs.module
        assert type(ours.submodules) is type(theirs.submodules)
        attention = getattr(submodules_of(theirs), "self_attention", None)
        if isinstance(attention, ModuleSpec):
            assert submodules_of(ours).self_attention.module is attention.module
            assert submodules_of(ours).self_attention.params == attention.params
