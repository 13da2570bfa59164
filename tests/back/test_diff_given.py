"""What `diff` takes: configs of whatever class, arguments, run configs. And what the others that take models refuse."""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.training import argument_utils
from megatron.training.arguments import add_megatron_arguments
from megatron.training.config.yaml_utils import safe_yaml_representers

import mcore_mappers
from mcore_mappers import NotComparedWarning, diff, dump_file, save_config, to_hf
from mcore_mappers_runtime import arguments
from mcore_mappers_runtime.layered import no_layers
from tests.back.test_diff import BY_HAND
from tests.support.hf import config, mapped
from tests.support.plans import described

LLAMA = (
    "--num-layers 4 --hidden-size 64 --ffn-hidden-size 96 --num-attention-heads 4 --group-query-attention "
    "--num-query-groups 2 --normalization RMSNorm --norm-epsilon 1e-6 --swiglu --disable-bias-linear "
    "--position-embedding-type rope --max-position-embeddings 128 --untie-embeddings-and-output-weights"
)


def parsed(line: str) -> argparse.Namespace:
    """As Megatron's own parser has it, with a vocabulary."""
    parser = add_megatron_arguments(argparse.ArgumentParser(allow_abbrev=False))
    args = parser.parse_args([*line.split(), "--vocab-size", "320", "--no-rope-fusion"])
    args.padded_vocab_size = 384
    return args


def different(model: Any, hf: Any) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", NotComparedWarning)
        return [each.field for each in diff(model, hf)]


# --- Configs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["llama", "deepseek_v3", "nemotron_h", "gpt2"])
def test_a_bare_inner_config(family: str) -> None:
    hf = config(family)
    inner = mapped(hf).transformer
    with pytest.warns(NotComparedWarning) as caught:
        assert diff(inner, hf) == ()
    (warning,) = [each.message for each in caught if isinstance(each.message, NotComparedWarning)]
    assert {"vocab_size", "share_embeddings_and_output_weights", "position_embedding_type"} <= set(warning.fields)
    assert "vocab_size" in str(warning)
    inner.layernorm_epsilon = 0.5
    with pytest.warns(NotComparedWarning):
        assert [each.field for each in diff(inner, hf)] == ["layernorm_epsilon"]


@dataclass
class Provider(TransformerConfig):
    """Both configs in one, and something of its own."""

    vocab_size: int | None = None
    seq_length: int = 1024
    position_embedding_type: str = "learned_absolute"
    rotary_base: float = 10000
    rotary_percent: float = 1.0
    share_embeddings_and_output_weights: bool = True
    make_vocab_size_divisible_by: int = 128
    layer_types_of_mine: str = "own"


def provider(**fields: Any) -> Provider:
    inner = {name: value for name, value in vars(mapped(config("llama")).transformer).items() if name in FIELDS}
    outer = {"vocab_size": 320, "position_embedding_type": "rope", "share_embeddings_and_output_weights": False}
    keywords: dict[str, Any] = {**inner, **outer, **fields}
    return Provider(**keywords)


FIELDS = {name for name, field in TransformerConfig.__dataclass_fields__.items() if field.init} - {"cuda_graph_scope"}


def test_a_provider_with_flat_fields() -> None:
    hf = config("llama")
    assert different(provider(), hf) == []
    assert different(provider(share_embeddings_and_output_weights=True), hf) == ["share_embeddings_and_output_weights"]
    misspelt = provider()
    misspelt.num_layer = 5  # pyright: ignore[reportAttributeAccessIssue] -- which Python lets pass
    misspelt.hf_text_config = None  # pyright: ignore[reportAttributeAccessIssue] -- what nobody could mean otherwise
    assert different(misspelt, hf) == ["num_layer"]


def test_a_misspelt_attribute_of_a_model_config() -> None:
    model = mapped(config("llama"))
    model.layernorm_epsilo = 1e-5
    assert different(model, config("llama")) == ["layernorm_epsilo"]


@pytest.mark.parametrize("given", [3, None, TransformerConfig, ["a"], object(), argparse])
def test_anything_else_is_a_type_error(given: Any) -> None:
    with pytest.raises(TypeError, match="Megatron model config"):
        diff(given, config("llama"))


def test_only_an_owner() -> None:
    with pytest.raises(ValueError, match="architecture"):
        diff(BY_HAND, config("llama"), only="caller")  # pyright: ignore[reportArgumentType] -- what is tried


def test_what_the_way_back_takes(tmp_path: Path) -> None:
    model, hf = mapped(config("llama")), config("llama")
    for inner in (model.transformer, MLATransformerConfig(num_layers=1, hidden_size=8, num_attention_heads=1)):
        with pytest.raises(TypeError, match=r"whole .*TransformerConfig"):
            to_hf(inner)  # pyright: ignore[reportArgumentType, reportCallIssue] -- what is tried
        with pytest.raises(TypeError, match=r"takes a GPTModelConfig, not .*: give the whole"):
            mcore_mappers.llama.to_hf(inner)  # pyright: ignore[reportArgumentType] -- what is tried
    with pytest.raises(TypeError, match="Hugging Face config already"):
        to_hf(hf)  # pyright: ignore[reportArgumentType, reportCallIssue] -- what is tried
    with pytest.raises(TypeError, match=r"call to_hf\(\) first"):
        save_config(model, tmp_path)
    with pytest.raises(TypeError, match="not dict"):
        save_config({}, tmp_path)  # pyright: ignore[reportArgumentType] -- what is tried


# --- Arguments --------------------------------------------------------------------------------------------------------


def test_the_namespace_of_megatrons_parser() -> None:
    hf, args = config("llama"), parsed(LLAMA)
    assert different(args, hf) == []
    assert different(vars(args), hf) == []
    assert different(parsed(LLAMA.replace("--swiglu ", "")), hf) == ["gated_linear_unit", "activation_func"]
    (tied,) = diff(parsed(LLAMA.replace(" --untie-embeddings-and-output-weights", "")), hf)
    assert (tied.field, tied.value, tied.hf_fields) == (
        "share_embeddings_and_output_weights",
        True,
        ("tie_word_embeddings",),
    )
    assert "untie_embeddings_and_output_weights" in str(tied)
    assert different(parsed(LLAMA.replace("--group-query-attention ", "")), hf) == ["num_query_groups"]


CASES: Mapping[str, tuple[str, str]] = {
    "dense": ("llama", LLAMA),
    "squared": ("llama", LLAMA.replace("--swiglu", "--squared-relu")),
    "geglu": ("llama", LLAMA.replace("--swiglu", "--quick-geglu")),
    "width": ("llama", LLAMA.replace("--ffn-hidden-size 96 ", "")),
    "scaled": ("llama", f"{LLAMA} --use-rope-scaling --rope-scaling-factor 32"),
    "learned": ("llama", LLAMA.replace("--position-embedding-type rope ", "")),
    "yarn": ("llama", f"{LLAMA.replace('-type rope', '-type yarn')} --rotary-scaling-factor 4 --mscale-all-dim 1"),
    "experts": ("qwen3_moe", f"{LLAMA} --num-experts 8 --moe-router-topk 2 --qk-layernorm --moe-ffn-hidden-size 32"),
    "latent": ("deepseek_v3", f"{LLAMA} --multi-latent-attention --kv-lora-rank 16 --q-lora-rank 24 --num-experts 8"),
}


@pytest.mark.parametrize("case", CASES)
def test_arguments_are_the_model_that_megatron_builds_of_them(case: str) -> None:
    """Megatron's own functions, after what validation sets, give a config in which the same differs."""
    family, line = CASES[case]
    hf, args = config(family), parsed(line)
    found = [(each.field, each.value) for each in diff(args, hf)]
    import torch

    args.params_dtype, args.overlap_p2p_comm, args.bias_gelu_fusion = torch.float32, False, False
    if args.ffn_hidden_size is None:
        args.ffn_hidden_size = int((4 * args.hidden_size * 2 / 3) / 64) * 64
    args.padded_vocab_size = None
    built = argument_utils.gpt_config_from_args(args)
    assert [(each.field, each.value) for each in diff(built, hf)] == found
    assert bool(found) == (case != "dense")


def test_an_argument_that_megatron_does_not_pass_on() -> None:
    scaled = {"rope_type": "llama3", "rope_theta": 1e4, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
    hf = config("llama", rope_parameters={**scaled, "original_max_position_embeddings": 8192})
    (difference,) = diff(parsed(f"{LLAMA} --use-rope-scaling --rope-scaling-factor 32"), hf)
    assert (difference.field, difference.value, difference.expected) == ("rope_scaling_factor", 8.0, 32.0)
    assert "do not pass" in difference.reason


def test_arguments_stand_for_fields_in_a_mapping() -> None:
    hf = config("llama")
    names = ("gated_linear_unit", "activation_func", "add_bias_linear", "layernorm_epsilon", "vocab_size")
    by_hand = {name: value for name, value in BY_HAND.items() if name not in names}
    given = by_hand | {"swiglu": True, "disable_bias_linear": True, "norm_epsilon": 1e-6, "padded_vocab_size": 384}
    given |= {
        "untie_embeddings_and_output_weights": True,
        "group_query_attention": True,
        "micro_batch_size": 1,
        "lr": 1,
    }
    assert different(given, hf) == []
    assert different(given | {"swigl": True}, hf) == ["swigl"]
    assert different(given | {"group_query_attention": False}, hf) == ["num_query_groups"]
    for rows, same in ((320, True), (256, False), (512, True), (500, False)):
        assert (different(given | {"padded_vocab_size": rows}, hf) == []) == same
    parallel = given | {"tensor_model_parallel_size": 4}
    assert different(parallel, hf) == ["vocab_size"]
    assert different(parallel | {"padded_vocab_size": 512}, hf) == []


def test_every_renamed_argument_is_known() -> None:
    """What Megatron's functions read under another name than the field's, of fields that decide a model."""
    decided = {"transformer", "batch_p2p_comm", "inference_sampling_seed", "num_layers_in_first_pipeline_stage"}
    decided |= {"num_layers_in_last_pipeline_stage", "fp8_param", "fp4_param", "pipeline_dtype", "quant_recipe"}
    decided |= {"transformer_layer_spec", "hybrid_stack_spec"}
    read = {"bias_activation_fusion", "vocab_size"}
    known = {**arguments.RENAMED, **arguments.NEGATED}
    for function in ("core_transformer_config_from_args", "gpt_config_from_args", "hybrid_config_from_args"):
        for node in ast.walk(ast.parse(inspect.getsource(getattr(argument_utils, function)))):
            match node:
                case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=field))], value=value):
                    names = [each.attr for each in ast.walk(value) if isinstance(each, ast.Attribute)]
                    if "args." in ast.unparse(value) and names != [field] and field not in decided | read:
                        assert [known.get(name) for name in names] == [field]
                case _:
                    pass


# --- Run configs ------------------------------------------------------------------------------------------------------


def test_run_configs(tmp_path: Path) -> None:
    """As Megatron's and Megatron-Bridge's are written, with functions and without."""
    hf, model = config("llama"), mapped(config("llama"))
    path = tmp_path / "run_config.yaml"
    with safe_yaml_representers():
        path.write_text(yaml.safe_dump({"_target_": "x.Container", "model": model.as_dict(), "train": {"lr": 1}}))
    with pytest.warns(NotComparedWarning, match="activation_func"):
        assert diff(path, hf) == ()
    with pytest.warns(NotComparedWarning):
        assert diff(str(tmp_path), hf) == ()
    given = provider()
    flat = {"_target_": "somebody.elses.Provider", **{n: v for n, v in vars(given).items() if not n.startswith("_")}}
    with safe_yaml_representers():
        path.write_text(yaml.safe_dump({"model": {n: v for n, v in flat.items() if "init_method" not in n}}))
    with pytest.warns(NotComparedWarning, match="somebody.elses.Provider"):
        assert diff(path, hf) == ()
    with pytest.warns(NotComparedWarning):
        assert [each.field for each in diff(path, config("llama", hidden_act="gelu"))] == ["activation_func"]
    dump_file(model, tmp_path / "model.json")
    assert different(tmp_path / "model.json", hf) == []
    (tmp_path / "flat.json").write_text(json.dumps(BY_HAND))
    assert different(tmp_path / "flat.json", hf) == []
    (tmp_path / "other.yaml").write_text("train: {lr: 1}\n")
    with pytest.raises(ValueError, match="no run config"):
        diff(tmp_path / "other.yaml", hf)


def test_an_absent_field_has_the_default_of_what_would_be_built() -> None:
    """A latent inner config has RMSNorm where it says nothing, and a plain one LayerNorm."""
    hf = config("deepseek_v3")
    data = mapped(hf).as_dict()
    del data["transformer"]["normalization"], data["transformer"]["multi_latent_attention"]
    with pytest.warns(NotComparedWarning):
        assert diff(data, hf) == ()
    data["transformer"]["_target_"] = "megatron.core.transformer.transformer_config.TransformerConfig"
    with pytest.warns(NotComparedWarning):
        assert {"normalization", "multi_latent_attention"} <= {each.field for each in diff(data, hf)}


# --- What is said of a difference -------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3", "nemotron_h", "gpt2"])
def test_the_fields_that_decide(family: str) -> None:
    """A field that the generator renamed is said by the field that it was."""
    hf = config(family)
    fields = {
        verdict.field: verdict.expression.removeprefix("hf.")
        for verdict in described(family)[0].main.verdicts
        if verdict.verdict == "architecture" and verdict.expression.removeprefix("hf.").isidentifier()
    }
    fields = {
        name: stated
        for name, stated in fields.items()
        if stated in type(hf).__dataclass_fields__ and name not in no_layers()
    }
    assert fields
    for name, stated in fields.items():
        model = mapped(hf)
        value = getattr(model, name)
        for holder in (model, model.transformer):
            if name in vars(holder):
                vars(holder)[name] = (not value) if isinstance(value, bool) else value + 1 if value else 1
        found = {each.field: each.hf_fields for each in diff(model, hf)}
        assert stated in found.get(name, (stated,)), name


def test_reasons_are_of_the_model() -> None:
    for family, latent in (("qwen3", False), ("deepseek_v3", True)):
        model = mapped(config(family))
        model.rotary_base = 5
        model.transformer.__dict__.update({"rotary_base": 5} if latent else {})
        (difference,) = diff(model, config(family))
        assert ("latent" in difference.reason) == latent
        assert difference.hf_fields == ("rope_parameters.rope_theta",)
        assert "\n" not in str(difference)


# --- Equal models -----------------------------------------------------------------------------------------------------


EQUAL: Mapping[str, Sequence[dict[str, Any]]] = {
    "deepseek_v3": [{"kv_channels": 7}, {"moe_router_pre_softmax": True}, {"add_qkv_bias": True, "no_rope_freq": 2}],
    "gpt2": [{"add_qkv_bias": True, "rotary_interleaved": True}],
    "qwen3_moe": [{"ffn_hidden_size": 12345}, {"moe_shared_expert_gate": True, "moe_layer_freq": 1}],
    "llama": [{"is_hybrid_model": True, "mamba_num_heads": 3, "dsa_indexer_topk": 7, "mup_output_mult": 2.0}],
}


@pytest.mark.parametrize("family", EQUAL)
def test_equal_models_are_equal(family: str) -> None:
    """`tests/numerics/test_owners.py` tries the same on Megatron's models."""
    for fields in EQUAL[family]:
        hf = config(family)
        model = mapped(hf)
        vars(model.transformer).update(fields)
        assert diff(model, hf) == ()
        assert diff(model, to_hf(model, base=hf)) == ()


def test_yarn_by_a_factor_of_one_is_plain_rope() -> None:
    hf = config("deepseek_v3")
    model = mapped(hf)
    vars(model.transformer).update({"rope_type": "yarn", "beta_fast": 7.0, "mscale": 3.0})
    assert diff(model, hf) == ()
    vars(model.transformer).update({"rotary_scaling_factor": 2.0})
    assert {"rope_type", "rotary_scaling_factor"} <= {each.field for each in diff(model, hf)}
