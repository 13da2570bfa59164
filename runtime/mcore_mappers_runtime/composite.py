"""Composite configs, which hold the config of a language model, and the language model in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .class_names import causal_names, other_head
from .equal import values_of
from .errors import Refusal, UnsupportedConfigError
from .shown import in_one_line, shown
from .storable import unstorable

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

FIELDS: Final = ("thinker_config", "text_config", "llm_config", "language_config")
"""Fields in which composite configs hold the config of their language model, or of the part that holds it."""

TIES: Final = "tie_word_embeddings"

TIED_INSIDE: Final = frozenset(
    {
        *("blip-2", "instructblip", "instructblipvideo", "kosmos-2.5", "llama4", "pix2struct"),
        *("qwen2_5_omni", "qwen3_omni_moe"),
    }
)
"""Composite types whose output layer is in the model of a level below, which ties it by what its own config says."""

NEVER_TIED: Final = frozenset(
    {
        *("audioflamingo3", "cosmos3_edge", "inkling2", "inkling2_loop", "inkling_mm_model", "mllama"),
        *("molmo2", "muse_spark", "musicflamingo", "nemo_speechlm", "nemotron_h_omni", "omniasr", "pp_formulanet"),
        *("qwen2_audio", "vibevoice_asr", "voxtral"),
    }
)
"""Composite types whose model has an output layer of its own, whatever its configs say of ties."""

_REPEATED: Final = (TIES, "dtype", "vocab_size", "hidden_size")
"""What levels around a language model repeat of it."""


def levels(hf: PreTrainedConfig) -> tuple[tuple[str, PreTrainedConfig], ...]:
    """The configs from a composite one to that of its language model, each with the way to it: "text_config."."""
    from transformers.configuration_utils import PreTrainedConfig

    found = [("", hf)]
    while True:
        way, outer = found[-1]
        held = ((name, values_of(outer).get(name)) for name in FIELDS)
        inner = next(((f"{way}{name}.", each) for name, each in held if isinstance(each, PreTrainedConfig)), None)
        if inner is None or any(inner[1] is each for _, each in found):
            return tuple(found)
        found.append(inner)


def first_that_ties(around: Sequence[PreTrainedConfig]) -> int:
    """The place of the outermost level whose config decides whether the language model is tied.

    Args:
        around: the levels of the composite.
    """
    return next(place for place, each in enumerate(around) if each.model_type not in TIED_INSIDE)


def untied(around: Sequence[PreTrainedConfig], way: str) -> Iterator[Refusal]:
    """Why a language model whose configs say that it is tied is not, in the model of the composite.

    Args:
        around: the levels of the composite.
        way: to a level that says so.
    """
    level = around[first_that_ties(around)]
    if level.model_type in NEVER_TIED:
        reason = (
            f"transformers' model of a {type(level).__name__} has an output layer of its own, whatever its config "
            "says: set it to False at every level if the checkpoint has the weights of one"
        )
        yield Refusal(f"{way}{TIES}", True, reason)


def text_config(hf: PreTrainedConfig, /) -> PreTrainedConfig:
    """The config of the language model of a composite config; any other config is returned as it is.

    Of a composite it is a copy, with what the levels around it say of ties: to change it changes no composite
    (`to_hf(model, base=composite)` gives one with another language model). Any other config is the same object.

    Raises:
        UnsupportedConfigError: the levels of the composite do not agree on whether embeddings and output layer are
            tied, which `load_config` decides by what the file states; or say so where transformers' model of the
            composite ties nothing; or a level holds what cannot be copied.
    """
    around = levels(hf)
    if len(around) == 1:
        return hf
    refusals = tuple(unstorable(hf, objects=True))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    ties = {f"{way}{TIES}": vars(each)[TIES] for way, each in around if TIES in vars(each)}
    found = _copied(around[-1][1])
    for other, value in ties.items():
        outermost, tied = next(iter(ties.items()))
        if value != tied:
            reason = f"{other} is {shown(value)}: load the file with load_config(), or set both"
            raise UnsupportedConfigError(None, (Refusal(outermost, tied, reason),))
        setattr(found, TIES, tied)
    said = next((each.removesuffix(TIES) for each, tied in ties.items() if tied), None)
    refusals = () if said is None else tuple(untied([each for _, each in around], said))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    if found.dtype is None:
        found.dtype = next((each.dtype for _, each in reversed(around) if each.dtype is not None), None)
    found.architectures = _architectures(hf, found)
    return found


def _architectures(outermost: PreTrainedConfig, found: PreTrainedConfig) -> list[str] | None:
    """The language model's own name, unless the composite is known as something else, which its mapper must hear of."""
    names = outermost.architectures
    stated: object = names
    # What is no list of names its mapper must hear of too.
    if names and (not isinstance(stated, list) or any(other_head(str(each)) for each in names)):
        return names
    return [*causal_names(type(found))] or found.architectures


def _copied[Config: PreTrainedConfig](hf: Config) -> Config:
    """A copy; objects in it are asked for copies of themselves.

    Raises:
        UnsupportedConfigError: one of them makes none.
    """
    try:
        return copy.deepcopy(hf)
    except Exception as error:
        refusal = Refusal("class", type(hf).__qualname__, f"a config of it cannot be copied: {in_one_line(error)}")
        raise UnsupportedConfigError(None, (refusal,)) from error


def with_language_model[Composite: PreTrainedConfig](whole: Composite, language_model: PreTrainedConfig) -> Composite:
    """A composite config with another language model, and what the levels around it repeat of that.

    Args:
        whole: the composite config; it is not changed.
        language_model: what `text_config` gave, or what takes its place.
    """
    result = _copied(whole)
    *outer, (way, before) = levels(result)
    after = copy.deepcopy(language_model)
    after.architectures = before.architectures
    if before.dtype is None and after.dtype == next((each.dtype for _, each in reversed(outer) if each.dtype), None):
        after.dtype = None
    if TIES in vars(after) and TIES not in vars(before):
        # The class leaves it to the levels around: they say it alone.
        around = [each for _, each in outer if TIES in vars(each)]
        for each in around:
            setattr(each, TIES, vars(after)[TIES])
        if around:
            delattr(after, TIES)
    setattr(outer[-1][1], way.rstrip(".").rpartition(".")[2], after)
    for _, each in outer:
        for name in _REPEATED:
            held = vars(each)
            if name in held and held[name] == vars(before).get(name) and name in vars(after):
                setattr(each, name, vars(after)[name])
    return result
