"""The fields that Megatron's config does not have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final, cast

from ..declared_types import described, fits, types_of
from ..equal import class_defaults
from ..shown import shown
from .public import public

BY_LAYER: Final = {"by_layer": True}
"""Metadata of a field that says something of each layer: an entry for each, of a hybrid model for each symbol."""


@public
@dataclass(frozen=True, kw_only=True)
class Layers:
    """What a model computes that no field of Megatron's config says.

    Every default is what stock Megatron computes. Lists, as JSON has them, become tuples.

    Raises:
        TypeError: a value is not of its field's type. All such fields are named.
        ValueError: a number is not finite.
    """

    qk_layernorm_over_heads: bool = False
    """Whether `qk_layernorm` means one norm over all heads of the queries and one over all heads of the keys together,
    each with a weight for every channel of every head, not one over each head with weights that the heads share. Before
    rope, as Megatron's. Needs `qk_layernorm=True` and `normalization="RMSNorm"`."""

    qk_layernorm_after_rope: bool = False
    """Whether the norms of `qk_layernorm` are after rope, not before. Needs `qk_layernorm=True`, and attention without
    latents."""

    qk_layernorm_by_head: bool = False
    """Whether `qk_layernorm` means norms over each head with weights that no other head has, and without biases. Before
    rope, as Megatron's. Needs `qk_layernorm=True` and `normalization="LayerNorm"`."""

    qkv_bias: bool = True
    """Whether queries, keys and values have the biases that `add_bias_linear` gives all linear layers. False needs
    that, `add_qkv_bias=False`, and attention without latents."""

    add_proj_bias: bool | None = None
    """Whether the output projection of attention has a bias; None is as `add_bias_linear` says. Linear attention and
    Mamba have theirs as ever. Needs attention without latents."""

    q_layernorm: bool = True
    """Whether `qk_layernorm` means a norm for queries, too, where latent attention has no latent for these: Megatron's
    is of the hidden states that they are projected from, after `input_layernorm`. The latent of keys and values has its
    norm either way. False needs `multi_latent_attention=True`, `qk_layernorm=True` and `q_lora_rank=None`."""

    mla_rotary_interleaved: bool = True
    """Whether latent attention rotates pairs of neighbouring channels, as Megatron's does; False is for each channel of
    the first half of what is rotated with the one as far into the second. Needs `multi_latent_attention=True`, and no
    sparse attention."""

    attention_output_gate_by_head: bool = False
    """Whether each head has a gate: what core attention gives for the head is multiplied by the sigmoid of one number,
    where `attention_output_gate` has one for each of its channels. The gates are projected with queries, keys and
    values, and have a bias where these have one: `linear_qkv` has for each query group its queries, its key, its value
    and a row for each of its heads. Needs attention without latents and without an output gate, values as wide as keys,
    and a `tensor_model_parallel_size` that divides the query groups. As with `num_query_groups_by_layer`,
    `muon_split_qkv` must be False."""

    num_attention_heads_by_layer: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """For each layer its number of heads of queries; None is for `num_attention_heads` in all of them. All else is as
    with `num_query_groups_by_layer`, whose numbers must divide these of the same layer."""

    num_query_groups_by_layer: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """For each layer its number of query groups; None is for `num_query_groups` in all of them. Needs attention without
    latents, and a `tensor_model_parallel_size` that divides each of the numbers. What Megatron tells of operations and
    memory goes by `num_query_groups`, and so does an optimizer that takes the weights of queries, keys and values apart
    (`muon_split_qkv`, which must be False). Checkpoints of a GPT model have every layer by itself:
    `hetereogenous_dist_checkpoint` becomes True when it is built."""

    softmax_offset_freq: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """Which layers have the offset of `softmax_type`, a sink for each head, as in `query_temperature_freq`. Needs a
    `softmax_type` that is not "vanilla", and attention without latents. Checkpoints are as with
    `num_query_groups_by_layer`."""

    v_channels: int | None = None
    """The channels of a head's value, fewer than the `kv_channels` of its query and key; None is for as many. The
    output projection has as many inputs for each head, and core attention gets values padded with zeros. Needs
    attention without latents and without an output gate, and a `tensor_model_parallel_size` that divides the query
    groups. As with `num_query_groups_by_layer`, `muon_split_qkv` must be False."""

    attention_value_scale: float = 1.0
    """What values are multiplied by. Needs attention without latents."""

    rotary_base_by_layer: tuple[float | None, ...] | None = field(default=None, metadata=BY_LAYER)
    """For each layer the base of a plain rope of its own, neither scaled nor interpolated, that rotates as many
    channels as the model's; None for a layer with the rope of the model. None in the place of all: every layer has
    that. Needs `position_embedding_type` "rope" or "yarn", and one rank of context parallelism."""

    rotary_percent_by_layer: tuple[float | None, ...] | None = field(default=None, metadata=BY_LAYER)
    """For each layer with a base in `rotary_base_by_layer` which part of a head its rope rotates, from the first
    channel on; None for as many channels as the rope of the model. None in the place of all: every layer has that."""

    rope_short_factor: tuple[float, ...] | None = None
    """What the angles of each rotated pair of channels are divided by in texts of up to
    `rope_original_max_position_embeddings` tokens. Needs `position_embedding_type` "rope", one rank of context
    parallelism, and `rope_long_factor` beside it; packed sequences and a cache of keys for more tokens than that raise
    when they are computed, because their length does not say how long the texts are. Latent attention needs
    `rope_type` "rope", the same numbers as `rope_long_factor` and a `rope_attention_factor` of 1, and nothing else of
    that."""

    rope_long_factor: tuple[float, ...] | None = None
    """What they are divided by as soon as a text of a batch is longer."""

    rope_original_max_position_embeddings: int | None = None
    """The length of texts, in tokens, up to which `rope_short_factor` holds."""

    rope_attention_factor: float = 1.0
    """What cosines and sines are multiplied by, with either of these."""

    layernorm_bias: bool = True
    """Whether norms have a bias, those of the layers and the last one. False needs `normalization="LayerNorm"`."""

    layernorm_weight: bool = True
    """Whether norms have a weight. False needs `layernorm_bias=False`."""

    parallel_mlp: bool = False
    """Whether attention and MLP read the same hidden states, and what both give is added to these, not the MLP what
    attention has been added to."""

    shared_layernorm: bool = False
    """Whether there is one norm before attention and MLP, not one before each. Needs `parallel_mlp=True`."""

    input_layernorm: bool = True
    """Whether there is a norm before attention. Mamba and linear attention keep theirs."""

    pre_mlp_layernorm: bool = True
    """Whether there is a norm before the MLP or the experts."""

    post_attention_layernorm: bool = False
    """Whether there is a norm of what attention gives, before it is added to the residual stream. It is of the kind of
    the other norms and has their epsilon. Linear attention and Mamba have none."""

    post_mlp_layernorm: bool = False
    """Whether there is a norm of what the MLP or the experts give, before it is added to the residual stream, as in
    `post_attention_layernorm`."""

    residual_multiplier: float = 1.0
    """What the outputs of attention, of Mamba and of the MLP or the experts are multiplied by, after a norm of them if
    there is one, before they are added to the residual stream."""

    mlp_glu_clamp_by_layer: tuple[float | None, ...] | None = field(default=None, metadata=BY_LAYER)
    """For each layer the bound of its MLP, or of its shared experts: what the activation gives of the gate is at most
    so much, and what it is multiplied by stays between minus and plus the bound. None for a layer without, and in the
    place of all. `activation_func_clamp_value`, which bounds the gate before its activation, must be None. Needs
    `gated_linear_unit=True`; layers with a bound have no fused kernel of their activation."""

    moe_expert_glu_clamp_by_layer: tuple[float | None, ...] | None = field(default=None, metadata=BY_LAYER)
    """The same of the experts that a router chooses."""

    attn_logit_softcapping: float | None = None
    """What scores of attention come close to and never reach: each becomes `cap * tanh(score / cap)`, before the mask.
    None leaves them as they are.

    No fused attention does that, of Transformer Engine or another: it is Megatron's own attention of torch's
    operations, in both kinds of layers. That holds the scores of all pairs of tokens, and what backward needs of each
    step: some multiples of `heads * seq_length ** 2` numbers for each sequence and layer, which windows do not make
    fewer; `recompute_modules=["core_attn"]` keeps those of one layer at a time. Packed sequences are computed one after
    the other. Needs `context_parallel_size=1`."""

    final_logit_softcapping: float | None = None
    """As `attn_logit_softcapping`, of the logits that the output layer gives. Their number does not change, but
    backward needs a copy of them. It is the builders of these configs that cap them, and no spec of layers."""

    query_temperature_scale: float | None = None
    """By how much queries grow with their position: each is multiplied, after rope, by
    `1 + scale * log(1 + floor((position + start) / length))`. None leaves them as they are. Positions are those in the
    sequence, of packed sequences too. Needs `query_temperature_length` and `context_parallel_size=1`, and in latent
    attention `cache_mla_latents=False`."""

    query_temperature_length: float | None = None
    """The `length` of `query_temperature_scale`: for so many tokens, less the start, queries are as they are."""

    query_temperature_start: int = 0
    """The `start` of `query_temperature_scale`: the number of the first position, 0 or 1."""

    query_temperature_freq: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """In which layers queries grow: 1 for each that has it, 0 for each other. None is for all layers."""

    attention_chunk_size: int | None = None
    """How many tokens a chunk has, to whose tokens alone those of a chunk attend; None is for none. Chunks are counted
    from the start of each sequence, of packed sequences too. They are computed as sequences of their own, by whatever
    attention there is, of which the last one is padded. Needs `context_parallel_size=1`, and no cache of keys."""

    attention_chunk_freq: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """Which layers attend by chunks, as in `query_temperature_freq`."""

    qk_l2_norm_freq: tuple[int, ...] | None = field(default=None, metadata=BY_LAYER)
    """Which layers have the norms of `qk_l2_norm`, as in `query_temperature_freq`. Needs `qk_l2_norm=True`."""

    output_layer_bias: bool = False
    """Whether the output layer has a bias. It is the builders of these configs that make it, and no
    spec of layers."""

    rope_scaling_low_freq_factor: float = 1.0
    """The `low_freq_factor` of `rope_scaling`: waves longer than 8192 tokens over it are stretched by
    `rope_scaling_factor`. Needs `rope_scaling=True`. It is the builders of these configs that set it, and no spec of
    layers."""

    rope_scaling_high_freq_factor: float = 4.0
    """The `high_freq_factor` of `rope_scaling`, as in `rope_scaling_low_freq_factor`: waves shorter than 8192 tokens
    over it are as they are, and those between are stretched by less."""

    moe_router_softmax_expert_bias: bool = False
    """Whether experts are chosen by their softmax scores and a bias of each, and weighed by the scores alone, as
    `moe_router_enable_expert_bias` has it for other scores. Needs `moe_router_pre_softmax=True`. The bias of each
    router is in float32 and part of checkpoints, and training leaves it as it is."""

    moe_router_norm_min: float | None = None
    """The least number by which the weights of a token's experts are divided to add up to one: that or their sum,
    whichever is greater. None leaves them as they are. Needs softmax scores and `moe_router_pre_softmax=True`."""

    moe_router_norm_topk_prob: bool | None = None
    """Whether the weights of a token's experts are divided by their sum, however many there are; None is as Megatron
    does it, exactly where there are several. Needs sigmoid scores, and `moe_expert_capacity_factor=None`."""

    moe_router_group_score_topk: int | None = None
    """The number of a group's best experts by the sum of whose scores it ranks; None is
    `moe_router_topk // moe_router_group_topk`. Needs `moe_router_num_groups` and `moe_router_group_topk`."""

    moe_router_sparse_mixer: bool = False
    """Whether a SparseMixer chooses two experts: the best by its logit, weighed by a softmax over those that come close
    to it, and then the best of the others, weighed in the same way as if there were no first. In training both are
    sampled of those that come close, and a sampled one that is not the best has a third of its weight three times out
    of four, with the gradients of the whole. Needs `moe_router_topk=2`, softmax scores and
    `moe_router_pre_softmax=True`, and no replay of choices."""

    moe_router_sparse_mixer_eps: float = 0.0
    """Half of how far below the best logit one may be to come close, as a part of its own size or of the best's,
    whichever is greater. Needs `moe_router_sparse_mixer=True`."""

    def __post_init__(self) -> None:
        cls: type = type(self)
        defaults = class_defaults(cls)
        # The others are as declared.
        given = {name: _as_tuple(value) for name, value in self.stated() if value is not defaults[name]}
        for name, value in given.items():
            object.__setattr__(self, name, value)
        types = types_of(cls)
        wrong = [
            f"{name}={shown(value)} must be {described(types[name])}"
            for name, value in given.items()
            if not fits(value, types[name])
        ]
        if wrong:
            raise TypeError(f"{type(self).__name__}(): {'; '.join(wrong)}")
        endless = [
            f"{name}={shown(value)} must be finite"
            for name, value in given.items()
            if isinstance(value, float) and not math.isfinite(value)
        ]
        if endless:
            raise ValueError(f"{type(self).__name__}(): {'; '.join(endless)}")

    def stated(self) -> Iterator[tuple[str, object]]:
        """All fields with their values."""
        return ((field.name, vars(self)[field.name]) for field in fields(self))

    def present(self) -> tuple[str, ...]:
        """The fields that say something that stock Megatron does not compute."""
        return tuple(field.name for field in fields(self) if vars(self)[field.name] != field.default)


def _as_tuple(value: object) -> object:
    return tuple(map(_as_tuple, cast("list[object]", value))) if isinstance(value, list) else value


def misfits(layers: Layers, num_layers: int) -> list[str]:
    """What is wrong with fields that have an entry for each layer, in a model of so many layers."""
    by_layer: dict[str, object] = {
        field.name: vars(layers)[field.name] for field in fields(layers) if "by_layer" in field.metadata
    }
    return [
        f"{name} has {len(cast('tuple[object, ...]', value))} entries, and num_layers is {num_layers}"
        for name, value in by_layer.items()
        if isinstance(value, tuple) and len(cast("tuple[object, ...]", value)) != num_layers
    ]
