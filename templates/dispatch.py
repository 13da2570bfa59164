"""`to_megatron` for any config: the mapper is found by the exact class."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, overload

from mcore_mappers_runtime.catalog import unmapped
from ._registry import FAMILIES
from mcore_mappers_runtime.settings import origin_family

OVERLOADS


def to_megatron(hf: PreTrainedConfig, /, *, strict: bool = False, **caller: Any) -> ModelConfig:
    """The Megatron config of the same model.

    Args:
        hf: a config of one of the mapped classes, see `families()`; not of a subclass, which may mean something else.
        strict: refuse where a deviation is declared, instead of warning.
        **caller: Megatron's training-time fields; they win over what the mapper suggests.

    Raises:
        UnsupportedConfigError: no family maps this class, or no Megatron config computes the same.
        TypeError: `hf` is no Hugging Face config, or a keyword is unknown or decided by `hf`.

    Warns:
        DeviationWarning: the models differ in a declared constant that no Megatron config reaches.
    """
    name = family_of(hf)
    if name is None:
        raise _unmapped(hf)
    mapper: Callable[..., ModelConfig] = import_module(f".{name}", __package__).to_megatron
    return mapper(hf, strict=strict, **caller)


@overload
def to_hf[Config: PreTrainedConfig](model: ModelConfig, /, *, family: str | None = None, base: Config) -> Config: ...
@overload
def to_hf(model: ModelConfig, /, *, family: str | None = None, base: None = None) -> PreTrainedConfig: ...


def to_hf(
    model: ModelConfig, /, *, family: str | None = None, base: PreTrainedConfig | None = None
) -> PreTrainedConfig:
    """The Hugging Face config of the same model.

    Args:
        model: a Megatron model config; what it says always wins.
        family: name of the family, if neither `base` nor the provenance in `model` says it.
        base: supplies what Megatron does not carry, and the family.

    Raises:
        UnsupportedConfigError: the model is none of the family; lists every differing field.
        TypeError: the family is unknown, or `model` or `base` is of another class.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    name = family or (family_of(base) if base is not None else origin_family(model))
    if name not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise TypeError(f"to_hf() needs family=...: neither base nor provenance names one of {known} (got {name!r})")
    reader: Callable[..., PreTrainedConfig] = import_module(f".{name}", __package__).to_hf
    return reader(model, base=base)


def family_of(hf: PreTrainedConfig) -> str | None:
    """The name of the family that maps exactly this class."""
    path = f"{type(hf).__module__}.{type(hf).__qualname__}"
    return next((family.name for family in FAMILIES.values() if family.config_class == path), None)


def _unmapped(hf: object) -> Exception:
    from transformers.configuration_utils import PreTrainedConfig

    if not isinstance(hf, PreTrainedConfig):
        given = f"the class {hf.__qualname__}" if isinstance(hf, type) else type(hf).__qualname__
        return TypeError(f"to_megatron() takes a Hugging Face config, not {given}")
    return unmapped(hf)
