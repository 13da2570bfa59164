"""Layers whose attention and MLP read the same hidden states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from megatron.core import tensor_parallel
from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.torch_norm import LayerNormBuilder
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.core.transformer.transformer_layer import TransformerLayer, TransformerLayerSubmodules
from torch import Tensor

from ..shown import shown
from .change import Change, Parts, extended, unmet, with_submodules, without_norm
from .fields import Layers


class ParallelLayer(TransformerLayer):
    """`x + attention(norm(x)) + mlp(other_norm(x))`, as GPTNeoXLayer.forward has it with `use_parallel_residual`.

    FalconDecoderLayer.forward has it with `num_ln_in_parallel_attn` 2.

    Megatron hands what attention gives to the MLP, and takes what that is added to from the norm before it, if it gives
    a pair. Here a pair is handed on: what the MLP reads, and the residual stream to which attention has been added.
    """

    def _forward_attention(self, hidden_states: Any, *args: Any, **kwargs: Any) -> Any:
        stock: Any = super()
        attended, context = stock._forward_attention(hidden_states, *args, **kwargs)
        return (hidden_states, attended), context

    def _forward_pre_mlp_layernorm(self, hidden_states: Any) -> Any:
        read, attended = hidden_states
        stock: Any = super()
        return stock._forward_pre_mlp_layernorm(read), attended


class SharedNormLayer(ParallelLayer):
    """`x + attention(y) + mlp(y)` of `y = norm(x)`, as CohereDecoderLayer.forward has it.

    PhiDecoderLayer.forward and GPTJBlock.forward have it too, FalconDecoderLayer.forward with `num_ln_in_parallel_attn`
    1, and StableLmDecoderLayer.forward with `use_parallel_residual`. The norm is in the place of none of Megatron's:
    these are the identity, through which a pair of what is read and what is added to goes as it is.
    """

    def __init__(
        self,
        config: TransformerConfig,
        submodules: TransformerLayerSubmodules,
        *args: Any,
        shared_layernorm: LayerNormBuilder,
        **kwargs: Any,
    ) -> None:
        super().__init__(config, submodules, *args, **kwargs)
        self.shared_layernorm: Any = shared_layernorm(
            config=config, hidden_size=config.hidden_size, eps=config.layernorm_epsilon
        )
        self.recompute_shared_layernorm = config.recompute_granularity == "selective" and "layernorm" in (
            config.recompute_modules or ()
        )

    def _forward_attention(self, hidden_states: Any, *args: Any, **kwargs: Any) -> Any:
        normed = self._normed(hidden_states)
        (_, attended), context = super()._forward_attention((normed, hidden_states), *args, **kwargs)
        return (normed, attended), context

    def _normed(self, hidden_states: Tensor) -> Tensor:
        if not self.recompute_shared_layernorm:
            normed: Tensor = self.shared_layernorm(hidden_states)
            return normed
        checkpoint: Any = tensor_parallel.CheckpointWithoutOutput
        self.shared_layernorm_checkpoint = checkpoint()
        recomputed: Tensor = self.shared_layernorm_checkpoint.checkpoint(self.shared_layernorm, hidden_states)
        return recomputed

    def _forward_post_mlp(self, mlp_output_with_bias: Any, residual: Tensor) -> Any:
        """The norm is computed again before the gradients of the MLP, which come before those of attention."""
        if self.recompute_shared_layernorm:
            self.shared_layernorm_checkpoint.discard_output_and_register_recompute(mlp_output_with_bias[0])
        stock: Any = super()
        return stock._forward_post_mlp(mlp_output_with_bias, residual)


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    held = layer.submodules
    if not layers.parallel_mlp or not isinstance(held, TransformerLayerSubmodules):
        return layer
    if not layers.shared_layernorm:
        return extended(layer, ParallelLayer)
    alone = with_submodules(
        layer,
        input_layernorm=IdentityOp,
        self_attention=without_norm(held.self_attention, "linear_qkv", parts),
        pre_mlp_layernorm=IdentityOp,
        mlp=without_norm(held.mlp, "linear_fc1", parts),
    )
    params: dict[str, Any] = {**vars(layer)["params"], "shared_layernorm": parts.layer_norm}
    return replace(extended(alone, SharedNormLayer), params=params)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.parallel_mlp:
        return ["shared_layernorm=True needs parallel_mlp=True"] if layers.shared_layernorm else []
    wanted = {
        "num_moe_experts": (config.num_moe_experts, None),
        "multi_latent_attention": (config.multi_latent_attention, False),
    }
    complaints = unmet("parallel_mlp=True", wanted)
    if layers.shared_layernorm and not (layers.input_layernorm and layers.pre_mlp_layernorm):
        complaints.append("shared_layernorm=True needs input_layernorm=True and pre_mlp_layernorm=True")
    norms = {"attn_norm", "mlp_norm"} & set(config.offload_modules or ())
    if config.fine_grained_activation_offloading and norms:
        complaints.append(
            f"offload_modules={shown(config.offload_modules)}: what attention has read is freed before the MLP reads it"
        )
    return complaints


CHANGE: Final = Change(("parallel_mlp", "shared_layernorm"), _of_layer, _lacking, hybrid=False)
