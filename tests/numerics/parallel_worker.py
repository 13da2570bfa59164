"""The body of `test_parallel.py`: `python -m torch.distributed.run --nproc-per-node 2 -m tests.numerics.parallel_worker OUT`.

Every rank builds the whole model first, in process groups of one rank, copies Hugging Face's weights into it as
`compare` does, and keeps its logits. Then both ranks build their parts of the same model, from what the mapper makes of
the same config and the caller's parallel fields, in Megatron's default process groups, and run them together.

No weight is cut here: each part asks Megatron's own `sharded_state_dict` which piece of which whole tensor it holds,
as a checkpoint that was saved by one process is loaded by two. That knows of gated layers, Mamba's joined
projections, experts and pipeline stages.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state
from megatron.core.dist_checkpointing.dict_utils import nested_values
from megatron.core.dist_checkpointing.mapping import ShardedTensor, apply_factories
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.transformer.moe.moe_logging import destroy_moe_metrics_tracker
from megatron.core.transformer.module import MegatronModule
from torch import Tensor, distributed

from mcore_mappers import DeviationWarning
from tests.numerics.cases import FAMILIES, Case, Keywords
from tests.numerics.compare import BATCH, TOKENS
from tests.numerics.emulation import emulated
from tests.numerics.layouts import LAYOUTS
from tests.numerics.runtime import CPU_FIELDS, MegatronConfig, build_huggingface, build_megatron
from tests.numerics.weights import copy_weights

WORLD = 2
# A rank that waits for one that failed must not wait for ever.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class ParallelCase:
    """A Hugging Face config, and how its caller spreads the model over two processes."""

    family: str
    name: str
    caller: Keywords
    changes: Keywords = dataclasses.field(default_factory=dict[str, Any])
    stages: tuple[int, ...] = ()
    """How many layers each stage must have, in the order in which the stages compute; empty without a pipeline."""

    def case(self) -> Case:
        return Case(self.family, self.name, {**FAMILIES[self.family].base, **self.changes})

    def __str__(self) -> str:
        return f"{self.family}-{self.name}"


TP: Keywords = {"tensor_model_parallel_size": 2}
# Megatron trains experts on split tensors only with sequences split, too.
TP_SP: Keywords = {**TP, "sequence_parallel": True}
PP: Keywords = {"pipeline_model_parallel_size": 2, "pipeline_dtype": torch.float32}
EP: Keywords = {"expert_model_parallel_size": 2}
BIASES: Keywords = {"attention_bias": True, "mlp_bias": True}
YARN: Keywords = FAMILIES["llama"].cases["rope_yarn_mscales"]
LLAMA3: Keywords = FAMILIES["llama"].cases["rope_llama3"]
TIED: Keywords = {"tie_word_embeddings": True}

CASES: tuple[ParallelCase, ...] = (
    ParallelCase("llama", "tp", TP),
    ParallelCase("llama", "tp_sp", TP_SP),
    ParallelCase("llama", "tp_biases", TP, BIASES),
    ParallelCase("llama", "tp_tied_yarn", TP, {**TIED, **YARN}),
    ParallelCase("llama", "tp_no_groups_llama3", TP, {"num_key_value_heads": 4, **LLAMA3}),
    # Both ranks hold the one key and value, and split its queries.
    ParallelCase("llama", "tp_one_group", TP, {"num_key_value_heads": 1}),
    ParallelCase("llama", "pp_even", PP, {"num_hidden_layers": 4}, (2, 2)),
    ParallelCase("llama", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 1}, {}, (1, 2)),
    ParallelCase("llama", "pp_last", {**PP, "num_layers_in_last_pipeline_stage": 1}, YARN, (2, 1)),
    ParallelCase("llama", "pp_layout", {**PP, "pipeline_model_parallel_layout": "Et|ttL"}, LLAMA3, (1, 2)),
    ParallelCase("llama", "pp_tied", {**PP, "num_layers_in_first_pipeline_stage": 1}, TIED, (1, 2)),
    ParallelCase(
        "llama",
        "pp_virtual",
        {**PP, "virtual_pipeline_model_parallel_size": 2},
        {"num_hidden_layers": 4},
        (1, 1, 1, 1),
    ),
    ParallelCase("qwen3_moe", "tp_sp", TP_SP),
    ParallelCase("qwen3_moe", "tp_sp_normalised_window", TP_SP, {"norm_topk_prob": True, "sliding_window": 5}),
    ParallelCase("qwen3_moe", "ep", EP),
    ParallelCase("qwen3_moe", "ep_normalised", EP, {"norm_topk_prob": True}),
    ParallelCase("qwen3_moe", "tp_sp_ep", {**TP_SP, **EP, "expert_tensor_parallel_size": 1}, {"mlp_only_layers": [1]}),
    # Layers with and without experts on both stages.
    ParallelCase(
        "qwen3_moe",
        "pp_layout_dense_layers",
        {**PP, "pipeline_model_parallel_layout": "Ettt|ttL"},
        {"num_hidden_layers": 5, "decoder_sparse_step": 2, "mlp_only_layers": [3]},
        (3, 2),
    ),
    ParallelCase("deepseek_v3", "tp_sp", TP_SP),
    ParallelCase("deepseek_v3", "tp_sp_yarn", TP_SP, FAMILIES["deepseek_v3"].cases["rope_yarn_mscales"]),
    ParallelCase("deepseek_v3", "ep", EP, {"n_shared_experts": 2}),
    ParallelCase("deepseek_v3", "pp_first", {**PP, "num_layers_in_first_pipeline_stage": 2}, {}, (2, 1)),
    ParallelCase("deepseek_v3", "pp_layout", {**PP, "pipeline_model_parallel_layout": "Et|ttL"}, {}, (1, 2)),
    ParallelCase("nemotron_h", "tp_sp", TP_SP),
    ParallelCase("nemotron_h", "tp_dense", TP, {"hybrid_override_pattern": "M-M*-"}),
    ParallelCase("nemotron_h", "ep", EP),
    ParallelCase("nemotron_h", "pp", {**PP, "hybrid_layer_pattern": "M-M|*E"}, {}, (3, 2)),
    ParallelCase(
        "nemotron_h",
        "pp_even",
        {**PP, "hybrid_layer_pattern": "ME*|M-E"},
        {"hybrid_override_pattern": "ME*M-E"},
        (3, 3),
    ),
    ParallelCase("nemotron_h", "tp_sp_ep", {**TP_SP, **EP, "expert_tensor_parallel_size": 1}),
)

# Named mistakes, each of which must show: the same run, with one caller field changed behind the mapper's back or one
# weight of the second rank changed. They are what lets a case fail.
SABOTAGED: Mapping[str, tuple[str, Callable[[MegatronModule], None]]] = {}


@dataclass(frozen=True)
class Outcome:
    """What one case gave. Differences are in standard deviations of the logits of one process."""

    max_difference_eval: float
    max_difference_train: float
    max_difference_sabotaged: float
    """In eval mode, after one weight of the second rank was changed: how much a mistake there would show."""
    layers: tuple[tuple[int, ...], ...]
    """Of each rank, the layers of each of its chunks."""
    split: bool
    """Whether every rank holds fewer weights than there are."""


@contextmanager
def groups(config: MegatronConfig | None) -> Generator[ProcessGroupCollection]:
    """Megatron's default process groups, of the sizes that a config states."""
    sizes: dict[str, Any] = {}
    if config is not None:
        inner = config.transformer
        sizes = {
            "tensor_model_parallel_size": inner.tensor_model_parallel_size,
            "pipeline_model_parallel_size": inner.pipeline_model_parallel_size,
            "virtual_pipeline_model_parallel_size": inner.virtual_pipeline_model_parallel_size,
            "expert_model_parallel_size": inner.expert_model_parallel_size,
            "expert_tensor_parallel_size": inner.expert_tensor_parallel_size,
        }
    parallel_state.initialize_model_parallel(**sizes)
    try:
        yield ProcessGroupCollection.use_mpu_process_groups()
    finally:
        parallel_state.destroy_model_parallel()


def mapped(case: Case, caller: Keywords) -> MegatronConfig:
    """What the mapper makes of the config and the caller's fields."""
    mapper = getattr(import_module(f"mcore_mappers.{case.family}"), case.mapper)
    with warnings.catch_warnings():
        # Both models of a comparison are Megatron's.
        warnings.simplefilter("ignore", DeviationWarning)
        return mapper(case.config(), **{**CPU_FIELDS, **caller})
