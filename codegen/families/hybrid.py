"""GPT models as hybrid models: the rows that take the place of those about layers, rope and windows.

Megatron deprecates GPTModel in favour of HybridModel, in which the mixer and the MLP of a layer are two layers with a
symbol each. Parameters and function are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.families.decoder import RopeConfig
from codegen.families.targets import HYBRID
from codegen.table import Computed, Constant, Inverse, Local, NoInverse, Route, Row, Rows, Target

if TYPE_CHECKING:
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol, mixers, two_symbols
    from mcore_mappers_runtime.patterns import HybridPattern, PatternFields, RestatedFields
    from mcore_mappers_runtime.rope import HybridRope, hybrid_rope, rope_parameters_of
    from mcore_mappers_runtime.rope_back import hybrid_rope_parameters
    from mcore_mappers_runtime.windows import window_skips


class LayersConfig(Protocol):
    """A config with a number of layers."""

    num_hidden_layers: int


def dense_pattern(hf: LayersConfig) -> HybridPattern:
    return two_symbols("*" * hf.num_hidden_layers, [0] * hf.num_hidden_layers)


def expert_pattern(hf: LayersConfig, expert_layers: list[int]) -> HybridPattern:
    return two_symbols("*" * hf.num_hidden_layers, expert_layers)


def latent_expert_pattern(hf: LayersConfig, expert_layers: list[int]) -> HybridPattern:
    return two_symbols("+" * hf.num_hidden_layers, expert_layers)


def sparse_expert_pattern(hf: LayersConfig, expert_layers: list[int]) -> HybridPattern:
    return two_symbols("D" * hf.num_hidden_layers, expert_layers)


def hybrid_layer_pattern(pattern: HybridPattern, settings: PatternFields, caller: RestatedFields) -> str:
    return pattern.full(settings, caller)


def num_layers(pattern: HybridPattern) -> int:
    return len(pattern.main)


def num_hidden_layers_back(model: HybridModelConfig) -> int:
    return len(mixers(model))


def rope(hf: RopeConfig, check: Check) -> HybridRope:
    return hybrid_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: HybridModelConfig) -> dict[str, object]:
    return hybrid_rope_parameters(model)


def skips_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(window_skips(sliding))


COUNTS_SYMBOLS: Final = Constant(
    "is_hybrid_model", True, "num_layers counts symbols of the pattern, which initialisation must know."
)
PATTERN: Final = Computed(
    "hybrid_layer_pattern",
    hybrid_layer_pattern,
    "",
    inverse=NoInverse("the number of layers is read back from num_layers, and their kinds where they are computed"),
)
LAYERS: Final[tuple[Row, ...]] = (
    COUNTS_SYMBOLS,
    Computed("num_layers", num_layers, "", inverse=(Inverse("num_hidden_layers", num_hidden_layers_back),)),
    PATTERN,
)
IN_PATTERN: Final = Constant("moe_layer_freq", 1, "The pattern says which layers have experts.")
ROPE_GIVES: Final = ("position_embedding_type", "rotary_percent", "rotary_base", "seq_len_interpolation_factor")
ROPE: Final = Local("rope", rope, gives=ROPE_GIVES, inverse=(Inverse("rope_parameters", rope_parameters_back),))

DENSE: Final[tuple[Row, ...]] = (Local("pattern", dense_pattern), *LAYERS)
"""Attention and an MLP in every layer."""
EXPERTS: Final[tuple[Row, ...]] = (Local("pattern", expert_pattern), *LAYERS, IN_PATTERN)
"""Attention, and experts in some layers."""
LATENT_EXPERTS: Final[tuple[Row, ...]] = (Local("pattern", latent_expert_pattern), *LAYERS, IN_PATTERN)
"""Latent attention, and experts in some layers."""
SPARSE_EXPERTS: Final[tuple[Row, ...]] = (Local("pattern", sparse_expert_pattern), *LAYERS, IN_PATTERN)
"""Sparse latent attention, and experts in some layers."""
WINDOWS: Final = Computed(
    "window_attn_skip_freq",
    skips_by_symbol,
    "1 for a layer with a window; every layer has two symbols.",
    inverse=NoInverse("layer_types is read back where it is computed"),
)

REPLACED: Final = frozenset(
    {
        *("num_layers", "rope", "moe_layer_freq", "window_attn_skip_freq", "no_rope_freq"),
        *("linear", "period"),
    }
)
"""What rows of a GPT target say in another way than those of a hybrid one."""


def as_hybrid(table: Rows, *rows: Row, target: Target = HYBRID, without: tuple[str, ...] = ()) -> Route:
    """The route of a GPT family to a HybridModelConfig.

    Args:
        table: the rows of the GPT target.
        rows: one of the patterns above, and what else takes the place of rows of the same subject: `ROPE`, which has
            fewer types, and `WINDOWS`.
        target: `HYBRID_MLA` for latent attention.
        without: subjects of rows that nothing takes the place of: the pattern says it.
    """
    said = {
        row.name if isinstance(row, Local) else row.target
        for row in rows
        if isinstance(row, Local | Computed | Constant)
    }
    own = Rows(module=table.module, extends=(table,), drop=(*sorted(said & REPLACED), *without), rows=rows)
    return Route(target, own, "to_megatron_hybrid")
