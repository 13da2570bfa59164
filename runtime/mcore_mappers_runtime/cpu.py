"""What Megatron needs replaced to run on a CPU: for tests, and to try a tiny model where there is no GPU.

Megatron's local layers are plain torch, but the code around them asks for CUDA whatever a model is on. `patched()`
replaces what asks, as long as its block lasts, and nothing before; `FIELDS` chooses those layers:

    from mcore_mappers import cpu

    with cpu.patched():
        config = m.to_megatron(hf, **cpu.FIELDS, tensor_model_parallel_size=2)
        (model,) = config.get_builder_cls()(config).build_distributed_models(groups, ddp_config)

Layers, the schedules of pipelines, data parallelism over gloo, and the optimizer in float32 run so. What exists only as
kernels of Transformer Engine, mamba-ssm or flash-linear-attention does not: latent attention, zero-centred norms, the
layers of hybrid models, context parallelism. Megatron says so itself when such a model is built.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict
from unittest.mock import patch as replaced

import torch
from megatron.core import utils
from megatron.core.optimizer import clip_grads, optimizer
from megatron.core.pipeline_parallel import schedules
from megatron.core.tensor_parallel.random import CudaRNGStatesTracker
from megatron.core.transformer import utils as masks
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor

CPU: Final = torch.device("cpu")


class Fields(TypedDict):
    """Fields of the caller's, without which a model is built for a GPU."""

    params_dtype: torch.dtype
    transformer_impl: Literal["local"]
    use_cpu_initialization: bool
    gradient_accumulation_fusion: bool
    masked_softmax_fusion: bool
    bias_activation_fusion: bool
    bias_dropout_fusion: bool
    apply_rope_fusion: bool
    persist_layer_norm: bool
    moe_token_dispatcher_type: Literal["allgather"]
    moe_grouped_gemm: bool
    moe_permute_fusion: bool


FIELDS: Final[Fields] = {
    # Megatron's optimizers of 16-bit parameters take CUDA tensors only.
    "params_dtype": torch.float32,
    "transformer_impl": "local",
    "use_cpu_initialization": True,
    # Kernels that need a GPU, of which some are suggested where Transformer Engine is installed.
    "gradient_accumulation_fusion": False,
    "masked_softmax_fusion": False,
    "bias_activation_fusion": False,
    "bias_dropout_fusion": False,
    "apply_rope_fusion": False,
    "persist_layer_norm": False,
    # The other dispatchers count on what they copy from a GPU, or need a package of kernels.
    "moe_token_dispatcher_type": "allgather",
    "moe_grouped_gemm": False,
    "moe_permute_fusion": False,
}


@dataclass(frozen=True)
class Patch:
    """One replacement."""

    name: str
    replaces: str
    """What of torch's or Megatron's."""
    why: str
    """What asks for it on a CPU, and what stands there meanwhile."""
    apply: Callable[[], AbstractContextManager[object]]
    """Replaces it as long as the context lasts."""


ran: Final[set[str]] = set()
"""Names of the patches without which something would have failed since the outermost `patched()` began. Of
`compiled_helpers` nobody can tell, and it is never among them."""

_uses: Final[Counter[str]] = Counter()
_standing: Final[dict[str, AbstractContextManager[object]]] = {}


@contextmanager
def patched(patches: Iterable[Patch] | None = None) -> Generator[set[str]]:
    """Let Megatron run on this machine's CPU, as long as the block lasts.

    Within another one, what has been replaced already stays as it is, and is put back by the outer one.

    Args:
        patches: which; all of `PATCHES` unless given.

    Yields:
        `ran`, which grows while models run.

    Raises:
        RuntimeError: CUDA is in use in this process. What was built there would lose its device.
    """
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # torch does not annotate it
        raise RuntimeError(
            "mcore_mappers.cpu: CUDA is in use in this process, and models on it would lose their device: "
            "run what is meant for a CPU in a process of its own, with CUDA_VISIBLE_DEVICES empty"
        )
    if not +_uses:
        ran.clear()
    with ExitStack() as stack:
        for patch in PATCHES if patches is None else patches:
            stack.enter_context(_standing_once(patch))
        yield ran


@contextmanager
def _standing_once(patch: Patch) -> Generator[None]:
    if not _uses[patch.name]:
        context = patch.apply()
        context.__enter__()
        _standing[patch.name] = context
    _uses[patch.name] += 1
    try:
        yield
    finally:
        _uses[patch.name] -= 1
        if not _uses[patch.name]:
            _standing.pop(patch.name).__exit__(None, None, None)


# --- What is replaced -------------------------------------------------------------------------------------------------


def _current_device() -> AbstractContextManager[object]:
    def current_device() -> torch.device:
        ran.add("current_device")
        return CPU

    return replaced.object(torch.cuda, "current_device", current_device)


class _TorchOnCpu:
    """`torch`, for modules that make tensors with `device="cuda"`."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(torch, name)
        return self._on_cpu(found) if name in ("ones", "zeros", "tensor") else found

    @staticmethod
    def _on_cpu(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def made(*values: object, device: object = None, **keywords: object) -> Tensor:
            if device == "cuda":
                ran.add("cuda_factories")
                device = CPU
            return make(*values, device=device, **keywords)

        return made


@contextmanager
def _cuda_factories() -> Generator[None]:
    with ExitStack() as stack:
        for module in (clip_grads, masks, optimizer, schedules, utils):
            stack.enter_context(replaced.object(module, "torch", _TorchOnCpu()))
        yield


def _cuda_moves() -> AbstractContextManager[object]:
    def cuda(tensor: Tensor, *_unused: object, **_keywords: object) -> Tensor:
        ran.add("cuda_moves")
        return tensor

    return replaced.object(Tensor, "cuda", cuda)


class _Stream:
    """A stream of work, where everything happens in order anyway."""

    def __init__(self, *_unused: object, **_keywords: object) -> None:
        ran.add("cuda_streams")

    def wait_stream(self, stream: object) -> None:
        pass

    def record_event(self) -> _Stream:
        return self

    def synchronize(self) -> None:
        pass


@contextmanager
def _cuda_streams() -> Generator[None]:
    answers: dict[str, Callable[..., object]] = {
        "Stream": _Stream,
        "current_stream": lambda *_device: _Stream(),
        "stream": lambda *_stream: nullcontext(),
        "synchronize": lambda *_device: None,
    }
    with ExitStack() as stack:
        for name, answer in answers.items():
            stack.enter_context(replaced.object(torch.cuda, name, answer))
        yield


def _rng_tracker() -> AbstractContextManager[object]:
    def fork(*_unused: object) -> AbstractContextManager[None]:
        ran.add("rng_tracker")
        return nullcontext()

    return replaced.object(CudaRNGStatesTracker, "fork", fork)


def _compiled_helpers() -> AbstractContextManager[object]:
    stance: AbstractContextManager[object] = torch.compiler.set_stance("force_eager")
    return stance


def _sequence_parallel_norms() -> AbstractContextManager[object]:
    stock = WrappedTorchNorm.__new__

    def new(cls: type[WrappedTorchNorm], config: TransformerConfig, *sizes: Any, **keywords: Any) -> Any:
        if not config.sequence_parallel:
            return stock(cls, config, *sizes, **keywords)
        ran.add("sequence_parallel_norms")
        whole = copy.copy(config)
        whole.sequence_parallel = False
        norm: Any = stock(cls, whole, *sizes, **keywords)
        for parameter in norm.parameters():
            # What Megatron looks for when it sums gradients over the ranks that share a sequence.
            parameter.sequence_parallel = True
        return norm

    return replaced.object(WrappedTorchNorm, "__new__", new)


def _gradient_clipping() -> AbstractContextManager[object]:
    def clip(
        parameters: Sequence[Tensor], max_norm: float, total_norm: float, use_decoupled_grad: bool = False
    ) -> None:
        ran.add("gradient_clipping")
        assert not use_decoupled_grad  # of Megatron's optimizers for narrower dtypes
        coefficient = max_norm / (total_norm + 1e-6)
        for parameter in parameters:
            if parameter.grad is not None and coefficient < 1.0:
                parameter.grad.mul_(coefficient)

    return replaced.object(optimizer, "clip_grad_by_total_norm_fp32", clip)


PATCHES: Final[tuple[Patch, ...]] = (
    Patch(
        "current_device",
        "torch.cuda.current_device",
        "rope, routers, sinks, Mamba and what pipeline stages receive are made there; now the CPU",
        _current_device,
    ),
    Patch(
        "cuda_factories",
        "torch, in megatron.core.utils, transformer.utils, pipeline_parallel.schedules and optimizer",
        'masks, counts of tokens and norms of gradients are made with device="cuda"; now on the CPU',
        _cuda_factories,
    ),
    Patch(
        "cuda_moves",
        "torch.Tensor.cuda",
        "tied embeddings of two pipeline stages are moved to be summed; now they stay",
        _cuda_moves,
    ),
    Patch(
        "cuda_streams",
        "torch.cuda.Stream, current_stream, stream and synchronize",
        "data parallelism is set up on a stream of its own, and pipelines wait for theirs; now there is one order",
        _cuda_streams,
    ),
    Patch(
        "rng_tracker",
        "megatron.core.tensor_parallel.random.CudaRNGStatesTracker.fork",
        "dropout of attention and Mamba's initialisation draw from a CUDA generator of the rank's own; now from the "
        "one that a CPU has, which gives the same on all ranks with the same seed",
        _rng_tracker,
    ),
    Patch(
        "compiled_helpers",
        "the stance of torch.compile",
        "small helpers (squared ReLU, dropout and addition) are compiled, which costs seconds; now they run as written",
        _compiled_helpers,
    ),
    Patch(
        "sequence_parallel_norms",
        "megatron.core.transformer.torch_norm.WrappedTorchNorm",
        "torch's norms refuse sequence_parallel, because nobody sums their gradients; now they are marked to be summed",
        _sequence_parallel_norms,
    ),
    Patch(
        "gradient_clipping",
        "clip_grad_by_total_norm_fp32, in megatron.core.optimizer.optimizer",
        "gradients are asserted to be CUDA's; now they are multiplied as they are",
        _gradient_clipping,
    ),
)
