"""GPT-2's names, and those of its heirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.attention.biases import ALL_BIASES
from codegen.parts.decoder.dropouts import Dropout, Place, attention_dropout, hidden_dropouts
from codegen.parts.decoder.language_model import LANGUAGE_MODEL, NO_PADDING_ROW, TOKENS
from codegen.parts.decoder.norms import LAYER_NORM, layer_norm
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.learned import LEARNED
from codegen.parts.stack.pattern import COUNTED_SYMBOLS, SYMBOLS, num_layers
from codegen.table import (
    Computed,
    Constant,
    Inverse,
    Local,
    NoInverse,
    Part,
    Rename,
    layers,
    must_be,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.hybrid import mixers


class SizesConfig(Protocol):
    """A config with GPT-2's names."""

    n_embd: int
    n_layer: int
    n_head: int
    n_inner: int | None


class ScaledConfig(Protocol):
    """A config that says whether the scores of attention are scaled."""

    scale_attn_weights: bool


def ffn_hidden_size(hf: SizesConfig) -> int:
    return 4 * hf.n_embd if hf.n_inner is None else hf.n_inner


def n_inner_of(transformer: TransformerConfig) -> int | None:
    return transformer.ffn_hidden_size


def kv_channels(hf: SizesConfig) -> int:
    return hf.n_embd // hf.n_head


def num_query_groups(hf: SizesConfig) -> int:
    return hf.n_head


def heads_fill_hidden(hf: SizesConfig) -> bool:
    return not hf.n_head or hf.n_embd % hf.n_head == 0


def softmax_scale(hf: ScaledConfig) -> float | None:
    return None if hf.scale_attn_weights else 1.0


def scale_attn_weights_of(transformer: TransformerConfig) -> bool:
    return transformer.softmax_scale != 1.0


def mixers_of_layers(hf: SizesConfig) -> str:
    return "*" * hf.n_layer


def no_experts(hf: SizesConfig) -> list[int]:
    return [0] * hf.n_layer


def n_layer_back(model: HybridModelConfig) -> int:
    return len(mixers(model))


GPT2_NAMES: Final = Part(
    includes=(LANGUAGE_MODEL, TOKENS, LAYER_NORM),
    rows=(
        Rename("n_embd", "hidden_size"),
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "Four times as wide where the config does not say it.",
            inverse=(Inverse("n_inner", n_inner_of),),
        ),
        Rename("n_head", "num_attention_heads"),
        Computed(
            "kv_channels",
            kv_channels,
            "The class has no other.",
            inverse=NoInverse("it follows from n_embd and n_head, which are read back"),
        ),
        require("n_head", heads_fill_hidden, "must divide n_embd: a head is always n_embd // n_head wide"),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        *layer_norm("layer_norm_epsilon"),
        *plain_mlp("activation_function"),
        Rename("tie_word_embeddings", "share_embeddings_and_output_weights"),
        Rename("initializer_range", "init_method_std"),
        *attention_dropout("attn_pdrop"),
        *hidden_dropouts(
            Dropout("resid_pdrop", Place.ADDED),
            Dropout("embd_pdrop", Place.EMBEDDING),
        ),
        *layers("n_layer"),
        *positive("n_embd", "n_inner", "n_head", "n_positions"),
        *not_negative("initializer_range"),
    ),
    gpt=(Rename("n_layer", "num_layers"),),
)
"""What all decoders with GPT-2's names have: all but positions, biases and the number of query groups."""

GPT2_MULTI_HEAD: Final = Part(
    rows=(
        Computed(
            "num_query_groups",
            num_query_groups,
            "Every head has keys and values of its own.",
            inverse=NoInverse("n_head is read back from num_attention_heads"),
        ),
    ),
)
"""Keys and values of its own for every head, with GPT-2's names."""

GPT2_DECODER: Final = Part(
    includes=(GPT2_NAMES, NO_PADDING_ROW, ALL_BIASES, LEARNED, COUNTED_SYMBOLS),
    rows=(
        Computed(
            "softmax_scale",
            softmax_scale,
            "None scales by the square root of the width of a head.",
            inverse=(Inverse("scale_attn_weights", scale_attn_weights_of),),
        ),
        Rename("n_positions", "seq_length"),
        must_be(
            "add_cross_attention",
            (False,),
            "a language model has no encoder to attend to, and Megatron's decoders have no such layers",
        ),
    ),
    hybrid=(
        Local("mixers", mixers_of_layers),
        Local("expert_layers", no_experts),
        *SYMBOLS,
        Computed("num_layers", num_layers, "", inverse=(Inverse("n_layer", n_layer_back),)),
    ),
)
"""GPT-2's decoder: all but the number of query groups."""
