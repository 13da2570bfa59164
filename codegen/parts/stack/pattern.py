"""The layers of a model, one by one.

Megatron deprecates GPTModel in favour of HybridModel, in which the mixer and the MLP of a layer are two layers with a
symbol each. Parameters and function are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Part, Rename, Row, layers

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.hybrid import mixers, two_symbols
    from mcore_mappers_runtime.layer_kinds import HybridPattern, RestatedFields


class LayersConfig(Protocol):
    """A config with a number of layers."""

    num_hidden_layers: int


def no_experts(hf: LayersConfig) -> list[int]:
    return [0] * hf.num_hidden_layers


def pattern(mixers: str, expert_layers: list[int]) -> HybridPattern:
    return two_symbols(mixers, expert_layers)


def hybrid_layer_pattern(pattern: HybridPattern, transformer: TransformerConfig, caller: RestatedFields) -> str:
    return pattern.full(transformer.mtp_num_layers, caller)


def num_layers(pattern: HybridPattern) -> int:
    return len(pattern.main)


def num_hidden_layers_back(model: HybridModelConfig) -> int:
    return len(mixers(model))


COUNTED_SYMBOLS: Final = Part(
    hybrid=(
        Constant("is_hybrid_model", True, "num_layers counts symbols of the pattern, which initialisation must know."),
    )
)
"""A hybrid model, whose layers are the symbols of its pattern."""

PATTERN: Final = Computed(
    "hybrid_layer_pattern",
    hybrid_layer_pattern,
    "",
    inverse=NoInverse("the number of layers is read back from num_layers, and their kinds where they are computed"),
)

SYMBOLS: Final[tuple[Row, ...]] = (Local("pattern", pattern), PATTERN)
"""The pattern of a hybrid model, in which the mixer and the MLP of a layer are two layers with a symbol each.

Needs `COUNTED_SYMBOLS` and two locals: `mixers`, with the symbol of each layer's mixer, and `expert_layers`, 1 for each
layer with experts.
"""

NUMBERED_LAYERS: Final = Part(
    includes=(COUNTED_SYMBOLS,),
    rows=layers("num_hidden_layers"),
    gpt=(Rename("num_hidden_layers", "num_layers"),),
    hybrid=(
        *SYMBOLS,
        Computed("num_layers", num_layers, "", inverse=(Inverse("num_hidden_layers", num_hidden_layers_back),)),
    ),
)
"""As many layers as `num_hidden_layers`."""

DENSE: Final = Part(hybrid=(Local("expert_layers", no_experts),))
"""An MLP in every layer."""
