"""Composite files: which language model is meant, at whatever depth it stands, and the way back into one."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig, PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from mcore_mappers import (
    UnknownKeysWarning,
    UnsupportedConfigError,
    families,
    load_config,
    save_config,
    text_config,
    to_hf,
    to_megatron,
)
from mcore_mappers_runtime.composite import FIELDS, TIES, levels
from mcore_mappers_runtime.equal import path_of
from mcore_mappers_runtime.native import language_field
from mcore_mappers_runtime.save_config import Spelling
from tests.runtime.composite_files import Json, as_data, composites, default_text, for_each, nested, of_mapped, read
from tests.support.equality import differences
from tests.support.hf import config, mapped


def test_there_are_many() -> None:
    assert len(composites()) > 100
    assert len(of_mapped()) > 40


def test_every_class_for_text_in_a_composite_has_a_verdict() -> None:
    """Mapped, refused with its computation, or said to be pending: none is unknown to `families()`."""
    held = {path_of(type(levels(default)[-1][1])) for _, default in composites().values()}
    for model_type in CONFIG_MAPPING:
        parts: Mapping[str, type] = CONFIG_MAPPING[model_type].sub_configs
        talkers = [parts[field] for field in ("talker_config", "code_predictor_config") if field in parts]
        # Those of talkers that are composites themselves are in their fields.
        held |= {path_of(each) for each in talkers if not getattr(each, "sub_configs", None)}
    assert len(held) > 80
    assert sorted(held - {family.config_class for family in families().values()}) == []


@for_each(composites)
def test_a_file_without_a_language_model_is_refused(model_type: str, tmp_path: Path) -> None:
    (field, *_), _ = composites()[model_type]
    for file in ({}, {field: None}, {field: {}}, {field.replace("_", ""): default_text(model_type)}):
        with pytest.raises(UnsupportedConfigError, match="states no language model"):
            read(tmp_path, {"model_type": model_type, **file})


@for_each(of_mapped)
def test_what_a_config_of_its_own_says_is_read_at_depth(model_type: str, tmp_path: Path) -> None:
    family = of_mapped()[model_type]
    alone = config(family)
    text = {**as_data(alone), "dtype": "bfloat16"}
    alone.dtype = "bfloat16"
    hf = read(tmp_path, nested(model_type, text))
    found = text_config(hf)
    assert type(found) is type(alone)
    # The language model of some is known as the composite alone.
    assert (found.architectures or []) == [*families()[family].architectures]
    expected = AutoConfig.for_model(**text).to_dict()
    # Some classes leave to the levels around whether embeddings are tied.
    ties = {} if TIES in vars(alone) or TIES not in vars(found) else {TIES: vars(found)[TIES]}
    assert {**found.to_dict(), "architectures": None} == {**expected, "architectures": None, **ties}


@for_each(of_mapped)
def test_and_back_into_the_composite(model_type: str, tmp_path: Path) -> None:
    text = as_data(config(of_mapped()[model_type]))
    whole = read(tmp_path, nested(model_type, text, dtype="bfloat16"))
    before = copy.deepcopy(whole.to_dict())
    model = mapped(text_config(whole))
    assert to_hf(model, base=whole).to_dict() == before
    model.vocab_size = 2 * model.vocab_size
    larger = to_hf(model, base=whole)
    assert type(larger) is type(whole)
    assert whole.to_dict() == before
    assert levels(larger)[-1][1].vocab_size == model.vocab_size
    assert mapped(text_config(larger)).vocab_size == model.vocab_size


def again(whole: PreTrainedConfig, folder: Path, spelling: Spelling) -> PreTrainedConfig:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownKeysWarning)
        return load_config(save_config(whole, folder, spelling=spelling))


def values(hf: PreTrainedConfig) -> dict[str, Any]:
    return {name: value for name, value in hf.to_dict().items() if name != "transformers_version"}


@for_each(composites)
def test_what_is_written_is_the_same_composite(model_type: str, tmp_path: Path) -> None:
    """Also where every level is its class's default: that is stated."""
    whole = read(tmp_path, nested(model_type, default_text(model_type), dtype="bfloat16"))
    assert values(again(whole, tmp_path, "5")) == values(whole)


UNSPELT = ("lfm3_vl", "step3p7")
"""Composites that 4.57 does not know, whose language models have a rope for each type of layer."""


@for_each(of_mapped)
def test_in_an_older_spelling_the_language_model_is_the_same(model_type: str, tmp_path: Path) -> None:
    whole = read(tmp_path, nested(model_type, as_data(config(of_mapped()[model_type])), dtype="bfloat16"))
    if model_type in UNSPELT:
        with pytest.raises(UnsupportedConfigError, match=r"must be one rope: transformers 4\.57"):
            save_config(whole, tmp_path, spelling="4.57")
        return
    found = text_config(again(whole, tmp_path, "4.57"))
    assert not differences(mapped(found), mapped(text_config(whole))).keys() - {"extra_checkpoint_metadata"}


@for_each(of_mapped)
def test_every_level_is_spelt_as_older_releases_read_it(model_type: str, tmp_path: Path) -> None:
    text = as_data(config(of_mapped()[model_type]))
    whole = read(tmp_path, nested(model_type, text, dtype="bfloat16"))
    if model_type in UNSPELT:
        return
    alone = json.loads(save_config(text_config(whole), tmp_path / "alone.json", spelling="4.57").read_text())
    written = json.loads(save_config(whole, tmp_path, spelling="4.57").read_text())
    for field in composites()[model_type][0]:
        written = written[field]
    own = {"architectures", "torch_dtype", TIES}
    assert {key: value for key, value in written.items() if key not in own} == {
        key: value for key, value in alone.items() if key not in own
    }


KIMI: Json = {
    "model_type": "kimi_k2",
    "architectures": ["DeepseekV3ForCausalLM"],
    "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekV3Config"},
    **{key: value for key, value in json.loads(config("deepseek_v3").to_json_string()).items() if key != "model_type"},
}


def test_a_remote_type_is_read_at_depth(tmp_path: Path) -> None:
    found = text_config(read(tmp_path, {"model_type": "kimi_k25", "text_config": KIMI}))
    assert path_of(type(found)) == families()["deepseek_v3"].config_class
    assert found.hidden_size == KIMI["hidden_size"]
    refused = {**KIMI, "model_type": "xverse", "num_experts": 8}
    with pytest.raises(UnsupportedConfigError, match=r"text_config\.num_experts"):
        read(tmp_path, {"model_type": "llava", "text_config": refused})


def test_an_older_spelling_is_read_at_depth(tmp_path: Path) -> None:
    text = json.loads(config("glm4_moe_lite").to_json_string())
    layers = text.pop("num_hidden_layers")
    text = {key: value for key, value in text.items() if key != "mlp_layer_types"}
    text |= {"num_hidden_layers": layers, "first_k_dense_replace": 1}
    found = text_config(read(tmp_path, {"model_type": "llava", "text_config": text}))
    assert found.mlp_layer_types == ["dense", *["sparse"] * (layers - 1)]


LLAMA: Json = {
    **{key: value for key, value in json.loads(config("llama").to_json_string()).items() if key != TIES},
    "architectures": ["LlamaForCausalLM"],
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("model_type", ["acme_chat", "qwen3_asr"])
def test_the_one_language_model_of_a_wrapper_is_read(model_type: str, field: str, tmp_path: Path) -> None:
    """Of remote code, or of a class that looks for it elsewhere."""
    if language_field(CONFIG_MAPPING["qwen3_asr"]) == field and model_type == "qwen3_asr":
        field = "thinker_config"
    for held in ({field: LLAMA}, {field: {"model_type": "acme_part", "text_config": LLAMA}}):
        found = read(tmp_path, {"model_type": model_type, "torch_dtype": "float16", TIES: True, **held})
        assert path_of(type(found)) == families()["llama"].config_class
        assert (found.hidden_size, found.tie_word_embeddings) == (LLAMA["hidden_size"], True)
        assert str(found.dtype) == "torch.float16"
        assert found.architectures == ["LlamaForCausalLM"]


def test_a_wrapper_with_two_or_none_is_refused(tmp_path: Path) -> None:
    for held in ({}, {"text_config": LLAMA, "llm_config": LLAMA}, {"text_config": {"model_type": "acme"}}):
        with pytest.raises(UnsupportedConfigError, match="model_type"):
            read(tmp_path, {"model_type": "acme_chat", **held})
    with pytest.raises(UnsupportedConfigError, match=rf"llm_config\.{TIES}"):
        read(tmp_path, {"model_type": "acme_chat", TIES: True, "llm_config": {**LLAMA, TIES: False}})


def test_a_wrapper_that_is_no_language_model_says_so(tmp_path: Path) -> None:
    """Its head is on the same decoder."""
    for model_type, field in (("acme_chat", "llm_config"), ("llava", "text_config")):
        hf = read(tmp_path, {"model_type": model_type, "architectures": ["AcmeForRewardModel"], field: LLAMA})
        with pytest.raises(UnsupportedConfigError, match="a reward model"):
            to_megatron(text_config(hf))


def test_a_language_model_beside_the_keys_of_the_whole(tmp_path: Path) -> None:
    """As older files have it; the class says which language model it is."""
    text = {key: LLAMA[key] for key in ("hidden_size", "num_hidden_layers", "num_attention_heads", "rms_norm_eps")}
    hf = read(tmp_path, {"model_type": "qwen2_5_vl", **text, "rope_theta": 12345.0})
    found = levels(hf)[-1][1]
    assert {key: getattr(found, key) for key in text} == text
    assert found.rope_parameters["rope_theta"] == 12345.0
    with pytest.raises(UnsupportedConfigError, match="states no language model"):
        read(tmp_path, {"model_type": "llava", **text})


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"text_config": {"rope_thta": 1e6}}, "text_config.rope_thta"),
        (
            {"text_config": {"rope_scaling": {"rope_type": "linear", "facter": 2.0, "factor": 2.0}}},
            "text_config.rope_scaling.facter",
        ),
        ({"tie_word_embedings": True}, "tie_word_embedings"),
        ({"text_confg": {}}, "text_confg"),
        ({"dtyp": "bfloat16"}, "dtyp"),
    ],
)
def test_a_misspelt_key_is_named_at_every_depth(keys: Json, named: str, tmp_path: Path) -> None:
    inner = {**LLAMA, **keys.get("text_config", {})}
    inner.pop("rope_parameters", None)
    file = {"model_type": "llava", **keys, "text_config": inner}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(file))
    with pytest.warns(UnknownKeysWarning) as caught:
        load_config(path)
    assert caught[0].message.keys == (named,)  # type: ignore[union-attr]
    assert str(path) in str(caught[0].message)
