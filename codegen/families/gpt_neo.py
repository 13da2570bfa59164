"""GPT-Neo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT_LEARNED, HYBRID_LEARNED
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
    Family,
    Ignored,
    Inverse,
    Kind,
    Lacks,
    Local,
    NoInverse,
    Rename,
    layers,
    not_negative,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.gpt_neo.configuration_gpt_neo import GPTNeoConfig

    from mcore_mappers_runtime.attention_types import attention_types_of, local_layers, repeated_types
    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.hybrid import by_symbol, mixers
    from mcore_mappers_runtime.windows import window_reach, window_skips


def ffn_hidden_size(hf: GPTNeoConfig) -> int:
    return 4 * hf.hidden_size if hf.intermediate_size is None else hf.intermediate_size


def intermediate_size_of(transformer: TransformerConfig) -> int | None:
    return transformer.ffn_hidden_size


def kv_channels(hf: GPTNeoConfig) -> int:
    return hf.hidden_size // hf.num_heads


def num_query_groups(hf: GPTNeoConfig) -> int:
    return hf.num_heads


def heads_fill_hidden(hf: GPTNeoConfig) -> bool:
    return not hf.num_heads or hf.hidden_size % hf.num_heads == 0


def local(hf: GPTNeoConfig, check: Check) -> list[int]:
    return local_layers(check, attention_types_of(hf), check.undeclared("attention_layers"), hf.num_layers)


def attention_types_back(model: GPTModelConfig | HybridModelConfig) -> list[list[object]]:
    return repeated_types(model)


def window_size(hf: GPTNeoConfig, local: list[int]) -> tuple[int, int] | None:
    return window_reach(hf.window_size, local)


def window_size_of(transformer: TransformerConfig) -> int | NotCarried:
    return NOT_CARRIED if transformer.window_size is None else transformer.window_size[0] + 1


def windows_by_layer(local: list[int]) -> list[int] | None:
    return window_skips(local)


def windows_by_symbol(local: list[int]) -> list[int] | None:
    return by_symbol(window_skips(local))


def mixers_of_layers(hf: GPTNeoConfig) -> str:
    return "*" * hf.num_layers


def no_experts(hf: GPTNeoConfig) -> list[int]:
    return [0] * hf.num_layers


def num_layers_back(model: HybridModelConfig) -> int:
    return len(mixers(model))


_TYPES = NoInverse("attention_types is read back where it is computed")

FAMILY = Family(
    config="transformers.models.gpt_neo.configuration_gpt_neo.GPTNeoConfig",
    covers="GPT-Neo.",
    lacks=Lacks(
        "transformers.models.gpt_neo.modeling_gpt_neo.GPTNeoSelfAttention.out_proj",
        "biases of every linear layer but those of queries, keys and values",
    ),
    parts=(LANGUAGE_MODEL, TOKENS, NO_PADDING_ROW, ALL_BIASES, LAYER_NORM, LEARNED, COUNTED_SYMBOLS),
    targets=(GPT_LEARNED, HYBRID_LEARNED),
    replaces=("tie_last_hidden_states",),
    rows=(
        Rename("hidden_size", "hidden_size"),
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "Four times as wide where the config does not say it.",
            inverse=(Inverse("intermediate_size", intermediate_size_of),),
        ),
        Rename("num_heads", "num_attention_heads"),
        Computed(
            "kv_channels",
            kv_channels,
            "The class has no other.",
            inverse=NoInverse("it follows from hidden_size and num_heads, which are read back"),
        ),
        require("num_heads", heads_fill_hidden, "must divide hidden_size: a head is hidden_size // num_heads wide"),
        Computed(
            "num_query_groups",
            num_query_groups,
            "Every head has keys and values of its own.",
            inverse=NoInverse("num_heads is read back from num_attention_heads"),
        ),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        Constant("softmax_scale", 1.0, "The class does not scale the scores of attention."),
        Constant("qkv_bias", False, "Queries, keys and values have no bias."),
        Local("local", local, inverse=(Inverse("attention_types", attention_types_back),)),
        Computed(
            "window_size",
            window_size,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("window_size", window_size_of),),
        ),
        *layer_norm("layer_norm_epsilon"),
        *plain_mlp("activation_function"),
        Rename("max_position_embeddings", "seq_length"),
        Rename("tie_word_embeddings", "share_embeddings_and_output_weights"),
        Rename("initializer_range", "init_method_std"),
        *attention_dropout("attention_dropout"),
        *hidden_dropouts(Dropout("resid_dropout", Place.ADDED), Dropout("embed_dropout", Place.EMBEDDING)),
        *layers("num_layers"),
        *positive("hidden_size", "intermediate_size", "num_heads", "window_size", "max_position_embeddings"),
        *not_negative("initializer_range"),
        Ignored(
            "classifier_dropout",
            Kind.INFERENCE,
            "belongs to classification heads, which a language model does not have",
        ),
    ),
    gpt=(
        Rename("num_layers", "num_layers"),
        Computed("window_attn_skip_freq", windows_by_layer, "1 for a layer with a window.", _TYPES),
    ),
    hybrid=(
        Local("mixers", mixers_of_layers),
        Local("expert_layers", no_experts),
        *SYMBOLS,
        Computed("num_layers", num_layers, "", inverse=(Inverse("num_layers", num_layers_back),)),
        Computed(
            "window_attn_skip_freq",
            windows_by_symbol,
            "1 for a layer with a window; every layer has two symbols.",
            _TYPES,
        ),
    ),
)
