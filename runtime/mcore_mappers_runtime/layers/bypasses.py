"""Fields of Megatron's with which it would pass by what layers replace, and compute another model without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from megatron.core.transformer.enums import AttnBackend

from ..shown import shown

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig


@dataclass(frozen=True)
class Bypass:
    """One field."""

    field: str
    refused: Callable[[TransformerConfig], bool]
    """Whether a config has a value there that no model with layers may have."""
    reason: str
    """What Megatron does with that value."""


def _local_attention(config: TransformerConfig) -> bool:
    return config.attention_backend == AttnBackend.local


def _inference_layers(config: TransformerConfig) -> bool:
    return config.transformer_impl == "inference_optimized"


def _fused_inference(config: TransformerConfig) -> bool:
    return config.inference_fuse_tp_communication


def _overlapped_experts(config: TransformerConfig) -> bool:
    return config.overlap_moe_expert_parallel_comm


def _partial_graphs(config: TransformerConfig) -> bool:
    return config.cuda_graph_impl == "transformer_engine" and bool(config.cuda_graph_modules)


def _op_fuser(config: TransformerConfig) -> bool:
    return config.use_transformer_engine_op_fuser


def _kitchen(config: TransformerConfig) -> bool:
    return config.use_kitchen


def _attention_variant(config: TransformerConfig) -> bool:
    return config.experimental_attention_variant is not None


def _blocks_of_their_own(config: TransformerConfig) -> bool:
    return config.heterogeneous_block_specs


def _prediction(config: TransformerConfig) -> bool:
    return bool(config.mtp_num_layers)


BYPASSES: Final = (
    Bypass("attention_backend", _local_attention, "the builder replaces the core attention of a layer"),
    Bypass("transformer_impl", _inference_layers, "its layers add residuals inside their projections"),
    Bypass("inference_fuse_tp_communication", _fused_inference, "it adds residuals inside projections"),
    Bypass("overlap_moe_expert_parallel_comm", _overlapped_experts, "it runs the parts of layers by its own schedule"),
    Bypass("cuda_graph_modules", _partial_graphs, "a graph of part of a layer knows nothing of norms after that"),
    Bypass("use_transformer_engine_op_fuser", _op_fuser, "its MLPs have other parts"),
    Bypass("use_kitchen", _kitchen, "its projections are none that layers know"),
    Bypass("experimental_attention_variant", _attention_variant, "its layers come from another spec"),
    Bypass("heterogeneous_block_specs", _blocks_of_their_own, "its layers come from another spec"),
    Bypass("mtp_num_layers", _prediction, "the builder makes layers that predict further tokens from the stock spec"),
)


def bypassed(config: TransformerConfig) -> list[str]:
    """What an inner config says that no model with layers may have, each with the reason."""
    return [
        f"{each.field}={shown(getattr(config, each.field))}: {each.reason}" for each in BYPASSES if each.refused(config)
    ]


def bypassed_outside(model: object) -> list[str]:
    """The same of an outer config or a provider, of the fields that an inner config does not have."""
    found: list[str] = []
    stated = vars(model)
    if stated.get("restore_modelopt_state"):
        found.append("restore_modelopt_state=True: its layers come from another spec")
    pattern = stated.get("hybrid_layer_pattern")
    if isinstance(pattern, str) and "/" in pattern:
        found.append(
            f"hybrid_layer_pattern={shown(pattern)}: layers that predict further tokens come from the stock spec"
        )
    return found
