"""A decoder with Llama's names of weights, in which a model of its own puts other layers."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.activations import ACT2FN
from transformers.modeling_outputs import CausalLMOutput
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding


class RMSNorm(nn.Module):
    """Each vector over the root of its mean square, times a weight for each channel."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self._eps = eps

    def forward(self, hidden: Tensor) -> Tensor:
        return self.weight * hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + self._eps)


class Attention(nn.Module):
    """Causal softmax attention of heads in groups that share a key and a value, the halves of each head rotated."""

    def __init__(self, config: Any, groups: int) -> None:
        super().__init__()
        hidden, heads, bias = config.hidden_size, config.num_attention_heads, config.attention_bias
        if heads % groups:
            raise ValueError(f"{heads} heads are no {groups} groups of one size")
        self._width, self._shared = hidden // heads, heads // groups
        self._dropout: float = config.attention_dropout
        self.q_proj = nn.Linear(hidden, heads * self._width, bias=bias)
        self.k_proj = nn.Linear(hidden, groups * self._width, bias=bias)
        self.v_proj = nn.Linear(hidden, groups * self._width, bias=bias)
        self.o_proj = nn.Linear(heads * self._width, hidden, bias=bias)

    def forward(self, hidden: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        queries, keys, values = (
            projection(hidden).unflatten(-1, (-1, self._width)).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        queries, keys = rotated(queries, *angles), rotated(keys, *angles)
        keys, values = (each.repeat_interleave(self._shared, dim=1) for each in (keys, values))
        scores = queries @ keys.transpose(2, 3) * self._width**-0.5
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        weights = scores.masked_fill(later, -torch.inf).softmax(-1)
        weights = nn.functional.dropout(weights, self._dropout, self.training)
        return self.o_proj((weights @ values).transpose(1, 2).flatten(2))


def rotated(heads: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Each channel of the first half of a head turned together with that of the second half."""
    first, second = heads.chunk(2, dim=-1)
    turned = torch.cat((-second, first), dim=-1)
    return heads * cosines.unsqueeze(1) + turned * sines.unsqueeze(1)


class MLP(nn.Module):
    """A gated MLP."""

    def __init__(self, config: Any, width: int, *, bias: bool = False) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, width, bias=bias)
        self.up_proj = nn.Linear(config.hidden_size, width, bias=bias)
        self.down_proj = nn.Linear(width, config.hidden_size, bias=bias)
        self._activation = ACT2FN[config.hidden_act]

    def forward(self, hidden: Tensor) -> Tensor:
        return self.down_proj(self._activation(self.gate_proj(hidden)) * self.up_proj(hidden))


class Layer(nn.Module):
    """Attention and an MLP, each behind a norm and added to what went in."""

    def __init__(self, config: Any, attention: nn.Module, mlp: nn.Module) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = attention
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = mlp

    def forward(self, hidden: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), angles)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))


class Decoder(nn.Module):
    """Embeddings, layers and a norm."""

    def __init__(self, config: Any, layers: list[nn.Module]) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size, config.pad_token_id)
        self.layers = nn.ModuleList(layers)
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        # transformers', which has every type of rope, and reads there how wide a head is.
        rotary = copy.deepcopy(config)
        rotary.head_dim = config.hidden_size // config.num_attention_heads
        self.rotary_emb = LlamaRotaryEmbedding(rotary)

    def forward(self, tokens: Tensor) -> Tensor:
        hidden = self.embed_tokens(tokens)
        positions = torch.arange(tokens.shape[1], device=tokens.device).unsqueeze(0)
        angles = self.rotary_emb(hidden, positions)
        for layer in self.layers:
            hidden = layer(hidden, angles)
        return self.norm(hidden)


class LanguageModel(PreTrainedModel):
    """A decoder with an output layer, which can be the embeddings. A model of its own says what its layers are."""

    config_class = PreTrainedConfig
    base_model_prefix = "model"
    _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}  # noqa: RUF012

    def __init__(self, config: PreTrainedConfig) -> None:
        super().__init__(config)
        self.model = Decoder(config, [self.layer(config, index) for index in range(config.num_hidden_layers)])
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def layer(self, config: Any, index: int) -> nn.Module:
        """The layer of this number, counted from 0."""
        raise NotImplementedError

    def forward(self, input_ids: Tensor, use_cache: bool | None = None) -> CausalLMOutput:
        del use_cache
        return CausalLMOutput(logits=self.lm_head(self.model(input_ids)))
