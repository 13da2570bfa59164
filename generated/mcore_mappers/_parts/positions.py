"""What families share about positions.

interleaved_bands:
- rotary_interleaved: Hugging Face has no flag: the class rotates pairs of neighbours.

interleaved_partial_rope:
- rotary_interleaved: Hugging Face has no flag: the class rotates pairs of neighbours.

interleaved_rope:
- rotary_interleaved: Hugging Face has no flag: the class rotates pairs of neighbours.

layer_ropes:
- rotary_base_by_layer: Every layer has two symbols.

learned:
- position_embedding_type: A table of positions, added to the embedding.

no_positions:
- position_embedding_type: The class has no positional information.
- yarn_beta_fast: Not read without rotary positions.
- yarn_beta_slow: Not read without rotary positions.
- yarn_correction_range_round_to_int: Not read without rotary positions.
- yarn_mscale: Not read without rotary positions.
- yarn_mscale_all_dim: Not read without rotary positions.
- yarn_original_max_position_embeddings: Not read without rotary positions.
- yarn_rotary_scaling_factor: Not read without rotary positions.

not_rotary:
- rotary_base: Not read without rotary positions.
- rotary_percent: Not read without rotary positions.

own_ropes:
- rotary_base_by_layer: Every layer has two symbols.

rope_layers:
- no_rope_freq: 1 for a layer without rope; every layer has two symbols.
- no_rope_freq: 1 for a layer without rope; in no_rope_layers it is 1 for one with it.

sectioned_partial_rope:
- mrope_section: Read only with three positions of each token, for which a caller may ask.

sectioned_rope:
- mrope_section: Read only with three positions of each token, for which a caller may ask.

sections_of_neighbours:
- mrope_section: Read only with three positions of each token, which Megatron does not have for pairs of
  neighbours.

stated_sections:
- mrope_section: Megatron does not read it with one position of each token; the class is not built without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mcore_mappers_runtime.layer_ropes import LayerRopes
from mcore_mappers_runtime.long_rope import is_long
from mcore_mappers_runtime.rope import GPTRope, HybridRope, MLARope, rope_key, rope_parameters_of
from mcore_mappers_runtime.rope_bands import has_stock_bands
from mcore_mappers_runtime.sections import is_three_lengths

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


class _CutPartialRope(Protocol):
    @property
    def hidden_size(self) -> int: ...
    @property
    def num_attention_heads(self) -> int: ...
    @property
    def rope_parameters(self) -> object: ...


def cut_partial_rope(check: Check, hf: _CutPartialRope, rope: GPTRope | HybridRope) -> None:
    """The same of classes whose attention rotates as many channels as that says, and not as many as the rope has."""
    check.require(
        (
            hf.num_attention_heads < 1
            or hf.hidden_size % hf.num_attention_heads != 0
            or int(hf.hidden_size // hf.num_attention_heads * rope.rotary_percent) % 2 == 0
        ),
        "rope_parameters",
        hf.rope_parameters,
        "must rotate an even number of a head's channels: the attention cuts off as many, and the rope has pairs",
    )


class _DynamicNtk(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def dynamic_ntk(check: Check, hf: _DynamicNtk, rope: GPTRope | HybridRope | MLARope) -> None:
    """A base that grows with the length of a text, which `rope_parameters` can ask for."""
    check.equal_up_to(
        "dynamic_ntk",
        rope.equal_up_to,
        field="rope_parameters",
        reason="dynamic NTK raises the base of the rope with the longest sequence of a batch, once that is longer "
        "than max_position_embeddings, and Megatron's base stays as it is",
    )


class _InterleavedBands(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def interleaved_bands(check: Check, hf: _InterleavedBands) -> None:
    """Rotary positions of pairs of neighbours, of Llama 3's type with any bands, which Megatron has in a GPTModel only."""
    check.require(
        has_stock_bands(rope_parameters_of(hf)),
        "rope_parameters",
        hf.rope_parameters,
        "must have a low_freq_factor of 1 and a high_freq_factor of 4, which Megatron hard-wires",
        layers=("rope_scaling_low_freq_factor", "rope_scaling_high_freq_factor"),
    )


class _InterleavedSections(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def interleaved_sections(check: Check, hf: _InterleavedSections) -> None:
    """Rotary positions, of which a token of an image has three, whose channels are interleaved."""
    check.require(
        is_three_lengths(rope_key(rope_parameters_of(hf), "mrope_section")),
        "rope_parameters",
        hf.rope_parameters,
        "mrope_section must be a list of three integers, or be left out: transformers computes with them",
    )


class _LayerRopes(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def layer_ropes(check: Check, hf: _LayerRopes, ropes: LayerRopes) -> None:
    """A rope for each type of layer, the same for all that a model has where nobody asks for layers."""
    check.require(
        not ropes.own_bases,
        "rope_parameters",
        hf.rope_parameters,
        "must have the same rope for all types of layers that there are: Megatron has one for all layers",
        layers=("rotary_base_by_layer",),
    )


class _LongRope(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def long_rope(check: Check, hf: _LongRope) -> None:
    """What LongRoPE does to the rope of a model, beside a rope that is read without it."""
    check.require(
        not is_long(rope_parameters_of(hf)),
        "rope_parameters",
        hf.rope_parameters,
        "must not be of type 'longrope': it divides every frequency by a factor of its own, from a list that "
        "the length of the sequence chooses, and Megatron has one factor for all",
        layers=(
            "rope_short_factor",
            "rope_long_factor",
            "rope_original_max_position_embeddings",
            "rope_attention_factor",
        ),
    )


class _OriginalLength(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def original_length(check: Check, hf: _OriginalLength) -> None:
    """What transformers' rope reads of lengths beside `rope_parameters`."""
    check.require(
        not check.is_set("original_max_position_embeddings")
        or check.undeclared("original_max_position_embeddings")
        == rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
        "original_max_position_embeddings",
        check.undeclared("original_max_position_embeddings"),
        "must be what rope_parameters says: transformers prefers it to that",
    )


class _RopeKeys(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def rope_keys(check: Check, hf: _RopeKeys) -> None:
    """What transformers' rope reads beside `rope_parameters`."""
    check.require(
        not check.is_set("original_max_position_embeddings")
        or check.undeclared("original_max_position_embeddings")
        == rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
        "original_max_position_embeddings",
        check.undeclared("original_max_position_embeddings"),
        "must be what rope_parameters says: transformers prefers it to that",
    )
    check.if_set(
        "partial_rotary_factor",
        (None,),
        "belongs in rope_parameters, where transformers moves it when it builds a config",
    )
    check.if_set(
        "rope_theta", (None,), "belongs in rope_parameters, where transformers moves it when it builds a config"
    )


class _RopeWidth(Protocol):
    @property
    def hidden_size(self) -> int: ...
    @property
    def num_attention_heads(self) -> int: ...


def rope_width(check: Check, hf: _RopeWidth) -> None:
    """Rope as wide as the heads of attention, which do not read `head_dim` themselves."""
    check.require(
        (
            check.undeclared("head_dim") is None
            or not hf.num_attention_heads
            or check.undeclared("head_dim") == hf.hidden_size // hf.num_attention_heads
        ),
        "head_dim",
        check.undeclared("head_dim"),
        "must be hidden_size // num_attention_heads: only rope looks here, and the attention has no other width",
    )


class _StatedPartialRope(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def stated_partial_rope(check: Check, hf: _StatedPartialRope) -> None:
    """The same of classes whose attention needs to be told how much."""
    check.require(
        (
            type(rope_key(rope_parameters_of(hf), "rope_theta")) not in (int, float)
            or rope_key(rope_parameters_of(hf), "partial_rotary_factor") is not None
        ),
        "rope_parameters",
        hf.rope_parameters,
        "must have partial_rotary_factor, which the model reads there; the class puts it there when it is built",
    )
