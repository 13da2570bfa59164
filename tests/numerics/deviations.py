"""The declared deviations: how to take each one out of the models.

A deviation is a difference that a mapper admits to. Taken out, everything else must be equal: that proves that it is
the only difference. A mapper that warns of a deviation which is not listed here fails its case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import torch
from transformers import PreTrainedModel


def _as_it_is(model: torch.nn.Module) -> None:
    """This side needs no change."""


@dataclass(frozen=True)
class Deviation:
    """How the two models are made equal in what they differ in."""

    theirs: Callable[[PreTrainedModel], None] = _as_it_is
    ours: Callable[[torch.nn.Module], None] = _as_it_is


def latent_norms(model: PreTrainedModel) -> None:
    """Multi-latent attention: Hugging Face's latent norms have an epsilon of 1e-6 whatever the config says."""
    for name, module in model.named_modules():
        if name.endswith((".q_a_layernorm", ".kv_a_layernorm")):
            vars(module)["variance_epsilon"] = model.config.rms_norm_eps


def step_clamp(model: PreTrainedModel) -> None:
    """Mamba-2: Hugging Face clamps the step from below at `time_step_min`, Megatron does not."""
    for module in model.modules():
        if hasattr(module, "time_step_limit"):
            vars(module)["time_step_limit"] = (0.0, math.inf)
            # What older releases clamp at.
            vars(module)["time_step_min"] = 0.0


def dropout_of_embedding(model: torch.nn.Module) -> None:
    """Where classes have no dropout, and Megatron has: on the embedding."""
    dropout = model.get_submodule("embedding.embedding_dropout")
    assert isinstance(dropout, torch.nn.Dropout)
    dropout.p = 0.0


def expert_input_noise(model: PreTrainedModel) -> None:
    """Phi-3.5-MoE: Hugging Face multiplies what router and experts read by noise, in training."""
    for module in model.modules():
        if hasattr(module, "input_jitter_noise"):
            vars(module)["input_jitter_noise"] = 0.0


# By the id that `DeviationWarning.deviations` holds.
DEVIATIONS: Mapping[str, Deviation] = {
    "mla_latent_norm_eps": Deviation(latent_norms),
    "mamba_dt_clamp": Deviation(step_clamp),
    "dropout_places": Deviation(ours=dropout_of_embedding),
    "expert_input_noise": Deviation(expert_input_noise),
}

LENGTHS: Final = frozenset({"attention_chunks", "dynamic_ntk", "long_factors", "query_temperature"})
"""Deviations whose bound is a length: in shorter texts there is nothing to take out. Tests have them as `lengths`."""

CARRIED: Final = frozenset({"long_factors"})
"""Of these, what Megatron does in longer texts, and no config of the class says."""


def taken_out(identifiers: Collection[str]) -> Iterator[Deviation]:
    """How the models are made equal in these."""
    return (DEVIATIONS[identifier] for identifier in identifiers if identifier not in LENGTHS)
