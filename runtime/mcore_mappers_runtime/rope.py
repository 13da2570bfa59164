"""Reads Hugging Face's `rope_parameters` for Megatron.

Both sides compute the same few kinds of rotary embedding, but they name, default and combine the numbers differently.
What Megatron cannot compute is refused. Keys that transformers does not read for the given `rope_type` are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, cast

from .rope_values import RopeValues, mscale_of

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check

# The types that each target has, and why it lacks those that another has.
_GPT = ("default", "linear", "dynamic", "llama3", "yarn")
_HYBRID = ("default", "linear", "dynamic", "yarn")
_HYBRID_LACKS = {"llama3": "HybridModelConfig has no rope_scaling; a GPTModelConfig has"}
_MLA = ("default", "dynamic", "yarn")
_MLA_LACKS: Mapping[str, str] = dict.fromkeys(("linear", "llama3"), "Megatron's MLA has only plain rope and YaRN")
# The same of classes that have no default rope.
_SCALED_MLA = ("linear", "dynamic", "yarn")
_SCALED_MLA_LACKS = {
    "default": "the default rope of the class is as wide as a head, and its attention rotates a part of that; "
    "'linear' with a factor of 1 is that part's",
    "llama3": _MLA_LACKS["llama3"],
}


@dataclass(frozen=True)
class YarnAttributes:
    """What GPTModel and HybridModel read from the inner config when the position embedding is "yarn"."""

    yarn_rotary_scaling_factor: float
    yarn_original_max_position_embeddings: int
    yarn_beta_fast: float
    yarn_beta_slow: float
    yarn_mscale: float | None
    """None, as `yarn_mscale_all_dim`, where cosines and sines are multiplied by YaRN's own 0.1 * log(factor) + 1."""
    yarn_mscale_all_dim: float | None
    yarn_correction_range_round_to_int: bool


class GPTRope(NamedTuple):
    """The rope fields of a GPTModelConfig without multi-latent attention; `yarn` belongs to the inner config."""

    position_embedding_type: Literal["rope", "yarn", "mrope"]
    """The last where a caller asks for three positions of each token."""
    rotary_base: int
    """A float where the base is not integral: Megatron computes with it, whatever its annotation says."""
    rotary_percent: float
    rope_scaling: bool
    rope_scaling_factor: float
    seq_len_interpolation_factor: float | None
    yarn: YarnAttributes | None
    equal_up_to: int | None = None
    """The longest sequences that both sides rotate alike, in tokens; None where all are."""


class HybridRope(NamedTuple):
    """The rope fields of a HybridModelConfig without multi-latent attention; `yarn` belongs to the inner config."""

    position_embedding_type: Literal["rope"]
    """Also "yarn", if `yarn` is given: HybridModel takes it, the annotation of HybridModelConfig forgets it."""
    rotary_base: int
    """As in `GPTRope`."""
    rotary_percent: float
    seq_len_interpolation_factor: float | None
    yarn: YarnAttributes | None
    equal_up_to: int | None = None
    """As in `GPTRope`."""


class MLARope(NamedTuple):
    """The rope fields of an MLATransformerConfig, all of them: Megatron's defaults describe DeepSeek-V3.

    `rotary_base` and `rotary_percent` are to be passed to the outer config, which overwrites the inner ones with its
    own. The outer `position_embedding_type` is "rope" for both values of `rope_type`.
    """

    rope_type: Literal["rope", "yarn"]
    rotary_base: int
    """As in `GPTRope`."""
    rotary_percent: float
    rotary_scaling_factor: float
    original_max_position_embeddings: int
    beta_fast: float
    beta_slow: float
    mscale: float
    mscale_all_dim: float
    """Decides the softmax scale, also when `rope_type` is "rope"."""
    equal_up_to: int | None = None
    """As in `GPTRope`."""


class _HasRope(Protocol):
    @property
    def rope_parameters(self) -> object: ...


def rope_parameters_of(hf: _HasRope) -> RopeParameters | dict[str, object] | None:
    """`hf.rope_parameters`, which transformers declares with a bare `dict`: a strict type checker rejects its read."""
    return cast("RopeParameters | dict[str, object] | None", hf.rope_parameters)


def rope_key(rope_parameters: RopeParameters | dict[str, object] | None, key: str) -> object | None:
    """The value of a key that only a family's own attention reads, for its mapper to check; None where it is absent."""
    return cast("Mapping[str, object]", rope_parameters).get(key) if isinstance(rope_parameters, dict) else None


def gpt_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = False,
    rotary_interleaved: bool = False,
) -> GPTRope:
    """The rope of a GPTModel without multi-latent attention.

    Args:
        check: takes what cannot be represented; the result is then of no use.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config, from which YaRN derives a factor of None.
        partial_rotary: whether the family's own default rope reads `partial_rotary_factor`.
        rotary_interleaved: what the mapper sets in the TransformerConfig.
    """
    keys = RopeValues(check, rope_parameters)
    rope_type = keys.rope_type(_GPT, {})
    if rope_type == "yarn" and rotary_interleaved:
        keys.refuse("rope_type", "Megatron has no YaRN for interleaved rotary embeddings")
    return GPTRope(
        position_embedding_type="yarn" if rope_type == "yarn" else "rope",
        rotary_base=keys.base(rope_type),
        rotary_percent=keys.rotary_percent(rope_type, partial_rotary=partial_rotary),
        rope_scaling=rope_type == "llama3",
        rope_scaling_factor=keys.llama3_factor() if rope_type == "llama3" else 8.0,
        seq_len_interpolation_factor=keys.positive("factor") if rope_type == "linear" else None,
        yarn=_yarn_attributes(keys, max_position_embeddings) if rope_type == "yarn" else None,
        equal_up_to=keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None,
    )


def hybrid_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    partial_rotary: bool = False,
) -> HybridRope:
    """The rope of a HybridModel without multi-latent attention; arguments as those of `gpt_rope`."""
    keys = RopeValues(check, rope_parameters)
    rope_type = keys.rope_type(_HYBRID, _HYBRID_LACKS)
    return HybridRope(
        position_embedding_type=cast("Literal['rope']", "yarn" if rope_type == "yarn" else "rope"),
        rotary_base=keys.base(rope_type),
        rotary_percent=keys.rotary_percent(rope_type, partial_rotary=partial_rotary),
        seq_len_interpolation_factor=keys.positive("factor") if rope_type == "linear" else None,
        yarn=_yarn_attributes(keys, max_position_embeddings) if rope_type == "yarn" else None,
        equal_up_to=keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None,
    )


def mla_rope(
    check: Check,
    rope_parameters: RopeParameters | dict[str, object] | None,
    *,
    max_position_embeddings: int,
    no_default: bool = False,
) -> MLARope:
    """The rope of multi-latent attention, in a GPTModel or a HybridModel.

    For families whose attention scales the softmax as DeepSeek's does: by the square of the mscale of `mscale_all_dim`.

    Args:
        check: as for `gpt_rope`, and so the next two.
        rope_parameters: the field of the Hugging Face config.
        max_position_embeddings: the field of the Hugging Face config.
        no_default: whether the class cannot compute its default rope, so that "linear" says a plain one.
    """
    keys = RopeValues(check, rope_parameters, "qk_rope_head_dim")
    rope_type = keys.rope_type(*((_SCALED_MLA, _SCALED_MLA_LACKS) if no_default else (_MLA, _MLA_LACKS)))
    if rope_type == "linear" and keys.positive("factor") != 1:
        keys.refuse("factor", f"must be 1: {_MLA_LACKS['linear']}")
    rotary_base, rotary_percent = keys.base(rope_type), keys.rotary_percent(rope_type, partial_rotary=False)
    if rope_type != "yarn":
        length = keys.dynamic_length(max_position_embeddings) if rope_type == "dynamic" else None
        if rope_type == "dynamic" and keys.number("mscale_all_dim"):
            keys.refuse("mscale_all_dim", "must be 0 or left out: it scales the softmax, and belongs to YaRN")
        # Factor 1 and mscale_all_dim 0 keep the softmax scale; the rest is not read, and is Megatron's default.
        return MLARope("rope", rotary_base, rotary_percent, 1.0, 4096, 32.0, 1.0, 1.0, 0.0, length)

    factor = keys.yarn_factor(max_position_embeddings)
    mscale_all_dim = keys.number("mscale_all_dim")
    if mscale_all_dim and keys.values.get("factor", 1.0) is None:
        keys.refuse("factor", "transformers needs a number here for the softmax scale when mscale_all_dim is given")
    if not keys.truncate():
        keys.refuse("truncate", "Megatron's multi-latent attention always rounds YaRN's correction range")
    # transformers: cosines and sines times `attention`, the softmax scale times `softmax` squared.
    # Megatron: cosines and sines times mscale_of(factor, mscale) / mscale_of(factor, mscale_all_dim), the softmax scale
    # times the square of the latter. So mscale must make up for a divisor that transformers does not have.
    attention = keys.attention_factor()
    mscale = keys.number("mscale") if attention is None else 0.0
    softmax = mscale_of(factor, mscale_all_dim)
    if softmax == 0:
        keys.refuse("mscale_all_dim", "makes the softmax scale zero")
    if not (mscale and mscale_all_dim):
        wanted = mscale_of(factor) if attention is None else attention
        key = "mscale_all_dim" if attention is None else "attention_factor"
        mscale = keys.solve_mscale(key, factor, wanted * softmax)
    return MLARope(
        rope_type="yarn",
        rotary_base=rotary_base,
        rotary_percent=rotary_percent,
        rotary_scaling_factor=factor,
        original_max_position_embeddings=keys.original_length(),
        beta_fast=keys.beta("beta_fast", 32.0),
        beta_slow=keys.beta("beta_slow", 1.0),
        mscale=mscale,
        mscale_all_dim=mscale_all_dim,
    )


def _yarn_attributes(keys: RopeValues, max_position_embeddings: int) -> YarnAttributes:
    factor = keys.yarn_factor(max_position_embeddings)
    mscale: float | None = None
    mscale_all_dim: float | None = None
    attention = keys.attention_factor()
    if attention is None:
        # transformers reads the two only together, and takes zero for absent; Megatron does not.
        numerator, denominator = keys.number("mscale"), keys.number("mscale_all_dim")
        if numerator and denominator:
            mscale, mscale_all_dim = numerator, denominator
            if mscale_of(factor, denominator) == 0:
                keys.refuse("mscale_all_dim", "makes the factor of cosines and sines a division by zero")
    elif attention != mscale_of(factor):
        mscale, mscale_all_dim = keys.solve_mscale("attention_factor", factor, attention), 0.0
    return YarnAttributes(
        yarn_rotary_scaling_factor=factor,
        yarn_original_max_position_embeddings=keys.original_length(),
        yarn_beta_fast=keys.beta("beta_fast", 32.0),
        yarn_beta_slow=keys.beta("beta_slow", 1.0),
        yarn_mscale=mscale,
        yarn_mscale_all_dim=mscale_all_dim,
        yarn_correction_range_round_to_int=keys.truncate(),
    )
