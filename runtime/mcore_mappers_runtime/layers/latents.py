"""Latent attention that norms the latent of keys and values, and not what queries are projected from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from megatron.core.transformer.identity_op import IdentityOp
from megatron.core.transformer.mla_qk_norm_config import QKNormConfigResolver
from megatron.core.transformer.multi_latent_attention import MLASelfAttention, MLASelfAttentionSubmodules
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig

from .change import Change, Parts, not_latent, unmet, with_latent_attention
from .fields import Layers


class _PlainQueries(QKNormConfigResolver):
    """Megatron's choice of projections and norms, but that a projection straight to queries has no norm in it."""

    def _mla_fused_linear_or_default(self, module_spec: Any, module_name: str) -> Any:
        stock: Any = super()
        if module_name == "linear_q_proj":
            return stock._non_fused_or_default(module_spec, module_name)
        return stock._mla_fused_linear_or_default(module_spec, module_name)


class NoQLayerNorm(MLASelfAttention):
    """Latent attention whose queries are projected from the hidden states as they come.

    `q_proj` and `kv_a_layernorm` of DeepseekV2Attention.forward and DeepseekV3Attention.forward, where `q_lora_rank` is
    None. Megatron's resolver would put a norm into that projection with Transformer Engine, and raise without it.
    Tensor parallel training needs sequence parallelism, as all latent attention of Megatron's does: without it no rank
    has the whole gradient of the rotated part of the keys, which all heads share.
    """

    def _resolve_qk_norm_config(self, submodules: MLASelfAttentionSubmodules) -> Any:
        """Local specs have a norm of a latent of queries, which there is none of."""
        resolver: Any = _PlainQueries(self.config, replace(submodules, q_layernorm=IdentityOp))
        return resolver.resolve()


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return layer if layers.q_layernorm else with_latent_attention(layer, NoQLayerNorm)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if layers.q_layernorm:
        return []
    if complaints := not_latent("q_layernorm=False", config):
        return complaints
    rank: int | None = cast("MLATransformerConfig", config).q_lora_rank
    wanted = {
        "qk_layernorm": (config.qk_layernorm, True),
        "q_lora_rank": (rank, None),
        "mla_down_proj_fusion": (cast("MLATransformerConfig", config).mla_down_proj_fusion, False),
    }
    return unmet("q_layernorm=False", wanted)


CHANGE: Final = Change(("q_layernorm",), _of_layer, _lacking)
