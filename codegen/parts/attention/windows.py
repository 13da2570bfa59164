"""Windows of attention, and norms of queries and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Ignored, Inverse, Kind, Local, NoInverse, Part, Weight, positive, require

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol
    from mcore_mappers_runtime.windows import sliding_layers, window_of, window_reach, window_skips, window_types

QK_NORM: Final = Part(rows=(Constant("qk_layernorm", True, "q_norm and k_norm: Hugging Face has no flag."),))
"""A norm of queries and one of keys, each with one weight for all heads."""

QK_NORM_OVER_HEADS: Final = Part(
    includes=(QK_NORM,),
    rows=(Constant("qk_layernorm_over_heads", True, "They norm all heads together, and each channel has a weight."),),
    weights=(
        Weight("self_attention.q_layernorm.weight", "model.layers.{layer}.self_attn.q_norm.weight"),
        Weight("self_attention.k_layernorm.weight", "model.layers.{layer}.self_attn.k_norm.weight"),
    ),
)
"""A norm of all queries of a token and one of all its keys, with a weight for each channel of each head."""

QK_NORM_AFTER_ROPE: Final = Part(
    rows=(
        Constant("qk_layernorm", True, "query_layernorm and key_layernorm: Hugging Face has no flag."),
        Constant("qk_layernorm_after_rope", True, "They norm what rope has rotated."),
    ),
    weights=(
        Weight("self_attention.post_rope_q_layernorm.weight", "model.layers.{layer}.self_attn.query_layernorm.weight"),
        Weight("self_attention.post_rope_k_layernorm.weight", "model.layers.{layer}.self_attn.key_layernorm.weight"),
    ),
)
"""A norm of queries and one of keys after rope, each with one weight for all heads."""


class WindowConfig(Protocol):
    """A config with a window in all layers or in none."""

    sliding_window: int | None


class SwitchedWindowConfig(WindowConfig, Protocol):
    """A config whose window can be switched off."""

    use_sliding_window: bool | None


class LayeredWindowConfig(WindowConfig, Protocol):
    """A config with a window in some layers."""

    num_hidden_layers: int
    layer_types: list[str] | None


def window_size(hf: WindowConfig) -> tuple[int, int] | None:
    return None if hf.sliding_window is None else (hf.sliding_window - 1, 0)


def sliding_window_of(transformer: TransformerConfig) -> int | None:
    return window_of(transformer.window_size)


WINDOW: Final = Part(
    rows=(
        Computed(
            "window_size",
            window_size,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", sliding_window_of),),
        ),
        *positive("sliding_window"),
    ),
)
"""A window in every layer, where there is one."""


def sliding(hf: LayeredWindowConfig, check: Check) -> list[int]:
    return sliding_layers(check, hf.layer_types, hf.num_hidden_layers)


def layered_window(hf: LayeredWindowConfig, sliding: list[int]) -> tuple[int, int] | None:
    return window_reach(hf.sliding_window, sliding)


def layered_window_skips(sliding: list[int]) -> list[int] | None:
    return window_skips(sliding)


def skips_by_symbol(sliding: list[int]) -> list[int] | None:
    return by_symbol(window_skips(sliding))


def layered_window_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1


def layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return window_types(model)


def window_is_there(hf: LayeredWindowConfig, sliding: list[int]) -> bool:
    return hf.sliding_window is not None or not any(sliding)


_ELSEWHERE: Final = NoInverse("layer_types is read back where it is computed")

LAYERED_WINDOW: Final = Part(
    rows=(
        Local("sliding", sliding, inverse=(Inverse("layer_types", layer_types_back),)),
        Computed(
            "window_size",
            layered_window,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", layered_window_of),),
        ),
        *positive("sliding_window"),
        require(
            "sliding_window",
            window_is_there,
            "must be given: some layers are sliding_attention, which transformers cannot mask without it",
        ),
    ),
    gpt=(Computed("window_attn_skip_freq", layered_window_skips, "1 for a layer with a window.", _ELSEWHERE),),
    hybrid=(
        Computed(
            "window_attn_skip_freq",
            skips_by_symbol,
            "1 for a layer with a window; every layer has two symbols.",
            _ELSEWHERE,
        ),
    ),
)
"""A window in the layers of which `layer_types` says so."""


def use_sliding_window_of(transformer: TransformerConfig) -> bool:
    return transformer.window_size is not None


def window_is_used(hf: SwitchedWindowConfig) -> bool:
    return bool(hf.use_sliding_window) or hf.sliding_window is None


WINDOW_SWITCH: Final = Part(
    rows=(
        require(
            "use_sliding_window",
            window_is_used,
            "must be True where sliding_window is set: the model has a window exactly when that is set",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
    ),
)
"""Qwen's switch of its window, which only the config class reads, when it is built."""

QWEN_WINDOW: Final = Part(
    includes=(LAYERED_WINDOW, WINDOW_SWITCH),
    rows=(
        Ignored(
            "max_window_layers",
            Kind.DEAD,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
    ),
)
"""A window in the upper layers of Qwen's dense models."""


def given_window(hf: LayeredWindowConfig, check: Check) -> int:
    return check.given(
        "sliding_window", hf.sliding_window, "transformers makes the mask of a window even if no layer has one"
    )


def reach_of_given(sliding_window: int, sliding: list[int]) -> tuple[int, int] | None:
    return window_reach(sliding_window, sliding)


GIVEN_WINDOW: Final = Part(
    includes=(LAYERED_WINDOW,),
    replaces=("window_size", "sliding_window"),
    rows=(
        Local("sliding_window", given_window),
        Computed(
            "window_size",
            reach_of_given,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", layered_window_of),),
        ),
        *positive("sliding_window"),
    ),
)
"""A window in the layers of which `layer_types` says so, in classes that need its width in any case."""
