"""Llama-Nemotron: Llama, in whose layers attention and MLP are as wide as each says, or linear, or not there."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from mcore_mappers_runtime.described.nemotron_nas import with_every_key
from tests.references.decoder import MLP, Attention, LanguageModel, RMSNorm


class Linear(nn.Module):
    """One linear layer in place of attention or an MLP."""

    def __init__(self, config: Any, *, bias: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(config.hidden_size, config.hidden_size, bias=bias)

    def forward(self, hidden: Tensor, *angles: object) -> Tensor:
        del angles
        return self.linear(hidden)


class Block(nn.Module):
    """A layer: of attention and MLP what the block says, each behind a norm of its own."""

    def __init__(self, config: Any, block: dict[str, dict[str, Any]]) -> None:
        super().__init__()
        attention, ffn = block["attention"], block["ffn"]
        for part in (attention, ffn):
            if part["no_op"] and part["replace_with_linear"]:
                raise ValueError("nothing is no linear layer")
        if not attention["no_op"]:
            self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
            self.self_attn = _attention(config, attention)
        if not ffn["no_op"]:
            self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
            self.mlp = _mlp(config, ffn)
        self._attends, self._has_mlp = not attention["no_op"], not ffn["no_op"]

    def forward(self, hidden: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        if self._attends:
            hidden = hidden + self.self_attn(self.input_layernorm(hidden), angles)
        if self._has_mlp:
            hidden = hidden + self.mlp(self.post_attention_layernorm(hidden))
        return hidden


def _attention(config: Any, part: dict[str, Any]) -> nn.Module:
    if part["replace_with_linear"]:
        return Linear(config, bias=config.attention_bias)
    if any(part[key] for key in ("window_length", "num_sink_tokens", "sparsify", "unshifted_sink")):
        raise NotImplementedError("windows, sinks and sparse weights")
    return Attention(config, config.num_attention_heads // part["n_heads_in_group"])


def _mlp(config: Any, part: dict[str, Any]) -> nn.Module:
    if part["replace_with_linear"]:
        return Linear(config, bias=config.mlp_bias)
    width = int(2 * part["ffn_mult"] * config.hidden_size / 3)
    return MLP(config, width + -width % 256, bias=config.mlp_bias)


class NemotronNas(LanguageModel):
    """As `modeling_decilm.py` beside nvidia/Llama-3_3-Nemotron-Super-49B-v1 has it, less windows, sinks and sparsity.

    Compared once with the model of mlx-lm 0.32.2, of the same weights.
    """

    def layer(self, config: Any, index: int) -> nn.Module:
        return Block(config, with_every_key(config.block_configs)[index])
