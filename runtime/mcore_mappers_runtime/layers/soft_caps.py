"""Soft caps: scores of attention and logits that come close to a bound, and never reach it."""

from __future__ import annotations

from typing import Any, Final

import torch
from megatron.core.fusions.fused_softmax import FusedScaleMaskSoftmax
from megatron.core.packed_seq_params import PackedSeqParams
from megatron.core.transformer.dot_product_attention import DotProductAttention
from megatron.core.transformer.enums import AttnBackend
from megatron.core.transformer.spec_utils import ModuleSpec
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

from ..shown import shown
from .change import Change, Parts
from .core_attention import bounds_of, is_packed, lacking, listed, with_core_attention
from .fields import Layers
from .untyped import fused


@fused
def soft_capped(x: Tensor, cap: float) -> Tensor:
    """`cap * tanh(x / cap)`, in the dtype of `x`."""
    return torch.tanh(x / cap) * cap


class CappedSoftmax(torch.nn.Module):
    """Megatron's softmax of scores, which are capped before its mask."""

    def __init__(self, softmax: FusedScaleMaskSoftmax, cap: float) -> None:
        super().__init__()
        self.softmax = softmax
        self.cap = cap

    def forward(self, scores: Tensor, mask: Tensor | None, softmax_offset: Tensor | None = None) -> Tensor:
        """From and to [b, heads, queries, keys]. Megatron's kernel for this step knows no windows, and is not asked."""
        softmax: Any = self.softmax
        result: Tensor = softmax.forward_torch_softmax(soft_capped(scores, self.cap), mask, softmax_offset)
        return result


class SoftCappedAttention(DotProductAttention):
    """`softmax(mask(cap * tanh(scores / cap)))`, as `eager_attention_forward` of Gemma 2 and VaultGemma has it.

    Transformer Engine's attention does not hold the scores, and has no such step: this is what stands in its place too,
    and computes with all scores in memory.
    """

    def __init__(self, config: TransformerConfig, *args: Any, softcap: float, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.scale_mask_softmax: Any = CappedSoftmax(self.scale_mask_softmax, softcap)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None,
        *args: Any,
        packed_seq_params: PackedSeqParams | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """As Megatron's, and of packed sequences too, [tokens, heads, channels], one after the other."""
        attend: Any = super().forward
        if not is_packed(packed_seq_params):
            result: Tensor = attend(query, key, value, attention_mask, *args, **kwargs)
            return result
        starts = listed(bounds_of(packed_seq_params))[1:-1]
        sequences = zip(*(each.unsqueeze(1).tensor_split(starts) for each in (query, key, value)), strict=True)
        return torch.cat([attend(*each, None, *args, **kwargs) for each in sequences if len(each[0])])


def _of_layer(layer: ModuleSpec, layers: Layers, parts: Parts) -> ModuleSpec:
    del parts
    cap = layers.attn_logit_softcapping
    return layer if cap is None else with_core_attention(layer, SoftCappedAttention, softcap=cap)


def _lacking(layers: Layers, config: TransformerConfig) -> list[str]:
    complaints = [
        f"{name}={shown(cap)} must be above zero"
        for name, cap in (
            ("attn_logit_softcapping", layers.attn_logit_softcapping),
            ("final_logit_softcapping", layers.final_logit_softcapping),
        )
        if cap is not None and cap <= 0
    ]
    if layers.attn_logit_softcapping is not None:
        complaints += _of_scores(f"attn_logit_softcapping={shown(layers.attn_logit_softcapping)}", config)
    if layers.final_logit_softcapping is not None and config.use_mup and config.mup_output_mult != 1.0:
        complaints.append(
            f"final_logit_softcapping={shown(layers.final_logit_softcapping)} needs mup_output_mult=1.0, not "
            f"{shown(config.mup_output_mult)}: logits would be multiplied after they are capped"
        )
    return complaints


def _of_scores(field: str, config: TransformerConfig) -> list[str]:
    complaints = lacking(
        field,
        config,
        {
            # Scores are multiplied back only after they are capped.
            "apply_query_key_layer_scaling": (config.apply_query_key_layer_scaling, False),
            "qk_clip": (config.qk_clip, False),
            "log_max_attention_logit": (config.log_max_attention_logit, False),
        },
    )
    if config.attention_backend not in (AttnBackend.auto, AttnBackend.unfused):
        complaints.append(
            f"{field} needs attention_backend={AttnBackend.unfused}, not {shown(config.attention_backend)}: no fused "
            "attention caps scores"
        )
    return complaints


CHANGE: Final = Change(("attn_logit_softcapping", "final_logit_softcapping"), _of_layer, _lacking)
"""Of the caps that of scores is in layers; that of logits is the builders'."""
