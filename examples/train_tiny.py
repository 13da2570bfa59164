"""Trains a tiny Llama: from a checkpoint's folder to optimizer steps, split over two processes of a CPU.

    torchrun --nproc-per-node 2 examples/train_tiny.py [FOLDER]

FOLDER holds a `config.json`; without it there is a tiny one beside this file. Weights are new ones, and all of them
must fit into memory; the model must map without layers, and the two processes must be able to share its heads. On GPUs
the same lines train without `cpu.patched()` and `cpu.FIELDS`: see `train_gpu.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state
from megatron.core.distributed import DistributedDataParallelConfig, finalize_model_grads
from megatron.core.optimizer import OptimizerConfig, get_megatron_optimizer
from megatron.core.pipeline_parallel import get_forward_backward_func
from megatron.core.process_groups_config import ProcessGroupCollection
from torch import Tensor, distributed

import mcore_mappers as m
from mcore_mappers import cpu

TINY = Path(__file__).parent / "tiny" / "llama"
STEPS, BATCH, TOKENS = 5, 4, 32


def forward(data: Iterator[Tensor], model: Any) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, dict[str, Tensor]]]]:
    """One micro-batch, as Megatron's schedules ask for it: what the model gives, and what makes a loss of that."""
    tokens = next(data)
    positions = torch.arange(tokens.shape[1]).expand_as(tokens)
    # With labels the model gives the loss of each token. Here the first token follows the last.
    losses: Tensor = model(tokens, positions, None, labels=tokens.roll(-1, dims=1))

    def mean(losses: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return losses.mean(), {"loss": losses.mean().detach()}

    return losses, mean


def train(folder: Path) -> None:
    """From the folder to a few steps on the same tokens."""
    hf = m.load_config(folder)
    # What decides the model comes from the checkpoint; the rest is yours, and a type checker knows its names and types.
    config = m.to_megatron(
        hf, **cpu.FIELDS, tensor_model_parallel_size=2, finalize_model_grads_func=finalize_model_grads
    )

    # Megatron's process groups must have the sizes that the config says.
    parallel_state.initialize_model_parallel(
        tensor_model_parallel_size=config.transformer.tensor_model_parallel_size,
    )
    groups = ProcessGroupCollection.use_mpu_process_groups()

    torch.manual_seed(1)
    config.finalize()
    builder: Any = config.get_builder_cls()(config)
    models: list[Any] = builder.build_distributed_models(groups, DistributedDataParallelConfig())
    optimizer: Any = get_megatron_optimizer(OptimizerConfig(lr=1e-3), models)
    run_schedule = get_forward_backward_func()

    assert config.vocab_size is not None
    tokens = torch.randint(config.vocab_size, (BATCH, TOKENS))
    for step in range(STEPS):
        for model in models:
            model.zero_grad_buffer()
        optimizer.zero_grad()
        results = run_schedule(
            forward_step_func=forward,
            data_iterator=iter([tokens]),
            model=models,
            num_microbatches=1,
            seq_length=TOKENS,
            micro_batch_size=BATCH,
            forward_only=False,
        )
        _, norm, _ = optimizer.step()
        if distributed.get_rank() == 0:
            print(f"step {step}: loss {results[0]['loss'].item():.4f}, norm of gradients {norm:.4f}")


if __name__ == "__main__":
    distributed.init_process_group("gloo")
    with cpu.patched():
        train(Path(sys.argv[1]) if len(sys.argv) > 1 else TINY)
    parallel_state.destroy_model_parallel()
    distributed.destroy_process_group()
