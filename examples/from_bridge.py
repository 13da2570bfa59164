"""One checkpoint, two ways to a Megatron model: Megatron's own builder, and a provider of Megatron-Bridge.

    torchrun --nproc-per-node 2 examples/from_bridge.py [FOLDER]

FOLDER holds a `config.json`; without it there is a tiny one beside this file. Where Megatron-Bridge is not installed
that is said, and the first way is gone alone. Side by side:

    Megatron-Bridge                                   here
    bridge = AutoBridge.from_hf_pretrained(FOLDER)    hf = m.load_config(FOLDER)
    provider = bridge.to_megatron_provider()          config = m.to_megatron(hf, ...)
    provider.tensor_model_parallel_size = 2           a keyword of to_megatron; misspelt, it is a TypeError
    provider.finalize()                               config.finalize()
    provider.provide_distributed_model(...)           builder = config.get_builder_cls()(config)
                                                      builder.build_distributed_models(groups, ...)
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state
from megatron.core.process_groups_config import ProcessGroupCollection
from torch import distributed

import mcore_mappers as m
from mcore_mappers import cpu

TINY = Path(__file__).parent / "tiny" / "llama"
Shapes = dict[str, tuple[int, ...]]


def config_of(folder: Path) -> Any:
    """The same for both ways."""
    return m.to_megatron(m.load_config(folder), **cpu.FIELDS, tensor_model_parallel_size=2)


def direct(folder: Path) -> Any:
    """With Megatron's builder."""
    config = config_of(folder)
    config.finalize()
    groups = ProcessGroupCollection.use_mpu_process_groups()
    (model,) = config.get_builder_cls()(config).build_distributed_models(groups, wrap_with_ddp=False)
    return model


def with_provider(folder: Path) -> Any:
    """With a provider, made of the fields of the same config: for a trainer that knows nothing else."""
    from megatron.bridge.models.gpt_provider import (  # type: ignore[import-not-found]
        GPTModelProvider,
        local_layer_spec,
    )

    hf = m.load_config(folder)
    provider: Any = GPTModelProvider(**m.fields(config_of(folder), owners=("architecture", "suggested", "caller")))
    # Also of a provider that somebody else made: what of it is another model?
    for difference in m.diff(provider, hf, only="architecture"):
        raise SystemExit(f"the provider is another model: {difference}")
    # A provider's own layers are Transformer Engine's, whatever `transformer_impl` says.
    provider.transformer_layer_spec = local_layer_spec
    provider.finalize()
    return provider.provide(pre_process=True, post_process=True)


def shapes(model: Any) -> Shapes:
    """Of all parameters, by name."""
    return {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


def say(words: str) -> None:
    """Once, and not on every rank."""
    if distributed.get_rank() == 0:
        print(words)


def main(folder: Path) -> None:
    """Build both, and compare what they hold."""
    parallel_state.initialize_model_parallel(tensor_model_parallel_size=2)
    torch.manual_seed(1)
    first = direct(folder)
    say(f"Megatron's builder: {sum(each.numel() for each in first.parameters())} parameters on each of two ranks")
    if importlib.util.find_spec("megatron.bridge") is None:
        say("Megatron-Bridge is not installed: `pip install megatron-bridge`, and run this again for the other way")
        return
    second = with_provider(folder)
    if shapes(first) != shapes(second):
        raise SystemExit(f"the models differ in {sorted(shapes(first).items() ^ shapes(second).items())}")
    say("Megatron-Bridge's provider: the same parameters")
    second.load_state_dict(first.state_dict())
    tokens = torch.randint(256, (1, 16))
    positions = torch.arange(16)[None]
    difference = (first(tokens, positions, None) - second(tokens, positions, None)).abs().max().item()
    say(f"with the same weights the logits differ by {difference}")


if __name__ == "__main__":
    distributed.init_process_group("gloo")
    with cpu.patched():
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else TINY)
    parallel_state.destroy_model_parallel()
    distributed.destroy_process_group()
