"""Keys of files: what is known of them is known for a reason, and no misspelling of one that decides goes unnamed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import CONFIG_MAPPING

from mcore_mappers import UnknownKeysWarning, UnsupportedConfigError, load_config, text_config
from mcore_mappers._keys import KEYS
from mcore_mappers_runtime.composite import FIELDS, TIES
from mcore_mappers_runtime.described import is_described
from mcore_mappers_runtime.native import language_field
from mcore_mappers_runtime.records import Remote
from tests.families import PROOFS
from tests.mapping.support import folder
from tests.runtime.fitting import FITTING
from tests.runtime.slips import deciding, file_of, known_beside, misspelt, rope_keys, slips, taken_when_built
from tests.runtime.test_load import CODES, remote_file, written
from tests.selection import draw, some
from tests.support.about import about
from tests.support.hf import CLASSES, FAMILIES, build, mapped
from tests.support.plans import described, restated

Json = Mapping[str, Any]
ODD = "odd"
AROUND = (*FIELDS, TIES, "torch_dtype", "dtype", "model_type", "architectures")
"""Keys around a language model that decide something of it."""


def named(tmp_path: Path, data: Json) -> frozenset[str]:
    """The keys of which loading a file warns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_config(written(tmp_path, data))
    found = [each.message for each in caught if isinstance(each.message, UnknownKeysWarning)]
    return frozenset(key for each in found for key in each.keys)


# --- What is known ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_keys_that_nobody_reads_are_known(family: str, tmp_path: Path) -> None:
    keys = known_beside(family) - taken_when_built(CLASSES[family])
    assert {"unsloth_version", "transformers.js_config", "quantization"} <= keys
    assert not named(tmp_path, {**file_of(family), **dict.fromkeys(keys, ODD)})


@pytest.mark.parametrize("family", FAMILIES)
def test_keys_that_a_class_takes_when_it_is_built_are_known(family: str, tmp_path: Path) -> None:
    whole = {**build(family, PROOFS[family].config()).to_dict(), "model_type": CLASSES[family].model_type}
    # What a rope beside it says has the last word, and both are one thing.
    beside = {*whole, *(whole.get("rope_parameters") or ())}
    for key in taken_when_built(CLASSES[family]) - beside:
        value = TAKEN.get(key, 1)
        assert not named(tmp_path, {**whole, key: value}), key


TAKEN: Json = {
    **dict.fromkeys(
        ("rotary_pct", "partial_rotary_factor", "mamba_dt_min", "mamba_dt_max", "mamba_dt_init_floor"), 0.5
    ),
    "mamba_dt_limit": [0.0, 1.0],
    "rope_scaling": None,
    **dict.fromkeys(("tie_embedding", "mamba_conv_bias"), True),
    "sparse_attention_config": None,
    "hybrid_override_pattern": "M",
    "mtp_hybrid_override_pattern": "M",
    "index_topk_pattern": "FF",
}
"""By key, a value that a class takes when it is built; of others, 1."""


def test_an_unread_key_holds_for_some_class() -> None:
    keys = {(name, key) for name, entries in KEYS.unread.items() for key in entries}
    assert len(keys) > 40
    assert all(KEYS.unread[name] for name in KEYS.unread)
    assert {name for names in KEYS.lists.values() for name in names} == KEYS.unread.keys()


def test_keys_of_dots_are_known(tmp_path: Path) -> None:
    """Beside the fields of the class, those that its published files have."""
    keys = {"moe_layer_freq": 1, "scoring_func": "noaux_tc", "use_sliding_window": False, "pretraining_tp": 1}
    file = {**file_of("dots1"), **keys}
    assert not named(tmp_path, file)
    mapped(load_config(written(tmp_path, file)))


def test_keys_of_ling_2_are_known(tmp_path: Path) -> None:
    """The width of shared experts would be another one in some code; the class has one field for both."""
    key = "moe_shared_expert_intermediate_size"
    file = remote_file("bailing_moe_v2", KEYS.remote["bailing_moe_v2"][0])
    file |= {"rotary_dim": 8, "moe_intermediate_size": file[key]}
    assert not named(tmp_path, file)
    mapped(load_config(written(tmp_path, file)))
    with pytest.raises(UnsupportedConfigError, match=key):
        load_config(written(tmp_path, {**file, key: 2 * file[key]}))


RESTATED = [(family, key) for family in FAMILIES for key in restated(described(family)[0])]


@pytest.mark.parametrize(("family", "key"), RESTATED)
def test_a_field_under_another_name(family: str, key: str, tmp_path: Path) -> None:
    field = restated(described(family)[0])[key]
    hf = build(family, PROOFS[family].config())
    value = getattr(hf, field)
    data = {
        name: value for name, value in file_of(family).items() if CLASSES[family].attribute_map.get(name, name) != field
    }
    alone = load_config(written(tmp_path, {**data, key: value}))
    assert (getattr(alone, field), key in vars(alone)) == (value, False)
    both = load_config(written(tmp_path, {**data, field: value, key: value}))
    assert both.to_dict() == alone.to_dict()
    assert not named(tmp_path, {**data, field: value, key: None})
    other = 2 * value if isinstance(value, int | float) else "relu"
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, {**data, field: value, key: other}))
    assert {each.field for each in caught.value.refusals} == {key}
    # A config that something else built has both.
    setattr(hf, key, other)
    with pytest.raises(UnsupportedConfigError, match=field) as caught:
        mapped(hf)
    assert [(each.field, each.value) for each in caught.value.refusals] == [(key, other)]
    for accepted in (value, None):
        setattr(hf, key, accepted)
        mapped(hf)


LOUD = ("dual_chunk_attention_config", "vhead_hidden_size", "draft_vocab_size", "output_gate_type")
"""Keys that mean something to somebody, and that nobody accounts for."""


@pytest.mark.parametrize("family", FAMILIES)
def test_what_nobody_accounts_for_is_named(family: str, tmp_path: Path) -> None:
    assert named(tmp_path, {**file_of(family), **dict.fromkeys(LOUD, ODD)}) == frozenset(LOUD)


CORPUS = folder("CONFIG_CORPUS")
MOST = 0.03
"""The part of ordinary published files that may have keys that nobody accounts for."""


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of config.json files")
def test_few_published_files_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert CORPUS
    ordinary = [path for path in sorted(CORPUS.glob("*/*.json")) if not path.stem.startswith("draft__")]
    warned: dict[str, tuple[str, ...]] = {}
    for path in ordinary:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                mapped(text_config(load_config(path)))
            except (UnsupportedConfigError, KeyError):
                continue
        keys = [each.message.keys for each in caught if isinstance(each.message, UnknownKeysWarning)]
        warned[f"{path.parent.name}/{path.stem}"] = tuple(key for each in keys for key in each)
    found = {name: keys for name, keys in warned.items() if keys}
    with capsys.disabled():
        print(f"\ncorpus: {len(found)} of {len(warned)} files that map are warned of")
        for name, keys in found.items():
            print(f"  {name}: {', '.join(keys)}")
    assert len(found) <= MOST * len(warned)
    assert len(warned) > 70


# --- Misspellings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", some(FAMILIES, "test_a_misspelt_key_is_named"))
@pytest.mark.parametrize("way", ["", "text_config."])
def test_a_misspelt_key_is_named(family: str, way: str, tmp_path: Path) -> None:
    if way and is_described(CLASSES[family]):
        pytest.skip("transformers builds no composite of its own around a class that it does not have")
    if way and not hasattr(CLASSES[family](), "tie_word_embeddings"):
        pytest.skip("transformers builds no LLaVA around a class that says nothing of ties")
    wrong = misspelt(deciding(family))
    data = {**file_of(family), **dict.fromkeys(wrong, ODD)}
    if way:
        data = {"model_type": "llava", "vision_config": {"model_type": "clip_vision_model"}, "text_config": data}
    assert named(tmp_path, data) == {f"{way}{key}" for key in wrong}


ROPED = [family for family in FAMILIES if PROOFS[family].rope is not None]


@pytest.mark.parametrize("family", some(ROPED, "test_a_misspelt_key_of_a_rope_is_named"))
def test_a_misspelt_key_of_a_rope_is_named(family: str, tmp_path: Path) -> None:
    proof = PROOFS[family].rope
    assert proof
    wrong = misspelt(rope_keys())
    types = proof.layer_types
    for kind in ("default", *(() if types else proof.types)):
        rope = {"rope_type": kind, "rope_theta": 1e4, **dict.fromkeys(wrong, 1)}
        own = {"factor": 2.0, "original_max_position_embeddings": 32, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
        rope |= {key: value for key, value in own.items() if kind != "default"}
        # transformers builds none without these.
        rope |= {f"{length}_factor": [1.0] * 8 for length in ("short", "long") if kind == "longrope"}
        rope |= proof.needs.get(kind, {})
        for key in ("rope_parameters",) if types else ("rope_parameters", "rope_scaling"):
            ropes = dict.fromkeys(types, rope) if types else rope
            data = {name: value for name, value in file_of(family).items() if not name.startswith("rope_")}
            ways = [f"{key}.{each}." for each in types] if types else [f"{key}."]
            assert named(tmp_path, {**data, key: ropes}) >= {f"{way}{slip}" for way in ways for slip in wrong}


BY_LAYER = [family for family in ROPED if PROOFS[family].rope.layer_types]  # type: ignore[union-attr]


@pytest.mark.parametrize("family", BY_LAYER)
def test_a_misspelt_type_of_layer_is_refused_or_named(family: str, tmp_path: Path) -> None:
    """The latter where the class has put ropes of its own in the place of all."""
    proof = PROOFS[family].rope
    assert proof
    for wrong in slips(proof.layer_types[0]):
        ropes = {**proof.given({"rope_type": "default", "rope_theta": 1e4})}
        ropes[wrong] = ropes.pop(proof.layer_types[0])
        data = {**file_of(family), "rope_parameters": ropes}
        try:
            mapped(load_config(written(tmp_path, data)))
        except (UnsupportedConfigError, KeyError, ValueError):
            continue
        assert named(tmp_path, data) == {f"rope_parameters.{wrong}"}


@pytest.mark.usefixtures("before_native")
@pytest.mark.parametrize(("name", "row"), CODES)
def test_a_misspelt_key_of_remote_code_is_named(name: str, row: Remote, tmp_path: Path) -> None:
    keys = {*row.renamed, *row.defaults, *(key for key, *_ in row.constants)}
    data = {**remote_file(name, row)}
    wrong = misspelt(keys) - data.keys() - deciding(row.native)
    assert named(tmp_path, {**data, **dict.fromkeys(wrong, ODD)}) == wrong


@pytest.mark.parametrize(
    "around",
    [
        {"model_type": "llava", "vision_config": {"model_type": "clip_vision_model"}},
        {"model_type": "acme_vl"},
        {"model_type": "acme_omni", "thinker_config": {}},
    ],
    ids=["native", "remote", "remote, two levels"],
)
def test_a_misspelt_key_around_a_language_model_is_named(around: Json, tmp_path: Path) -> None:
    wrong = misspelt(AROUND)
    inner = {"text_config": file_of("llama")}
    whole = {"thinker_config": {**inner, **dict.fromkeys(wrong, ODD)}} if "thinker_config" in around else inner
    data = {**around, **whole, **dict.fromkeys(wrong, ODD)}
    ways = ("", "thinker_config.") if "thinker_config" in around else ("",)
    assert named(tmp_path, data) == {f"{way}{key}" for way in ways for key in wrong}


def flat() -> list[tuple[str, str]]:
    """Composite types that hold a class of a family, and that family."""
    paths = {CLASSES[family]: family for family in FAMILIES}
    found: list[tuple[str, str]] = []
    for name, cls in CONFIG_MAPPING.items():
        parts: Any = cls.sub_configs
        held = parts.get(language_field(cls) or "")
        if held in paths:
            found.append((name, paths[held]))
    return found


def test_a_misspelt_key_beside_the_whole_is_named(tmp_path: Path) -> None:
    # Asked here, not where tests are collected: every class of transformers is imported for it.
    for name, family in draw(flat(), 8, "flat composites"):
        with about(name, family):
            a_misspelt_key_beside_the_whole_is_named(name, family, tmp_path)


def a_misspelt_key_beside_the_whole_is_named(name: str, family: str, tmp_path: Path) -> None:
    # What a class takes when it is built and keeps no trace of is known where the language model stands alone.
    gone = taken_when_built(CLASSES[family]) - known_beside(family)
    wrong = misspelt(deciding(family) - gone - {"model_type"})
    data = {**FITTING.get(name, {}), **file_of(family), "model_type": name, **dict.fromkeys(wrong, ODD)}
    assert named(tmp_path, data) == wrong
