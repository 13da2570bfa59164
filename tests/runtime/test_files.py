"""Files that are no config, and files that say one thing twice."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import PreTrainedConfig

from mcore_mappers import UnsupportedConfigError, load_config, text_config
from tests.support.hf import CLASSES, FAMILIES, config, mapped

LLAMA: Mapping[str, Any] = json.loads(config("llama").to_json_string())


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(data))
    return path


def read(path: Path) -> PreTrainedConfig:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_config(path)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [LLAMA],
        7,
        1.5,
        "llama",
        True,
        {"": 1},
        {**LLAMA, "": 1},
        {},
        {"model_type": 7},
        {"model_type": ["llama"]},
    ],
)
def test_what_is_no_config_is_refused(data: object, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError):
        read(written(tmp_path, data))


@pytest.mark.parametrize("name", [7, ["llama"], {"llama": 1}])
def test_a_type_around_that_is_no_name_is_none_that_is_known(name: object, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hf = load_config(written(tmp_path, {"model_type": name, "text_config": LLAMA}))
    assert hf.model_type == "llama"


@pytest.mark.parametrize("names", [1.5, True, "LlavaForConditionalGeneration", {"LlavaModel": 1}])
def test_architectures_around_that_are_no_list_are_refused(names: object, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            hf = load_config(written(tmp_path, {"model_type": "llava", "architectures": names, "text_config": LLAMA}))
        except UnsupportedConfigError:
            return
        with pytest.raises(UnsupportedConfigError, match="architectures"):
            mapped(text_config(hf))


@pytest.mark.parametrize("kind", [{}, ["yarn"], 7])
def test_a_type_of_rope_that_is_no_name_is_refused(kind: object, tmp_path: Path) -> None:
    rope = {"rope_type": kind, "rope_theta": 1e4}
    with pytest.raises(UnsupportedConfigError, match=r"rope_parameters|rope_type"):
        mapped(read(written(tmp_path, {**LLAMA, "rope_parameters": rope})))


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b'{"model_type": "llama",}', b"\xff\xfe{\x00}\x00", b'{"a": ' * 100_000, b"\x00", "{“a”: 1}".encode()],
    ids=["empty", "cut", "comma", "UTF-16", "nested", "zero", "quotes"],
)
def test_what_is_no_json_is_refused(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(text)
    with pytest.raises(UnsupportedConfigError, match=r"config\.json.*is no JSON"):
        read(path)


def test_a_mark_of_the_byte_order_is_none(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(LLAMA).encode())
    assert read(path).to_dict() == read(written(tmp_path, LLAMA)).to_dict()


def other(value: object) -> object:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}_"
        case list():
            return [*value, *value[:1]]
        case _:
            return 1


ALIASES = [(family, alias, stored) for family in FAMILIES for alias, stored in CLASSES[family].attribute_map.items()]


@pytest.mark.parametrize(("family", "alias", "stored"), ALIASES)
def test_two_names_of_one_field_must_agree(family: str, alias: str, stored: str, tmp_path: Path) -> None:
    data = config(family).to_dict()
    data = json.loads(json.dumps({key: value for key, value in data.items() if key != "dtype"}))
    if data.get(stored) is None:
        pytest.skip(f"{stored} is None, which is no second statement")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load_config(written(tmp_path, {**data, alias: data[stored]}))
        with pytest.raises(UnsupportedConfigError) as error:
            load_config(written(tmp_path, {**data, alias: other(data[stored])}))
    (refusal,) = error.value.refusals
    assert refusal.field == alias
    assert stored in refusal.reason


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"rope_theta": 5e5, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}}, "rope_theta"),
        ({"rope_theta": 5e5, "rope_scaling": {"type": "linear", "factor": 2.0, "rope_theta": 1e6}}, "rope_theta"),
        (
            {
                "rope_scaling": {"type": "linear", "factor": 2.0},
                "rope_parameters": {"rope_type": "linear", "factor": 4.0, "rope_theta": 1e4},
            },
            "rope_scaling.factor",
        ),
        (
            {
                "rope_scaling": {"type": "linear", "factor": 2.0},
                "rope_parameters": {"rope_type": "default", "rope_theta": 1e4},
            },
            "rope_scaling.rope_type",
        ),
        ({"torch_dtype": "float16", "dtype": "bfloat16"}, "torch_dtype"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_two_spellings_of_one_thing_must_agree(
    stated: Mapping[str, Any], field: str, nested: bool, tmp_path: Path
) -> None:
    text = {**{key: value for key, value in LLAMA.items() if key not in ("rope_parameters", "dtype")}, **stated}
    data = {"model_type": "llava", "text_config": text} if nested else text
    with pytest.raises(UnsupportedConfigError) as error:
        read(written(tmp_path, data))
    assert [refusal.field for refusal in error.value.refusals] == [f"text_config.{field}" if nested else field]
