"""Qwen3 with experts: 30B-A3B, 235B-A22B, Coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import (
    DECODER,
    DENSE_KERNELS,
    EXPERT_KERNELS,
    GROUPED_QUERY,
    KERNELS_WHY,
    NO_KERNELS_BACK,
    ROPE,
)
from codegen.families.experts import BALANCING, BALANCING_WHY
from codegen.families.targets import GPT
from codegen.table import (
    Bundle,
    Computed,
    Constant,
    Family,
    HardWired,
    Ignored,
    Inverse,
    Kind,
    Local,
    MustBe,
    NoInverse,
    Rename,
    Require,
    Rows,
    not_negative,
    positive,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.qwen3_moe.configuration_qwen3_moe import Qwen3MoeConfig

    from mcore_mappers._check import Check
    from mcore_mappers._experts import LoadBalancingFields, load_balancing
    from mcore_mappers._kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers._layers import every_step, expert_free_layers, layer_indices
    from mcore_mappers._rope import GPTRope


def head_dim(check: Check) -> int | None:
    return check.undeclared_size("head_dim")


def kv_channels(hf: Qwen3MoeConfig, head_dim: int | None) -> int:
    return hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim


def head_dim_of(transformer: TransformerConfig) -> int | None:
    return transformer.kv_channels


def window_size(hf: Qwen3MoeConfig) -> tuple[int, int] | None:
    return None if hf.sliding_window is None else (hf.sliding_window - 1, 0)


def sliding_window_of(transformer: TransformerConfig) -> int | None:
    return None if transformer.window_size is None else transformer.window_size[0] + 1


def window_is_used(hf: Qwen3MoeConfig) -> bool:
    return hf.use_sliding_window or hf.sliding_window is None


def use_sliding_window_of(transformer: TransformerConfig) -> bool:
    return transformer.window_size is not None


def mlp_only_layers(hf: Qwen3MoeConfig, check: Check) -> Sequence[int]:
    return layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)


def moe_layer_freq(hf: Qwen3MoeConfig, mlp_only_layers: Sequence[int]) -> list[int]:
    return every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)


def mlp_only_layers_of(transformer: TransformerConfig) -> list[int]:
    return expert_free_layers(transformer.moe_layer_freq, transformer.num_layers)


def decoder_sparse_step_of() -> int:
    return 1


def pre_softmax(hf: Qwen3MoeConfig) -> bool:
    return not hf.norm_topk_prob


def norm_topk_prob_of(transformer: TransformerConfig) -> bool:
    return not transformer.moe_router_pre_softmax


def several_if_normalised(hf: Qwen3MoeConfig) -> bool:
    return not (hf.norm_topk_prob and hf.num_experts_per_tok == 1)


def topk_fits(hf: Qwen3MoeConfig) -> bool:
    return hf.num_experts_per_tok <= hf.num_experts


def kernel_fields(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor], rope: GPTRope
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=True,
        bias=False,
        experts=True,
        rope=rope.position_embedding_type == "rope",
    )


def balancing(hf: Qwen3MoeConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef)


TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE),
    rows=(
        Local("head_dim", head_dim),
        Computed(
            "kv_channels",
            kv_channels,
            "The class declares no head_dim, but checkpoints set it and the model reads it.",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
        Constant("qk_layernorm", True, "q_norm and k_norm, one weight for all heads."),
        Computed(
            "window_size",
            window_size,
            "Megatron counts the tokens before the current one.",
            inverse=(
                Inverse("sliding_window", sliding_window_of),
                Inverse("use_sliding_window", use_sliding_window_of),
            ),
        ),
        *positive("sliding_window"),
        Require(
            "use_sliding_window",
            window_is_used,
            "must be True where sliding_window is set: the model has a window exactly when that is set",
        ),
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        MustBe(
            "attention_bias",
            (False,),
            "it biases the output projection too, and Megatron has that bias only together with biases of experts and "
            "router",
        ),
        Rename("num_experts", "num_moe_experts"),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        Local("mlp_only_layers", mlp_only_layers),
        Computed(
            "moe_layer_freq",
            moe_layer_freq,
            "",
            inverse=(
                Inverse("mlp_only_layers", mlp_only_layers_of),
                Inverse("decoder_sparse_step", decoder_sparse_step_of),
            ),
        ),
        Constant("moe_shared_expert_intermediate_size", None, "There are no shared experts."),
        Constant("moe_shared_expert_gate", False, "There are no shared experts."),
        Constant("moe_latent_size", None, "Experts work on the hidden state itself."),
        Rename("num_experts_per_tok", "moe_router_topk"),
        Constant("moe_router_score_function", "softmax", "Hugging Face has no flag: the class scores with a softmax."),
        Computed(
            "moe_router_pre_softmax",
            pre_softmax,
            "Softmax over all experts, or over the chosen ones: the latter is the former, normalised.",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        Constant("moe_router_num_groups", None, "All experts compete."),
        Constant("moe_router_group_topk", None, "All experts compete."),
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are told apart better; transformers takes at least the softmax in float32.",
        ),
        *positive("num_experts", "moe_intermediate_size", "num_experts_per_tok", "decoder_sparse_step"),
        *not_negative("router_aux_loss_coef"),
        Require("num_experts_per_tok", topk_fits, "must be at most num_experts"),
        Require(
            "norm_topk_prob",
            several_if_normalised,
            "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
        ),
        Bundle(
            BALANCING,
            balancing,
            BALANCING_WHY,
            inverse=NoInverse(
                "a training choice that callers override; what the checkpoint had is no part of the model"
            ),
        ),
        Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), kernel_fields, KERNELS_WHY, NO_KERNELS_BACK),
        Ignored("output_router_logits", Kind.INFERENCE, "chooses whether the scores are returned beside the logits"),
        HardWired("qkv_bias", False, "the class has no such bias"),
        HardWired("use_qk_norm", True, "the class normalises queries and keys always"),
        HardWired("shared_expert_intermediate_size", 0, "the class has no shared expert"),
    ),
)

QWEN3_MOE = Family(
    name="qwen3_moe",
    config_class="transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig",
    target=GPT,
    table=TABLE,
    covers="Qwen3 with experts: 30B-A3B, 235B-A22B, Coder.",
)
