"""Whether a language model in a composite is tied: as its file states it, and as transformers' model of it does."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import torch
import transformers
from transformers import AutoConfig, PreTrainedModel
from transformers.models.auto import modeling_auto

from mcore_mappers import UnsupportedConfigError, text_config
from mcore_mappers_runtime.composite import NEVER_TIED, TIED_INSIDE, TIES, levels
from tests.numerics.test_sensitivity import quiet
from tests.runtime.composite_files import Json, composites, default_text, for_each, nested, read
from tests.selection import draw
from tests.support.about import about

SAID: tuple[Mapping[str, bool], ...] = ({}, {TIES: True}, {TIES: False})
"""What a level says of ties."""


def taken(file: Json) -> object:
    """What transformers takes for the language model, from the innermost level that can say it."""
    found = levels(AutoConfig.for_model(**copy.deepcopy(file)))
    return next((vars(each)[TIES] for _, each in reversed(found) if TIES in vars(each)), None)


@for_each(composites)
def test_ties_are_what_the_file_states(model_type: str, tmp_path: Path) -> None:
    found = levels(composites()[model_type][1])
    text = default_text(model_type)
    plain = next((own[TIES] for _, each in reversed(found) if TIES in (own := vars(type(each)()))), None)
    for outer, inner in draw(product(SAID, SAID), 3, f"ties of {model_type}", always=lambda said: said == ({}, {})):
        file = nested(model_type, {**text, **inner}, **outer)
        stated = {*outer.values(), *inner.values()}
        (expected,) = stated if len(stated) == 1 else {plain}
        unheard = model_type in TIED_INSIDE and not inner and expected is not taken(file)
        if len(stated) == 2 or unheard or (expected and model_type in NEVER_TIED):
            with pytest.raises(UnsupportedConfigError, match=TIES):
                read(tmp_path, file)
            continue
        if plain is None and not stated:
            assert TIES not in vars(text_config(read(tmp_path, file)))
            continue
        hf = read(tmp_path, file)
        assert {vars(each)[TIES] for _, each in levels(hf) if TIES in vars(each)} <= {expected}
        assert vars(text_config(hf)).get(TIES, expected) is expected


@pytest.mark.parametrize("model_type", ["mistral3", "internvl", "llava", "qwen2_5_omni"])
def test_levels_that_do_not_agree_are_refused(model_type: str, tmp_path: Path) -> None:
    hf = read(tmp_path, nested(model_type, default_text(model_type)))
    outer = next(each for _, each in levels(hf) if TIES in vars(each))
    outer.tie_word_embeddings = not vars(levels(hf)[-1][1])[TIES]
    with pytest.raises(UnsupportedConfigError, match="load_config"):
        text_config(hf)


@pytest.mark.parametrize("model_type", ["llava", "blip-2", "voxtral", "qwen2_5_omni"])
@pytest.mark.parametrize("odd", ["no", 1, 0.0, [], {"x": 1}])
def test_what_is_neither_true_nor_false_is_refused(model_type: str, odd: object, tmp_path: Path) -> None:
    """Also at a level of which the class does not declare it, and takes anything."""
    for outer, inner in (({TIES: odd}, {}), ({}, {TIES: odd}), ({TIES: False}, {TIES: odd})):
        with pytest.raises(UnsupportedConfigError, match=f"{TIES}|config.json"):
            read(tmp_path, nested(model_type, {**default_text(model_type), **inner}, **outer))


@pytest.mark.parametrize("model_type", ["voxtral", "qwen2_audio", "omniasr"])
def test_a_config_from_elsewhere_that_nothing_ties_is_refused(model_type: str) -> None:
    hf = copy.deepcopy(composites()[model_type][1])
    assert text_config(hf).tie_word_embeddings is False
    levels(hf)[-1][1].tie_word_embeddings = True
    with pytest.raises(UnsupportedConfigError, match="an output layer of its own"):
        text_config(hf)


GENERATING: Final = (
    *("IMAGE_TEXT_TO_TEXT", "MULTIMODAL_LM", "CAUSAL_LM", "SPEECH_SEQ_2_SEQ", "SEQ_TO_SEQ_CAUSAL_LM"),
    *("TEXT_TO_WAVEFORM", "TEXT_TO_SPECTROGRAM"),
)
"""The heads of transformers' auto classes that speak, or may."""
OUTPUT: Final = re.compile(r"lm_head|predictions\.decoder")
"""In names of weights, an output layer."""
FEW = 6
"""How many types a slice asks transformers' model of: its code is imported for that, and some are built."""


def model_of(model_type: str) -> type[PreTrainedModel] | None:
    """The class that computes logits of a composite; None where none does."""
    tables = (vars(modeling_auto)[f"MODEL_FOR_{head}_MAPPING_NAMES"] for head in GENERATING)
    names = next((table[model_type] for table in tables if model_type in table), None)
    name = names if isinstance(names, str | None) else names[0]
    return None if name is None else getattr(transformers, name)  # type: ignore[no-any-return]


def is_tied(cls: type[PreTrainedModel], model_type: str, ties: tuple[bool, ...]) -> bool:
    """Whether a model without weights ties its output layer, by what its levels say from the outermost on."""
    hf = copy.deepcopy(composites()[model_type][1])
    if model_type == "qwen3_omni_moe":
        # The defaults of what speaks fit no model.
        hf.enable_audio_output = False
    for (_, each), tied in zip(levels(hf), ties, strict=True):
        each.tie_word_embeddings = tied
    with quiet(), torch.device("meta"):
        model: Any = cls(hf)
    return any(OUTPUT.search(name) for name in model.get_expanded_tied_weights_keys(all_submodels=True))


def test_transformers_ties_by_those_levels() -> None:
    """Every type, so that one that is new or has changed is put where it belongs."""
    special = TIED_INSIDE | NEVER_TIED
    types = [each for each in composites() if model_of(each) is not None]
    assert special <= {*types}
    assert len(types) > 80
    for model_type in draw(types, FEW, "ties of models"):
        cls, levels_of_it = model_of(model_type), len(levels(composites()[model_type][1]))
        assert cls is not None
        with about(model_type, cls.__name__):
            if any(OUTPUT.search(name) for name in cls._tied_weights_keys or ()):
                assert model_type not in special
                continue
            whole, outermost = (True,) * levels_of_it, (True, *(False,) * (levels_of_it - 1))
            assert is_tied(cls, model_type, whole) is (model_type not in NEVER_TIED)
            assert is_tied(cls, model_type, outermost) is (model_type not in special)
