"""What a config says that its checkpoint is: language models map, other heads are refused by name."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import transformers.models.auto.modeling_auto as auto

from mcore_mappers import UnknownArchitectureWarning, UnsupportedConfigError, families, llama, to_hf
from mcore_mappers_runtime.class_names import is_held_by, other_head
from tests.support.hf import CLASSES, FAMILIES, config, mapped

LANGUAGE_MODELS = (
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
)
"""Tables of what writes text."""
TABLES = tuple(name for name in vars(auto) if name.startswith("MODEL_") and name.endswith("MAPPING_NAMES"))


def names(table: str) -> Iterator[str]:
    for entry in getattr(auto, table).values():
        yield from (entry,) if isinstance(entry, str) else entry


WRITERS = {name for table in LANGUAGE_MODELS for name in names(table)}
OTHERS = {name for table in TABLES for name in names(table)} - WRITERS


def test_every_head_of_transformers_is_known() -> None:
    assert len(WRITERS) > 250
    assert len(OTHERS) > 1000
    written = {name for name in OTHERS if name.endswith(("ForConditionalGeneration", "LMHeadModel"))}
    # Of speech and music, whose classes are not mapped.
    assert {name for name in OTHERS if other_head(name) is None} <= written
    assert len(written) < 20
    assert {name for name in WRITERS if other_head(name)} == set()


def called(family: str) -> str:
    """The name of a family's language model, or of a composite that can hold one that has none."""
    own = families()[family].architectures
    return own[0] if own else next(name for name in sorted(WRITERS) if is_held_by(name, CLASSES[family]))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_takes_its_language_model_and_no_other_head(family: str) -> None:
    hf = config(family)
    name = called(family)
    stem = name.removesuffix("ForCausalLM").removesuffix("LMHeadModel").removesuffix("ForConditionalGeneration")
    for accepted in (None, [], [name]):
        hf.architectures = accepted
        with warnings.catch_warnings():
            warnings.simplefilter("error", UnknownArchitectureWarning)
            mapped(hf)
    for other in ("ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForRewardModel"):
        for given in ([f"{stem}{other}"], [name, f"{stem}{other}"]):
            hf.architectures = given
            with pytest.raises(UnsupportedConfigError) as error:
                mapped(hf)
            (refusal,) = error.value.refusals
            assert (refusal.field, refusal.value) == ("architectures", given)
            assert refusal.reason.startswith(f"{stem}{other} is a")
            assert refusal.reason.endswith("set architectures to None to map its decoder")


@pytest.mark.parametrize(
    "name",
    [
        *("GPT2DoubleHeadsModel", "InternLM2ForRewardModel", "Qwen2ForRewardModel", "Qwen2ForProcessRewardModel"),
        *("LlamaHFRewardModel", "LlamaForRewardModelWithGating", "Lfm2BidirectionalModel", "LlamaBiForMNTP"),
        *("LlamaModel", "MistralModel", "LlamaForCausalLMEagle3", "Eagle3LlamaForCausalLM", "EagleLlamaModel"),
        *("DFlashDraftModel", "DeepseekV3ForCausalLMNextN", "DeepSeekMTPModel", "Qwen3NextMTP", "MedusaModel"),
        *("MLPSpeculatorPreTrainedModel", "AutoModelForCausalLMWithValueHead", "NVEmbedModel", "LlamaEncoderModel"),
    ],
)
def test_other_heads_and_drafts_are_refused(name: str) -> None:
    hf: Any = config("llama")
    hf.architectures = [name]
    with pytest.raises(UnsupportedConfigError, match="architectures"):
        mapped(hf)


@pytest.mark.parametrize(
    "name", ["MistralForCausalLM", "AquilaForCausalLM", "FooModel", "Qwen3VLForConditionalGeneration"]
)
def test_a_name_that_is_not_the_classes_is_a_warning(name: str) -> None:
    hf: Any = config("llama")
    hf.architectures = [name]
    with pytest.warns(UnknownArchitectureWarning, match=f"{name}, which nobody knows as LlamaForCausalLM") as caught:
        llama.to_megatron(hf)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("llama", "LlavaForConditionalGeneration"),
        ("mistral", "Mistral3ForConditionalGeneration"),
        ("qwen3_5_text", "Qwen3_5ForConditionalGeneration"),
        ("llama4_text", "Llama4ForConditionalGeneration"),
    ],
)
def test_the_name_of_a_composite_that_can_hold_the_class_is_none(family: str, name: str) -> None:
    hf = config(family)
    hf.architectures = [name]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnknownArchitectureWarning)
        mapped(hf)


@pytest.mark.parametrize("given", ["LlamaForCausalLM", [7], ("LlamaForCausalLM", None), {"a": 1}])
def test_what_is_no_list_of_names_is_refused(given: Any) -> None:
    hf: Any = config("llama")
    vars(hf)["architectures"] = given
    with pytest.raises(UnsupportedConfigError, match="architectures"):
        mapped(hf)


def test_a_body_comes_back_as_none() -> None:
    hf: Any = config("llama")
    hf.architectures = None
    assert to_hf(llama.to_megatron(hf)).architectures is None
    hf.architectures = ["LlamaForCausalLM"]
    assert to_hf(llama.to_megatron(hf)).architectures == ["LlamaForCausalLM"]
