"""`save_config`: what it writes loads as an equal model, in today's spelling and in that of transformers 4.57.

That release itself is asked in `test_older_release.py`, and read every value of all cases right that its classes know.
By hand, with weights that were saved beside them, it computed the same logits, but for what those classes do not have
(scaled rope in Nemotron, YaRN's scale of the softmax in DeepSeek-V2, any rope but Llama 3's in Llama 4, windows by
layer in Qwen2-MoE, limits other than 7 in gpt-oss, norms by groups in Mamba-2, heads of another width in the experts of
Granite and Qwen2). Here its spelling is checked against what it is known to read. It has no Nemotron-H of its own: that
is compared with configs that were published beside its code then.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import assume, given
from transformers import AutoConfig

from mcore_mappers import UnsupportedConfigError, families, load_config, save_config
from mcore_mappers_runtime.described import is_described
from tests.back.ways import accepted, back, bare
from tests.numerics.cases import Case, cases_of
from tests.properties.strategies import configs, examples
from tests.selection import draw, some
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config, mapped

CONFIGS = Path(__file__).parents[1] / "configs"
Spelling = Literal["5", "4.57"]
SPELLINGS: tuple[Spelling, ...] = ("5", "4.57")

LLAMA3: Mapping[str, Any] = {
    "rope_type": "llama3",
    "rope_theta": 5e5,
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


FACTORS: Mapping[str, tuple[str, ...]] = {
    "olmo": ("default", "linear", "dynamic"),
    "olmo2": ("default", "linear", "dynamic"),
    "phi3": ("default", "longrope"),
}
"""By family, the types of rope that the class of 4.57.1 takes; the others take all."""


def spelt_in_457(family: str, hf: Any) -> bool:
    """Whether the class of 4.57.1 reads its biases, and its ropes have an older spelling."""
    if family == "llama4_text" and hf.attention_bias:
        return False
    rope = vars(hf).get("rope_parameters") or {}
    if family == "phi3" and rope.get("rope_type") == "longrope":
        length, original = hf.max_position_embeddings, hf.original_max_position_embeddings
        stretched = math.sqrt(1 + math.log(length / original) / math.log(original)) if length > original else 1.0
        known = {
            "original_max_position_embeddings": original,
            "factor": length / original,
            "attention_factor": stretched,
        }
        return all(rope.get(key, value) == value for key, value in known.items())
    if not any(isinstance(each, dict) for each in rope.values()):
        return rope.get("rope_type", "default") in FACTORS.get(family, (rope.get("rope_type", "default"),))
    sliding = rope.get("sliding_attention") or {}
    return sliding.get("rope_type", "default") == "default" and (
        family == "gemma3_text" or (family == "olmo3" and sliding["rope_theta"] == rope["full_attention"]["rope_theta"])
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("family", some(FAMILIES, "test_loads_as_an_equal_model"))
def test_loads_as_an_equal_model(family: str, spelling: Spelling, tmp_path: Path) -> None:
    """Also what `to_hf` made of a model without any help."""

    @given(configs(family))
    @examples(family, 30)
    def check(hf: Any) -> None:
        assume(accepted(hf))
        model = mapped(hf)
        for each in (hf, back(bare(model), family=family)):
            if spelling == "4.57" and not spelt_in_457(family, each):
                with pytest.raises(UnsupportedConfigError, match="this config cannot be saved"):
                    save_config(each, tmp_path, spelling=spelling)
                continue
            path = save_config(each, tmp_path, spelling=spelling)
            # Olmo3Config of transformers 5 misreads its own older files.
            loaded = load_config(path) if spelling == "4.57" else type(hf).from_pretrained(tmp_path)
            assert path == tmp_path / "config.json"
            assert json.loads(path.read_text())["model_type"] == hf.model_type
            found = differences(mapped(each), mapped(loaded)).keys()
            # A key more (num_mtp_layers beside num_nextn_predict_layers) may be recorded, and decides nothing.
            assert not found - {"extra_checkpoint_metadata"}

    check()


@pytest.mark.parametrize("family", FAMILIES)
def test_todays_spelling_is_what_transformers_writes(family: str, tmp_path: Path) -> None:
    hf = config(family, architectures=[*families()[family].architectures], eos_token_id=[1, 2])
    hf.save_pretrained(tmp_path / "theirs")
    theirs = json.loads((tmp_path / "theirs" / "config.json").read_text())
    ours = json.loads(save_config(hf, tmp_path / "ours.json").read_text())
    # What is for code of transformers 4 is written for it.
    assert ours == (older(hf, tmp_path) if is_described(type(hf)) else theirs)


def older(hf: Any, folder: Path) -> dict[str, Any]:
    return json.loads(save_config(hf, folder, spelling="4.57").read_text())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"there is no folder {tmp_path / 'export'} to write config.json into"):
        save_config(config("llama"), tmp_path / "export" / "config.json")


def test_rope_in_the_older_spelling(tmp_path: Path) -> None:
    """The base beside the scaling; none for plain rope; and both names of its type, of which code reads either."""
    written = older(config("llama", rope_parameters=dict(LLAMA3), dtype="bfloat16"), tmp_path)
    assert "rope_parameters" not in written
    assert written["rope_theta"] == 5e5
    scaling = {name: value for name, value in LLAMA3.items() if name != "rope_theta"}
    assert written["rope_scaling"] == {**scaling, "type": "llama3"}
    assert written["torch_dtype"] == "bfloat16"
    assert "dtype" not in written
    plain = older(config("llama", rope_parameters={"rope_type": "default", "rope_theta": 2e4}), tmp_path)
    assert (plain["rope_theta"], plain["rope_scaling"]) == (2e4, None)


@pytest.mark.parametrize("kind", ["linear", "yarn"])
def test_every_kind_of_scaling(kind: str, tmp_path: Path) -> None:
    rope = {"rope_type": kind, "rope_theta": 1e4, "factor": 4.0}
    rope |= {"original_max_position_embeddings": 64, "beta_fast": 16.0} if kind == "yarn" else {}
    hf = config("llama", rope_parameters=dict(rope))
    written = older(hf, tmp_path)
    assert written["rope_scaling"] == {name: value for name, value in rope.items() if name != "rope_theta"} | {
        "type": kind
    }
    loaded = AutoConfig.from_pretrained(tmp_path).rope_parameters
    assert {name: value for name, value in loaded.items() if name != "type"} == rope


FULL, SLIDING = "full_attention", "sliding_attention"


def test_ropes_of_two_types_of_layers_in_the_older_spelling(tmp_path: Path) -> None:
    full = {"rope_type": "linear", "rope_theta": 1e6, "factor": 8}
    sliding = {"rope_type": "default", "rope_theta": 1e4}
    written = older(config("gemma3_text", rope_parameters={FULL: dict(full), SLIDING: dict(sliding)}), tmp_path)
    assert (written["rope_theta"], written["rope_local_base_freq"]) == (1e6, 1e4)
    assert written["rope_scaling"] == {"rope_type": "linear", "factor": 8.0, "type": "linear"}
    assert "rope_parameters" not in written
    assert AutoConfig.from_pretrained(tmp_path).rope_parameters[SLIDING]["rope_theta"] == 1e4

    yarn = {"rope_type": "yarn", "rope_theta": 5e5, "factor": 8.0, "original_max_position_embeddings": 32}
    written = older(
        config("olmo3", rope_parameters={FULL: dict(yarn), SLIDING: {**sliding, "rope_theta": 5e5}}), tmp_path
    )
    assert (written["rope_theta"], written["rope_scaling"]["factor"]) == (5e5, 8.0)


@pytest.mark.parametrize(
    ("family", "sliding", "why"),
    [
        ("olmo3", {"rope_type": "default", "rope_theta": 1e4}, "must have one rope_theta"),
        (
            "gemma3_text",
            {"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0},
            "must be plain for sliding_attention",
        ),
        ("mellum", {"rope_type": "default", "rope_theta": 1e4}, "must be one rope"),
    ],
)
def test_ropes_without_an_older_spelling(family: str, sliding: dict[str, Any], why: str, tmp_path: Path) -> None:
    """transformers 4.57 would read them as others, and say nothing."""
    hf = config(family, rope_parameters={FULL: {"rope_type": "default", "rope_theta": 1e6}, SLIDING: sliding})
    with pytest.raises(UnsupportedConfigError, match=f"this config cannot be saved:\n  - rope_parameters = .*: {why}"):
        older(hf, tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_what_the_older_class_sets_whatever_is_said(tmp_path: Path) -> None:
    """Llama4TextConfig of transformers 4.57.1 has no biases, and says nothing of a file that has them."""
    older(config("llama4_text", attention_bias=False), tmp_path)
    with pytest.raises(UnsupportedConfigError, match="attention_bias = True: must be False: the class of transformers"):
        older(config("llama4_text", attention_bias=True), tmp_path)


def test_longrope_in_the_older_spelling(tmp_path: Path) -> None:
    """Phi-3's class takes these keys alone, and the length from which it scales beside them."""
    factors = {"short_factor": [1.0] * 8, "long_factor": [2.0] * 8}
    rope = {"rope_type": "longrope", "rope_theta": 1e4, **factors, "original_max_position_embeddings": 32}
    hf = config("phi3", rope_parameters=dict(rope), original_max_position_embeddings=32)
    written = older(hf, tmp_path)
    assert written["rope_scaling"] == {"type": "longrope", **factors}
    assert written["original_max_position_embeddings"] == 32
    hf.rope_parameters = {**rope, "attention_factor": 1.5}
    with pytest.raises(UnsupportedConfigError, match="or of type longrope, with short_factor, long_factor alone"):
        older(hf, tmp_path)


def test_an_older_file_has_one_base_for_all_layers(tmp_path: Path) -> None:
    """Olmo3Config of transformers 5 takes its own default for layers with a window."""
    hf = config(
        "olmo3", rope_parameters={name: {"rope_type": "default", "rope_theta": 1e4} for name in (FULL, SLIDING)}
    )
    older(hf, tmp_path)
    loaded: Any = load_config(tmp_path)
    assert {name: each["rope_theta"] for name, each in loaded.rope_parameters.items()} == {FULL: 1e4, SLIDING: 1e4}


def test_experts_in_the_older_spelling(tmp_path: Path) -> None:
    """transformers 5 stores the number under a name that 4.57 does not read."""
    assert older(config("qwen3_moe", num_experts=16, head_dim=32), tmp_path)["num_experts"] == 16
    deepseek = older(config("deepseek_v3", num_nextn_predict_layers=1), tmp_path)
    assert deepseek["n_routed_experts"] == 8
    assert deepseek["num_nextn_predict_layers"] == 1
    assert not {"num_experts", "num_local_experts"} & deepseek.keys(), "one name for one number"


def test_layers_in_the_older_spelling(tmp_path: Path) -> None:
    """Nemotron-H's own code reads a pattern."""
    written = older(config("nemotron_h"), tmp_path)
    assert written["hybrid_override_pattern"] == "ME*-"
    assert written["num_hidden_layers"] == 4
    # In that code a property without a setter: loading a file that has it raises.
    assert not {"layers_block_type", "mtp_layers_block_type"} & written.keys()
    predicting = config("nemotron_h", layers_block_type=["moe"], num_nextn_predict_layers=1)
    predicting.mtp_layers_block_type = ["mlp"]
    assert older(predicting, tmp_path)["mtp_hybrid_override_pattern"] == "-"
    assert AutoConfig.from_pretrained(tmp_path).mtp_layers_block_type == ["mlp"]


SOME_LAYERS = frozenset({"full_attention", "sliding_attention"})
OLDER_TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("cohere2", "dots1", "exaone4", "gemma2", "gemma3_text", "gpt_oss", "ministral", "olmo3", "qwen2"),
            *("qwen2_5_omni_text", "qwen2_5_vl_text", "qwen2_moe", "qwen2_vl_text", "qwen3", "smollm3", "vaultgemma"),
        ),
        SOME_LAYERS,
    ),
    "granitemoehybrid": frozenset({"mamba", "attention"}),
    "lfm2": frozenset({"full_attention", "conv"}),
    "llama4_text": frozenset({"full_attention", "chunked_attention"}),
    "qwen3_next": frozenset({"full_attention", "linear_attention"}),
}
"""By family, what the class of 4.57.1 takes in `layer_types` and means by it; the others have no such list."""
OLDER = (
    *OLDER_TYPES,
    *("apertus", "arcee", "aria_text", "bamba", "biogpt", "codegen", "cohere", "deepseek_v2", "deepseek_v3"),
    *("emu3_text_model", "ernie4_5", "ernie4_5_moe", "falcon", "flex_olmo", "gemma", "glm", "glm4", "glm4_moe"),
    *("glm4v_moe_text", "glm4v_text", "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gptj", "granite", "granitemoe"),
    *("granitemoeshared", "helium", "hunyuan_v1_dense", "hunyuan_v1_moe", "llama", "mamba2", "mistral", "mixtral"),
    *("nemotron", "olmo", "olmo2", "olmoe", "opt", "persimmon", "phi", "phi3", "phimoe", "qwen3_moe"),
    *("qwen3_omni_moe_text", "qwen3_vl_moe_text", "qwen3_vl_text", "seed_oss", "stablelm", "starcoder2"),
)
"""The families whose class 4.57.1 has."""


SOME_CASES = 2
"""How many of a family a slice writes, beside those that are about its layers."""


def states_layers(case: Case) -> bool:
    return "layer_types" in case.keywords


@pytest.mark.parametrize("family", OLDER)
def test_types_of_layers_in_the_older_spelling(family: str, tmp_path: Path) -> None:
    """Each is one that the class of that release knows; transformers 5 has renamed some, and reads both."""
    for case in draw(cases_of(family), SOME_CASES, f"types of layers of {family}", always=states_layers):
        hf = case.config()
        if not spelt_in_457(family, hf):
            continue
        written = older(hf, tmp_path)
        named = {
            key: value
            for key, value in written.items()
            if isinstance(value, list) and key != "architectures" and any(isinstance(each, str) for each in value)
        }
        assert named.keys() <= {"layer_types", "attention_layers"}, case
        assert set(named.get("layer_types", ())) <= OLDER_TYPES.get(family, frozenset()), case
        loaded = AutoConfig.from_pretrained(tmp_path)
        assert vars(loaded).get("layer_types") == vars(hf).get("layer_types"), case


def test_a_factor_that_follows_from_two_lengths(tmp_path: Path) -> None:
    """4.57 compares it with one, whatever it is."""
    rope = {"rope_type": "yarn", "rope_theta": 1e4, "factor": None, "original_max_position_embeddings": 32}
    hf = config("llama", rope_parameters=rope, max_position_embeddings=128)
    assert older(hf, tmp_path)["rope_scaling"]["factor"] == 4.0
    assert mapped(AutoConfig.from_pretrained(tmp_path)).transformer.yarn_rotary_scaling_factor == 4.0
    assert hf.rope_parameters["factor"] is None


@pytest.mark.parametrize("name", ["nemotron-h-8b", "nemotron-nano-12b-v2", "nemotron-3-nano-30b-a3b"])
def test_a_published_config_in_the_older_spelling(name: str, tmp_path: Path) -> None:
    """Every key of a file of that time comes back as it was, but for who wrote it and where its code is."""
    published = json.loads((CONFIGS / "nemotron_h" / f"{name}.json").read_text())
    hf = AutoConfig.from_pretrained(CONFIGS / "nemotron_h" / f"{name}.json")
    written = older(back(mapped(hf), base=hf), tmp_path)
    published["torch_dtype"] = published.pop("dtype", published.get("torch_dtype"))
    lost = {key for key, value in published.items() if written.get(key) != value}
    assert lost <= {"auto_map", "transformers_version"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_special_numbers_and_labels(spelling: Spelling, tmp_path: Path) -> None:
    hf = config("nemotron_h", time_step_limit=[0.0, float("inf")], id2label={0: "a", 1: "b", 2: "c"})
    save_config(hf, tmp_path, spelling=spelling)
    # 4.57 knows no tag for them, and its own files have Python's spelling.
    text = (tmp_path / "config.json").read_text()
    assert ("Infinity\n" in text, "__float__" in text) == ((False, True) if spelling == "5" else (True, False))
    loaded = AutoConfig.from_pretrained(tmp_path)
    assert list(loaded.time_step_limit) == [0.0, float("inf")]
    assert loaded.id2label == {0: "a", 1: "b", 2: "c"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_leaves_the_config_alone(spelling: Spelling, tmp_path: Path) -> None:
    hf = config("llama", rope_parameters=dict(LLAMA3))
    before = hf.to_dict()
    save_config(hf, str(tmp_path / "my.json"), spelling=spelling)
    assert hf.to_dict() == before


@pytest.mark.parametrize("value", [1.5, "fp8", [8]])
def test_storage_that_transformers_cannot_write_is_refused(value: Any, tmp_path: Path) -> None:
    hf = config("llama")
    hf.quantization_config = value
    with pytest.raises(UnsupportedConfigError, match=r"quantization_config = .* must be a dictionary or None"):
        save_config(hf, tmp_path)
    hf.quantization_config = {"quant_method": "fp8"}
    assert json.loads(save_config(hf, tmp_path).read_text())["quantization_config"] == hf.quantization_config


def test_an_unknown_spelling_is_refused(tmp_path: Path) -> None:
    """Not silently written in today's."""
    with pytest.raises(ValueError, match=r"4\.57"):
        save_config(config("llama"), tmp_path, spelling="4.40")  # pyright: ignore[reportArgumentType]
    assert not list(tmp_path.iterdir())
