"""What was remote code and has a class of its own now: one file means one model, with that class and before it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from mcore_mappers import UnknownArchitectureWarning, UnsupportedConfigError, load_config
from mcore_mappers._keys import KEYS
from tests.families import CLASSES, PROOFS
from tests.mapping.support import folder
from tests.support.equality import differences
from tests.support.hf import config, mapped

Json = Mapping[str, Any]

ROWS = {name: rows[0] for name, rows in KEYS.remote.items() if rows[0].native_since}
CORPUS = folder("CONFIG_CORPUS")

YARN: Json = {"type": "deepseek_yarn", "factor": 4.0, "original_max_position_embeddings": 32, "mscale_all_dim": 1.0}
LINEAR: Json = {"rope_type": "linear", "factor": 2.0}


def written(name: str) -> dict[str, Any]:
    """The small config as transformers writes it."""
    return {key: value for key, value in config(name).to_dict().items() if key != "transformers_version"}


def in_old_names(name: str) -> dict[str, Any]:
    """The same in the names of the code beside checkpoints, and with what else its files have."""
    row = ROWS[name]
    keys = {field: alias for alias, field in row.renamed.items()}
    said = {keys.get(key, key): value for key, value in PROOFS[name].config().items()}
    wired = {key: value for key, value, _ in row.constants}
    return {**said, **wired, "rope_theta": 700.0, "auto_map": {"AutoConfig": "configuration_x.XConfig"}}


def files(name: str) -> dict[str, Json]:
    """By what they are about, files of a type, with its name or without."""
    row, small = ROWS[name], PROOFS[name].config()
    latents = {"q_lora_rank": 16} if "q_lora_rank" in row.defaults else {}
    heads = {"head_dim": 24, "q_head_dim": 40} if latents else {}
    return {
        "nothing": {},
        "latents": latents,
        "written": written(name),
        "old names": in_old_names(name),
        "architectures": {**small, "architectures": [*row.architectures]},
        "another head": {**small, "architectures": ["AcmeForRewardModel"]},
        "rope without its base": {**small, "rope_parameters": LINEAR},
        "older rope without its base": {**small, "rope_scaling": LINEAR, "max_position_embeddings": 64},
        "a base in the rope": {**small, "rope_parameters": {**LINEAR, "rope_theta": 800.0}},
        "a part of each head": {**small, "rope_parameters": {**LINEAR, "partial_rotary_factor": 0.5}},
        "a rope of the old type": {**small, "rope_theta": 900.0, "rope_scaling": YARN, **heads},
        "no rope": {**small, "rope_scaling": None},
        "groups derived": {**small, "num_key_value_heads": None},
        **{f"{key} left out": {each: value for each, value in small.items() if each != key} for key in row.defaults},
        **{f"{key} misspelt": {**small, key: "other"} for key, *_ in row.constants},
        **{f"{key} alone": {key: 2, **latents} for key, field in row.renamed.items() if field.startswith("n")},
        **{f"{key} twice": {key: 2, field: 3} for key, field in row.renamed.items()},
        "a misspelt key": {**small, "hidden_sizes": 3},
    }


def outcome(path: Path) -> tuple[Any, set[str], set[str]]:
    """The Megatron config, the fields for which there is none, and the warnings about keys and architectures."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found, refused = mapped(load_config(path)), set[str]()
        except UnsupportedConfigError as error:
            found, refused = None, {refusal.field for refusal in error.refusals}
    return found, refused, {str(each.message) for each in caught if "nobody" in str(each.message)}


CASES = [(name, about) for name in ROWS for about in files(name)]


def read_twice(data: Json, tmp_path: Path, request: pytest.FixtureRequest) -> list[tuple[Any, set[str], set[str]]]:
    """What comes of a file with the class of its type, and then without."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(data))
    with_class = outcome(path)
    request.getfixturevalue("before_native")
    assert data["model_type"] not in CONFIG_MAPPING
    return [with_class, outcome(path)]


def check_same(data: Json, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (found, refused, told), (before, refused_before, told_before) = read_twice(data, tmp_path, request)
    assert (found is None) == (before is None)
    assert refused_before == refused
    assert told_before == told
    if found is not None:
        # Provenance has what the file says of itself, and the family.
        assert differences(before, found).keys() <= {"extra_checkpoint_metadata"}


@pytest.mark.parametrize(("name", "about"), CASES)
def test_a_file_means_the_same_without_the_class(
    name: str, about: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    check_same({**files(name)[about], "model_type": name}, tmp_path, request)


PUBLISHED = [path for name in ROWS for path in sorted((CORPUS / name).glob("*.json"))] if CORPUS else []


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_so_does_a_published_file(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check_same(json.loads(path.read_text()), tmp_path, request)


@pytest.mark.parametrize("name", ROWS)
def test_what_is_read_as_what(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "config.json"
    path.write_text(
        json.dumps({**in_old_names(name), "model_type": name, "architectures": [*ROWS[name].architectures]})
    )
    hf = load_config(path)
    assert type(hf) is CLASSES[name]
    assert hf.architectures == [*ROWS[name].architectures.values()]
    request.getfixturevalue("before_native")
    assert type(load_config(path)) is CLASSES[ROWS[name].native]


@pytest.mark.parametrize("name", ROWS)
def test_the_old_name_of_its_language_model_is_known(name: str) -> None:
    """Where transformers has read the file by itself, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnknownArchitectureWarning)
        for given in ROWS[name].architectures:
            mapped(config(name, architectures=[given]))
