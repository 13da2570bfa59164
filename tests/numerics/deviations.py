"""The declared deviations: how to take each one out of the Hugging Face model.

A deviation is a difference that a mapper admits to. Taken out, everything else must be equal: that proves that it is
the only difference. A mapper that warns of a deviation which is not listed here fails its case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from megatron.core.transformer.transformer_config import TransformerConfig


def latent_norms(model: torch.nn.Module, config: TransformerConfig) -> None:
    """Multi-latent attention: Hugging Face's latent norms have an epsilon of 1e-6 whatever the config says."""
    for name, module in model.named_modules():
        if name.endswith((".q_a_layernorm", ".kv_a_layernorm")):
            vars(module)["variance_epsilon"] = config.layernorm_epsilon


def step_clamp(model: torch.nn.Module, config: TransformerConfig) -> None:
    """Mamba-2: Hugging Face clamps the step from below at `time_step_min`, Megatron does not."""
    for module in model.modules():
        if hasattr(module, "time_step_limit"):
            vars(module)["time_step_limit"] = (0.0, math.inf)


def embedding_dropout(model: torch.nn.Module, config: TransformerConfig) -> None:
    """OPT: Hugging Face drops nothing of the embedding. Without dropout, both do the same."""
    config.hidden_dropout = 0.0
    for module in model.modules():
        if hasattr(module, "dropout"):
            vars(module)["dropout"] = 0.0


# By the id that `DeviationWarning.deviations` holds.
DEVIATIONS: Mapping[str, Callable[[torch.nn.Module, TransformerConfig], None]] = {
    "mla_latent_norm_eps": latent_norms,
    "mamba_dt_clamp": step_clamp,
    "embedding_dropout": embedding_dropout,
}
