"""MiniCPM: Llama, with scales of embeddings, branches and hidden states."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedConfig
from transformers.modeling_outputs import CausalLMOutput

from tests.references.decoder import MLP, Attention, LanguageModel, Layer


class ScaledEmbedding(nn.Embedding):
    """Embeddings, times a number."""

    def __init__(self, config: Any) -> None:
        super().__init__(config.vocab_size, config.hidden_size, config.pad_token_id)
        self._scale: float = config.scale_emb

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  torch's name
        return super().forward(input) * self._scale


class ScaledLayer(Layer):
    """Llama's layer, of which both branches are scaled by the depth of the model."""

    def __init__(self, config: Any) -> None:
        attention = Attention(config, config.num_key_value_heads)
        super().__init__(config, attention, MLP(config, config.intermediate_size))
        self._scale: float = config.scale_depth / math.sqrt(config.num_hidden_layers)

    def forward(self, hidden: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), angles) * self._scale
        return hidden + self.mlp(self.post_attention_layernorm(hidden)) * self._scale


class MiniCPM(LanguageModel):
    """As `modeling_minicpm.py` beside openbmb/MiniCPM-2B-sft-bf16 has it.

    Compared once with the model of mlx-lm 0.32.2, of the same weights.
    """

    def __init__(self, config: PreTrainedConfig) -> None:
        super().__init__(config)
        self.model.embed_tokens = ScaledEmbedding(config)
        self.post_init()

    def layer(self, config: Any, index: int) -> ScaledLayer:
        del index
        return ScaledLayer(config)

    def forward(self, input_ids: Tensor, use_cache: bool | None = None) -> CausalLMOutput:
        del use_cache
        config: Any = self.config
        hidden = self.model(input_ids) / (config.hidden_size / config.dim_model_base)
        return CausalLMOutput(logits=self.lm_head(hidden))
