"""A policy and its critic from one checkpoint, as reinforcement learning trains them, on two processes of a CPU.

    torchrun --nproc-per-node 2 examples/policy_and_critic.py [FOLDER]

FOLDER holds the `config.json` of a mixture of experts; without it there is a tiny one beside this file. Hooks, which
Megatron calls between building and wrapping, make one model a critic and freeze the routers of both. Dropout and the
auxiliary loss are off: with them the log-probabilities of training are not those of generation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state
from megatron.core.distributed import DistributedDataParallelConfig, finalize_model_grads
from megatron.core.optimizer import OptimizerConfig, get_megatron_optimizer
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.tensor_parallel.mappings import gather_from_sequence_parallel_region
from megatron.core.transformer.moe.router import TopKRouter
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor, distributed

import mcore_mappers as m
from mcore_mappers import cpu

TINY = Path(__file__).parent / "tiny" / "qwen3_moe"
STEPS, BATCH, TOKENS = 5, 4, 32


class ValueHead(torch.nn.Linear):
    """One number for each token, where an output layer has one for each word; called as that is."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config.hidden_size, 1, bias=False, dtype=config.params_dtype)
        weight: Any = torch.nn.init.zeros_(self.weight)
        # Ranks that share a sequence have the same weight, and Megatron sums its gradients where that is marked.
        self.split = weight.sequence_parallel = config.sequence_parallel

    def forward(self, input: Tensor, **_unused: object) -> Any:  # noqa: A002  # torch's name
        values = super().forward(input)
        return (gather_from_sequence_parallel_region(values, False) if self.split else values), None


def give_value_head(stages: list[Any]) -> list[Any]:
    """A hook: the stage that ends the model ends in a value head, which shares nothing with the embeddings."""
    for stage in stages:
        if stage.post_process:
            stage.output_layer = ValueHead(stage.config)
        stage.share_embeddings_and_output_weights = False
    return stages


def freeze_routers(stages: list[Any]) -> list[Any]:
    """A hook: what is frozen before the model is wrapped has no gradients, and the optimizer does not know it."""
    for router in (each for stage in stages for each in stage.modules() if isinstance(each, TopKRouter)):
        router.requires_grad_(False)
    return stages


def build(folder: Path, groups: ProcessGroupCollection, *hooks: Callable[..., Any]) -> tuple[Any, Any]:
    """A model that is wrapped for training, and its optimizer."""
    config = m.to_megatron(
        m.load_config(folder),
        **cpu.FIELDS,
        hidden_dropout=0.0,
        attention_dropout=0.0,
        moe_aux_loss_coeff=0.0,
        tensor_model_parallel_size=2,
        sequence_parallel=True,  # which Megatron demands of experts on split tensors
        expert_model_parallel_size=2,
        expert_tensor_parallel_size=1,
        pre_wrap_hooks=list(hooks),
    )
    config.finalize()
    builder: Any = config.get_builder_cls()(config)
    (model,) = builder.build_distributed_models(groups, DistributedDataParallelConfig())
    return model, get_megatron_optimizer(OptimizerConfig(lr=1e-3), [model])


def update(model: Any, optimizer: Any, loss: Tensor) -> None:
    """One optimizer step."""
    model.zero_grad_buffer()
    optimizer.zero_grad()
    loss.backward()
    finalize_model_grads([model])
    optimizer.step()


def train(folder: Path) -> None:
    """Reward even tokens: the critic learns what to expect, and the policy what does better than expected."""
    parallel_state.initialize_model_parallel(2, expert_model_parallel_size=2, expert_tensor_parallel_size=1)
    groups = ProcessGroupCollection.use_mpu_process_groups()
    torch.manual_seed(1)
    policy, policy_optimizer = build(folder, groups, freeze_routers)
    critic, critic_optimizer = build(folder, groups, freeze_routers, give_value_head)

    tokens, positions = torch.randint(256, (BATCH, TOKENS)), torch.arange(TOKENS).expand(BATCH, TOKENS)
    chosen = tokens.roll(-1, dims=1)
    rewards = (chosen % 2 == 0).float()
    for step in range(STEPS):
        values: Tensor = critic(tokens, positions, None).squeeze(-1)
        error = (values - rewards).square().mean()
        update(critic, critic_optimizer, error)
        log_probabilities: Tensor = -policy(tokens, positions, None, labels=chosen)
        update(policy, policy_optimizer, ((values.detach() - rewards) * log_probabilities).mean())
        if distributed.get_rank() == 0:
            rewarded = (log_probabilities * rewards).sum() / rewards.sum()
            print(f"step {step}: error of values {error:.4f}, log-probability of what is rewarded {rewarded:.4f}")


if __name__ == "__main__":
    distributed.init_process_group("gloo")
    with cpu.patched():
        train(Path(sys.argv[1]) if len(sys.argv) > 1 else TINY)
    parallel_state.destroy_model_parallel()
    distributed.destroy_process_group()
