"""SmolLM3 3B."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.attention import LAYERED_WINDOW, UNDECLARED_HEAD_DIM
from codegen.families.biases import BIASES, GATED_KERNELS
from codegen.families.decoder import DECODER, GROUPED_QUERY, ROPE
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.positions import HYBRID_ROPE_LAYERS, ROPE_LAYERS
from codegen.families.targets import GPT
from codegen.table import Family, Ignored, Inverse, Kind, Require, Rows

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from transformers.models.smollm3.configuration_smollm3 import SmolLM3Config

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried


def window_is_on(hf: SmolLM3Config, sliding: list[int]) -> bool:
    return hf.use_sliding_window or not any(sliding)


def use_sliding_window_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.window_size is None else True


TABLE = Rows(
    module=__name__,
    extends=(*(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, ROPE_LAYERS, LAYERED_WINDOW, BIASES, GATED_KERNELS),),
    rows=(
        Require(
            "use_sliding_window",
            window_is_on,
            "must be True where a layer is sliding_attention: transformers makes the mask of a window all the same, "
            "but some of its attentions ask this field",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
        Ignored(
            "no_rope_layer_interval",
            Kind.DEAD,
            "says which no_rope_layers a config gets that is built without; those decide",
        ),
    ),
)

SMOLLM3 = Family(
    name="smollm3",
    config_class="transformers.models.smollm3.configuration_smollm3.SmolLM3Config",
    target=GPT,
    table=TABLE,
    covers="SmolLM3 3B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS, HYBRID_ROPE_LAYERS),
)
