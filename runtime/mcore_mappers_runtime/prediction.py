"""Layers that predict further tokens: how many a checkpoint has, and who may ask Megatron for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from .equal import path_of, values_of

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.configuration_utils import PreTrainedConfig

    from .registry import Registry

KEYWORD: Final = "mtp_num_layers"
"""The field by which a caller asks for them."""

_COUNTS: Final = ("num_nextn_predict_layers", "mtp_num_hidden_layers")
"""Under which names published files count them, whether or not transformers knows of it."""

_DECLARED: Final = "num_mtp_layers"
"""Under which name classes of transformers do."""


def prediction_layers(transformer: TransformerConfig) -> int:
    """How many there are: Megatron can apply one as often as it predicts, and then has weights for one alone."""
    count = transformer.mtp_num_layers or 0
    return min(count, 1) if transformer.mtp_use_repeated_layer else count


def may_predict(registry: Registry, family: str, values: Mapping[str, object]) -> bool:
    """Whether a caller may ask for any number: the class of the family has such layers, or the config counts some.

    Args:
        registry: of the package that the family is in.
        family: its name.
        values: the attributes of the Hugging Face config.
    """
    declared = {name: value for name, value in values.items() if name in _COUNTS}
    return registry.families[family].predicts or counted(declared) is not None


def counted(values: Mapping[str, object]) -> tuple[str, int] | None:
    """The name under which a config counts them, and how many it has; None where it counts none."""
    counts = ((name, values.get(name)) for name in (_DECLARED, *_COUNTS))
    return next(((name, each) for name, each in counts if isinstance(each, int) and each > 0), None)


def as_keyword(number: object, registry: Registry, hf: PreTrainedConfig) -> dict[str, int | None]:
    """A number of such layers as the keyword that asks for as many; empty where no caller may ask for it."""
    if number is not None and (type(number) is not int or number < 0):
        return {}
    family = next(each.name for each in registry.families.values() if each.config_class == path_of(type(hf)))
    return {KEYWORD: number} if not number or may_predict(registry, family, values_of(hf)) else {}
