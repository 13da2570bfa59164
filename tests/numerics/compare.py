"""Two models, the same weights, the same tokens: how far apart are the logits?"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedConfig, PreTrainedModel

from tests.families import layout_of
from tests.numerics.deviations import taken_out
from tests.numerics.device import CPU, Device
from tests.numerics.dropouts import without_chance
from tests.numerics.runtime import MegatronConfig, build_huggingface, build_megatron
from tests.numerics.weights import CopyError, copy_weights

# Long enough that a window of 5 to 9 tokens hides most of the sequence.
TOKENS = 64
BATCH = 2


@dataclass(frozen=True)
class Comparison:
    """Largest difference of any logit, in standard deviations of Hugging Face's logits."""

    max_difference_eval: float
    max_difference_train: float
    emulated: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Reference:
    """A Hugging Face model with random weights, and what it makes of random tokens."""

    model: PreTrainedModel
    tokens: Tensor
    evaluation: Tensor
    """Logits in eval mode."""
    training: Tensor
    """Logits in train mode."""


# The last one only: cases of one config come one after the other (both targets; a refused config and its neighbours).
_LAST: dict[object, Reference] = {}


def reference(
    config: PreTrainedConfig,
    deviations: Collection[str] = (),
    seed: int = 1,
    device: Device = CPU,
    tokens: int = TOKENS,
) -> Reference:
    """The Hugging Face model of a config, run in both modes.

    Args:
        config: of any family.
        deviations: ids of declared deviations, which are taken out of the model.
        seed: of the weights and the tokens.
        device: where the model runs.
        tokens: how long a text is.
    """
    key = (type(config), repr(sorted(vars(config).items())), tuple(deviations), seed, device.kind, tokens)
    if key not in _LAST:
        _LAST.clear()
        _LAST[key] = _reference(config, deviations, seed, device, tokens)
    return _LAST[key]


@without_chance()
@torch.no_grad()
def _reference(
    config: PreTrainedConfig, deviations: Collection[str], seed: int, device: Device, length: int
) -> Reference:
    model = build_huggingface(config, seed)
    for deviation in taken_out(deviations):
        deviation.theirs(model)
    generator = torch.Generator().manual_seed(seed)
    # Drawn on the CPU, as the weights are: every device compares the same model on the same tokens.
    tokens = torch.randint(0, config.vocab_size, (BATCH, length), generator=generator).to(device.tensors)
    # Past a wrapper for quantised models, which hides the types.
    torch.nn.Module.to(model, device.tensors)
    evaluation = model.eval()(input_ids=tokens, use_cache=False).logits
    training = model.train()(input_ids=tokens, use_cache=False).logits
    return Reference(model, tokens, evaluation, training)


def compare(
    hf_config: PreTrainedConfig,
    megatron_config: MegatronConfig,
    deviations: Collection[str] = (),
    seed: int = 1,
    device: Device = CPU,
    limit: float = math.inf,
    tokens: int = TOKENS,
) -> Comparison:
    """Build both models, copy the weights, and compare in eval mode and in train mode.

    Args:
        hf_config: of any family.
        megatron_config: made with the fields of the device.
        deviations: ids of declared deviations, which are taken out of the models.
        seed: of the weights and the tokens.
        device: where both models run.
        limit: a difference in eval mode beyond which train mode does not matter; it stands for both then.
        tokens: how long a text is.
    """
    start = time.perf_counter()
    theirs = reference(hf_config, deviations, seed, device, tokens)
    for embedded_or_predicted in (hf_config.vocab_size, theirs.evaluation.shape[-1]):
        if megatron_config.vocab_size != embedded_or_predicted:
            # Rows that are too many would pass for padding.
            raise CopyError(f"the vocabulary is {megatron_config.vocab_size}, and not {embedded_or_predicted}")
    with device.emulated() as used:
        ours = build_megatron(megatron_config).to(device.tensors)
        for deviation in taken_out(deviations):
            deviation.ours(ours)
        copy_weights(layout_of(hf_config), theirs.model, ours, megatron_config.transformer)
        evaluation = _difference(theirs.evaluation, ours.eval(), theirs.tokens)
        # Gradients stay on in train mode: Megatron's routers take another path with them.
        training = evaluation if evaluation > limit else _difference(theirs.training, ours.train(), theirs.tokens)
        names = tuple(sorted(used))
    return Comparison(evaluation, training, names, time.perf_counter() - start)


@without_chance()
def _difference(expected: Tensor, ours: torch.nn.Module, tokens: Tensor) -> float:
    with torch.set_grad_enabled(ours.training):
        positions = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
        logits: Tensor = ours(tokens, positions, None).detach()
    # The rows that pad Megatron's vocabulary are no tokens.
    logits = logits[..., : expected.shape[-1]]
    assert torch.isfinite(logits).all(), "Megatron's logits are not finite"
    # Where all logits are nearly the same, as with one token, their deviation is rounding.
    scale = max(expected.std().item(), 1e-4 * expected.abs().max().item())
    return (logits - expected).abs().max().item() / scale
