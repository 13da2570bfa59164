"""Finds the mapper of a config, and the round trip of a model, in whichever package they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import PurePath
from types import ModuleType
from typing import TYPE_CHECKING, overload

from .catalog import why_not_mapped
from .composite import text_config, with_language_model
from .equal import class_of, is_huggingface, is_model_config, path_of, values_of
from .near import hint
from .registry import Registry, imported, known
from .settings import origin_family
from .shown import shown

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


def mapped(hf: PreTrainedConfig, function: str) -> tuple[Registry, Mapping[str, Callable[..., ModelConfig]]]:
    """The registry of the family that maps exactly the class of `hf`, and what its module has.

    Args:
        hf: a Hugging Face config.
        function: the public function that asks, for what is raised.

    Raises:
        UnsupportedConfigError: no family maps this class.
        TableConflictError: families of two packages do.
        TypeError: `hf` is no Hugging Face config.
    """
    found = known().of_class(path_of(type(hf)))
    if found is None:
        raise _unmapped(hf, function)
    registry, family = found
    return registry, vars(import_module(f"{registry.package}.{family.name}"))


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
        base: supplies what Megatron does not carry, and the family. If it is a composite config, that of its language
            model does, and what is returned is the composite with the other language model in it.

    Raises:
        UnsupportedConfigError: the model is none of the family; lists every differing field.
        TableConflictError: two packages have the family, or map the class of `base`.
        TypeError: the family is unknown, or `model` or `base` is of another class. A TransformerConfig is no model.

    Warns:
        DefaultedFieldsWarning: without base and provenance.
    """
    if not is_model_config(model):
        raise TypeError(f"to_hf() takes a whole Megatron model config, not {class_of(model)}{_next_step(model)}")
    if base is not None and (language_model := text_config(base)) is not base:
        return with_language_model(base, to_hf(model, family=family, base=language_model))
    name = family or (_family_of(base) if base is not None else origin_family(model))
    registry = known().named(name) if name is not None else None
    if registry is None:
        raise TypeError(_no_family(name))
    reader: Callable[..., PreTrainedConfig] = import_module(f"{registry.package}.{name}").to_hf
    return reader(model, base=base)


def family_module(package: str, name: str) -> ModuleType:
    """The module of a family for an attribute of a package: its own, else that of another package.

    Args:
        package: import name of the package.
        name: of the attribute.

    Raises:
        AttributeError: there is no mapped family of this name.
        TableConflictError: the package has none, and two others do.
    """
    # What Python itself looks for on modules is no reason to read what is installed.
    if not name.startswith("_"):
        # Nor is that a mapper of the package's own.
        own = any(each.package == package and name in each.families for each in imported())
        registry = None if own else known().named(name)
        if own or registry is not None:
            return import_module(f"{package if registry is None else registry.package}.{name}")
        if name in known().refused:
            raise AttributeError(f"{name} has no mapper: {known().refused[name].why}")
    raise AttributeError(f"module {package!r} has no attribute {name!r}{hint(name, known().families)}")


def _no_family(name: object) -> str:
    """Why there is no way back, and what to pass."""
    if name is None:
        return (
            "to_hf() needs family=... or base=...: the model does not say which family it was mapped from; families() "
            "lists them"
        )
    told = f"to_hf() knows no family {shown(name)}{hint(str(name), known().families)}"
    row = known().refused.get(str(name))
    return f"{told}; families() lists them" if row is None else f"{told}; it has no mapper: {row.why}"


def _family_of(hf: PreTrainedConfig) -> str | None:
    found = known().of_class(path_of(type(hf)))
    return None if found is None else found[1].name


def _unmapped(hf: object, function: str) -> Exception:
    if not is_huggingface(hf):
        step = ": load_config() reads one from a file or a folder" if isinstance(hf, str | PurePath) else ""
        return TypeError(f"{function}() takes a Hugging Face config, not {class_of(hf)}{step}")
    return why_not_mapped(hf)


def _next_step(given: object) -> str:
    """What to do about something that is no model config."""
    if is_huggingface(given):
        return ": it is a Hugging Face config already"
    if is_dataclass(given) and "hidden_size" in values_of(given):
        return ": vocabulary, tied embeddings and positions stand around it, in the GPTModelConfig or HybridModelConfig"
    return ""
