"""What families share about attention.

all_biases:
- add_bias_linear: Every linear layer but the output layer has a bias.

attention_bias:
- add_bias_linear: No MLP has a bias.
- add_proj_bias: None, as Megatron's linear layers, or with the others.

biases:
- add_proj_bias: None, where it has what the MLP has.
- add_qkv_bias: Where the MLP has none.
- qkv_bias: Attention may be without those of the MLP.

counted_mtp_with_query_latent:
- mtp_num_layers: Checkpoints have them; transformers does not build them, and Megatron none whose queries
  have no norm.

derived_head_dim:
- kv_channels: The class has no other.

given_window:
- window_size: Megatron counts the tokens before the current one.

grouped_query:
- multi_latent_attention: Keys and values are projected from the hidden state itself.

latent:
- add_bias_linear: No linear layer has a bias when attention_bias is False.
- multi_latent_attention: Queries, keys and values go through latents of low rank.
- position_embedding_type: The kind of rope of latent attention is rope_type.
- qk_layernorm: The norms of latents.

layered_window:
- window_attn_skip_freq: 1 for a layer with a window.
- window_attn_skip_freq: 1 for a layer with a window; every layer has two symbols.
- window_size: Megatron counts the tokens before the current one.

multi_head:
- multi_latent_attention: Keys and values are projected from the hidden state itself.
- num_query_groups: Every head has keys and values of its own.

no_attention_bias:
- add_bias_linear: No linear layer has a bias when attention_bias is False.

no_bias:
- add_bias_linear: No linear layer of the class has a bias.

optional_head_dim:
- kv_channels: The model divides where the config does not say.

optional_query_latent:
- q_layernorm: What has no latent has no norm.
- q_lora_rank: Without it queries are projected from the hidden states.

optional_v_head_dim:
- kv_channels: The width of a head of the attention's output; latent attention reads nothing else from it.

qk_norm:
- qk_layernorm: q_norm and k_norm: Hugging Face has no flag.

qk_norm_after_rope:
- qk_layernorm: query_layernorm and key_layernorm: Hugging Face has no flag.
- qk_layernorm_after_rope: They norm what rope has rotated.

qk_norm_over_heads:
- qk_layernorm_over_heads: They norm all heads together, and each channel has a weight.

qkv_bias:
- add_bias_linear: Query, key and value alone have biases.
- add_qkv_bias: Hugging Face has no flag: the class has these biases always.

rope_halves:
- mla_rotary_interleaved: Hugging Face has no flag: the class rotates halves.

sinks:
- no_rope_freq: 1 for a layer without rope.
- no_rope_freq: 1 for a layer without rope; every layer has two symbols.
- softmax_type: sinks, one for each head: Hugging Face has no flag.

sparse:
- dsa_indexer_k_norm_epsilon: Hugging Face has no field: the norm of the indexer's keys.
- dsa_indexer_rotate_activation: transformers leaves out the Hadamard transform: it is orthogonal, and
  products of vectors keep their value.
- experimental_attention_variant: Every layer has an indexer, or uses that of another.
- linear_conv_kernel_dim: No layer has linear attention.
- linear_key_head_dim: No layer has linear attention.
- linear_num_key_heads: No layer has linear attention.
- linear_num_value_heads: No layer has linear attention.
- linear_value_head_dim: No layer has linear attention.

undeclared_head_dim:
- kv_channels: The class declares no head_dim, but checkpoints set it and the model reads it.

used_biases:
- add_bias_linear: Of attention and MLP alike.

v_head_dim:
- kv_channels: The width of a head of the attention's output; latent attention reads nothing else from it.

window:
- window_size: Megatron counts the tokens before the current one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import MLATransformerConfig

    from mcore_mappers_runtime.check import Check


LATENT_UNREAD: tuple[str, ...] = ()
"""Not read:

- qk_head_dim: dead: derived from the two parts of a head; the model adds them itself
"""

QWEN_WINDOW_UNREAD = ("max_window_layers",)
"""Not read:

- max_window_layers: dead: only fills in layer_types where a config is built without them; layer_types decides
"""

SPARSE_UNREAD = (
    "first_k_dense_replace",
    "mlp_bias",
)
"""Not read:

- first_k_dense_replace: dead: only fills in mlp_layer_types where a config is built without them;
  mlp_layer_types decides
- mlp_bias: dead: no MLP of the class has a bias, whatever this says
"""


class _AttentionBias(Protocol):
    @property
    def attention_bias(self) -> object: ...


def attention_bias(check: Check, hf: _AttentionBias) -> None:
    """Biases of all four projections of attention, or of none."""
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (False,),
        "it biases the output projection too, and Megatron has that bias only together with biases of every "
        "linear layer",
        layers=("add_proj_bias",),
    )


class _Biases(Protocol):
    @property
    def attention_bias(self) -> bool: ...
    @property
    def mlp_bias(self) -> bool: ...


def biases(check: Check, hf: _Biases) -> None:
    """Biases of all projections, which attention and MLP say apart."""
    check.require(
        hf.attention_bias == hf.mlp_bias,
        "attention_bias",
        hf.attention_bias,
        "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly "
        "when every linear layer has one",
        layers=("qkv_bias", "add_proj_bias"),
    )


class _BiasesTogether(Protocol):
    @property
    def attention_bias(self) -> bool: ...
    @property
    def mlp_bias(self) -> bool: ...


def biases_together(check: Check, hf: _BiasesTogether) -> None:
    """Biases of none of these; those of all four are refused."""
    check.require(
        hf.attention_bias == hf.mlp_bias,
        "attention_bias",
        hf.attention_bias,
        "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly "
        "when every linear layer has one",
    )


class _CountedMtpWithQueryLatent(Protocol):
    @property
    def num_mtp_layers(self) -> float | None: ...


def counted_mtp_with_query_latent(check: Check, hf: _CountedMtpWithQueryLatent) -> None:
    """As many layers of prediction as `num_mtp_layers` says, where queries have a latent, and else none."""
    check.not_negative(num_mtp_layers=hf.num_mtp_layers)


class _DerivedHeadDim(Protocol):
    @property
    def hidden_size(self) -> int: ...
    @property
    def num_attention_heads(self) -> int: ...


def derived_head_dim(check: Check, hf: _DerivedHeadDim) -> None:
    """The width of a head where there is no choice."""
    check.require(
        not hf.num_attention_heads or hf.hidden_size % hf.num_attention_heads == 0,
        "num_attention_heads",
        hf.num_attention_heads,
        "must divide hidden_size: a head is always hidden_size // num_attention_heads wide",
    )


class _GivenHeadDim(Protocol):
    @property
    def head_dim(self) -> float | None: ...


def given_head_dim(check: Check, hf: _GivenHeadDim) -> None:
    """The width of a head in a declared `head_dim`."""
    check.positive(head_dim=hf.head_dim)


class _GivenWindow(Protocol):
    @property
    def sliding_window(self) -> float | None: ...


def given_window(check: Check, hf: _GivenWindow) -> None:
    """A window in the layers of which `layer_types` says so, in classes that need its width in any case."""
    check.positive(sliding_window=hf.sliding_window)


class _GroupedQuery(Protocol):
    @property
    def num_attention_heads(self) -> int: ...
    @property
    def num_key_value_heads(self) -> int | None: ...


def grouped_query(check: Check, hf: _GroupedQuery) -> None:
    """Attention with query groups."""
    check.positive(num_key_value_heads=hf.num_key_value_heads)
    check.require(
        not hf.num_key_value_heads or hf.num_attention_heads % hf.num_key_value_heads == 0,
        "num_key_value_heads",
        hf.num_key_value_heads,
        "must divide num_attention_heads: every group serves the same number of query heads",
    )


class _HeadDim(Protocol):
    @property
    def head_dim(self) -> float | None: ...


def head_dim(check: Check, hf: _HeadDim) -> None:
    """The width of a head in a declared `head_dim` that may be None by its type."""
    check.positive(head_dim=hf.head_dim)


class _Latent(Protocol):
    @property
    def attention_bias(self) -> object: ...
    @property
    def kv_lora_rank(self) -> float | None: ...
    @property
    def num_attention_heads(self) -> int: ...
    @property
    def num_key_value_heads(self) -> int | None: ...
    @property
    def q_lora_rank(self) -> float | None: ...
    @property
    def qk_nope_head_dim(self) -> float | None: ...
    @property
    def qk_rope_head_dim(self) -> float | None: ...
    @property
    def rms_norm_eps(self) -> float: ...
    @property
    def v_head_dim(self) -> float | None: ...


def latent(check: Check, hf: _Latent) -> None:
    """Latent attention without biases, but for `q_lora_rank` and `kv_channels`."""
    check.positive(
        kv_lora_rank=hf.kv_lora_rank,
        num_key_value_heads=hf.num_key_value_heads,
        q_lora_rank=hf.q_lora_rank,
        qk_nope_head_dim=hf.qk_nope_head_dim,
        qk_rope_head_dim=hf.qk_rope_head_dim,
        v_head_dim=hf.v_head_dim,
    )
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (False,),
        "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
    )
    check.require(
        hf.num_key_value_heads == hf.num_attention_heads,
        "num_key_value_heads",
        hf.num_key_value_heads,
        "must equal num_attention_heads: latent attention has keys and values for every head",
    )
    check.deviation(
        "mla_latent_norm_eps",
        applies=hf.rms_norm_eps != 1e-6,
        within=hf.rms_norm_eps <= 1e-5,
        field="rms_norm_eps",
        value=hf.rms_norm_eps,
        reason="transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
        "with layernorm_epsilon; published checkpoints have 1e-5 at most",
    )


class _LayeredWindow(Protocol):
    @property
    def sliding_window(self) -> int | None: ...


def layered_window(check: Check, hf: _LayeredWindow, sliding: list[int]) -> None:
    """A window in the layers of which `layer_types` says so."""
    check.positive(sliding_window=hf.sliding_window)
    check.require(
        hf.sliding_window is not None or not any(sliding),
        "sliding_window",
        hf.sliding_window,
        "must be given: some layers are sliding_attention, which transformers cannot mask without it",
    )


class _NoAttentionBias(Protocol):
    @property
    def attention_bias(self) -> object: ...


def no_attention_bias(check: Check, hf: _NoAttentionBias) -> None:
    """Biases of none of these; those of all four are refused."""
    check.must_be(
        "attention_bias",
        hf.attention_bias,
        (False,),
        "it biases the output projection too, and Megatron has that bias only together with biases of every "
        "linear layer",
    )


class _OptionalHeadDim(Protocol):
    @property
    def head_dim(self) -> float | None: ...


def optional_head_dim(check: Check, hf: _OptionalHeadDim) -> None:
    """The width of a head in a declared `head_dim` that may be None in a built config."""
    check.positive(head_dim=hf.head_dim)


class _OptionalQueryLatent(Protocol):
    @property
    def q_lora_rank(self) -> int | None: ...


def optional_query_latent(check: Check, hf: _OptionalQueryLatent) -> None:
    """A latent of queries that a model may be without."""
    check.require(
        hf.q_lora_rank is not None,
        "q_lora_rank",
        hf.q_lora_rank,
        "must be given: without a latent for queries, Megatron normalises that of keys only where it "
        "normalises what queries are projected from, too, which the model does not",
        layers=("q_layernorm",),
    )


class _RopeDim(Protocol):
    @property
    def head_dim(self) -> int | None: ...
    @property
    def qk_rope_head_dim(self) -> int: ...


def rope_dim(check: Check, hf: _RopeDim) -> None:
    """The width of rope in latent attention, in classes that declare a `head_dim`."""
    check.positive(head_dim=hf.head_dim)
    check.require(
        hf.head_dim == hf.qk_rope_head_dim,
        "head_dim",
        hf.head_dim,
        "must be given, and be qk_rope_head_dim, to which transformers sets it: rope is that wide",
    )


class _RopeInterleave(Protocol):
    @property
    def rope_interleave(self) -> object: ...


def rope_interleave(check: Check, hf: _RopeInterleave) -> None:
    """Rope of interleaved pairs, which `rope_interleave` can switch off."""
    check.must_be(
        "rope_interleave",
        hf.rope_interleave,
        (True,),
        "Megatron's latent attention always rotates interleaved pairs",
        layers=("mla_rotary_interleaved",),
    )


class _Sparse(Protocol):
    @property
    def index_head_dim(self) -> int: ...
    @property
    def index_n_heads(self) -> float | None: ...
    @property
    def index_topk(self) -> float | None: ...
    @property
    def layer_types(self) -> list[str] | None: ...
    @property
    def num_hidden_layers(self) -> int: ...
    @property
    def qk_rope_head_dim(self) -> int: ...


def sparse(check: Check, hf: _Sparse) -> None:
    """Sparse latent attention."""
    check.positive(index_head_dim=hf.index_head_dim, index_n_heads=hf.index_n_heads, index_topk=hf.index_topk)
    check.require(
        hf.index_head_dim >= hf.qk_rope_head_dim,
        "index_head_dim",
        hf.index_head_dim,
        "must be at least qk_rope_head_dim, the part of it that is rotated",
    )
    check.require(
        hf.layer_types == ["indexed_attention"] * hf.num_hidden_layers,
        "layer_types",
        hf.layer_types,
        "must be indexed_attention in every layer: the class has no other kind of layer",
    )


class _UndeclaredRopeDim(Protocol):
    @property
    def qk_rope_head_dim(self) -> int: ...


def undeclared_rope_dim(check: Check, hf: _UndeclaredRopeDim) -> None:
    """The width of rope in latent attention, in classes that do not declare a `head_dim`."""
    check.require(
        check.undeclared("head_dim") == hf.qk_rope_head_dim,
        "head_dim",
        check.undeclared("head_dim"),
        "must be qk_rope_head_dim, to which transformers sets it: rope is that wide",
    )


class _UnsaidHeadDim(Protocol):
    @property
    def hidden_size(self) -> int: ...
    @property
    def num_attention_heads(self) -> int: ...


def unsaid_head_dim(check: Check, hf: _UnsaidHeadDim) -> None:
    """The same, where rope looks for another one."""
    check.require(
        hf.num_attention_heads < 1
        or check.undeclared_size("head_dim")
        in (
            None,
            hf.hidden_size // hf.num_attention_heads,
        ),
        "head_dim",
        check.undeclared("head_dim"),
        "must be hidden_size // num_attention_heads, or be left out: attention has that, and rope alone looks here",
    )


class _Window(Protocol):
    @property
    def sliding_window(self) -> float | None: ...


def window(check: Check, hf: _Window) -> None:
    """A window in every layer, where there is one."""
    check.positive(sliding_window=hf.sliding_window)


class _WindowSwitch(Protocol):
    @property
    def sliding_window(self) -> int | None: ...
    @property
    def use_sliding_window(self) -> bool | None: ...


def window_switch(check: Check, hf: _WindowSwitch) -> None:
    """Qwen's switch of its window, which only the config class reads, when it is built."""
    check.require(
        bool(hf.use_sliding_window) or hf.sliding_window is None,
        "use_sliding_window",
        hf.use_sliding_window,
        "must be True where sliding_window is set: the model has a window exactly when that is set",
    )


def latent_back(transformer: MLATransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What latent reads back."""
    return {
        "attention_bias": False,
        "kv_lora_rank": transformer.kv_lora_rank,
        "num_key_value_heads": transformer.num_query_groups,
        "qk_nope_head_dim": transformer.qk_head_dim,
        "qk_rope_head_dim": transformer.qk_pos_emb_head_dim,
        "v_head_dim": transformer.v_head_dim,
    }


def sparse_back(transformer: MLATransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What sparse reads back."""
    return {
        "index_head_dim": transformer.dsa_indexer_head_dim,
        "index_n_heads": transformer.dsa_indexer_n_heads,
        "index_topk": transformer.dsa_indexer_topk,
    }
