"""DeepSeek's sparse attention: latent attention to the keys that an indexer picks for each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.parts.attention.latents import LATENT, QUERY_LATENT, ROPE_DIM, V_HEAD_DIM
from codegen.parts.decoder.dropouts import no_such_dropout
from codegen.parts.stack.pattern import LayersConfig
from codegen.table import (
    Also,
    Constant,
    Ignored,
    Inverse,
    Kind,
    Local,
    Older,
    Part,
    Rename,
    Row,
    Words,
    positive,
    require,
)

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.hybrid import of_mixers


class IndexedConfig(Protocol):
    """A config with an indexer."""

    qk_rope_head_dim: int
    index_head_dim: int
    num_hidden_layers: int
    layer_types: list[str] | None


def rope_fits(hf: IndexedConfig) -> bool:
    return hf.index_head_dim >= hf.qk_rope_head_dim


def all_indexed(hf: IndexedConfig) -> bool:
    return hf.layer_types == ["indexed_attention"] * hf.num_hidden_layers


def layer_types_of(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return ["indexed_attention"] * len(of_mixers(model, range(model.transformer.num_layers)))


def sparse_attention_in_all(hf: LayersConfig) -> str:
    return "D" * hf.num_hidden_layers


SPARSE: Final = Part(
    includes=(LATENT, QUERY_LATENT, V_HEAD_DIM, ROPE_DIM),
    replaces=("mixers",),
    rows=(
        Constant("experimental_attention_variant", "dsa", "Every layer has an indexer, or uses that of another."),
        *(
            Constant(name, value, "No layer has linear attention.")
            for name, value in (
                ("linear_conv_kernel_dim", 4),
                ("linear_key_head_dim", 128),
                ("linear_value_head_dim", 128),
                ("linear_num_key_heads", 16),
                ("linear_num_value_heads", 32),
            )
        ),
        Rename("index_n_heads", "dsa_indexer_n_heads"),
        Rename("index_head_dim", "dsa_indexer_head_dim"),
        Rename("index_topk", "dsa_indexer_topk"),
        Constant(
            "dsa_indexer_rotate_activation",
            False,
            "transformers leaves out the Hadamard transform: it is orthogonal, and products of vectors "
            "keep their value.",
        ),
        Constant("dsa_indexer_k_norm_epsilon", 1e-6, "Hugging Face has no field: the norm of the indexer's keys."),
        *positive("index_n_heads", "index_head_dim", "index_topk"),
        require("index_head_dim", rope_fits, "must be at least qk_rope_head_dim, the part of it that is rotated"),
        require(
            "layer_types",
            all_indexed,
            "must be indexed_attention in every layer: the class has no other kind of layer",
            inverse=(Inverse("layer_types", layer_types_of),),
        ),
        Ignored("mlp_bias", Kind.DEAD, "no MLP of the class has a bias, whatever this says"),
        Ignored(
            "first_k_dense_replace",
            Kind.DEAD,
            "only fills in mlp_layer_types where a config is built without them; mlp_layer_types decides",
        ),
    ),
    hybrid=(Local("mixers", sparse_attention_in_all),),
)
"""Sparse latent attention."""

NO_DROPOUT: Final[tuple[Row, ...]] = (
    Constant("attention_dropout", 0.0, "Megatron's sparse attention drops nothing, whatever this says."),
    no_such_dropout("attention_dropout", "the class drops a part of the weights of sparse attention"),
)

INDEXED_BY_NAME: Final = Older(
    "layer_types", "5.18.0", Words((("deepseek_sparse_attention", "indexed_attention"),)), "It was called otherwise."
)
"""What layers of sparse attention were called."""

EXPERTS_TWICE: Final = Older(
    "n_routed_experts", "5.13.0", Also("num_experts"), "The class had the number of experts twice."
)
"""Where older classes had the number of experts."""
