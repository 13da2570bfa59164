"""Two models, the same weights, the same tokens: how far apart are the logits?"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedConfig

from tests.families import layout_of
from tests.numerics.deviations import DEVIATIONS
from tests.numerics.device import CPU, Device
from tests.numerics.runtime import MegatronConfig, build_huggingface, build_megatron
from tests.numerics.weights import copy_weights

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


def compare(
    hf_config: PreTrainedConfig,
    megatron_config: MegatronConfig,
    deviations: Collection[str] = (),
    seed: int = 1,
    device: Device = CPU,
) -> Comparison:
    """Build both models, copy the weights, and compare in eval mode and in train mode.

    Args:
        hf_config: of any family.
        megatron_config: made with the fields of the device.
        deviations: ids of declared deviations, which are taken out of the Hugging Face model.
        seed: of the weights and the tokens.
        device: where both models run.
    """
    start = time.perf_counter()
    theirs = build_huggingface(hf_config, seed)
    for deviation in deviations:
        DEVIATIONS[deviation](theirs, megatron_config.transformer)
    generator = torch.Generator().manual_seed(seed)
    # Drawn on the CPU, as the weights are: every device compares the same model on the same tokens.
    tokens = torch.randint(0, hf_config.vocab_size, (BATCH, TOKENS), generator=generator).to(device.kind)
    # Past a wrapper for quantised models, which hides the types.
    torch.nn.Module.to(theirs, device.kind)
    with device.emulated() as used:
        ours = build_megatron(megatron_config).to(device.kind)
        copy_weights(layout_of(hf_config), theirs, ours, megatron_config.transformer)
        evaluation = _difference(theirs.eval(), ours.eval(), tokens)
        # Gradients stay on in train mode: Megatron's routers take another path with them.
        training = _difference(theirs.train(), ours.train(), tokens)
        names = tuple(sorted(used))
    return Comparison(evaluation, training, names, time.perf_counter() - start)


def _difference(theirs: torch.nn.Module, ours: torch.nn.Module, tokens: Tensor) -> float:
    with torch.set_grad_enabled(ours.training):
        expected: Tensor = theirs(input_ids=tokens, use_cache=False).logits.detach()
        positions = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
        logits: Tensor = ours(tokens, positions, None).detach()
    # The rows that pad Megatron's vocabulary are no tokens.
    logits = logits[..., : expected.shape[-1]]
    assert torch.isfinite(logits).all(), "Megatron's logits are not finite"
    return ((logits - expected).abs().max() / expected.std()).item()
