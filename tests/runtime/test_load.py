"""Checkpoints' own files: native and remote types, spellings of several releases, composites."""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from transformers import Qwen3_5Config
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

import mcore_mappers
from mcore_mappers import UnknownKeysWarning, UnsupportedConfigError, families, load_config, text_config
from mcore_mappers._keys import KEYS
from mcore_mappers_runtime.records import Remote
from tests.families import PROOFS
from tests.families.proof import ABSENT
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
    (warning,) = caught
    assert isinstance(warning.message, UnknownKeysWarning)
    assert warning.message.keys == ("hidden_sizes",)
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


@pytest.mark.parametrize("name", KEYS.refused)
def test_remote_code_that_is_not_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, {"model_type": name}))
    assert caught.value.refusals[0].reason == KEYS.refused[name]


CODES = [(name, row) for name, rows in KEYS.remote.items() for row in rows]
"""By model type, each class as which remote code is read."""


def remote_file(name: str, row: Remote) -> dict[str, Any]:
    """The small config of the native class as the remote code spells it, with every key whose default is another."""
    native = CLASSES[row.native](**PROOFS[row.native].config())
    keys = {value: key for key, value in row.renamed.items()}
    said = {keys.get(key, key): value for key, value in PROOFS[row.native].config().items()}
    held = {**native.rope_parameters, **vars(native)}
    said |= {key: held.get(row.renamed.get(key, key)) for key in row.defaults if key not in said}
    wired = {key: constant for key, constant, _ in row.constants}
    said |= {source: held[key] / factor for key, (source, factor) in row.products.items()}
    said |= {"architectures": [*row.architectures]} if row.named else {}
    return {**said, **wired, "model_type": name, "auto_map": {"a": "b"}}


@pytest.mark.usefixtures("before_native")
@pytest.mark.parametrize(("name", "row"), CODES)
def test_remote_code_becomes_native(name: str, row: Remote, tmp_path: Path) -> None:
    expected = mapped(CLASSES[row.native](**PROOFS[row.native].config()))
    found = differences(mapped(loaded(tmp_path, remote_file(name, row))), expected)
    # Provenance has what the file says of itself.
    assert found.keys() <= {"extra_checkpoint_metadata"}


@pytest.mark.usefixtures("before_native")
@pytest.mark.parametrize(
    ("name", "row", "key"), [(name, row, constant[0]) for name, row in CODES for constant in row.constants]
)
def test_remote_code_that_computes_something_else(name: str, row: Remote, key: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        load_config(written(tmp_path, {**remote_file(name, row), key: "other"}))
    assert [each.field for each in caught.value.refusals] == [key]


@pytest.mark.usefixtures("before_native")
@pytest.mark.parametrize(("name", "row", "key"), [(name, row, key) for name, row in CODES for key in row.defaults])
def test_what_remote_code_takes_for_a_key_that_is_left_out(name: str, row: Remote, key: str, tmp_path: Path) -> None:
    given = remote_file(name, row)
    # The file has it under another name, perhaps.
    left_out = {other: value for other, value in given.items() if key not in (other, row.renamed.get(other))}
    results: list[Any] = []
    for data in (left_out, {**left_out, key: row.defaults[key]}):
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
        mcore_mappers.to_megatron(hf)
    assert mapped(hf).layers.add_proj_bias is True


ROPES: Mapping[str, Json] = {
    "default": {},
    "linear": {"factor": 3.0},
    "llama3": {
        "factor": 4.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
}
"""By its type, what else a rope says."""
THETA = 700.0
FACTOR = 0.5
PARTIAL = (
    *("bamba", "glm", "glm4_moe", "gpt_neox", "nemotron", "persimmon", "phi3", "qwen3_5_moe_text", "qwen3_5_text"),
    *("qwen3_next", "stablelm"),
)
"""Families that rotate a part of each head."""


def rest_of(family: str, said: Collection[str]) -> dict[str, Any]:
    """The small config of a family without what a spelling says."""
    keywords = PROOFS[family].config()
    return {key: value for key, value in keywords.items() if key not in said and value is not ABSENT}


def outcome(path: Path, data: Json) -> Any:
    """The Megatron config, or why there is none."""
    try:
        return mapped(loaded(path, data))
    except UnsupportedConfigError as error:
        return error.refusals


def same(first: Any, second: Any) -> bool:
    """Whether both are one model, or refused for the same. Provenance has what a file says of itself."""
    if isinstance(first, tuple) or isinstance(second, tuple):
        return bool(first == second)
    return differences(first, second).keys() <= {"extra_checkpoint_metadata"}


def rope_cases() -> Iterator[tuple[str, str, bool]]:
    for family in FAMILIES:
        rope = PROOFS[family].rope
        if rope is not None and not rope.layer_types:
            # A longrope takes lists, which have one spelling.
            kinds = [kind for kind in ROPES if kind in rope.types]
            yield from ((family, kind, False) for kind in kinds)
            yield from ((family, kind, True) for kind in kinds if family in PARTIAL)


@pytest.mark.parametrize(("family", "kind", "partial"), list(rope_cases()))
def test_rope_of_every_release(family: str, kind: str, partial: bool, tmp_path: Path) -> None:
    rope = PROOFS[family].rope
    assert rope is not None
    # With what the class adds to a rope that has its name of today, and to no other.
    said = {**ROPES[kind], **rope.needs.get(kind, {})}
    names = getattr(KEYS.older_ropes.get(PROOF_CLASSES[family]), "names", {})
    base = {"rope_theta": THETA, "partial_rotary_factor": FACTOR} if partial else {"rope_theta": THETA}
    beside = {names.get(key, key): value for key, value in base.items()}
    rest = {**rest_of(family, {*base, "rope_parameters"}), "model_type": CLASSES[family].model_type}
    now = outcome(tmp_path, {**rest, "rope_parameters": {"rope_type": kind, **base, **said}})
    spellings: list[Json | None] = [
        {"type": kind, **said},
        {"rope_type": kind, **said},
        {"rope_type": kind, "type": kind, **said},
    ]
    for scaling in [*spellings, None] if kind == "default" and family not in SECTIONED else spellings:
        assert same(outcome(tmp_path, {**rest, **beside, "rope_scaling": scaling}), now), scaling
    if kind == "default":
        # A class that scales by default took no scaling for granted, too.
        older = outcome(tmp_path, {**rest, **beside})
        assert same(older, now) is (family not in SCALED)


PROOF_CLASSES = {family: f"{cls.__module__}.{cls.__qualname__}" for family, cls in CLASSES.items()}
SCALED = ("apertus", "apertus1p5_text", "cosmos3_edge_text", "cwm", "gpt_oss", "ministral3")
"""Families whose class scales where nothing is said, or has sections then, which fit no small head."""

SECTIONED = ("cosmos3_edge_text",)

HYBRID_LAYERS = ["linear_attention", "full_attention"]
NEMOTRON_LAYERS = ["linear_attention", "full_attention", "mlp", "moe"]
SPELLINGS: Mapping[str, tuple[str, Json, Json]] = {
    "dtype": ("llama", {"torch_dtype": "bfloat16"}, {"dtype": "bfloat16"}),
    **{
        f"{family}_{old}": (family, {old: 16}, {new: 16})
        for family, old, new in (
            ("deepseek_v2", "num_experts", "n_routed_experts"),
            ("deepseek_v3", "num_local_experts", "n_routed_experts"),
            ("deepseek_v32", "num_local_experts", "n_routed_experts"),
            ("dots1", "num_local_experts", "n_routed_experts"),
            ("glm4_moe", "num_local_experts", "n_routed_experts"),
            ("glm4_moe_lite", "num_local_experts", "n_routed_experts"),
            ("glm_moe_dsa", "num_local_experts", "n_routed_experts"),
            ("gpt_oss", "num_experts", "num_local_experts"),
            ("hy_v3", "num_local_experts", "num_experts"),
            ("mellum", "num_local_experts", "num_experts"),
            ("mixtral", "num_experts", "num_local_experts"),
            ("nemotron_h", "num_local_experts", "n_routed_experts"),
            ("qwen3_moe", "num_local_experts", "num_experts"),
            ("solar_open", "num_local_experts", "n_routed_experts"),
        )
    },
    **{
        f"{family}_first_dense": (
            family,
            {"first_k_dense_replace": 2},
            {"mlp_layer_types": ["dense", "dense", "sparse"]},
        )
        for family in ("deepseek_v32", "exaone_moe", "glm4_moe_lite", "glm_moe_dsa", "hy_v3")
    },
    **{
        f"{family}_interval": (
            family,
            {"full_attention_interval": 2},
            {"layer_types": [*HYBRID_LAYERS, *HYBRID_LAYERS]},
        )
        for family in ("qwen3_5_moe_text", "qwen3_5_text", "qwen3_next")
    },
    "nemotron_h_pattern": (
        "nemotron_h",
        {"hybrid_override_pattern": "M*-E"},
        {"layers_block_type": NEMOTRON_LAYERS},
    ),
    "nemotron_h_mtp_pattern": (
        "nemotron_h",
        {"hybrid_override_pattern": "M*-E", "mtp_hybrid_override_pattern": "*E", "num_nextn_predict_layers": 1},
        {
            "layers_block_type": NEMOTRON_LAYERS,
            "mtp_layers_block_type": ["full_attention", "moe"],
            "num_nextn_predict_layers": 1,
        },
    ),
}
"""By name: the family, keys as older releases of transformers or the code beside checkpoints write them, and as the
newest does."""


@pytest.mark.parametrize("name", SPELLINGS)
def test_old_and_new_spellings_are_one_model(name: str, tmp_path: Path) -> None:
    family, old, new = SPELLINGS[name]
    rest = {**rest_of(family, {*old, *new, "layers_block_type"}), "model_type": CLASSES[family].model_type}
    if "layer_types" in new or "mlp_layer_types" in new:
        rest["num_hidden_layers"] = len(next(value for key, value in new.items() if key.endswith("layer_types")))
    models = [mapped(loaded(tmp_path, {**rest, **keys})) for keys in (old, new)]
    assert same(*models)
    assert not same(models[0], outcome(tmp_path, rest))


@pytest.mark.parametrize(("dense", "types"), [(4, None), (-1, None), (True, None), ("1", None), (2, ["sparse"] * 3)])
def test_dense_layers_that_nobody_reads(dense: object, types: object, tmp_path: Path) -> None:
    rest = {**rest_of("hy_v3", {"mlp_layer_types"}), "model_type": "hy_v3", "num_hidden_layers": 3}
    with pytest.warns(UnknownKeysWarning, match="first_k_dense_replace"):
        hf = load_config(written(tmp_path, {**rest, "first_k_dense_replace": dense, "mlp_layer_types": types}))
    assert hf.mlp_layer_types == (types or ["dense", "sparse", "sparse"])


def test_rotary_dim(tmp_path: Path) -> None:
    """That of MiniMax M2, which is refused; no class that is mapped has it."""
    hf = load_config(written(tmp_path, {"model_type": "minimax_m2", "rotary_dim": 12, "head_dim": 24}))
    assert hf.rope_parameters["partial_rotary_factor"] == 0.5


def test_the_text_of_a_plain_config_is_itself() -> None:
    plain = config("llama")
    assert text_config(plain) is plain


def test_a_composite_says_where_its_language_model_is() -> None:
    with pytest.raises(UnsupportedConfigError, match=r"text_config\(\)"):
        mcore_mappers.to_megatron(Qwen3_5Config())


CORPUS = folder("CONFIG_CORPUS")
FILES = sorted(CORPUS.glob("*/*.json")) if CORPUS else []


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of config.json files")
def test_the_whole_corpus() -> None:
    """Every file is mapped, or refused with a reason; none crashes that transformers can read."""
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
    assert families()["gemma3n_text"].status == "refused"


def test_a_class_within_a_composite_whose_type_transformers_does_not_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As releases before 5.9.0 have it: the class is there, and `AutoConfig` does not find it."""
    hf = config("paddleocr_vl_text")
    file = written(tmp_path, hf.to_dict())
    monkeypatch.delitem(CONFIG_MAPPING._mapping, "paddleocr_vl_text")
    assert type(load_config(file)) is type(hf)
