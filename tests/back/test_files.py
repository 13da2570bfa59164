"""What a config says of the files that it came with is not said of a model that is written back.

How the weights of a checkpoint are stored, and code that was beside it: all families, all targets, all ways back, and
all types of remote code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from transformers import AutoConfig, BitsAndBytesConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from mcore_mappers import load_config, save_config
from mcore_mappers._keys import KEYS
from mcore_mappers_runtime.carried import STORAGE
from mcore_mappers_runtime.records import Remote
from tests.back.ways import architecture, bare, targets, told
from tests.runtime.test_load import CODES, remote_file
from tests.selection import draw, some
from tests.support.hf import FAMILIES, config, mapped

STORED: Mapping[str, Mapping[str, Any]] = {
    "fp8": {"quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128]}},
    "mxfp4": {"quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}},
    "gptq": {"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128}},
    "awq": {"quantization_config": {"quant_method": "awq", "bits": 4, "zero_point": True}},
    "compressed tensors": {"quantization_config": {"quant_method": "compressed-tensors", "format": "pack-quantized"}},
    "compressed tensors by itself": {"compression_config": {"format": "float-quantized", "ignore": ["lm_head"]}},
    "bitsandbytes": {"quantization_config": BitsAndBytesConfig(load_in_4bit=True)},
    "mlx": {"quantization": {"group_size": 64, "bits": 4}, "quantization_config": {"group_size": 64, "bits": 4}},
    "onnx": {"transformers.js_config": {"dtype": "q4", "use_external_data_format": True}},
    "a file of its own": {"transformers_weights": "consolidated.safetensors"},
}
"""As published checkpoints and transformers say it; the object is what a config holds whose model was quantized."""


def test_every_key_is_tried() -> None:
    assert {name for stored in STORED.values() for name in stored} == STORAGE


@pytest.mark.parametrize("family", some(FAMILIES, "test_storage_is_not_exported"))
def test_storage_is_not_exported(family: str) -> None:
    """With a base and without: it is left out, and by name."""
    plain = config(family)
    for mapper in targets(family):
        for kind in draw(STORED, 1, f"storage of {family}"):
            stored, hf = STORED[kind], config(family)
            for name, value in stored.items():
                setattr(hf, name, value)
            before = hf.to_dict()
            model = mapper(hf)
            for keywords in ({}, {"base": hf}):
                result, warning = told(model, **keywords)
                assert not stored.keys() & result.to_dict().keys(), (keywords, kind)
                assert warning.left_out == tuple(sorted(stored))
            assert result.to_dict() == plain.to_dict()
            assert hf.to_dict() == before
            # What a base says counts, where there is one.
            assert told(model, base=plain)[1].left_out == ()


@pytest.mark.parametrize("name", STORED)
def test_a_config_that_was_never_a_megatron_model_keeps_it(name: str, tmp_path: Path) -> None:
    hf = config("llama")
    for key, value in STORED[name].items():
        setattr(hf, key, value)
    expected = hf.to_dict()
    spellings: tuple[Literal["5", "4.57"], ...] = ("5", "4.57")
    for spelling in spellings:
        written = json.loads(save_config(hf, tmp_path, spelling=spelling).read_text())
        assert {key: written[key] for key in STORED[name]} == {key: expected[key] for key in STORED[name]}


def test_none_says_nothing_of_storage() -> None:
    hf = config("llama", quantization_config=None)
    result, warning = told(mapped(hf), base=hf)
    assert (result.to_dict(), warning.fields) == (hf.to_dict(), ())


NAMES = [(name, row, given) for name, row in CODES for given in row.architectures]


@pytest.mark.usefixtures("before_native")
@pytest.mark.parametrize(("name", "row", "given"), NAMES)
def test_remote_code_goes_back_as_the_native_class(name: str, row: Remote, given: str, tmp_path: Path) -> None:
    """Its type, its causal language model, nothing of code that leads nowhere; as a file too."""
    file = {**remote_file(name, row), "architectures": [given], "auto_map": {"AutoConfig": "configuration_x.XConfig"}}
    (tmp_path / "config.json").write_text(json.dumps(file))
    hf = load_config(tmp_path)
    model = mapped(hf)
    native = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[row.native]
    for keywords in ({}, {"base": hf}):
        result, warning = told(model, **keywords)
        assert (result.model_type, result.architectures) == (row.native, [native])
        assert not hasattr(result, "auto_map")
        assert warning.left_out == ("auto_map",)
        save_config(result, tmp_path / "back.json")
        loaded = AutoConfig.from_pretrained(tmp_path / "back.json")
        assert type(loaded) is type(hf)
        assert not architecture(model, mapped(loaded))
    assert told(bare(model), family=row.native)[0].architectures is None
    # What is written without having been a Megatron model has one class too.
    written = json.loads(save_config(hf, tmp_path / "loaded.json").read_text())
    assert (written["model_type"], written["architectures"], written["auto_map"]) == (row.native, [native], {})


def test_every_type_of_remote_code_says_what_it_is_called() -> None:
    assert {name for name, _, _ in NAMES} == KEYS.remote.keys()


@pytest.mark.parametrize(
    "given", [["InternLM2ForRewardModel"], ["LlamaForCausalLM"], [], None, "InternLM2ForCausalLM", [["Inner"], 3]]
)
def test_another_head_is_not_made_a_language_model(given: Any, tmp_path: Path) -> None:
    """Nor is what is no list of names, which transformers takes as it is."""
    (row,) = KEYS.remote["internlm2"]
    (tmp_path / "config.json").write_text(json.dumps({**remote_file("internlm2", row), "architectures": given}))
    assert load_config(tmp_path).architectures == given


def test_code_beside_a_native_type_is_the_bases() -> None:
    """It says what else can load the checkpoint; the class does too."""
    hf = config("deepseek_v3", auto_map={"AutoConfig": "configuration_deepseek.DeepseekV3Config"})
    for keywords in ({}, {"base": hf}):
        result, warning = told(mapped(hf), **keywords)
        assert (result.auto_map, warning.fields) == (hf.auto_map, ())


@pytest.mark.parametrize("family", some(FAMILIES, "test_a_body_is_given_no_head"))
def test_a_body_is_given_no_head(family: str) -> None:
    hf = config(family)
    assert hf.architectures is None
    for mapper in targets(family):
        model = mapper(hf)
        results = [told(model)[0], told(model, base=hf)[0], told(bare(model), family=family)[0]]
        assert [each.architectures for each in results] == [None] * 3
