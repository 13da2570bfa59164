"""What a model needs to be built and trained, and no field of its config says."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final, TypedDict

from .at_caller import warn
from .errors import NeedsWarning
from .records import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINE: Final = Need(
    "transformer-engine",
    "for a GPTModelConfig, unless transformer_impl is 'local'",
    "Megatron builds layers of Transformer Engine by default",
)
HYBRID_ENGINE: Final = Need(
    "transformer-engine",
    "for a HybridModelConfig",
    "Megatron has layers of hybrid models from Transformer Engine alone, whatever transformer_impl is",
)
VARIANT_ENGINE: Final = Need(
    "transformer-engine",
    "for gated delta nets and sparse attention",
    "Megatron builds a GPTModel with them from its layers alone",
)
LATENT_ATTENTION_ENGINE: Final = Need(
    "transformer-engine",
    "for latent attention",
    "Megatron's local attention takes no heads of keys and values that differ in width",
)
ZERO_CENTRED_ENGINE: Final = Need(
    "transformer-engine",
    "for norms whose weights are centred at zero",
    "Megatron's local norms multiply by their weights as they are, and are not built",
)
LATENT_EXPERTS_ENGINE: Final = Need(
    "transformer-engine",
    "with moe_latent_size",
    "Megatron has the projections around latent experts from Transformer Engine alone",
)
MAMBA_SSM: Final = Need("mamba-ssm", "for Mamba layers", "Megatron has their scan from it")
EINOPS: Final = Need(
    "einops",
    "for Mamba layers",
    "Megatron's Mamba mixer arranges its tensors with it; the extra mcore-mappers[hybrid] has it",
)
FLA: Final = Need("flash-linear-attention", "for layers of gated delta nets", "Megatron has their kernels from it")
SEQUENCE_PARALLEL: Final = Need(
    "sequence_parallel=True",
    "with tensor_model_parallel_size above 1",
    "Megatron's layers of experts raise in training without it",
)
EXPERT_TENSOR_PARALLEL: Final = Need(
    "expert_tensor_parallel_size=1",
    "with tensor_model_parallel_size above 1, where experts have biases",
    "Megatron does not split the biases of experts, and takes tensor_model_parallel_size where this is not given",
)
ALLTOALL: Final = Need(
    "moe_token_dispatcher_type='alltoall' or 'flex'",
    "with variable_seq_lengths, experts or none",
    "Megatron's default, 'allgather', raises beside it",
)

THREE_POSITIONS: Final = Need(
    "position_embedding_type='mrope'",
    "for tokens of images and videos",
    "they have three positions each, and a model with one position reads text as the class does, and nothing else",
)
INTERLEAVED_POSITIONS: Final = Need(
    "a custom rope for images and videos",
    "for tokens of images and videos",
    "they have three positions each, whose channels the class interleaves, and Megatron has three in sections alone",
)
POSITIONS_OF_NEIGHBOURS: Final = Need(
    "a custom rope for images and videos",
    "for tokens of images and videos",
    "they have three positions each, and the class rotates pairs of neighbours, of which Megatron cannot make sections",
)
INPUTS: Final = (THREE_POSITIONS, INTERLEAVED_POSITIONS, POSITIONS_OF_NEIGHBOURS)
"""What is needed for other inputs than texts."""


class WorkerFields(TypedDict, total=False):
    """What a mapper is told of the machines that train."""

    transformer_engine: bool | None
    """Whether they have Transformer Engine, on which suggestions of kernels depend; None: as this machine has it."""


class ParallelFields(TypedDict, total=False):
    """The caller's fields on which it depends what experts need."""

    tensor_model_parallel_size: int
    sequence_parallel: bool
    expert_tensor_parallel_size: int | None


def warn_of_experts(caller: ParallelFields, *, biased: bool) -> None:
    """Warn where experts are spread as Megatron cannot train them.

    Args:
        caller: what the caller passed.
        biased: whether experts have biases.
    """
    size = caller.get("tensor_model_parallel_size", 1)
    needs: list[Need] = []
    if size > 1 and not caller.get("sequence_parallel"):
        needs.append(SEQUENCE_PARALLEL)
    if biased and (caller.get("expert_tensor_parallel_size") or size) > 1:
        needs.append(EXPERT_TENSOR_PARALLEL)
    if needs:
        warn(NeedsWarning(tuple(needs)))


def warn_of_engine(caller: Mapping[str, object], *, hybrid: bool, installed: bool) -> None:
    """Warn where a model will be built of Transformer Engine's layers, and nobody says that there are any.

    Args:
        caller: what the caller passed.
        hybrid: whether a hybrid model is mapped.
        installed: whether Transformer Engine is installed here.
    """
    workers, layers = caller.get("transformer_engine"), caller.get("transformer_impl")
    there = installed if workers is None else workers
    own = caller.get("hybrid_stack_spec" if hybrid else "transformer_layer_spec") is not None
    if there or own or (layers == "local" and not hybrid):
        return
    warning = NeedsWarning((HYBRID_ENGINE if hybrid else ENGINE,), "" if workers is False else _ADVICE)
    if workers is None and layers is None:
        # Every config is mapped so on this machine: one place to point at, so that Python shows it once.
        warnings.warn(warning, stacklevel=1)
    else:
        warn(warning)


_ADVICE = (
    "transformer_engine=True says that it is installed where the model is built, if not here, and suggests its kernels"
)
