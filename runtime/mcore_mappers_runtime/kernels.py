"""Faster kernels for the same function: suggested where the installed stack has them and nothing would raise.

The flags are Megatron's own, and are asked once. What each suggestion needs is what Megatron checks, in
`TransformerConfig.__post_init__` or when the model is built, in the version that the mappers were generated for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from .needs import ParallelFields, WorkerFields, warn_of_experts

if TYPE_CHECKING:
    from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout
    from torch import Tensor

    from .check import Check


_FUSED_PERMUTE = (
    "fused_permute",
    "fused_permute_with_probs",
    "fused_sort_chunks_by_index",
    "fused_sort_chunks_by_index_with_probs",
    "fused_unpermute",
)
"""What Megatron's own check of `moe_permute_fusion` looks for; the extension has None for what is not installed."""


@dataclass(frozen=True)
class Installed:
    """What the installed stack can do."""

    transformer_engine: bool
    fused_rope: bool
    fused_permute: bool
    grouped_linear: bool
    fused_weight_gradient: bool

    def on_workers(self, transformer_engine: bool | None) -> Installed:
        """What the machines that train can do.

        Args:
            transformer_engine: whether they have Transformer Engine; None where nobody says so. The fused gradient of
                weights is Apex's, and stays as it is here.
        """
        if transformer_engine is None or transformer_engine is self.transformer_engine:
            return self
        return Installed(
            transformer_engine=transformer_engine,
            fused_rope=transformer_engine,
            fused_permute=transformer_engine,
            grouped_linear=transformer_engine,
            fused_weight_gradient=self.fused_weight_gradient,
        )


@cache
def installed() -> Installed:
    """Ask Megatron, which has asked when it was imported."""
    from megatron.core.extensions import transformer_engine
    from megatron.core.models.common.embeddings import rope_utils
    from megatron.core.tensor_parallel import layers

    return Installed(
        transformer_engine=transformer_engine.HAVE_TE,
        fused_rope=rope_utils.fused_apply_rotary_pos_emb is not None,
        fused_permute=all(vars(transformer_engine)[name] is not None for name in _FUSED_PERMUTE),
        # Upstream's annotation is the class alone, but it is None without TransformerEngine.
        grouped_linear=transformer_engine.TEColumnParallelGroupedLinear
        is not None,  # pyright: ignore[reportUnnecessaryComparison]
        # Megatron has no other name for it.
        fused_weight_gradient=layers._grad_accum_fusion_available,  # pyright: ignore[reportPrivateUsage]
    )


class KernelFields(TypedDict, total=False):
    """Megatron fields that choose kernels, of which a mapper suggests some."""

    gradient_accumulation_fusion: bool
    cross_entropy_loss_fusion: bool
    deallocate_pipeline_outputs: bool
    attention_softmax_in_fp32: bool
    masked_softmax_fusion: bool
    persist_layer_norm: bool
    bias_activation_fusion: bool
    bias_dropout_fusion: bool
    apply_rope_fusion: bool
    use_fused_weighted_squared_relu: bool
    moe_token_dispatcher_type: Literal["allgather", "alltoall", "flex"]
    moe_grouped_gemm: bool
    moe_permute_fusion: bool


class CallerKernelFields(KernelFields, WorkerFields, ParallelFields, total=False):
    """The caller's fields on which the suggestions depend."""

    transformer_impl: Literal["local", "transformer_engine", "inference_optimized"]
    pipeline_model_parallel_size: int
    deterministic_mode: bool
    cross_entropy_fusion_impl: Literal["native", "te"]
    use_te_activation_func: bool
    use_transformer_engine_op_fuser: bool
    cuda_graph_impl: Literal["none", "local", "transformer_engine", "full_iteration"]
    fp8: Literal["e4m3", "hybrid"] | None
    context_parallel_size: int
    moe_expert_capacity_factor: float | None


def kernels(
    check: Check,
    caller: CallerKernelFields,
    *,
    activation_func: Callable[[Tensor], Tensor],
    gated_linear_unit: bool,
    add_bias_linear: bool,
    num_moe_experts: int | None = None,
    position_embedding_type: str,
    multi_latent_attention: bool,
    rotary_interleaved: bool = False,
) -> KernelFields:
    """The kernels to suggest.

    Args:
        check: sets what workers have and Megatron would refuse to construct here.
        caller: what the caller passed.
        activation_func: as all that follow, the field of Megatron's config.
        gated_linear_unit: whether the MLP has a gate.
        add_bias_linear: whether every linear layer has a bias.
        num_moe_experts: None where no layer has experts.
        position_embedding_type: the fused rope is plain, of whole or partial heads ("rope").
        multi_latent_attention: has a rope of its own.
        rotary_interleaved: pairs of neighbours are rotated by the fused rope of some releases only.
    """
    gated, bias, experts = gated_linear_unit, add_bias_linear, num_moe_experts is not None
    rope = position_embedding_type == "rope" and not multi_latent_attention and not rotary_interleaved
    if experts:
        warn_of_experts(caller, biased=bias)
    stack = installed().on_workers(caller.get("transformer_engine"))
    fields = _suggested(caller, stack, activation_func, gated=gated, bias=bias, experts=experts, rope=rope)
    if stack is not installed():
        check.set_later({name: fields.pop(name) for name in missing_kernels(fields) if name not in caller})
    return fields


def _suggested(
    caller: CallerKernelFields,
    stack: Installed,
    activation_func: Callable[[Tensor], Tensor],
    *,
    gated: bool,
    bias: bool,
    experts: bool,
    rope: bool,
) -> KernelFields:
    fields: KernelFields = {}
    if caller.get("pipeline_model_parallel_size", 1) > 1:
        fields["deallocate_pipeline_outputs"] = True
    if not stack.transformer_engine or caller.get("transformer_impl", "transformer_engine") != "transformer_engine":
        return fields

    # TransformerEngine has norms and a softmax of its own: it reads none of the three, and rounds nothing otherwise.
    fields["attention_softmax_in_fp32"] = False
    fields["masked_softmax_fusion"] = True
    fields["persist_layer_norm"] = True
    fields["gradient_accumulation_fusion"] = stack.fused_weight_gradient
    if not caller.get("deterministic_mode") and caller.get("cross_entropy_fusion_impl", "native") == "native":
        fields["cross_entropy_loss_fusion"] = True
    if _is_silu(activation_func) and gated and not caller.get("use_te_activation_func"):
        fields["bias_activation_fusion"] = True
    if not (experts and bias):
        fields["bias_dropout_fusion"] = True
    if rope and stack.fused_rope and caller.get("context_parallel_size", 1) == 1:
        fields["apply_rope_fusion"] = True
    if experts:
        fields.update(_expert_kernels(caller, stack, activation_func, gated=gated, bias=bias))
    return fields


def _expert_kernels(
    caller: CallerKernelFields,
    stack: Installed,
    activation_func: Callable[[Tensor], Tensor],
    *,
    gated: bool,
    bias: bool,
) -> KernelFields:
    fields: KernelFields = {"moe_permute_fusion": stack.fused_permute}
    graphs = caller.get("cuda_graph_impl", "none") != "none"
    if not (graphs and caller.get("moe_expert_capacity_factor") is not None):
        fields["moe_token_dispatcher_type"] = "alltoall"
    fused_by_other_means = caller.get("use_transformer_engine_op_fuser") or caller.get("bias_activation_fusion")
    conflicting_bias = bias and caller.get("bias_dropout_fusion")
    if stack.grouped_linear and caller.get("fp8") is None and not fused_by_other_means and not conflicting_bias:
        fields["moe_grouped_gemm"] = True
    plain = not gated and not bias and not caller.get("use_te_activation_func") and not fused_by_other_means
    if _is_squared_relu(activation_func) and plain:
        fields["use_fused_weighted_squared_relu"] = True
    return fields


def _is_silu(activation_func: Callable[[Tensor], Tensor]) -> bool:
    from torch.nn import functional

    return activation_func is functional.silu


def _is_squared_relu(activation_func: Callable[[Tensor], Tensor]) -> bool:
    from megatron.core.activations import squared_relu

    return activation_func is squared_relu


type _Missing = Literal["apply_rope_fusion", "moe_permute_fusion", "gradient_accumulation_fusion"]


def missing_kernels(fields: Mapping[str, object]) -> list[_Missing]:
    """The fields that ask for a kernel which the installed stack does not have."""
    stack = installed()
    available: Mapping[_Missing, bool] = {
        "apply_rope_fusion": stack.fused_rope,
        "moe_permute_fusion": stack.fused_permute,
        "gradient_accumulation_fusion": stack.fused_weight_gradient,
    }
    return [name for name, there in available.items() if fields.get(name) and not there]


class PipelineFields(TypedDict, total=False):
    """The caller's fields on which the number of multi-token-prediction layers depends."""

    pipeline_model_parallel_layout: str | list[Any] | PipelineParallelLayerLayout | None
    overlap_moe_expert_parallel_comm: bool


def mtp_layers(count: int, caller: PipelineFields) -> int | None:
    """How many multi-token-prediction layers to suggest.

    Args:
        count: as many as the checkpoint has.
        caller: a pipeline layout must place exactly as many as there are, so its own number is taken; overlapping the
            communication of experts allows one at most.
    """
    layout = caller.get("pipeline_model_parallel_layout")
    if layout is not None:
        count = _mtp_layers_in(layout)
    elif caller.get("overlap_moe_expert_parallel_comm"):
        count = min(count, 1)
    return count or None


def _mtp_layers_in(layout: object) -> int:
    from megatron.core.transformer.pipeline_parallel_layer_layout import PipelineParallelLayerLayout

    stages = layout
    if isinstance(layout, str):
        stages = cast("object", PipelineParallelLayerLayout.parse_str_to_list(layout))
    elif isinstance(layout, PipelineParallelLayerLayout):
        stages = vars(layout)["layout"]
    # A stage lists its layers, a rank with virtual stages does so one level deeper; layers are names or members.
    return sum(str(layer).rpartition(".")[2].strip().lower() == "mtp" for layer in _flat(stages))


def _flat(nested: object) -> list[object]:
    if not isinstance(nested, list):
        return [nested]
    return [leaf for item in cast("list[object]", nested) for leaf in _flat(item)]
