"""What `test_spread.py` runs in two processes, which a server of processes forks after it has imported all this.

Each builds the whole model in process groups of one rank, and keeps weights, logits and gradients. Then both build
their parts of it, with the whole model's weights, run them together, and let Megatron finish the gradients as it does
in training: what is replicated and not marked so would keep the gradient of one rank.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from megatron.core import dist_checkpointing, parallel_state
from megatron.core.distributed import DistributedDataParallel, DistributedDataParallelConfig
from megatron.core.distributed.finalize_model_grads import finalize_model_grads
from megatron.core.tensor_parallel.mappings import gather_from_tensor_model_parallel_region
from megatron.core.transformer.moe.moe_logging import destroy_moe_metrics_tracker
from torch import Tensor, distributed

from mcore_mappers.layers import Layers
from tests.layers.models import (
    AFTER_ROPE,
    BIASED,
    BIASED_BUT_QKV,
    BIASED_OUTPUT,
    CAPPED,
    CHUNKED,
    CLAMPED,
    EVERYWHERE,
    EXPERTS,
    FLASH,
    GROUPED,
    HEAD_GATES,
    L2_NORM,
    LATENT,
    LATENT_LONG_ROPE,
    LATENT_QUERIES,
    LAYER_NORM,
    LONG_TEXTS,
    MIXED,
    NOT_NORMALISED,
    ONLY_AFTER,
    OWN_HEADS,
    OWN_PARTS,
    OWN_QUERIES,
    OWN_ROPES,
    OWN_VALUES,
    PARALLEL,
    PLAIN_QUERIES,
    ROUTER,
    SHARED,
    SHARED_EXPERTS,
    SIGMOID,
    SINKS,
    SOME_NORMS,
    SPARSE_MIXER,
    WINDOW,
    biased,
    built,
    gpt,
    hybrid,
    shaken,
    tokens,
)
from tests.numerics.dropouts import without_chance
from tests.numerics.emulation import emulated
from tests.numerics.parts import Groups, duplicated_latents, fill, pieces, sizes, split_mamba_norms

WORLD = 2
PATIENCE = timedelta(minutes=2)

TP: Mapping[str, Any] = {"tensor_model_parallel_size": 2}
SP: Mapping[str, Any] = {**TP, "sequence_parallel": True}
LOSSES: Mapping[str, Any] = {
    "moe_router_load_balancing_type": "aux_loss",
    "moe_aux_loss_coeff": 0.1,
    "moe_z_loss_coeff": 0.1,
}
PP: Mapping[str, Any] = {"pipeline_model_parallel_size": 2, "pipeline_dtype": torch.float32}
# Of its attention layers, each has one of the two.
CHUNKED_HYBRID = replace(CHUNKED, query_temperature_freq=(0, 1, 0, 0), attention_chunk_freq=(0, 0, 0, 1))
# Of its attention layers, the second has other query groups than the model.
FLASH_HYBRID = replace(FLASH, num_query_groups_by_layer=(2, 2, 2, 4), softmax_offset_freq=(0, 0, 0, 1))
# Of its attention layers, the second has other heads than the model.
QUERIES_HYBRID = Layers(attention_output_gate_by_head=True, num_attention_heads_by_layer=(4, 4, 4, 6))


@dataclass(frozen=True)
class Spread:
    """A model with layers, and how it is spread over two processes."""

    name: str
    layers: Layers
    parallel: Mapping[str, Any]
    inner: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pattern: str = ""
    """Of a hybrid model."""
    checkpoint: bool = False
    """Whether a checkpoint of the parts is loaded into the whole, too."""

    def config(self, parallel: Mapping[str, Any]) -> Any:
        if self.pattern:
            outer = {"hybrid_layer_pattern": self.pattern}
            layers = len(self.pattern)
            return hybrid(self.layers, outer, **{**self.inner, **parallel, "num_layers": layers})
        return gpt(self.layers, **{**self.inner, **parallel})


CASES = (
    Spread("only_after-tp", ONLY_AFTER, TP, checkpoint=True),
    Spread("only_after-sp", ONLY_AFTER, SP),
    Spread("everywhere-sp", EVERYWHERE, SP, {"add_qkv_bias": True, "add_bias_linear": True}),
    Spread("everywhere-tp-one_key", EVERYWHERE, TP, {"num_query_groups": 1}),
    Spread("everywhere-pp", EVERYWHERE, {**PP, "num_layers_in_first_pipeline_stage": 1}),
    Spread("only_after-pp-experts", ONLY_AFTER, {**PP, "num_layers_in_last_pipeline_stage": 1}, EXPERTS),
    Spread("everywhere-ep", EVERYWHERE, {"expert_model_parallel_size": 2}, EXPERTS),
    Spread("router-ep", Layers(**ROUTER), {"expert_model_parallel_size": 2}, GROUPED),
    Spread("router-tp", Layers(**ROUTER), SP, {**GROUPED, **LOSSES}, checkpoint=True),
    Spread("not_normalised-ep", NOT_NORMALISED, {"expert_model_parallel_size": 2}, SIGMOID),
    Spread("not_normalised-tp", NOT_NORMALISED, SP, {**SIGMOID, **LOSSES}, checkpoint=True),
    Spread("sparse_mixer-ep", SPARSE_MIXER, {"expert_model_parallel_size": 2}, MIXED),
    Spread("sparse_mixer-sp", SPARSE_MIXER, SP, {**MIXED, **LOSSES}, checkpoint=True),
    Spread("sparse_mixer-pp", SPARSE_MIXER, {**PP, "num_layers_in_first_pipeline_stage": 1}, MIXED),
    Spread("sparse_mixer-hybrid-sp", SPARSE_MIXER, SP, MIXED, pattern="M*-E"),
    Spread("capped-tp", CAPPED, TP, {**WINDOW, "num_query_groups": 1}, checkpoint=True),
    Spread("capped-sp", CAPPED, SP, WINDOW),
    Spread("capped-pp", CAPPED, {**PP, "num_layers_in_first_pipeline_stage": 1}, WINDOW),
    Spread("capped-hybrid-tp", CAPPED, TP, pattern="M*-*"),
    Spread("parallel-sp", PARALLEL, SP, {"add_qkv_bias": True, "add_bias_linear": True}, checkpoint=True),
    Spread("parallel-pp", PARALLEL, {**PP, "num_layers_in_first_pipeline_stage": 1}),
    Spread("shared-sp", SHARED, SP, LAYER_NORM, checkpoint=True),
    Spread("shared-tp-one_key", SHARED, TP, {**LAYER_NORM, "num_query_groups": 1}),
    Spread("chunked-sp", CHUNKED, SP, checkpoint=True),
    Spread("chunked-pp", CHUNKED, {**PP, "num_layers_in_first_pipeline_stage": 1}),
    Spread("chunked-hybrid-tp", CHUNKED_HYBRID, TP, pattern="M*-*"),
    Spread("some_norms-pp", SOME_NORMS, {**PP, "num_layers_in_last_pipeline_stage": 1}, L2_NORM),
    Spread("biased-sp", BIASED, SP, LAYER_NORM, checkpoint=True),
    Spread("biased-pp", BIASED, {**PP, "num_layers_in_first_pipeline_stage": 1}, LAYER_NORM),
    Spread("hybrid-tp", EVERYWHERE, TP, pattern="M*-*"),
    Spread("own_ropes-tp", OWN_ROPES, TP),
    Spread("own_ropes-sp", OWN_ROPES, SP),
    Spread("own_ropes-pp", OWN_ROPES, {**PP, "num_layers_in_first_pipeline_stage": 1}),
    Spread("own_ropes-hybrid-tp", Layers(rotary_base_by_layer=(None, None, 500.0, None)), TP, pattern="*-*-"),
    Spread("after_rope-sp", AFTER_ROPE, SP, checkpoint=True),
    Spread("after_rope-tp-one_key", AFTER_ROPE, TP, {"num_query_groups": 1}),
    Spread("after_rope-hybrid-tp", AFTER_ROPE, TP, pattern="M*-*"),
    Spread("long_texts-sp", LONG_TEXTS, SP),
    Spread("long_texts-pp", LONG_TEXTS, {**PP, "num_layers_in_last_pipeline_stage": 1}),
    Spread(
        "long_texts-biased-sp", replace(LONG_TEXTS, add_proj_bias=True), SP, {"add_qkv_bias": True}, checkpoint=True
    ),
    Spread("biased_output-sp", BIASED_OUTPUT, SP, {"add_qkv_bias": True}, checkpoint=True),
    Spread("biased_output-hybrid-tp", BIASED_OUTPUT, TP, {"add_qkv_bias": True}, pattern="M*-*"),
    Spread("biased_but_qkv-tp", BIASED_BUT_QKV, TP, {"add_bias_linear": True}),
    Spread("own_heads-tp", OWN_HEADS, TP, SINKS, checkpoint=True),
    Spread("own_heads-pp", OWN_HEADS, {**PP, "num_layers_in_first_pipeline_stage": 1}, SINKS),
    Spread("head_gates-sp", HEAD_GATES, SP, {"add_qkv_bias": True}, checkpoint=True),
    Spread("head_gates-hybrid-tp", HEAD_GATES, TP, pattern="M*-*"),
    Spread("own_queries-sp", OWN_QUERIES, SP, checkpoint=True),
    Spread("own_queries-pp", OWN_QUERIES, {**PP, "num_layers_in_first_pipeline_stage": 1}),
    Spread("own_queries-hybrid-tp", QUERIES_HYBRID, TP, pattern="M*-*"),
    Spread("own_parts-sp", OWN_PARTS, SP),
    Spread("clamped-sp", CLAMPED, SP, SHARED_EXPERTS, checkpoint=True),
    Spread("clamped-ep", CLAMPED, {"expert_model_parallel_size": 2}, SHARED_EXPERTS),
    Spread("clamped-pp", CLAMPED, {**PP, "num_layers_in_first_pipeline_stage": 1}, SHARED_EXPERTS),
    Spread("own_values-sp", OWN_VALUES, SP, {"add_qkv_bias": True}, checkpoint=True),
    Spread("flash-sp", FLASH, SP, {**SINKS, **WINDOW}, checkpoint=True),
    Spread("flash-hybrid-tp", FLASH_HYBRID, TP, SINKS, pattern="M*-*"),
    Spread("plain_queries-sp", PLAIN_QUERIES, SP, LATENT, checkpoint=True),
    Spread("latent_long_rope-sp", LATENT_LONG_ROPE, SP, LATENT_QUERIES, checkpoint=True),
    Spread("plain_queries-hybrid-sp", PLAIN_QUERIES, SP, LATENT, pattern="+-+E"),
)


@dataclass(frozen=True)
class Outcome:
    """What one case gave on this rank; differences in standard deviations of what is right."""

    logits: float | None
    gradients: Mapping[str, float]
    """By the names of weights in checkpoints."""
    share: float
    """This rank's part of all weights."""
    checkpoint: float | None
    """How far the logits of the whole model are off that has loaded a checkpoint of the parts."""


@dataclass(frozen=True)
class Whole:
    weights: Mapping[str, Tensor]
    logits: Tensor
    gradients: Mapping[str, Tensor]
    size: int


def loss_of(output: Tensor) -> Tensor:
    """Of all logits, and not the same in any two of them."""
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(5))
    return (output * weights).sum() / output.shape[1]


def assembled(model: Any, into: dict[str, Tensor]) -> None:
    """Add what the model's weights hold to the whole tensors."""
    for piece in pieces(model):
        assert piece.data is not None
        into.setdefault(piece.key, torch.full(piece.global_shape, torch.nan))[
            piece.global_slice()
        ] = piece.data.detach()


@torch.no_grad()
def gradients_of(model: Any, finished: str, into: dict[str, Tensor]) -> None:
    """Add the gradients, which are cut as the weights are: they take the place of these.

    Args:
        model: whose weights are no longer needed.
        finished: the attribute of a parameter that has its gradient.
        into: by the names of weights in checkpoints.
    """
    for parameter in model.parameters():
        parameter.copy_(getattr(parameter, finished))
    assembled(model, into)


def whole_of(case: Spread, groups: Groups) -> Whole:
    groups.of()
    model = biased(shaken(built(case.config({}))))
    weights: dict[str, Tensor] = {}
    assembled(model, weights)
    output = model(tokens(), torch.arange(tokens().shape[1]).expand_as(tokens()), None)
    loss_of(output).backward()
    gradients: dict[str, Tensor] = {}
    gradients_of(model, "grad", gradients)
    return Whole(weights, output.detach(), gradients, sum(each.numel() for each in model.parameters()))


def run(case: Spread, groups: Groups, folder: Path) -> Outcome:
    whole = whole_of(case, groups)
    destroy_moe_metrics_tracker()
    config = case.config(case.parallel)
    groups.of(sizes(config))
    model = built(config)
    fill([model], whole.weights)
    size = sum(each.numel() for each in model.parameters())
    saved = folder / case.name
    if case.checkpoint:
        if distributed.get_rank() == 0:
            saved.mkdir()
        distributed.barrier()
        dist_checkpointing.save(model.sharded_state_dict(), str(saved))
    chunk = DistributedDataParallel(config.transformer, DistributedDataParallelConfig(), model)
    output = forward_and_backward(chunk, model)
    finalize_model_grads([chunk])
    gradients: dict[str, Tensor] = {}
    gradients_of(model, "main_grad", gradients)
    return Outcome(
        logits=None if output is None else off(output, whole.logits),
        gradients={key: off(gradient, whole.gradients[key]) for key, gradient in gradients.items()},
        share=size / whole.size,
        checkpoint=loaded(case, saved, whole, groups) if case.checkpoint else None,
    )


def forward_and_backward(chunk: Any, model: Any) -> Tensor | None:
    """Run both stages of a pipeline one after the other, or the model; the logits, where they are."""
    ids = tokens()
    positions = torch.arange(ids.shape[1]).expand_as(ids)
    stages, this = (
        parallel_state.get_pipeline_model_parallel_world_size(),
        parallel_state.get_pipeline_model_parallel_rank(),
    )
    received: list[Any] = [None]
    if stages == 2 and this == 1:
        distributed.recv_object_list(received, 0)
        model.set_input_tensor(received[0].requires_grad_())
    output = chunk(ids, positions, None)
    if stages == 2 and this == 0:
        distributed.send_object_list([output.detach()], 1)
        distributed.recv_object_list(received, 1)
        output.backward(received[0])
        return None
    if parallel_state.get_tensor_model_parallel_world_size() > 1:
        output = gather_from_tensor_model_parallel_region(output)
    loss_of(output).backward()
    if stages == 2:
        distributed.send_object_list([received[0].grad], 0)
    return output.detach()


def loaded(case: Spread, saved: Path, whole: Whole, groups: Groups) -> float:
    groups.of()
    model = built(case.config({}), seed=7)
    state = dist_checkpointing.load(model.sharded_state_dict(), str(saved))
    model.load_state_dict(state)
    with torch.no_grad():
        output = model(tokens(), torch.arange(tokens().shape[1]).expand_as(tokens()), None)
    return off(output, whole.logits)


def off(found: Tensor, right: Tensor) -> float:
    """How far off, where it is there: the parts of other ranks are NaN."""
    there = found.isfinite()
    spread = right.std().item() if right.numel() > 1 else right.abs().item()
    return ((found - right)[there].abs().max() / max(spread, 1e-12)).item() if there.any() else 0.0


def work(
    rank: int, folder: str, names: tuple[str, ...], during: Callable[[str], AbstractContextManager[None]] = nullcontext
) -> None:
    """Write what each case gave to a file; stop at the first error, after which the other rank may wait for ever.

    Args:
        rank: of this process.
        folder: in which both ranks write.
        names: of cases.
        during: what each is run in, by its name.
    """
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    store = distributed.FileStore(f"{folder}/store", WORLD)  # pyright: ignore[reportPrivateImportUsage]  documented
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=WORLD, timeout=PATIENCE)
    results: dict[str, Outcome | str] = {}
    with emulated(), split_mamba_norms(), duplicated_latents(), without_chance():
        groups = Groups()
        for case in CASES:
            if case.name in names:
                try:
                    with during(case.name):
                        results[case.name] = run(case, groups, Path(folder))
                except Exception:
                    results[case.name] = traceback.format_exc()
                    break
    torch.save(results, f"{folder}/{rank}.pt")
    distributed.destroy_process_group()
