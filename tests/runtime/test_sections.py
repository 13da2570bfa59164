"""Three positions of each token: who may ask for them, what is said of them, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

import mcore_mappers as m
from mcore_mappers import UnsupportedConfigError, diff, families, to_hf
from mcore_mappers_runtime.needs import INTERLEAVED_POSITIONS, THREE_POSITIONS
from tests.back.ways import bare
from tests.families.ropes import rope, yarn
from tests.support.hf import config, mapped

SECTIONS = [30, 20, 14]


def sectioned(**changes: Any) -> Any:
    return config("qwen2_vl_text", **{**rope("default", mrope_section=[*SECTIONS]), **changes})


def test_three_positions_stand_in_what_models_need() -> None:
    assert THREE_POSITIONS in families()["qwen2_vl_text"].needs
    assert INTERLEAVED_POSITIONS in families()["qwen3_vl_text"].needs
    assert not {THREE_POSITIONS, INTERLEAVED_POSITIONS} & {*families()["qwen2"].needs}


def test_a_caller_may_ask_where_megatron_has_the_classes() -> None:
    cfg = mapped(sectioned(), position_embedding_type="mrope")
    assert (cfg.position_embedding_type, cfg.transformer.mrope_section) == ("mrope", SECTIONS)
    # TransformerEngine's fused rope has one position for all texts of a batch.
    assert not cfg.transformer.apply_rope_fusion
    assert mapped(sectioned()).position_embedding_type == "rope"


@pytest.mark.parametrize("family", ["llama", "qwen2", "gpt2", "qwen3_vl_text", "qwen3_5_text"])
def test_elsewhere_only_asking_is_refused(family: str) -> None:
    hf = config(family)
    mapped(hf)
    expected = TypeError if family == "gpt2" else UnsupportedConfigError
    with pytest.raises(expected, match="position_embedding_type"):
        mapped(hf, position_embedding_type="mrope")


@pytest.mark.parametrize("kind", ["rope", "yarn", "none", None, True])
def test_no_other_positions_can_be_asked_for(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"position_embedding_type=.* must be 'mrope'"):
        mapped(sectioned(), position_embedding_type=kind)


def test_latent_attention_and_hybrid_models_have_none() -> None:
    with pytest.raises(TypeError, match="is decided by the Hugging Face config"):
        mapped(config("deepseek_v3"), position_embedding_type="mrope")
    with pytest.raises(TypeError, match="is decided by the Hugging Face config"):
        m.qwen2_vl_text.to_megatron_hybrid(sectioned(), position_embedding_type="mrope")  # type: ignore[call-arg]


def test_what_megatron_has_not_with_three_positions_is_refused() -> None:
    hf = sectioned(**yarn())
    mapped(hf)
    with pytest.raises(UnsupportedConfigError, match="is the default or a linear one"):
        mapped(hf, position_embedding_type="mrope")


@pytest.mark.parametrize("asked", [{}, {"position_embedding_type": "mrope"}])
def test_sections_survive_the_way_back(asked: Any) -> None:
    hf = sectioned()
    cfg = mapped(hf, **asked)
    for back in (to_hf(cfg), to_hf(cfg, base=sectioned(**rope("default")))):
        assert ("mrope_section" in back.rope_parameters) or back.rope_parameters["rope_theta"] == 700.0
    assert to_hf(cfg).rope_parameters["mrope_section"] == SECTIONS
    assert to_hf(cfg, base=hf).to_dict() == hf.to_dict()


@pytest.mark.filterwarnings("ignore::mcore_mappers.DefaultedFieldsWarning")
def test_sections_of_a_model_that_reads_them_win() -> None:
    cfg = mapped(sectioned(), position_embedding_type="mrope")
    assert to_hf(bare(cfg), family="qwen2_vl_text").rope_parameters["mrope_section"] == SECTIONS
    cfg.transformer.mrope_section = [20, 24, 20]
    assert to_hf(cfg, base=sectioned()).rope_parameters["mrope_section"] == [20, 24, 20]


def test_either_number_of_positions_is_no_difference() -> None:
    hf = sectioned()
    assert diff(mapped(hf, position_embedding_type="mrope"), hf) == ()
    assert diff(mapped(hf), hf) == ()
    other = mapped(hf, position_embedding_type="mrope")
    other.transformer.mrope_section = [20, 24, 20]
    assert [each.field for each in diff(other, hf)] == ["mrope_section"]


def test_provenance_says_what_texts_alone_lack() -> None:
    def needs(**asked: Any) -> Any:
        return mapped(sectioned(), **asked).extra_checkpoint_metadata["mcore_mappers"].get("needs")

    assert needs() == [str(THREE_POSITIONS)]
    assert needs(position_embedding_type="mrope") is None


def test_a_width_that_nothing_says_is_what_the_class_divides() -> None:
    hf = config("qwen2", hidden_size=75, num_attention_heads=3, num_key_value_heads=1)
    del hf.head_dim
    with pytest.raises(UnsupportedConfigError) as caught:
        mapped(hf)
    [refusal] = caught.value.refusals
    assert (refusal.field, refusal.value) == ("head_dim", None)
    assert "hidden_size // num_attention_heads is 25" in refusal.reason
    hf.hidden_size = 74
    assert mapped(hf).transformer.kv_channels == 24
    hf.head_dim = 25
    with pytest.raises(UnsupportedConfigError) as caught:
        mapped(hf)
    assert [(each.field, each.value) for each in caught.value.refusals] == [("head_dim", 25)]
