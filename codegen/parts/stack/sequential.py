"""Classes whose layers may compute otherwise than one half after the other."""

from __future__ import annotations

from typing import Final, Protocol

from codegen.table import Computed, Constant, NoInverse, Part, Rename, layered, must_be

PARALLEL: Final = (
    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both read the same"
)
NOT_IN_HYBRIDS: Final = "attention and MLP are layers of their own in Megatron's hybrid models, one after the other"

AT_ONCE_IF_SAID: Final = Part(
    gpt=layered(
        Rename("use_parallel_residual", "parallel_mlp"),
        otherwise=must_be("use_parallel_residual", (False,), PARALLEL),
    ),
    hybrid=(must_be("use_parallel_residual", (False,), NOT_IN_HYBRIDS),),
)
"""Attention and MLP one after the other, or at once with a norm before each, which a GPTModel alone can have."""


class ParallelConfig(Protocol):
    """A config that says whether attention and MLP read the same."""

    use_parallel_residual: bool


def shared_layernorm(hf: ParallelConfig) -> bool:
    return hf.use_parallel_residual


ONE_NORM_IF_AT_ONCE: Final = Part(
    gpt=layered(
        Rename("use_parallel_residual", "parallel_mlp"),
        Computed(
            "shared_layernorm",
            shared_layernorm,
            "With one norm before both.",
            inverse=NoInverse("use_parallel_residual is read back from parallel_mlp"),
        ),
        otherwise=must_be("use_parallel_residual", (False,), PARALLEL),
    ),
    hybrid=(must_be("use_parallel_residual", (False,), NOT_IN_HYBRIDS),),
)
"""Attention and MLP one after the other, or at once with one norm before both, which a GPTModel alone can have."""

ONE_NORM: Final = Part(
    rows=(
        Constant("parallel_mlp", True, "The MLP of the class reads what attention reads."),
        Constant("shared_layernorm", True, "The class has one norm before both."),
    ),
    hybrid=None,
)
"""Attention and MLP at once, after one norm of what both read, in a GPTModel only."""
