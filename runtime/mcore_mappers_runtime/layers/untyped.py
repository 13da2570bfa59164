"""What layers call of Megatron that declares no types, with the types that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from megatron.core.jit import jit_fuser  # pyright: ignore[reportUnknownVariableType]  untyped
from megatron.core.tensor_parallel.layers import (
    set_tensor_model_parallel_attributes,  # pyright: ignore[reportUnknownVariableType]  untyped
)
from megatron.core.tensor_parallel.mappings import (
    copy_to_tensor_model_parallel_region,  # pyright: ignore[reportUnknownVariableType]  untyped
    reduce_from_tensor_model_parallel_region,  # pyright: ignore[reportUnknownVariableType]  untyped
)
from megatron.core.transformer.spec_utils import build_module  # pyright: ignore[reportUnknownVariableType]  untyped
from torch import Tensor
from torch.distributed import ProcessGroup
from torch.nn import Parameter


def fused[F: Callable[..., Tensor]](function: F) -> F:
    """The function as one kernel, where Megatron compiles such functions."""
    compiled: F = jit_fuser(function)
    return compiled


def summed(x: Tensor, group: ProcessGroup) -> Tensor:
    """The sum over ranks; backward, the sum over ranks of what each has made of it."""
    copied = copy_to_tensor_model_parallel_region(x, group)  # type: ignore[no-untyped-call]  # untyped
    result: Tensor = reduce_from_tensor_model_parallel_region(copied, group)  # type: ignore[no-untyped-call]  # untyped
    return result


def split_along(parameter: Parameter, dim: int) -> Parameter:
    """The parameter, which says that ranks of tensor parallelism have parts of it along this dimension."""
    set_tensor_model_parallel_attributes(parameter, True, dim, 1)  # type: ignore[no-untyped-call]  # untyped
    return parameter


def build(spec: Any) -> Any:
    """The module of a spec."""
    return cast("Any", build_module(spec))
