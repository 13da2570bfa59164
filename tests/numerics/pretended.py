"""A GPU where there is none: tensors that say they are on one, and go with no others.

What they hold is on the CPU, so that numbers are real and logits can be compared. What a GPU would not take fails as it
would there: an operation on a tensor of each device, as where a layer on a GPU makes one on the CPU. Of kernels, of
their rounding and of memory it shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

import torch
from megatron.core import parallel_state
from megatron.core.transformer.moe.moe_logging import destroy_moe_metrics_tracker
from megatron.core.utils import GlobalMemoryBuffer
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter, tree_map

from mcore_mappers import cpu

GPU: Final = torch.device("cuda", 0)

ACROSS: Final = frozenset({torch.ops.aten.copy_.default, torch.ops.aten._to_copy.default})
"""What copies from one device to another."""
INDEXED: Final = frozenset(
    {torch.ops.aten.index.Tensor, torch.ops.aten.index_put_.default, torch.ops.aten.index_put.default}
)
"""What takes indices on the CPU of a tensor on a GPU. Their second argument is a list of them."""


class OnGpu(Tensor):
    """A tensor on the GPU that is not there."""

    held: Tensor
    """Its numbers."""

    @staticmethod
    def __new__(cls, held: Tensor) -> OnGpu:
        made: OnGpu = Tensor._make_wrapper_subclass(
            cls,
            held.size(),
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            # What torch takes it for below Python, where an operation can make tensors like its arguments.
            device=torch.device("meta"),
        )
        made.held = held
        return made

    # torch has no annotations of attributes that are computed.
    device = property(lambda self: GPU)  # pyright: ignore[reportAssignmentType]
    is_cuda = property(lambda self: True)  # pyright: ignore[reportAssignmentType]
    is_cpu = property(lambda self: False)  # pyright: ignore[reportAssignmentType]

    __torch_function__ = torch._C._disabled_torch_function_impl  # pyright: ignore[reportAssignmentType]  as documented

    def __tensor_flatten__(self) -> tuple[list[str], None]:
        """With this and its reverse, torch puts the tensor in the place of a module's own as it moves that."""
        return ["held"], None

    @staticmethod
    def __tensor_unflatten__(parts: Mapping[str, Tensor], *unused: object) -> OnGpu:
        return OnGpu(parts["held"])

    def __repr__(self, **keywords: object) -> str:
        return f"OnGpu({self.held!r})"

    @classmethod
    def __torch_dispatch__(
        cls,
        func: Any,
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        keywords = dict(kwargs or {})
        if func not in ACROSS:
            indexed = func in INDEXED and isinstance(args[0], OnGpu)
            _refuse_others(func, (args[0], *args[2:]) if indexed else (args, keywords))
        result = func(*tree_map(_held, args), **tree_map(_held, keywords))
        # What copies onto a tensor leaves it where it is.
        there = func is not torch.ops.aten.copy_.default or isinstance(args[0], OnGpu)
        return tree_map(_on_gpu, result) if there else result


def _held(value: Any) -> Any:
    return value.held if isinstance(value, OnGpu) else value


def _on_gpu(value: Any) -> Any:
    return OnGpu(value) if isinstance(value, Tensor) and not isinstance(value, OnGpu) else value


def _refuse_others(func: object, values: object) -> None:
    """Of tensors on the CPU a GPU takes single numbers alone."""
    others = [each for each in tree_iter(values) if isinstance(each, Tensor) and not isinstance(each, OnGpu)]
    if any(each.dim() for each in others):
        sizes = ", ".join(str(tuple(each.shape)) for each in others)
        raise RuntimeError(f"expected all tensors to be on the same device: {func} has some on the CPU, of {sizes}")


def _is_gpu(device: object) -> bool:
    if isinstance(device, bool):
        return False
    return isinstance(device, int) or (isinstance(device, str | torch.device) and str(device).startswith("cuda"))


MOVES: Final = (Tensor.to, Tensor.cuda, Tensor.cpu)
READS: Final = (Tensor.tolist, Tensor.numpy)


class _MadeBelow(TorchDispatchMode):
    """What torch makes like a tensor on the GPU, below Python."""

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        keywords = dict(kwargs or {})
        if keywords.get("device") != torch.device("meta"):
            return func(*args, **keywords)
        return _on_gpu(func(*tree_map(_held, args), **{**keywords, "device": torch.device("cpu")}))


class _Pretending(TorchFunctionMode):
    """What is asked to be made on a GPU, or moved to or from it."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        keywords = dict(kwargs or {})
        if func in READS:
            return func(_held(args[0]).detach(), *args[1:], **keywords)
        # `x.data = y` asks for this, of a descriptor that torch declares as a tensor.
        if func == vars(torch._C.TensorBase)["data"].__set__ and isinstance(args[0], OnGpu):
            args[0].held = args[1].held
        if func in MOVES:
            return _moved(func, args[0], args[1:], keywords)
        if not _is_gpu(keywords.get("device")):
            return func(*args, **keywords)
        del keywords["device"]
        # A tensor like one that is there is there anyway, and all others are made anew.
        return tree_map(_on_gpu, func(*args, **keywords))


def _moved(func: object, x: Tensor, given: Sequence[Any], keywords: Mapping[str, Any]) -> Tensor:
    """To the device that is said, or that of another tensor; and to another dtype, if that is said."""
    said = [*given, *keywords.values()]
    others = [each for each in said if isinstance(each, Tensor)]
    dtypes = [each for each in said if isinstance(each, torch.dtype)] + [each.dtype for each in others]
    places = [_is_gpu(each) for each in said if isinstance(each, str | torch.device) or type(each) is int]
    places += [isinstance(each, OnGpu) for each in others]
    if func is not Tensor.to:
        places = [func is Tensor.cuda]
    there = places[0] if places else isinstance(x, OnGpu)
    if there != isinstance(x, OnGpu):
        x = OnGpu(x.detach()) if there else _held(x).detach()
    # Not `to`, which is asked here.
    return x.type(dtypes[0]) if dtypes else x


@contextmanager
def pretended_gpu() -> Generator[None]:
    """Let torch have a GPU, as long as the block lasts."""
    answers: Mapping[str, Callable[..., Any]] = {
        "is_available": lambda: True,
        "current_device": lambda: 0,
    }
    # What a GPU has besides, on which no number depends.
    missing = [each for each in cpu.PATCHES if each.name in ("cuda_streams", "rng_tracker")]
    with ExitStack() as stack:
        stack.enter_context(cpu.patched(missing))
        for name, answer in answers.items():
            stack.enter_context(patch.object(torch.cuda, name, answer))
        stack.enter_context(_MadeBelow())
        stack.enter_context(_Pretending())
        # Megatron keeps buffers where the first model was that asked for them.
        stack.enter_context(patch.object(parallel_state, "_GLOBAL_MEMORY_BUFFER", GlobalMemoryBuffer()))
        # Megatron's record of auxiliary losses is where the first model was that wrote to it.
        stack.callback(destroy_moe_metrics_tracker)
        yield
