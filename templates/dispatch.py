"""`to_megatron` for any config: the mapper is found by the exact class."""

from __future__ import annotations

from typing import Any, overload

from mcore_mappers_runtime.dispatch import mapped

OVERLOADS


def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, layers: bool = False, **caller: Any) -> ModelConfig:
    """The Megatron config of the same model.

    Args:
        hf: a config of one of the mapped classes, see `families()`; not of a subclass, which may mean something else.
        strict: refuse where a deviation is declared, instead of warning.
        layers: have layers of `mcore_mappers.layers` compute what stock Megatron lacks. What is refused for that is
            mapped then, to a config of Megatron's class that has such layers; all else is mapped as without.
        **caller: Megatron's training-time fields; they win over what the mapper suggests. `transformer_engine=True` or
            `False` says whether the machines that train have Transformer Engine, on which suggestions of kernels
            depend; without it they follow what is installed here.

    Raises:
        UnsupportedConfigError: no family maps this class, or no Megatron config computes the same.
        TableConflictError: families of two installed packages map this class.
        TypeError: `hf` is no Hugging Face config, or keywords are unknown, decided by `hf`, of another type than
            Megatron declares, out of range, or contradict each other. Names, types and ranges are told all at once.

    Warns:
        DeviationWarning: the models differ in a declared constant that no Megatron config reaches.
        NeedsWarning: the model cannot be built or trained as it is asked for, or not on a machine like this one.
    """
    _, mappers = mapped(hf, "to_megatron")
    return mappers["to_megatron"](hf, strict=strict, layers=layers, **caller)
