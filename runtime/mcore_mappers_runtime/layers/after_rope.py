"""Norms of queries and keys after rope."""

from __future__ import annotations

from typing import Any, Final

from megatron.core.transformer.attention import SelfAttention
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

from .change import Change, Parts, unmet, with_self_attention
from .fields import Layers


class NormedAfterRope(SelfAttention):
    """Self-attention that norms queries and keys as its core attention gets them.

    `query_layernorm` and `key_layernorm` of HunYuanDenseV1Attention.forward and HunYuanMoEV1Attention.forward. The
    norms are those that Megatron would have before rope, under names in which it still finds `q_layernorm.` and
    `k_layernorm.`, by which it sums their gradients over tensor parallel ranks and chooses their weight decay. They
    are no part of the core attention, which leaves parameters that it does not know out of checkpoints.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post_rope_q_layernorm: Any = self.q_layernorm
        self.post_rope_k_layernorm: Any = self.k_layernorm
        stock: Any = self
        stock.q_layernorm = stock.k_layernorm = None
        stock.core_attention.register_forward_pre_hook(self._normed)

    def _normed(self, core: object, given: tuple[Any, ...]) -> tuple[Any, ...]:
        """What core attention is called with, in whichever order of dimensions; channels are the last."""
        del core
        query, key, *rest = given
        return self.post_rope_q_layernorm(query), self.post_rope_k_layernorm(key), *rest

    def forward(self, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor | None]:
        """As Megatron's.

        Raises:
            NotImplementedError: there is a cache of keys in blocks, which Megatron attends to without core attention.
        """
        context: Any = kwargs.get("inference_context") or kwargs.get("inference_params")
        if context is not None and not context.is_static_batching():
            raise NotImplementedError("qk_layernorm_after_rope=True: Megatron's dynamic inference passes by its norms")
        stock: Any = super()
        output: tuple[Tensor, Tensor | None] = stock.forward(*args, **kwargs)
        return output


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    return with_self_attention(layer, NormedAfterRope) if layers.qk_layernorm_after_rope else layer


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    if not layers.qk_layernorm_after_rope:
        return []
    wanted = {
        "qk_layernorm": (config.qk_layernorm, True),
        "multi_latent_attention": (config.multi_latent_attention, False),
        "flash_decode": (config.flash_decode, False),
        "test_mode": (config.test_mode, False),
    }
    return unmet("qk_layernorm_after_rope=True", wanted)


CHANGE: Final = Change(("qk_layernorm_after_rope",), _of_layer, _lacking)
