"""`to_megatron` for any config: the mapper is found by the exact class."""

from __future__ import annotations

from typing import Any, overload

from mcore_mappers_runtime.dispatch import mapped

OVERLOADS


def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, **caller: Any) -> ModelConfig:
    """The Megatron config of the same model.

    Args:
        hf: a config of one of the mapped classes, see `families()`; not of a subclass, which may mean something else.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no family maps this class, or no Megatron config computes the same.
        TableConflictError: families of two installed packages map this class.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: the models differ in a declared constant that no Megatron config reaches.
    """
    _, mappers = mapped(hf, "to_megatron")
    return mappers["to_megatron"](hf, strict=strict, **caller)
