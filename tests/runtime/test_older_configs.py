"""Configs of older releases of transformers: read as the pinned release spells them, and written as they spell them.

Here a config of the pinned release is given the attributes that the class of an older one leaves. `make matrix` maps
what the older releases themselves build.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers as m
from codegen.rows import older as rules
from mcore_mappers_runtime import declared, native, older_configs, records, releases
from mcore_mappers_runtime.bounds import LAYERS
from mcore_mappers_runtime.older_configs import NOTHING, OlderRelease, as_installed, older_release, present
from mcore_mappers_runtime.records import Always, Attribute, Dense, Every, Older
from tests.support.equality import differences
from tests.support.hf import config, mapped

Install = Callable[[str], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Lets another release of transformers seem to be installed."""
    real = metadata.version

    def forget() -> None:
        for cached in (releases.installed, releases.is_before, older_release, declared._fields):
            cached.cache_clear()
        declared._shapes.clear()
        for name, module in [*sys.modules.items()]:
            if name.startswith("mcore_mappers."):
                for way in (vars(module).get("_GPT"), vars(module).get("_HYBRID")):
                    if way is not None:
                        vars(way).pop("defaults", None)

    def install(version: str) -> None:
        monkeypatch.setattr(metadata, "version", lambda name: version if name == "transformers" else real(name))
        forget()

    yield install
    monkeypatch.undo()
    forget()


@dataclass(frozen=True)
class Case:
    """A config as the class of an older release leaves it."""

    family: str
    version: str
    leave: Callable[[dict[str, Any]], object]
    """Makes the attributes of the pinned class what the older one has."""
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the config says beside the family's small one."""

    def pinned(self) -> PreTrainedConfig:
        return config(self.family, **self.changes)

    def older(self) -> PreTrainedConfig:
        hf = self.pinned()
        self.leave(vars(hf))
        return hf


def without(*names: str) -> Callable[[dict[str, Any]], object]:
    return lambda values: [values.pop(name) for name in names]


def in_words(words: dict[str, str], *names: str) -> Callable[[dict[str, Any]], object]:
    return lambda values: values.update({name: [words.get(word, word) for word in values[name]] for name in names})


def factor_beside(values: dict[str, Any]) -> None:
    values["partial_rotary_factor"] = values["rope_parameters"]["partial_rotary_factor"]


def dense_layers_counted(values: dict[str, Any]) -> None:
    values["first_k_dense_replace"] = values.pop("mlp_layer_types").count("dense")


FACTOR = "partial_rotary_factor"
MIXERS = {"linear_attention": "mamba", "full_attention": "attention"}
CASES = {
    "router logits that no class declared": Case("deepseek_v2", "5.18.0", without("output_router_logits")),
    "numbers that were hard-wired": Case("gpt_oss", "5.12.1", without("swiglu_limit", "swiglu_alpha")),
    "a factor beside the rope": Case("glm4_moe", "5.17.0", factor_beside),
    "a factor beside the rope that a file states": Case(
        "qwen2_moe",
        "5.12.1",
        lambda values: values.update(partial_rotary_factor=1.0),
        {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 1.0}},
    ),
    "dense layers that were counted": Case("axk1", "5.18.0", dense_layers_counted),
    "mixers by name": Case("granitemoehybrid", "5.12.1", in_words(MIXERS, "layer_types")),
    "mixers by name, in two lists": Case(
        "nemotron_h", "5.9.0", in_words(MIXERS, "layers_block_type", "mtp_layers_block_type")
    ),
    "sparse attention by name": Case(
        "deepseek_v32", "5.17.0", in_words({"indexed_attention": "deepseek_sparse_attention"}, "layer_types")
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_an_older_class_leaves_maps_to_the_same_with_the_same_provenance(name: str, install: Install) -> None:
    case = CASES[name]
    expected, hf = mapped(case.pinned()), case.older()
    before = {**vars(hf)}
    install(case.version)
    assert not differences(mapped(hf), expected)
    assert vars(hf) == before


@pytest.mark.parametrize("name", CASES)
def test_it_is_written_as_it_was_found(name: str, install: Install) -> None:
    case = CASES[name]
    values = {name: value for name, value in vars(case.older()).items() if name != "output_router_logits"}
    install(case.version)
    here = older_release(case.family)
    now = present(here, values)
    assert now != values
    back = as_installed(here, now)
    assert not back.refusals
    assert {name: back.values[name] for name in values} == values
    assert not {row.field for row in here.older if isinstance(row.place, Always | Dense)} & back.values.keys()


def test_there_is_nothing_to_look_up_at_the_pinned_release() -> None:
    for name, family in m.families().items():
        if family.status == "mapped":
            assert older_release(name) is NOTHING


def test_an_undeclared_count_is_read_by_its_older_name() -> None:
    here = OlderRelease((Older("num_mtp_layers", "5.14.0", Attribute("num_nextn_predict_layers", 1)),))
    assert present(here, {}) == {"num_mtp_layers": 1}
    assert present(here, {"num_nextn_predict_layers": 0})["num_mtp_layers"] == 0
    assert as_installed(here, {"num_mtp_layers": 2}).values == {"num_nextn_predict_layers": 2}


def test_a_list_that_an_older_class_cannot_have_is_refused() -> None:
    counted = OlderRelease((Older("mlp_layer_types", "5.20.0", Dense("first")),))
    whole = OlderRelease((Older("indexer_types", "5.6.0", Every("full")),))
    assert as_installed(counted, {"mlp_layer_types": ["dense", "sparse"]}).values == {"first": 1}
    assert as_installed(counted, {"mlp_layer_types": ["sparse", "dense"]}).refusals
    assert as_installed(whole, {"indexer_types": ["full", "full"]}).values == {}
    assert as_installed(whole, {"indexer_types": ["full", "shared"]}).refusals
    assert present(whole, {"num_hidden_layers": 2})["indexer_types"] == ["full", "full"]
    assert present(counted, {"num_hidden_layers": 2, "first": 9})["mlp_layer_types"] == ["dense", "dense"]


@pytest.mark.parametrize("count", ["1", None, 10**30, -1])
def test_no_count_is_too_odd_to_be_refused_later(count: object) -> None:
    counted = OlderRelease((Older("mlp_layer_types", "5.20.0", Dense("first")),))
    found = present(counted, {"num_hidden_layers": count, "first": count})["mlp_layer_types"]
    assert isinstance(found, list)
    assert len(found) <= LAYERS


def test_a_factor_that_contradicts_the_rope_is_refused_as_ever(install: Install) -> None:
    hf = config("glm4_moe")
    vars(hf)["partial_rotary_factor"] = 0.25
    install("5.12.1")
    with pytest.raises(m.UnsupportedConfigError, match=r"partial_rotary_factor = 0\.25"):
        mapped(hf)


def test_a_value_that_the_installed_class_does_not_read_is_mapped_as_newer_ones_do_and_not_written(
    install: Install,
) -> None:
    hf = config("gpt_oss", swiglu_limit=5.0)
    model = mapped(hf)
    install("5.12.1")
    with pytest.warns(m.OtherReleaseWarning, match=r"swiglu_limit, before 5\.19\.0") as caught:
        again = m.to_megatron(hf)
    assert sum(isinstance(each.message, m.OtherReleaseWarning) for each in caught) == 1
    assert not differences(again, model)
    with pytest.raises(m.UnsupportedConfigError, match=r"swiglu_limit = 5\.0: transformers 5\.12\.1 does not read"):
        m.to_hf(model)


def test_a_value_that_stands_for_another_one_now_is_mapped_as_newer_ones_read_it(install: Install) -> None:
    hf = config("gemma")
    expected = mapped(hf)
    vars(hf)["hidden_act"] = "gelu"
    install("5.17.0")
    with pytest.warns(m.OtherReleaseWarning, match=r"hidden_act, before 5\.18\.0: gelu was computed exactly"):
        found = m.to_megatron(hf)
    assert not differences(found, expected)


def test_a_factor_that_the_older_class_sets_does_not_stand_against_the_rope(install: Install) -> None:
    hf = config("bamba", rope_parameters={"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0} | {FACTOR: 0.25})
    expected = mapped(hf)
    vars(hf)[FACTOR] = 0.5
    install("5.12.1")
    with pytest.warns(m.OtherReleaseWarning, match=r"before 5\.17\.0: half of each head is rotated"):
        found = m.to_megatron(hf)
    assert not differences(found, expected)


def test_overrides_by_layer_are_refused_where_the_class_does_not_know_of_them(install: Install) -> None:
    hf = config("llama")
    vars(hf)["per_layer_config"] = {"0": {"hidden_act": "relu"}}
    install("5.12.1")
    with pytest.raises(m.UnsupportedConfigError, match="per_layer_config"):
        mapped(hf)


def test_what_comes_back_is_built_in_the_spelling_of_the_installed_class(install: Install) -> None:
    model = mapped(config("axk1"))
    install("5.18.0")
    back = m.to_hf(model)
    # The pinned class still reads the older name, and makes the list of it.
    assert vars(back)["mlp_layer_types"] == ["dense"] * len(vars(config("axk1"))["mlp_layer_types"])
    assert not differences(mapped(back), model)


def written(folder: Path, data: dict[str, Any]) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_a_file_is_read_as_the_newest_release_reads_it(install: Install, tmp_path: Path) -> None:
    file = written(tmp_path, {"model_type": "gemma", "hidden_act": "gelu"})
    install("5.17.0")
    with pytest.warns(m.OtherReleaseWarning, match="itself makes another model") as caught:
        hf = m.load_config(file)
    assert vars(hf)["hidden_act"] == "gelu_pytorch_tanh"
    warning = caught[0].message
    assert isinstance(warning, m.OtherReleaseWarning)
    assert (warning.installed, warning.file, warning.differences[0][:2]) == (
        "5.17.0",
        str(file),
        ("hidden_act", "5.18.0"),
    )


@pytest.mark.parametrize(
    ("version", "data", "expected"),
    [
        ("5.18.0", {"model_type": "mimo_v2_flash"}, {"sliding_window": 129}),
        ("5.18.0", {"model_type": "mimo_v2_flash", "sliding_window_size": 64}, {"sliding_window": 65}),
        ("5.18.0", {"model_type": "mimo_v2_flash", "sliding_window": 7}, {"sliding_window": 7}),
        ("5.15.0", {"model_type": "deepseek_v2"}, {"vocab_size": 102400}),
        (
            "5.12.1",
            {"model_type": "glm4_moe", "rope_parameters": {"rope_theta": 1e4, "partial_rotary_factor": 0.25}},
            {"partial_rotary_factor": 0.25},
        ),
        ("5.12.1", {"model_type": "deepseek_v32", "n_routed_experts": 64}, {"num_experts": 64}),
        ("5.12.1", {"model_type": "deepseek_v32", "num_experts": 64}, {"n_routed_experts": 64, "num_experts": 64}),
        ("5.12.1", {"model_type": "glm_moe_dsa", "num_experts": 64}, {"n_routed_experts": 64}),
        (
            "5.23.0",
            {"model_type": "llama4_text", "attention_chunk_size": None, "num_hidden_layers": 2},
            {"attention_chunk_size": 8192, "layer_types": ["full_attention"] * 2},
        ),
        (
            "5.23.0",
            {"model_type": "llama4_text", "attention_chunk_size": None, "layer_types": ["chunked_attention"]},
            {"layer_types": ["chunked_attention"]},
        ),
        ("5.12.1", {"model_type": "minimax_m2", "rotary_dim": 32}, {"partial_rotary_factor": 0.25}),
        ("5.12.1", {"model_type": "minimax_m2", "rotary_dim": 32, "head_dim": 64}, {"partial_rotary_factor": 0.5}),
        (
            "5.12.1",
            {"model_type": "minimax_m2", "rotary_dim": 32, "partial_rotary_factor": 1.0},
            {"partial_rotary_factor": 1.0},
        ),
    ],
)
def test_the_installed_class_is_told_what_the_newest_makes_of_a_file(
    version: str, data: dict[str, Any], expected: dict[str, Any], install: Install
) -> None:
    install(version)
    family = data["model_type"]
    cls = type(config(family))
    assert expected.items() <= older_configs.read_as_newest(cls, older_release(family), data).data.items()


def test_a_config_that_cannot_be_told_is_mapped_with_a_warning(install: Install) -> None:
    hf, plain = config("deepseek_v3"), config("deepseek_v3", n_group=1, topk_group=1)
    install("5.5.0")
    with pytest.warns(m.OtherReleaseWarning, match=r"n_group, before 5\.6\.0"):
        mapped(hf)
    with warnings.catch_warnings():
        warnings.simplefilter("error", m.OtherReleaseWarning)
        mapped(plain)


def test_a_key_that_newer_classes_make_a_field_of_is_named_where_the_installed_one_does_not(install: Install) -> None:
    plain = config("minimax_m2")
    hf = config("minimax_m2", rope_parameters={"rope_type": "default", "rope_theta": 1e4})
    hf.rotary_dim, plain.rotary_dim = hf.head_dim // 4, None
    install("5.12.1")
    with pytest.warns(m.OtherReleaseWarning, match=r"partial_rotary_factor, before 5\.18\.0"):
        mapped(hf)
    hf.rope_parameters["partial_rotary_factor"] = 0.25
    with warnings.catch_warnings():
        warnings.simplefilter("error", m.OtherReleaseWarning)
        mapped(plain)
        mapped(hf)


def test_the_table_and_the_registry_have_the_same_vocabulary() -> None:
    for name in (
        "Always",
        "Attribute",
        "Beside",
        "Words",
        "Dense",
        "Every",
        "Also",
        "Replaced",
        "ByDefault",
        "From",
        "PartOf",
        "Throughout",
    ):
        ours, theirs = vars(rules)[name], vars(records)[name]
        assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]


def test_a_family_that_the_installed_release_cannot_have_is_named_on_import(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    importlib.import_module("mcore_mappers.lfm3")
    monkeypatch.delitem(sys.modules, "mcore_mappers.lfm3")
    monkeypatch.delattr(m, "lfm3")
    # As if there were no such class.
    monkeypatch.setitem(sys.modules, "transformers.models.lfm3.configuration_lfm3", None)
    model = mapped(config("llama"))
    install("5.12.1")
    for ask in (
        lambda: importlib.import_module("mcore_mappers.lfm3"),
        lambda: m.lfm3,
        lambda: m.to_hf(model, family="lfm3"),
    ):
        with pytest.raises(m.UpstreamVersionError) as caught:
            ask()
        error = caught.value
        assert (error.family, error.package, error.installed, error.needed) == (
            "lfm3",
            "transformers",
            "5.12.1",
            "5.23.0",
        )
    assert m.families()["lfm3"].versions["transformers"][0] == "5.23.0"


@pytest.mark.parametrize(
    "data",
    [
        {"model_type": "step3p7", "text_config": {"model_type": "step3p5", "hidden_size": 64}},
        # What the type of the language model is, nobody says but the class.
        {"model_type": "step3p7", "text_config": {"hidden_size": 64}},
        {"model_type": "step3p7", "hidden_size": 64, "num_hidden_layers": 2},
        {"model_type": "acme_vision", "text_config": {"model_type": "step3p5", "hidden_size": 64}},
    ],
)
def test_a_composite_around_a_family_that_the_installed_release_cannot_have_names_it(
    data: dict[str, Any], install: Install, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install("5.5.0")
    monkeypatch.setattr(native, "class_of", lambda data: None)
    (tmp_path / "config.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(m.UpstreamVersionError) as caught:
        m.load_config(tmp_path)
    assert (caught.value.family, caught.value.needed) == ("step3p5", "5.18.0")
