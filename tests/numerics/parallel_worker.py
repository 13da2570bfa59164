"""What `test_parallel.py` runs in two processes: `torchrun --nproc-per-node 2 -m tests.numerics.parallel_worker OUT`.

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
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from megatron.core import parallel_state
from megatron.core.process_groups_config import ProcessGroupCollection
from megatron.core.tensor_parallel.mappings import gather_from_tensor_model_parallel_region
from megatron.core.transformer.moe.moe_logging import destroy_moe_metrics_tracker
from megatron.training.models.dist_utils import build_virtual_pipeline_stages
from torch import Tensor, distributed

from mcore_mappers import DeviationWarning
from tests.families import PROOFS
from tests.families.proof import Keywords
from tests.numerics.cases import Case
from tests.numerics.compare import BATCH, TOKENS
from tests.numerics.emulation import emulated
from tests.numerics.parallel_cases import CASES, NOT_ON_CPU, WORLD, ParallelCase
from tests.numerics.parts import Groups, fill, pieces, sizes, split_mamba_norms
from tests.numerics.runtime import CPU_FIELDS, MegatronConfig, build_huggingface, build_megatron
from tests.numerics.weights import copy_weights

# A rank that waits for one that failed must not wait for ever.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Outcome:
    """What one case gave. Differences are in standard deviations of the logits of one process."""

    max_difference_eval: float
    max_difference_train: float
    min_difference_sabotaged: float
    """After one weight of the first rank was changed: how much a mistake in its part shows, on any rank with logits."""
    layers: tuple[int, ...]
    """The number of layers of each stage, in the order in which stages compute."""
    shares: tuple[float, ...]
    """Of each rank, its part of all weights."""


def mapped(case: Case, caller: Keywords) -> MegatronConfig:
    """What the mapper makes of the config and the caller's fields."""
    mapper = getattr(import_module(f"mcore_mappers.{case.family}"), case.mapper)
    with warnings.catch_warnings():
        # Both models of this comparison are Megatron's.
        warnings.simplefilter("ignore", DeviationWarning)
        return mapper(case.config(), **{**CPU_FIELDS, **caller})


# --- The whole model --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """A model in one process."""

    tokens: Tensor
    logits: Mapping[bool, Tensor]
    """By whether the model is in train mode."""
    weights: Mapping[str, Tensor]
    """By the name that Megatron's checkpoints have for it; what layers or experts share a name is stacked."""
    size: int


def whole(case: Case) -> Whole:
    """Build the model in one process, with the weights of the Hugging Face model."""
    theirs = build_huggingface(case.config())
    config = mapped(case, {})
    ours = build_megatron(config)
    copy_weights(PROOFS[case.family].layout, theirs, ours, config.transformer)
    vocabulary: int = theirs.config.vocab_size
    generator = torch.Generator().manual_seed(1)
    tokens = torch.randint(0, vocabulary, (BATCH, TOKENS), generator=generator)
    weights: dict[str, Tensor] = {}
    for piece in pieces(ours):
        assert piece.data is not None
        weights.setdefault(piece.key, torch.full(piece.global_shape, torch.nan))[piece.global_slice()] = piece.data
    logits: dict[bool, Tensor] = {}
    for mode in (False, True):
        output = forward([ours], tokens, mode)
        assert output is not None
        logits[mode] = output[..., :vocabulary]
    return Whole(tokens, logits, weights, sum(parameter.numel() for parameter in ours.parameters()))


# --- Its parts --------------------------------------------------------------------------------------------------------


def build_parts(config: MegatronConfig, process_groups: ProcessGroupCollection) -> list[Any]:
    """The chunks of this rank, by Megatron's own builder; every weight is NaN."""
    destroy_moe_metrics_tracker()
    build = config.get_builder_cls()(config).build_model
    virtual = config.transformer.virtual_pipeline_model_parallel_size
    chunks: list[Any] = build_virtual_pipeline_stages(build, process_groups, virtual)
    with torch.no_grad():
        for chunk in chunks:
            for parameter in chunk.parameters():
                parameter.fill_(torch.nan)
    return chunks


def forward(chunks: list[Any], tokens: Tensor, training: bool) -> Tensor | None:
    """Run all stages, one after the other; the logits, on ranks that have them."""
    stages = parallel_state.get_pipeline_model_parallel_world_size()
    this = parallel_state.get_pipeline_model_parallel_rank()
    steps = stages * len(chunks)
    positions = torch.arange(tokens.shape[1]).expand_as(tokens)
    output: Tensor | None = None
    for step in range(this, steps, stages):
        chunk = chunks[step // stages].train(training)
        if step:
            received: list[Any] = [None]
            distributed.recv_object_list(received, (this - 1) % stages)
            chunk.set_input_tensor(received[0])
        # Gradients stay on in train mode: Megatron's routers take another path with them.
        with torch.set_grad_enabled(training):
            output = chunk(tokens, positions, None).detach()
        if step < steps - 1:
            distributed.send_object_list([output], (this + 1) % stages)
            output = None
    if output is not None and parallel_state.get_tensor_model_parallel_world_size() > 1:
        output = gather_from_tensor_model_parallel_region(output)
    return output


def layers_of_stages(chunks: list[Any]) -> tuple[int, ...]:
    """The number of layers of each stage, in the order in which stages compute."""
    counts = gathered([len(chunk.decoder.layers) for chunk in chunks])
    return tuple(counts[rank][chunk] for chunk in range(len(chunks)) for rank in range(WORLD))


def run(case: ParallelCase, reference: Whole, groups: Groups) -> Outcome:
    """Build this rank's part of the model, and compare what all parts give together."""
    config = mapped(case.case(), case.caller)
    chunks = build_parts(config, groups.of(sizes(config)))
    fill(chunks, reference.weights)
    evaluation, training = (
        difference(forward(chunks, reference.tokens, mode), reference.logits[mode], max) for mode in (False, True)
    )
    if distributed.get_rank() == 0:
        sabotage(chunks)
    sabotaged = difference(forward(chunks, reference.tokens, False), reference.logits[False], min)
    size = sum(parameter.numel() for chunk in chunks for parameter in chunk.parameters())
    pipeline = config.transformer.pipeline_model_parallel_size > 1
    layers = layers_of_stages(chunks) if pipeline else ()
    return Outcome(evaluation, training, sabotaged, layers, gathered(size / reference.size))


def difference(logits: Tensor | None, expected: Tensor, choose: Callable[..., float]) -> float:
    """The largest or smallest difference of all ranks that have logits."""
    mine: float | None = None
    if logits is not None:
        # The rows that pad the vocabulary are no tokens.
        logits = logits[..., : expected.shape[-1]]
        assert logits.isfinite().all(), "logits are not finite"
        mine = ((logits - expected).abs().max() / expected.std()).item()
    return choose(each for each in gathered(mine) if each is not None)


def gathered[T](value: T) -> tuple[T, ...]:
    """The values of all ranks."""
    values = [value] * WORLD
    distributed.all_gather_object(values, value)
    return tuple(values)


@torch.no_grad()
def sabotage(chunks: list[Any]) -> None:
    """Change the last weight matrix of this rank's layers by a tenth; that of an expert, if it has any."""
    matrices = {name: each for name, each in chunks[0].decoder.named_parameters() if each.dim() == 2}
    experts = {name: each for name, each in matrices.items() if ".experts." in name}
    for matrix in experts.values():
        matrix.mul_(1.1)
    if not experts:
        matrices[max(matrices)].mul_(1.1)


# --- Both processes ---------------------------------------------------------------------------------------------------


def _model(case: ParallelCase) -> str:
    """Cases with the same model compare with the same whole."""
    return f"{case.family} {case.changes}"


def main(out: Path, names: Collection[str]) -> None:
    """Write what each named case gave to a file per rank; a rank stops at its first error, which it writes, too.

    After an error, the other rank may wait for a message that nobody sends: there is no going on.
    """
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", timeout=PATIENCE)
    results: dict[str, Any] = {}
    # Megatron prints how it pads the vocabulary.
    with emulated(), contextlib.redirect_stdout(io.StringIO()), split_mamba_norms():
        groups = Groups()
        groups.of()
        spread, impossible = ([case for case in cases if str(case) in names] for cases in (CASES, NOT_ON_CPU))
        models = {_model(case): case for case in (*spread, *impossible)}
        wholes = {model: whole(case.case()) for model, case in models.items()}
        for case in sorted(spread, key=_sizes):
            try:
                results[str(case)] = dataclasses.asdict(run(case, wholes[_model(case)], groups))
            except Exception:
                results[str(case)] = {"error": traceback.format_exc()}
                break
        else:
            for case in impossible:
                results[str(case)] = {"error": _error(case, wholes[_model(case)], groups)}
    (out / f"{distributed.get_rank()}.json").write_text(json.dumps(results))
    distributed.destroy_process_group()


def _sizes(case: ParallelCase) -> str:
    """What sorts cases with the same groups together."""
    return str(sizes(mapped(case.case(), case.caller)))


def _error(case: ParallelCase, reference: Whole, groups: Groups) -> str | None:
    """What Megatron says to a case that cannot run here; it says so on both ranks, and before they wait."""
    try:
        run(case, reference, groups)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
