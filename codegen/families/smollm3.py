"""SmolLM3 3B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.positions.skipped import ROPE_LAYERS
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Ignored, Inverse, Kind, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.smollm3.configuration_smollm3 import SmolLM3Config

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried


def window_is_on(hf: SmolLM3Config, sliding: list[int]) -> bool:
    return hf.use_sliding_window or not any(sliding)


def use_sliding_window_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.window_size is None else True


FAMILY = Family(
    config="transformers.models.smollm3.configuration_smollm3.SmolLM3Config",
    covers="SmolLM3 3B.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        ROPE_LAYERS,
        LAYERED_WINDOW,
        BIASES,
        DENSE,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=(
        require(
            "use_sliding_window",
            window_is_on,
            "must be True where a layer is sliding_attention: transformers makes the mask of a window all the same, "
            "but some of its attentions ask this field",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
        Ignored(
            "no_rope_layer_interval",
            Kind.DEAD,
            "only fills in no_rope_layers where a config is built without them; no_rope_layers decides",
        ),
    ),
)
