"""EXAONE 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.norms import OLMO_NORMS
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Computed, Family, Ignored, Inverse, Kind, Lacks, NoInverse

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.exaone4.configuration_exaone4 import Exaone4Config

    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.positions import layers_with_rope, rope_skips
    from mcore_mappers_runtime.windows import window_of, window_reach


def window_size(hf: Exaone4Config, sliding: list[int]) -> tuple[int, int] | None:
    return window_reach(hf.sliding_window, sliding)


def sliding_window_of(model: GPTModelConfig | HybridModelConfig) -> int | None:
    # A model without positions has a width of a window, which no layer has.
    return window_of(model.transformer.window_size) or (None if all(layers_with_rope(model)) else 1)


def no_rope_freq(hf: Exaone4Config, sliding: list[int]) -> list[int] | None:
    return None if hf.sliding_window is None else rope_skips([int(not each) for each in sliding])


def no_rope_by_symbol(hf: Exaone4Config, sliding: list[int]) -> list[int] | None:
    return None if hf.sliding_window is None else by_symbol(rope_skips([int(not each) for each in sliding]))


ELSEWHERE = NoInverse("layer_types and sliding_window, which are read back, say it")

FAMILY = Family(
    config="transformers.models.exaone4.configuration_exaone4.Exaone4Config",
    covers="EXAONE 4.",
    lacks=Lacks(
        "transformers.models.exaone4.modeling_exaone4.Exaone4DecoderLayer.post_feedforward_layernorm",
        "norms after attention and MLP, and none before",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        NO_BIAS,
        LAYERED_WINDOW,
        OLMO_NORMS,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    replaces=("window_size",),
    rows=(
        Computed(
            "window_size",
            window_size,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", sliding_window_of),),
        ),
        Ignored(
            "sliding_window_pattern",
            Kind.INFERENCE,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
    ),
    gpt=(
        Computed(
            "no_rope_freq",
            no_rope_freq,
            "1 for a layer without positions: each without a window, if any may have one.",
            ELSEWHERE,
        ),
    ),
    hybrid=(
        Computed("no_rope_freq", no_rope_by_symbol, "The same by symbol, of which every layer has two.", ELSEWHERE),
    ),
)
