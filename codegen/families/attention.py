"""What attention has beside query groups and rope: head sizes, biases, norms and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import Computed, Constant, Ignored, Inverse, Kind, Local, MustBe, NoInverse, Require, Rows, positive

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.windows import sliding_layers, window_of, window_reach, window_skips, window_types


class HeadsConfig(Protocol):
    """A config that says how wide its attention is."""

    hidden_size: int
    num_attention_heads: int


class WindowConfig(Protocol):
    """A config with a window in all layers or in none."""

    sliding_window: int | None


class SwitchedWindowConfig(WindowConfig, Protocol):
    """A config whose window can be switched off."""

    use_sliding_window: bool


class LayeredWindowConfig(WindowConfig, Protocol):
    """A config with a window in some layers."""

    num_hidden_layers: int
    layer_types: list[str] | None


def head_dim(check: Check) -> int | None:
    return check.undeclared_size("head_dim")


def kv_channels(hf: HeadsConfig, head_dim: int | None) -> int:
    return hf.hidden_size // hf.num_attention_heads if head_dim is None else head_dim


def head_dim_of(transformer: TransformerConfig) -> int | None:
    return transformer.kv_channels


UNDECLARED_HEAD_DIM: Final = Rows(
    module=__name__,
    rows=(
        Local("head_dim", head_dim),
        Computed(
            "kv_channels",
            kv_channels,
            "The class declares no head_dim, but checkpoints set it and the model reads it.",
            inverse=(Inverse("head_dim", head_dim_of),),
        ),
    ),
)
"""The width of a head that modeling code reads with a default."""


def derived_head_dim(hf: HeadsConfig) -> int:
    return hf.hidden_size // hf.num_attention_heads


def heads_fill_hidden(hf: HeadsConfig) -> bool:
    return not hf.num_attention_heads or hf.hidden_size % hf.num_attention_heads == 0


DERIVED_HEAD_DIM: Final = Rows(
    module=__name__,
    rows=(
        Computed(
            "kv_channels",
            derived_head_dim,
            "The class has no other.",
            inverse=NoInverse("it follows from hidden_size and num_attention_heads, which are read back"),
        ),
        Require(
            "num_attention_heads", heads_fill_hidden, "must divide hidden_size: the class has no other width of a head"
        ),
    ),
)
"""The width of a head where there is no choice."""

NO_BIAS: Final = Rows(
    module=__name__,
    rows=(Constant("add_bias_linear", False, "No linear layer of the class has a bias."),),
)

QKV_BIAS: Final = Rows(
    module=__name__,
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone have biases."),
        Constant("add_qkv_bias", True, "Hugging Face has no flag: the class has these biases always."),
    ),
)

NO_ATTENTION_BIAS: Final = Rows(
    module=__name__,
    rows=(
        Constant("add_bias_linear", False, "No linear layer has a bias when attention_bias is False."),
        MustBe(
            "attention_bias",
            (False,),
            "it biases the output projection too, and Megatron has that bias only together with biases of every "
            "linear layer",
        ),
    ),
)
"""Biases of all four projections of attention, or of none."""

QK_NORM: Final = Rows(
    module=__name__, rows=(Constant("qk_layernorm", True, "q_norm and k_norm, one weight for all heads."),)
)


def window_size(hf: WindowConfig) -> tuple[int, int] | None:
    return None if hf.sliding_window is None else (hf.sliding_window - 1, 0)


def sliding_window_of(transformer: TransformerConfig) -> int | None:
    return window_of(transformer.window_size)


WINDOW: Final = Rows(
    module=__name__,
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


def layered_window_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1


def layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return window_types(model)


def window_is_there(hf: LayeredWindowConfig, sliding: list[int]) -> bool:
    return hf.sliding_window is not None or not any(sliding)


LAYERED_WINDOW: Final = Rows(
    module=__name__,
    rows=(
        Local("sliding", sliding, inverse=(Inverse("layer_types", layer_types_back),)),
        Computed(
            "window_size",
            layered_window,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", layered_window_of),),
        ),
        Computed(
            "window_attn_skip_freq",
            layered_window_skips,
            "1 for a layer with a window.",
            inverse=NoInverse("layer_types is read back where it is computed"),
        ),
        *positive("sliding_window"),
        Require(
            "sliding_window",
            window_is_there,
            "must be given: some layers are sliding_attention, which transformers cannot mask without it",
        ),
    ),
)
"""A window in the layers of which `layer_types` says so."""


def use_sliding_window_of(transformer: TransformerConfig) -> bool:
    return transformer.window_size is not None


def window_is_used(hf: SwitchedWindowConfig) -> bool:
    return hf.use_sliding_window or hf.sliding_window is None


WINDOW_SWITCH: Final = Rows(
    module=__name__,
    rows=(
        Require(
            "use_sliding_window",
            window_is_used,
            "must be True where sliding_window is set: the model has a window exactly when that is set",
            inverse=(Inverse("use_sliding_window", use_sliding_window_of),),
        ),
    ),
)
"""Qwen's switch, at which only the config class looks, when it is built."""

QWEN_WINDOW: Final = Rows(
    module=__name__,
    extends=(LAYERED_WINDOW, WINDOW_SWITCH),
    rows=(
        Ignored(
            "max_window_layers", Kind.DEAD, "says which layer_types a config gets that is built without; those decide"
        ),
    ),
)
"""A window in the upper layers of Qwen's dense models."""
