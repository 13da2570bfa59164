"""What tells the inner config of a model with layers from that of one without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

_MARK: Final = "_of_a_layered_model"
"""An attribute and no field: Megatron neither compares nor writes it. Copies and pickles keep it; `replace` of the
inner config alone, which makes a config of its own, does not."""


def mark(transformer: TransformerConfig) -> None:
    """Say of an inner config that it is not all of its model."""
    setattr(transformer, _MARK, True)


def marked(transformer: object) -> bool:
    """Whether an inner config is of a model that has layers, which only the outer config says."""
    return vars(transformer).get(_MARK) is True
