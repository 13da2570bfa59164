"""What the names in `architectures` say that a checkpoint is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from .equal import path_of
from .registry import known

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

_DRAFT: Final = "a draft, whose few layers predict tokens for another model to check"
_HEADS: Final = (
    # Of the remote code that SGLang and vLLM run: LlamaForCausalLMEagle3, EagleLlamaModel, DFlashDraftModel,
    # DeepseekV3ForCausalLMNextN, Qwen3NextMTP, MedusaModel, MLPSpeculatorPreTrainedModel.
    (r"Eagle|EAGLE|Draft|Medusa|Speculat|NextN|MTP", _DRAFT),
    # InternLM2ForRewardModel, Qwen2ForProcessRewardModel, LlamaHFRewardModel, and TRL's and verl's value heads.
    (r"Reward|Preference", "a reward model, whose head scores a text"),
    (r"Value|Critic", "a value model, whose head scores every token"),
    # LlamaBiForMNTP and Lfm2BidirectionalModel are remote code, as are most embeddings: NVEmbedModel.
    (r"Bidirectional|Bi(?=For|Model)|MNTP|MaskedLM|PreTraining", "a bidirectional encoder"),
    (r"Embed|Retrieval|Encoder$|EncoderModel|Similarity", "a model of embeddings"),
    (r"Classification|Classifier|NextSentencePrediction|MultipleChoice|DoubleHeads", "a classifier"),
    (r"Regression|Rank|Scor", "a model that scores texts"),
    (r"QuestionAnswering", "a model that marks answers in a text"),
    (r"ForDecision", "a model that decides on actions"),
)
"""Parts of the names of what is no language model, and what that is."""

_LANGUAGE_MODEL: Final = re.compile(r"For(CausalLM|ConditionalGeneration)$|LMHeadModel$")
"""How the names of language models end."""


def other_head(name: str) -> str | None:
    """What a checkpoint of this name is, if it is known as something else than a language model."""
    for part, what in _HEADS:
        if re.search(part, name):
            return what
    return None if _LANGUAGE_MODEL.search(name) else _others().get(name)


def causal_names(config_class: type) -> tuple[str, ...]:
    """What `architectures` calls the causal language model of a class; empty for one that no family maps."""
    found = known().of_class(path_of(config_class))
    return () if found is None else found[1].architectures


def is_remote(name: str, config_class: type) -> bool:
    """Whether files of the type have the name from the time when code beside checkpoints computed it."""
    model_type = cast("type[PreTrainedConfig]", config_class).model_type
    return any(row.native_since and name in row.architectures for row in known().keys.remote.get(model_type, ()))


def is_same(name: str, expected: Iterable[str]) -> bool:
    """Whether it is one of the names in the spelling of another release: Ernie4_5_ForCausalLM."""
    return name.replace("_", "") in {each.replace("_", "") for each in expected}


def is_held_by(name: str, config_class: type) -> bool:
    """Whether this is a composite's name, and its language model can be one of a class."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING, AutoConfig

    from .composite import FIELDS

    composites = (CONFIG_MAPPING[each] for each in _composites().get(name, ()) if each in CONFIG_MAPPING)
    fields = (cast("Mapping[str, type]", each.sub_configs) for each in composites)
    return any(each.get(field) in (AutoConfig, config_class) for each in fields for field in FIELDS)


@cache
def _others() -> Mapping[str, str]:
    """What transformers has beside language models, by name."""
    from transformers.models.auto import modeling_auto as auto

    tables = [(name, table) for name, table in vars(auto).items() if re.fullmatch(r"MODEL_\w*MAPPING_NAMES", name)]
    heads = {
        each: f"a model for {name[10:-14].lower().replace('_', ' ')}"
        for name, table in tables
        if name.startswith("MODEL_FOR_")
        for _, each in _entries(table)
    }
    bodies = {each: "a bare body, which has no output layer" for _, each in _entries(auto.MODEL_MAPPING_NAMES)}
    writers = {each for name in _WRITERS for _, each in _entries(vars(auto).get(name, {}))}
    return {name: what for name, what in {**bodies, **heads}.items() if name not in writers}


_WRITERS: Final = (
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
)
"""Transformers' tables of what writes text. Older releases do not have all of them."""


@cache
def _composites() -> Mapping[str, tuple[str, ...]]:
    """By the name of what generates text from more than text, its model types."""
    from transformers.models.auto import modeling_auto as auto

    found: dict[str, tuple[str, ...]] = {}
    for table in _WRITERS[1:3]:
        for model_type, name in _entries(vars(auto).get(table, {})):
            found[name] = (*found.get(name, ()), model_type)
    return found


def _entries(table: object) -> Iterator[tuple[str, str]]:
    """Model types and names; a type may have several."""
    for model_type, names in cast("Mapping[str, str | tuple[str, ...]]", table).items():
        for name in (names,) if isinstance(names, str) else names:
            yield model_type, name
