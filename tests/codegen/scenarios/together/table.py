"""Suggestions that one function makes together stand among the others, unpacked; so may an expression of any shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.table import Computed, Constant, NoInverse
from tests.codegen.scenarios.toys import caller, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields
    from mcore_mappers_runtime.settings import PrecisionFields, precision
    from tests.codegen.scenarios.toys import ToyConfig


def precision_fields(hf: ToyConfig, caller: PrecisionFields) -> PrecisionFields:
    return precision(hf.dtype, caller)


def kernel_fields(hf: ToyConfig, caller: CallerKernelFields) -> KernelFields:
    fields: KernelFields = {"moe_grouped_gemm": hf.fast and "moe_grouped_gemm" not in caller}
    return fields


def conditional(hf: ToyConfig) -> dict[str, bool]:
    return {"overlap": True} if hf.fast else {}


SNAPSHOT = snapshot(
    (hf("dtype", "str", "bfloat16"), hf("fast", "bool", default=True)),
    inner=(
        *(megatron(name, "bool", False) for name in ("bf16", "fp16", "moe_grouped_gemm", "overlap")),
        megatron("dropout", "float", 0.1),
        megatron("tensor_parallel", "int", 1),
    ),
)
OWNERS = (suggested("bf16", "dropout", "fp16", "moe_grouped_gemm", "overlap"), caller("tensor_parallel"))
NO_BACK = NoInverse("Hugging Face does not say")
FAMILY = family(
    (
        Constant("dropout", 0.0, "The class has none."),
        Computed(("bf16", "fp16"), precision_fields, "One decision.", NO_BACK),
        Computed(("moe_grouped_gemm",), kernel_fields, "What is installed.", NO_BACK),
        Computed(("overlap",), conditional, "Only where it is fast.", NO_BACK),
    )
)
SHOWS = ("toy.py", "typing.py")
