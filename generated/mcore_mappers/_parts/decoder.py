"""What families share about decoder.

counted_mtp:
- mtp_num_layers: Checkpoints have them; transformers does not build them.

decoder_in_composite:
- share_embeddings_and_output_weights: The class does not declare it: text_config() sets what the composite
  says.

gemma_decoder:
- gated_linear_unit: gate_proj and up_proj: Hugging Face has no flag.
- layernorm_zero_centered_gamma: Norms multiply by one plus their weight.
- softmax_scale: The width of a head has no part in it.

gpt2_decoder:
- softmax_scale: None scales by the square root of the width of a head.

gpt2_multi_head:
- num_query_groups: Every head has keys and values of its own.

gpt2_names:
- ffn_hidden_size: Four times as wide where the config does not say it.
- gated_linear_unit: Two linear layers and no gate: Hugging Face has no flag.
- kv_channels: The class has no other.
- multi_latent_attention: Keys and values are projected from the hidden state itself.

gptj_decoder:
- add_proj_bias: The output projection of attention has no bias.
- output_layer_bias: Hugging Face has no flag: the output layer of the class has a bias.
- position_embedding_type: Hugging Face has no flag: the class rotates queries and keys.
- qkv_bias: Queries, keys and values have no bias.
- rotary_base: Hugging Face has no field for it.
- rotary_interleaved: Hugging Face has no flag: the class rotates pairs of neighbours.
- rotary_percent: The part of a head that is rotated.
- yarn_beta_fast: Read with YaRN's positions alone.
- yarn_beta_slow: Read with YaRN's positions alone.
- yarn_correction_range_round_to_int: Read with YaRN's positions alone.
- yarn_mscale: Read with YaRN's positions alone.
- yarn_mscale_all_dim: Read with YaRN's positions alone.
- yarn_original_max_position_embeddings: Read with YaRN's positions alone.
- yarn_rotary_scaling_factor: Read with YaRN's positions alone.

kernels:
- gradient_accumulation_fusion, ...: Kernels that the installed stack has, for the same function.

language_model:
- fp16, bf16, params_dtype, pipeline_dtype: One decision: the checkpoint's dtype, or what the caller says by
  one of the first three.
- should_pad_vocab: Tensor parallelism needs a multiple; the padding rows are never looked up.

layer_norm:
- normalization: Hugging Face has no flag: the class is LayerNorm.

logit_scale:
- mup_embedding_mult: Embeddings are what is looked up.
- softmax_scale: As ever; with use_mup Megatron has another, if it is left out.

multipliers:
- mup_output_mult: Megatron multiplies.

mup:
- mup_attn_scale_power: Not read where softmax_scale is given.
- mup_base_head_dim: Not read where softmax_scale is given.
- mup_base_hidden_size: The width itself: nothing else is scaled, and initialisation and learning rates stay
  what they are.
- use_mup: Megatron's multipliers act only with it.

no_norm_bias:
- layernorm_bias: Norms of the class have a weight alone.

norms_after:
- input_layernorm: The class has no norm before attention.
- pre_mlp_layernorm: The class has no norm before the MLP.

remote_mtp:
- mtp_num_layers: Checkpoints of MiMo have them; transformers does not build them.

rms_norm:
- normalization: Hugging Face has no flag: the class is RMSNorm.

root_of_width:
- mup_embedding_mult: transformers rounds the root of the width to the dtype of the weights.
- mup_output_mult: Logits are what the output layer yields.

sandwich_norms:
- post_attention_layernorm: Hugging Face has no flag: the class norms what attention gives.
- post_mlp_layernorm: Hugging Face has no flag: the class norms what the MLP gives.

scaled_by_depth:
- mup_output_mult: The class divides hidden states by hidden_size / dim_model_base before the output layer.

sizes_without_padding:
- hidden_dropout: The class has no dropout on the residual stream.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.check import Check


LANGUAGE_MODEL_UNREAD = (
    "chunk_size_feed_forward",
    "id2label",
    "label2id",
    "output_hidden_states",
    "problem_type",
    "return_dict",
    "transformers_version",
)
"""Not read:

- chunk_size_feed_forward: dead: no causal language model of these families computes in chunks
- gradient_checkpointing: metadata or inference: trades memory for time, and computes the same
- id2label, label2id, problem_type: metadata or inference: belongs to classification heads, which a language
  model does not have
- output_hidden_states, return_dict: metadata or inference: chooses what a forward call returns, not what it
  computes
- tie_last_hidden_states: metadata or inference: chooses which hidden states are returned beside the logits
- transformers_version: metadata or inference: describes the file, not the computation
"""

NO_PADDING_ROW_UNREAD = ("pad_token_id",)
"""Not read:

- pad_token_id: metadata or inference: the embedding of the class has no padding row; classification heads
  look here
"""

ONE_RANK_UNREAD = ("pretraining_tp",)
"""Not read:

- pretraining_tp: dead: the class computes as one rank, whatever the training did
"""

PADDING_TOKEN_UNREAD = ("pad_token_id",)
"""Not read:

- pad_token_id: padding token: its embedding row starts at zero and gets no gradient; what other tokens
  compute does not depend on it
"""

TOKENS_UNREAD = (
    "bos_token_id",
    "eos_token_id",
    "use_cache",
)
"""Not read:

- bos_token_id, eos_token_id: metadata or inference: read by generation and tokenizers only
- use_cache: metadata or inference: keys and values are kept for generation only
"""


def causal_mask(check: Check) -> None:
    """Masks are causal unless an attribute says otherwise, which not every model of transformers reads."""
    check.if_set("is_causal", (True,), "the language models of both sides are trained with a causal mask")


class _Checkpoint(Protocol):
    @property
    def architectures(self) -> object: ...


def checkpoint(check: Check, hf: _Checkpoint) -> None:
    """What a config says of its checkpoint."""
    check.architectures(
        hf.architectures, "a head that is no language model computes something else with the same decoder"
    )


class _CountedMtp(Protocol):
    @property
    def num_mtp_layers(self) -> float | None: ...


def counted_mtp(check: Check, hf: _CountedMtp) -> None:
    """As many layers of prediction as `num_mtp_layers` says."""
    check.not_negative(num_mtp_layers=hf.num_mtp_layers)


class _DepthScales(Protocol):
    @property
    def dim_model_base(self) -> float | None: ...
    @property
    def scale_depth(self) -> float | None: ...
    @property
    def scale_emb(self) -> float | None: ...


def depth_scales(check: Check, hf: _DepthScales) -> None:
    """The scales that MiniCPM's classes have, but for what becomes of depth and width."""
    check.positive(dim_model_base=hf.dim_model_base, scale_depth=hf.scale_depth, scale_emb=hf.scale_emb)


class _GemmaDecoder(Protocol):
    @property
    def attn_logit_softcapping(self) -> float | None: ...
    @property
    def final_logit_softcapping(self) -> float | None: ...
    @property
    def query_pre_attn_scalar(self) -> float | None: ...


def gemma_decoder(check: Check, hf: _GemmaDecoder) -> None:
    """A decoder with scaled embeddings, windows in some layers, and scores divided by a root of their own. What becomes of
    soft caps, of which any number above zero is one, families say."""
    check.positive(
        attn_logit_softcapping=hf.attn_logit_softcapping,
        final_logit_softcapping=hf.final_logit_softcapping,
        query_pre_attn_scalar=hf.query_pre_attn_scalar,
    )


class _Gpt2Decoder(Protocol):
    @property
    def add_cross_attention(self) -> object: ...


def gpt2_decoder(check: Check, hf: _Gpt2Decoder) -> None:
    """GPT-2's decoder: all but the number of query groups."""
    check.must_be(
        "add_cross_attention",
        hf.add_cross_attention,
        (False,),
        "a language model has no encoder to attend to, and Megatron's decoders have no such layers",
    )


class _Gpt2Names(Protocol):
    @property
    def attn_pdrop(self) -> float | None: ...
    @property
    def embd_pdrop(self) -> float: ...
    @property
    def initializer_range(self) -> float | None: ...
    @property
    def layer_norm_epsilon(self) -> float | None: ...
    @property
    def n_embd(self) -> int: ...
    @property
    def n_head(self) -> int: ...
    @property
    def n_inner(self) -> float | None: ...
    @property
    def n_layer(self) -> float | None: ...
    @property
    def n_positions(self) -> float | None: ...
    @property
    def resid_pdrop(self) -> float: ...


def gpt2_names(check: Check, hf: _Gpt2Names) -> None:
    """What all decoders with GPT-2's names have: all but positions, biases and the number of query groups."""
    check.positive(
        layer_norm_epsilon=hf.layer_norm_epsilon,
        n_embd=hf.n_embd,
        n_head=hf.n_head,
        n_inner=hf.n_inner,
        n_layer=hf.n_layer,
        n_positions=hf.n_positions,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(attn_pdrop=hf.attn_pdrop, embd_pdrop=hf.embd_pdrop, resid_pdrop=hf.resid_pdrop)
    check.require(
        hf.embd_pdrop == hf.resid_pdrop or max(hf.embd_pdrop, hf.resid_pdrop) >= 1,
        "embd_pdrop",
        hf.embd_pdrop,
        "must equal resid_pdrop: Megatron has one dropout for both",
    )
    check.require(
        not hf.n_head or hf.n_embd % hf.n_head == 0,
        "n_head",
        hf.n_head,
        "must divide n_embd: a head is always n_embd // n_head wide",
    )


class _GptjDecoder(Protocol):
    @property
    def n_embd(self) -> int: ...
    @property
    def n_head(self) -> int: ...
    @property
    def rotary_dim(self) -> int: ...


def gptj_decoder(check: Check, hf: _GptjDecoder) -> None:
    """Attention and MLP at once, neighbours rotated in a part of each head, and biases of MLPs and the output layer."""
    check.positive(rotary_dim=hf.rotary_dim)
    check.if_set("rotary", (True,), "the class rotates queries and keys always")
    check.require(
        hf.n_head < 1 or hf.n_embd % hf.n_head != 0 or hf.rotary_dim <= hf.n_embd // hf.n_head,
        "rotary_dim",
        hf.rotary_dim,
        "must be at most n_embd // n_head: a head has no more channels",
    )
    check.require(
        hf.rotary_dim % 2 == 0,
        "rotary_dim",
        hf.rotary_dim,
        "must be even: transformers cannot rotate half a pair of channels",
    )
    check.if_set("scale_attn_weights", (True,), "the class scales the scores of attention always")


class _LanguageModel(Protocol):
    @property
    def is_encoder_decoder(self) -> object: ...
    @property
    def vocab_size(self) -> float | None: ...


def language_model(check: Check, hf: _LanguageModel) -> None:
    """What every config has, because `PreTrainedConfig` declares it, and the vocabulary."""
    check.positive(vocab_size=hf.vocab_size)
    check.must_be(
        "is_encoder_decoder",
        hf.is_encoder_decoder,
        (False,),
        "the causal language models of transformers are decoders, and so are Megatron's",
    )


class _LogitScale(Protocol):
    @property
    def logit_scale(self) -> float | None: ...


def logit_scale(check: Check, hf: _LogitScale) -> None:
    """Cohere's scale of logits, of models whose local `head_dim` is that of the file, if there is one."""
    check.positive(logit_scale=hf.logit_scale)


class _OneDirection(Protocol):
    @property
    def use_bidirectional_attention(self) -> bool | None: ...


def one_direction(check: Check, hf: _OneDirection) -> None:
    """Attention to earlier tokens alone, which a field may deny."""
    check.require(
        not hf.use_bidirectional_attention,
        "use_bidirectional_attention",
        hf.use_bidirectional_attention,
        "must not be True: Megatron's language models attend to earlier tokens only",
    )


class _PaddingToken(Protocol):
    @property
    def pad_token_id(self) -> object: ...
    @property
    def vocab_size(self) -> int: ...


def padding_token(check: Check, hf: _PaddingToken) -> None:
    """Embeddings with a padding row."""
    check.padding_token(hf.pad_token_id, hf.vocab_size)


class _RmsNorm(Protocol):
    @property
    def rms_norm_eps(self) -> float | None: ...


def rms_norm(check: Check, hf: _RmsNorm) -> None:
    """RMSNorm with an epsilon in `rms_norm_eps`."""
    check.positive(rms_norm_eps=hf.rms_norm_eps)


class _ScaledByDepth(Protocol):
    @property
    def num_hidden_layers(self) -> int: ...
    @property
    def scale_depth(self) -> int | float: ...


def scaled_by_depth(check: Check, hf: _ScaledByDepth) -> None:
    """MiniCPM's scales."""
    check.require(
        hf.num_hidden_layers < 1 or hf.scale_depth / math.sqrt(hf.num_hidden_layers) == 1.0,
        "scale_depth",
        hf.scale_depth,
        "must be the root of num_hidden_layers, by which the class divides it: attention and MLP of Megatron "
        "add to the residual stream unscaled",
        layers=("residual_multiplier",),
    )


class _Scales(Protocol):
    @property
    def attention_multiplier(self) -> float | None: ...
    @property
    def embedding_multiplier(self) -> float | None: ...
    @property
    def logits_scaling(self) -> float | None: ...
    @property
    def residual_multiplier(self) -> float | None: ...


def scales(check: Check, hf: _Scales) -> None:
    """Granite's multipliers, but for what becomes of `logits_scaling`."""
    check.positive(
        attention_multiplier=hf.attention_multiplier,
        embedding_multiplier=hf.embedding_multiplier,
        logits_scaling=hf.logits_scaling,
        residual_multiplier=hf.residual_multiplier,
    )
    check.must_be(
        "residual_multiplier",
        hf.residual_multiplier,
        (1.0,),
        "Megatron hard-wires it: attention and MLP add to the residual stream unscaled",
        layers=("residual_multiplier",),
    )


class _SizesWithoutPadding(Protocol):
    @property
    def attention_dropout(self) -> float | None: ...
    @property
    def hidden_size(self) -> float | None: ...
    @property
    def initializer_range(self) -> float | None: ...
    @property
    def intermediate_size(self) -> float | None: ...
    @property
    def max_position_embeddings(self) -> float | None: ...
    @property
    def num_attention_heads(self) -> float | None: ...


def sizes_without_padding(check: Check, hf: _SizesWithoutPadding) -> None:
    """Sizes, dropouts and initialisation, in models without a padding row."""
    check.positive(
        hidden_size=hf.hidden_size,
        intermediate_size=hf.intermediate_size,
        max_position_embeddings=hf.max_position_embeddings,
        num_attention_heads=hf.num_attention_heads,
    )
    check.not_negative(initializer_range=hf.initializer_range)
    check.probability(attention_dropout=hf.attention_dropout)


class _WholeLayers(Protocol):
    @property
    def layerdrop(self) -> object: ...


def whole_layers(check: Check, hf: _WholeLayers) -> None:
    """Layers that are left out in training."""
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out at random in training, and Megatron has no such dropout",
    )


def gpt2_decoder_back(
    model: GPTModelConfig | HybridModelConfig, transformer: TransformerConfig
) -> dict[str | tuple[str, ...], object]:
    """What gpt2_decoder reads back."""
    return {
        "add_cross_attention": False,
        "n_positions": model.seq_length,
        "scale_attn_weights": transformer.softmax_scale != 1.0,
    }


def gpt2_names_back(
    model: GPTModelConfig | HybridModelConfig, transformer: TransformerConfig
) -> dict[str | tuple[str, ...], object]:
    """What gpt2_names reads back."""
    return {
        "attn_pdrop": transformer.attention_dropout,
        "embd_pdrop": transformer.hidden_dropout,
        "initializer_range": transformer.init_method_std,
        "layer_norm_epsilon": transformer.layernorm_epsilon,
        "n_embd": transformer.hidden_size,
        "n_head": transformer.num_attention_heads,
        "n_inner": transformer.ffn_hidden_size,
        "n_layer": transformer.num_layers,
        "resid_pdrop": transformer.hidden_dropout,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }


def language_model_back(
    model: GPTModelConfig | HybridModelConfig, transformer: TransformerConfig
) -> dict[str | tuple[str, ...], object]:
    """What language_model reads back."""
    return {
        "dtype": transformer.params_dtype,
        "is_encoder_decoder": False,
        "vocab_size": model.vocab_size,
    }


def scales_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What scales reads back."""
    return {
        "attention_multiplier": transformer.softmax_scale,
        "embedding_multiplier": transformer.mup_embedding_mult,
    }


def sizes_without_padding_back(
    model: GPTModelConfig | HybridModelConfig, transformer: TransformerConfig
) -> dict[str | tuple[str, ...], object]:
    """What sizes_without_padding reads back."""
    return {
        "attention_dropout": transformer.attention_dropout,
        "hidden_size": transformer.hidden_size,
        "initializer_range": transformer.init_method_std,
        "intermediate_size": transformer.ffn_hidden_size,
        "num_attention_heads": transformer.num_attention_heads,
        "tie_word_embeddings": model.share_embeddings_and_output_weights,
    }
