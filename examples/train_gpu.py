"""Trains a mixture of experts with Transformer Engine: tensor, expert and pipeline parallelism at once.

    torchrun --nproc-per-node 8 examples/train_gpu.py [FOLDER]

FOLDER holds a `config.json`; without it there is a tiny one beside this file. Any even number of processes does: two
stages, of each of which every rank has its part of the experts, and pairs of ranks share the tensors of all else where
four divides the number. Without a GPU the same model runs as far as a CPU goes, and what is not as on GPUs is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state as mpu
from megatron.core.distributed import DistributedDataParallelConfig, finalize_model_grads
from megatron.core.optimizer import OptimizerConfig, get_megatron_optimizer
from megatron.core.pipeline_parallel import get_forward_backward_func
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.tensor_parallel.random import model_parallel_cuda_manual_seed
from torch import Tensor, distributed

import mcore_mappers as m
from mcore_mappers import cpu

TINY = Path(__file__).parent / "tiny" / "qwen3_moe"
ON_GPU = torch.cuda.is_available()
RANKS = int(os.environ["WORLD_SIZE"])
TENSOR = 2 if RANKS % 4 == 0 else 1
STEPS, MICRO_BATCHES, BATCH, TOKENS = 5, 4, 2, 32


def forward(data: Iterator[Tensor], model: Any) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, dict[str, Tensor]]]]:
    """One micro-batch on one stage; the schedule asks for a loss on the last one alone."""
    tokens = next(data)
    positions = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
    outputs: Tensor = model(tokens, positions, None, labels=tokens.roll(-1, dims=1))

    def mean(losses: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return losses.mean(), {"loss": losses.mean().detach()}

    return outputs, mean


def fields() -> m.typing.GPTFields:
    """What is ours to decide, on GPUs."""
    return {
        "bf16": True,
        "transformer_engine": True,
        "tensor_model_parallel_size": TENSOR,
        "sequence_parallel": TENSOR > 1,
        "pipeline_model_parallel_size": 2,
        "expert_model_parallel_size": RANKS // 2,
        "expert_tensor_parallel_size": 1,
    }


def train(folder: Path) -> None:
    """From the folder to a few steps on the same tokens."""
    hf = m.load_config(folder)
    config = m.to_megatron(hf, **fields())
    if not ON_GPU:
        lesser: m.typing.GPTFields = {**fields(), "bf16": False, "transformer_engine": False, **cpu.FIELDS}
        on_gpus, config = config, m.to_megatron(hf, **lesser)
        if distributed.get_rank() == 0:
            print("no GPU: the model and its stages are the same, and this is not:")
            here, there = (m.dump(each)["transformer"]["fields"] for each in (config, on_gpus))
            for name in sorted(name for name in here | there if here.get(name) != there.get(name)):
                print(f"  {name}: {here.get(name, 'default')}, on GPUs {there.get(name, 'default')}")

    inner = config.transformer
    inner.finalize_model_grads_func = finalize_model_grads
    mpu.initialize_model_parallel(TENSOR, 2, expert_model_parallel_size=RANKS // 2, expert_tensor_parallel_size=1)
    groups = ProcessGroupCollection.use_mpu_process_groups()
    torch.manual_seed(1)
    if ON_GPU:
        model_parallel_cuda_manual_seed(1)

    config.finalize()
    builder: Any = config.get_builder_cls()(config)
    # Optimizer states are spread over ranks that have the same parameters, which Megatron does on GPUs alone.
    ddp = DistributedDataParallelConfig(use_distributed_optimizer=ON_GPU)
    steps = OptimizerConfig(lr=1e-3, bf16=inner.bf16, params_dtype=inner.params_dtype, use_distributed_optimizer=ON_GPU)
    models: list[Any] = builder.build_distributed_models(groups, ddp)
    optimizer = get_megatron_optimizer(steps, models)
    run_schedule = get_forward_backward_func()

    assert config.vocab_size is not None
    tokens = torch.randint(config.vocab_size, (BATCH, TOKENS)).to("cuda" if ON_GPU else "cpu")
    for step in range(STEPS):
        for model in models:
            model.zero_grad_buffer()
        optimizer.zero_grad()
        results = run_schedule(
            forward_step_func=forward,
            data_iterator=iter([tokens] * MICRO_BATCHES),
            model=models,
            num_microbatches=MICRO_BATCHES,
            seq_length=TOKENS,
            micro_batch_size=BATCH,
            forward_only=False,
        )
        optimizer.step()
        if results and groups.dp.rank() == groups.tp.rank() == 0:  # on the last stage
            print(f"step {step}: loss {sum(each['loss'].item() for each in results) / MICRO_BATCHES:.4f}")


if __name__ == "__main__":
    if ON_GPU:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if ON_GPU else "gloo")
    with nullcontext() if ON_GPU else cpu.patched():
        train(Path(sys.argv[1]) if len(sys.argv) > 1 else TINY)
    mpu.destroy_model_parallel()
    distributed.destroy_process_group()
