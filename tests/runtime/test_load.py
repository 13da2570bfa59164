"""Checkpoints' own files: native and remote types, spellings of several releases, composites."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import Qwen3_5Config

import mcore_mappers
from mcore_mappers import UnknownKeysWarning, UnsupportedConfigError, families, load_config, text_config
from mcore_mappers._family import Remote
from mcore_mappers._keys import REFUSED_REMOTE, REMOTE
from tests.families import PROOFS
from tests.mapping.support import folder
from tests.support.equality import differences
from tests.support.hf import CLASSES, FAMILIES, config, mapped

Json = Mapping[str, Any]


def written(tmp_path: Path, data: Json) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(data))
    return path


def loaded(tmp_path: Path, data: Json) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return load_config(written(tmp_path, data))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_transformers_writes_comes_back(family: str, tmp_path: Path) -> None:
    hf = config(family)
    hf.save_pretrained(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in (tmp_path, tmp_path / "config.json", str(tmp_path)):
            assert load_config(path).to_dict() == type(hf).from_pretrained(tmp_path).to_dict()


LLAMA: Json = {
    "model_type": "llama",
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}


def test_unknown_keys_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, {**LLAMA, "hidden_sizes": 3, "auto_map": {}, "torchscript": True, "rope_theta": 5e5})
    with pytest.warns(UnknownKeysWarning, match="hidden_sizes") as caught:
        hf = load_config(path)
    assert [warning.message.keys for warning in caught] == [("hidden_sizes",)]
    assert mapped(hf).rotary_base == 500000


def test_a_key_that_only_remote_code_reads_is_known(tmp_path: Path) -> None:
    data = {"model_type": "qwen3_moe", **dict(PROOFS["qwen3_moe"].config()), "use_qk_norm": False}
    with pytest.raises(UnsupportedConfigError, match="use_qk_norm"):
        mapped(loaded(tmp_path, data))


@pytest.mark.parametrize("data", [{}, {"model_type": None}, {"model_type": "lama"}, {"model_type": 5}])
def test_other_types(data: Json, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, data))
    assert [(each.field, each.value) for each in caught.value.refusals] == [("model_type", data.get("model_type"))]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"config\.json"):
        load_config(tmp_path)


@pytest.mark.parametrize("name", REFUSED_REMOTE)
def test_remote_code_that_is_not_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, {"model_type": name}))
    assert caught.value.refusals[0].reason == REFUSED_REMOTE[name]


CODES = [(name, row) for name, rows in REMOTE.items() for row in rows]
"""By model type, each class as which remote code is read."""


def remote_file(name: str, row: Remote) -> dict[str, Any]:
    """The small config of the native class as the remote code spells it, with every key whose default is another."""
    native = CLASSES[row.native](**PROOFS[row.native].config())
    keys = {value: key for key, value in row.renamed.items()}
    said = {keys.get(key, key): value for key, value in PROOFS[row.native].config().items()}
    held = {**native.rope_parameters, **vars(native)}
    said |= {key: held.get(row.renamed.get(key, key)) for key in row.defaults if key not in said}
    wired = {key: constant for key, constant, _ in row.constants}
    return {**said, **wired, "model_type": name, "auto_map": {"a": "b"}}


@pytest.mark.parametrize(("name", "row"), CODES)
def test_remote_code_becomes_native(name: str, row: Remote, tmp_path: Path) -> None:
    expected = mapped(CLASSES[row.native](**PROOFS[row.native].config()))
    found = differences(mapped(loaded(tmp_path, remote_file(name, row))), expected)
    # Provenance has what the file says of itself.
    assert found.keys() <= {"extra_checkpoint_metadata"}


@pytest.mark.parametrize(
    ("name", "row", "key"), [(name, row, constant[0]) for name, row in CODES for constant in row.constants]
)
def test_remote_code_that_computes_something_else(name: str, row: Remote, key: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, {**remote_file(name, row), key: "other"}))
    assert [each.field for each in caught.value.refusals] == [key]


@pytest.mark.parametrize(("name", "row", "key"), [(name, row, key) for name, row in CODES for key in row.defaults])
def test_what_remote_code_takes_for_a_key_that_is_left_out(name: str, row: Remote, key: str, tmp_path: Path) -> None:
    given = remote_file(name, row)
    left_out = {other: value for other, value in given.items() if other != key}
    results: list[Any] = []
    for data in (left_out, {**given, key: row.defaults[key]}):
        try:
            results.append(load_config(written(tmp_path, data)).to_dict())
        except UnsupportedConfigError as error:
            results.append(error.refusals)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("name", "keys", "native"),
    [
        ("bailing_moe", {"num_experts": 8, "use_bias": False, "norm_topk_prob": True}, "aria_text"),
        ("bailing_moe", {"num_experts": 8, "use_bias": False, "score_function": "sigmoid"}, "glm4_moe"),
    ],
)
def test_a_type_of_several_codes(name: str, keys: Json, native: str, tmp_path: Path) -> None:
    assert load_config(written(tmp_path, {"model_type": name, **keys})).model_type == native


def test_mimo_predicts_further_tokens(tmp_path: Path) -> None:
    data = {**LLAMA, "model_type": "mimo", "num_nextn_predict_layers": 1}
    model = mapped(loaded(tmp_path, data))
    assert model.transformer.mtp_num_layers == 1
    assert mcore_mappers.to_hf(model).num_nextn_predict_layers == 1
    assert mapped(loaded(tmp_path, {**LLAMA, "model_type": "qwen2"})).transformer.mtp_num_layers is None
    for wrong in (-1, "1", None, True):
        with pytest.raises(UnsupportedConfigError, match="num_nextn_predict_layers"):
            mapped(loaded(tmp_path, {**data, "num_nextn_predict_layers": wrong}))


def test_internlm2_biases(tmp_path: Path) -> None:
    hf = loaded(tmp_path, {**LLAMA, "model_type": "internlm2", "bias": True})
    assert hf.attention_bias is True
    with pytest.raises(UnsupportedConfigError, match="attention_bias"):
        mapped(hf)


YARN_OLD = {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}
YARN = {"rope_type": "yarn", "rope_theta": 5e5, "factor": 4.0, "original_max_position_embeddings": 32}
SPELLINGS: Mapping[str, tuple[str, Json, Json]] = {
    "theta": ("llama", {"rope_theta": 5e5}, {"rope_parameters": {"rope_type": "default", "rope_theta": 5e5}}),
    "type": ("llama", {"rope_theta": 5e5, "rope_scaling": YARN_OLD}, {"rope_parameters": YARN}),
    "rope_type": (
        "llama",
        {"rope_theta": 5e5, "rope_scaling": {**YARN_OLD, "rope_type": "yarn"}},
        {"rope_parameters": YARN},
    ),
    "dtype": ("llama", {"torch_dtype": "bfloat16"}, {"dtype": "bfloat16"}),
    "experts": ("qwen3_moe", {"num_experts": 16}, {"num_local_experts": 16}),
    "routed": ("deepseek_v3", {"n_routed_experts": 16}, {"num_local_experts": 16}),
    "latent_rope": ("deepseek_v3", {"rope_theta": 5e5, "rope_scaling": YARN_OLD}, {"rope_parameters": YARN}),
    "pattern": (
        "nemotron_h",
        {"hybrid_override_pattern": "M*-E"},
        {"layers_block_type": ["linear_attention", "full_attention", "mlp", "moe"]},
    ),
}
"""By name: the family, keys as transformers 4.57 writes them, and as 5.23 does."""


@pytest.mark.parametrize("name", SPELLINGS)
def test_old_and_new_spellings_are_one_model(name: str, tmp_path: Path) -> None:
    family, old, new = SPELLINGS[name]
    said = {*old, *new}
    rest = {key: value for key, value in PROOFS[family].config().items() if key not in said | {"layers_block_type"}}
    models = [mapped(loaded(tmp_path, {**rest, **keys, "model_type": family})) for keys in (old, new)]
    assert not differences(*models)
    assert differences(models[0], mapped(CLASSES[family](**rest)))


@pytest.mark.parametrize("outer", [True, False])
def test_text_of_a_composite(outer: bool, tmp_path: Path) -> None:
    whole = Qwen3_5Config(text_config={"tie_word_embeddings": not outer, "hidden_size": 64}, tie_word_embeddings=outer)
    text = text_config(whole)
    assert text.model_type == "qwen3_5_text"
    assert (text.tie_word_embeddings, text.hidden_size) == (outer, 64)
    assert whole.text_config.tie_word_embeddings is not outer
    plain = config("llama")
    assert text_config(plain) is plain


def test_a_composite_says_where_its_language_model_is() -> None:
    with pytest.raises(UnsupportedConfigError, match=r"text_config\(\)"):
        mcore_mappers.to_megatron(Qwen3_5Config())


CORPUS = folder("CONFIG_CORPUS")
FILES = sorted(CORPUS.glob("*/*.json")) if CORPUS else []


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of config.json files")
def test_the_whole_corpus() -> None:
    """Every file is mapped, or refused with a reason; none crashes."""
    counts = {"mapped": 0, "refused": 0}
    for path in FILES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                mapped(text_config(load_config(path)))
            except UnsupportedConfigError as error:
                counts["refused"] += 1
                print(f"{path.parent.name}/{path.stem}: {'; '.join(map(str, error.refusals))}")
            else:
                counts["mapped"] += 1
    print(f"{len(FILES)} files: {counts}")
    assert sum(counts.values()) == len(FILES) > 100
    assert families()["gemma2"].status == "refused"
