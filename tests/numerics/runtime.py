"""One process in which both models can be built."""

from __future__ import annotations

import math
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import torch
from megatron.core import parallel_state
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.module import MegatronModule
from megatron.core.transformer.moe.moe_logging import destroy_moe_metrics_tracker
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers import PreTrainedConfig, PreTrainedModel

from mcore_mappers import cpu
from tests.references import model_of

MegatronConfig = GPTModelConfig | HybridModelConfig

# No field is architecture: a mapper takes them all as keywords.
CPU_FIELDS: Mapping[str, Any] = {
    **cpu.FIELDS,
    # Every weight is copied, so initialising them would only cost time.
    "perform_initialization": False,
    # transformers' models hold no multi-token prediction layers to compare with.
    "mtp_num_layers": None,
}


@contextmanager
def single_process(backend: Literal["gloo", "nccl"] = "gloo") -> Generator[None]:
    """Process groups of one rank, and one thread: the models are too small to gain from a second, which would wait.

    Inside another one, which takes a second to end, it is that one.
    """
    if torch.distributed.is_initialized():
        yield
        return
    torch.set_num_threads(1)
    store = torch.distributed.HashStore()  # pyright: ignore[reportPrivateImportUsage]  documented, but not in __all__
    torch.distributed.init_process_group(backend, store=store, rank=0, world_size=1)
    parallel_state.initialize_model_parallel()
    try:
        yield
    finally:
        parallel_state.destroy_model_parallel()
        torch.distributed.destroy_process_group()


def build_huggingface(config: PreTrainedConfig, seed: int = 1) -> PreTrainedModel:
    """The Hugging Face model in float32, with its reference attention and experts and with random weights."""
    # What `randomise` moves away from where it starts must start from the same place in every process.
    with torch.random.fork_rng(devices=()):
        seed_initial_weights(seed)
        model = model_of(config)
    randomise(model, seed)
    return model


def seed_initial_weights(seed: int) -> None:
    """They are drawn on the CPU. `torch.manual_seed` would also write down who asked, for GPUs, in a millisecond."""
    torch.default_generator.manual_seed(seed)


@torch.no_grad()
def randomise(model: torch.nn.Module, seed: int) -> None:
    """Give every parameter and stored buffer a value that shows a mistake: no norm is one, no bias is zero."""
    generator = torch.Generator().manual_seed(seed)
    stored = model.state_dict(keep_vars=True)
    for name, tensor in stored.items():
        if not tensor.is_floating_point() or not tensor.numel():
            continue
        last = name.rpartition(".")[2]
        if last == "A_log":
            tensor.uniform_(0.0, math.log(16.0), generator=generator)
        elif last == "dt_bias":
            # Steps of 0.001 to 1, which released models start from and reach: some are below Nemotron-H's clamp.
            tensor.uniform_(-7.0, 1.0, generator=generator)
        elif last == "e_score_correction_bias":
            # Comparable to the spread of sigmoid scores: it must change who is chosen, not decide it alone.
            tensor.normal_(0.0, 0.1, generator=generator)
        elif tensor.dim() == 1:
            # Norms start at one (or zero, when zero-centred) and biases at zero: move away from wherever they start.
            tensor.add_(torch.randn(tensor.shape, generator=generator), alpha=0.3)
        else:
            # Small enough that the first norm's epsilon matters even when it is a released one (1e-5 or 1e-6).
            embedding = "embed" in name or ".wte." in name or ".wpe." in name
            tensor.normal_(0.0, 0.1 if embedding else tensor.shape[-1] ** -0.5, generator=generator)


def build_megatron(config: MegatronConfig) -> MegatronModule:
    """The Megatron model as Megatron's own builder makes it; every weight is NaN until something is copied into it."""
    # Megatron keeps one record of auxiliary losses per process, as long as the first model that wrote to it.
    destroy_moe_metrics_tracker()
    # And it tells TransformerEngine its attention backend through the environment, where the next model finds it.
    for name in ("NVTE_FLASH_ATTN", "NVTE_FUSED_ATTN", "NVTE_UNFUSED_ATTN"):
        os.environ.pop(name, None)
    groups = ProcessGroupCollection.use_mpu_process_groups()
    model: MegatronModule = config.get_builder_cls()(config).build_model(groups)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(torch.nan)
    return model
