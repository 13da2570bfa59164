"""`to_args`: flags of which Megatron's own parser and functions make the same model."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from megatron.training import argument_utils
from megatron.training.arguments import add_megatron_arguments, validate_args

from mcore_mappers import UnsupportedArgumentError, UnsupportedConfigError, diff, load_config, to_args
from mcore_mappers_runtime import arguments
from mcore_mappers_runtime.equal import same_value
from mcore_mappers_runtime.flags import settled, words_of
from mcore_mappers_runtime.layered import no_layers
from mcore_mappers_runtime.owned import owned, owners_of
from tests.back.ways import targets
from tests.families import PROOFS, build, needing
from tests.mapping.support import folder
from tests.selection import draw, some
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config, mapped

NO_FLAG: Mapping[str, str] = {
    "softmax_scale": "there is no flag: with use_mup Megatron takes another one, else that of the head size",
    "activation_func": "GELU, gated SiLU, squared ReLU and gated quick GELU are all that there are flags for",
    "gated_linear_unit": "as activation_func",
    "rope_scaling_factor": "there is a flag, which Megatron's functions do not pass on",
    "seq_len_interpolation_factor": "its flag takes whole numbers only",
    "rotary_base": "as seq_len_interpolation_factor",
    "original_max_position_embeddings": "YaRN of latent attention has no flag for it",
    "beta_fast": "as original_max_position_embeddings",
    "beta_slow": "as original_max_position_embeddings",
    "heterogeneous_layers_config_encoded_json": "the parser takes a file alone, of a whole Hugging Face config",
    "heterogeneous_block_specs": "as heterogeneous_layers_config_encoded_json",
    "mtp_num_layers": "validate_args refuses it beside YaRN",
    **dict.fromkeys(no_layers(), "Megatron-LM knows nothing of layers that are none of its own"),
}
"""The fields that cannot be said to Megatron-LM, of those that models of any family have, and why."""

WITH_FLAGS = {("gelu", False), ("silu", True), ("squared_relu", False), ("quick_gelu", True)}
"""The activations for which there are flags, each with whether it is gated."""


@cache
def is_sayable(family: str) -> bool:
    """Whether Megatron-LM has flags for the small config: its activation, no multiplier, and no layers but its own."""
    model: Any = targets(family)[0](config(family))
    inner = vars(model.transformer)
    pattern = vars(model).get("hybrid_layer_pattern")
    has_mlp = pattern is None or not {"-", "E"}.isdisjoint(pattern)
    activation = (inner["activation_func"].__name__, inner["gated_linear_unit"])
    own_ways = inner["softmax_scale"] or inner.get("heterogeneous_layers_config_encoded_json")
    return not needing(family) and not own_ways and (activation in WITH_FLAGS or not has_mlp)


MORE = some(FAMILIES, "arguments")
"""Those that a slice has."""
VARIED = draw(MORE, 5, "variants of arguments")
"""Of which it has more than the small config."""

FLOAT32 = "fp32_residual_connection"
"""Megatron refuses it where all is in float32, as in the small configs: it would change nothing."""


def models(family: str) -> Iterator[tuple[Any, Any]]:
    """Configs of a family for both targets, with their Hugging Face configs: the small one, and what tells much."""
    proof = PROOFS[family]
    named = ("default", "combined", "rope_yarn", "rope_linear", "rope_llama3", "rope_llama3_factor")
    changes = [proof.cases[name] for name in named if name in proof.cases] if family in VARIED else []
    for hf in (config(family), *(build(family, {**proof.base, **change}) for change in changes)):
        for mapper in targets(family):
            try:
                yield hf, mapper(hf)
            except UnsupportedConfigError:
                continue  # of the other target


@cache
def megatron_parser() -> argparse.ArgumentParser:
    return add_megatron_arguments(argparse.ArgumentParser(allow_abbrev=False))


def validated(words: list[str], monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """As Megatron-LM reads a command line before it builds anything, with data of some length."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda *_: (9, 0))
    monkeypatch.setenv("CUDA_DEVICE_MAX_CONNECTIONS", "1")
    monkeypatch.setattr("megatron.training.arguments.get_device_arch_version", lambda: 9)
    monkeypatch.setattr("megatron.training.arguments._print_args", lambda *_: None)
    args = megatron_parser().parse_args([*words, "--micro-batch-size", "1", "--seq-length", "2"])
    parallel = args.tensor_model_parallel_size * args.pipeline_model_parallel_size * args.context_parallel_size
    args.rank, args.world_size = 1, parallel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return validate_args(args)


@pytest.mark.parametrize("family", MORE)
def test_megatron_makes_the_same_model(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own parser, validation and functions; or what cannot be said is one of the known fields."""
    said = 0
    for hf, model in models(family):
        lost = without_flags(model)
        assert lost <= NO_FLAG.keys()
        if lost:
            continue
        said += 1
        words = to_args(model)
        args = validated(words, monkeypatch)
        assert diff(args, hf, only="architecture") == ()
        hybrid = args.hybrid_layer_pattern is not None
        function = argument_utils.hybrid_config_from_args if hybrid else argument_utils.gpt_config_from_args
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = function(args)
        assert diff(made, hf) == ()
        assert {each.field for each in diff(made, hf, only="suggested")} <= {"deallocate_pipeline_outputs", FLOAT32}
        whose = owned(model, vars(model.transformer) | vars(model), owners_of(model))
        other = {name.rpartition(".")[2] for name in differences(model, made)}
        assert not {name for name in other if whose.get(name) == "suggested"} - {"deallocate_pipeline_outputs", FLOAT32}
        parsed = settled(arguments.parser().parse_args(words))
        decided = {name for name, owner in whose.items() if owner != "caller"} - {"seq_length"}
        compared = {argument for name in decided for argument in (name, *_arguments_of(name))} & vars(parsed).keys()
        wrong = {name for name in compared if not same_value(vars(parsed)[name], vars(args)[name])}
        assert wrong <= {"encoder_num_layers"}
    assert said > 0 or not is_sayable(family)


def without_flags(model: Any) -> set[str]:
    """The fields for which there is none."""
    try:
        to_args(model)
    except UnsupportedArgumentError as error:
        return {each.field for each in error.fields}
    return set()


def _arguments_of(field: str) -> list[str]:
    return [argument for argument, name in arguments.RENAMED.items() if name == field]


def test_families_that_cannot_be_said() -> None:
    found = {family for family in MORE if without_flags(targets(family)[0](config(family)))}
    assert found == {family for family in MORE if not is_sayable(family)}


def test_only_what_is_needed() -> None:
    """No flag says what the parser takes anyway; and without any one of them it is another model, or configuration."""
    hf = config("llama")
    model = mapped(hf)
    words = to_args(model)
    flags = [index for index, word in enumerate(words) if word.startswith("--")]
    assert words[:6] == ["--num-layers", "4", "--hidden-size", "64", "--ffn-hidden-size", "96"]
    assert {"--swiglu", "--disable-bias-linear", "--untie-embeddings-and-output-weights"} <= set(words)
    assert words[words.index("--norm-epsilon") + 1] == "1e-06"
    parser = megatron_parser()
    usual = vars(parser.parse_args([]))
    for start, end in zip(flags, [*flags[1:], len(words)], strict=True):
        alone = vars(parser.parse_args(words[start:end]))
        assert [name for name in alone if not same_value(alone[name], usual[name])], words[start:end]


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (
            {"tensor_model_parallel_size": 2, "sequence_parallel": True},
            "--tensor-model-parallel-size 2 --sequence-parallel",
        ),
        ({"bf16": True}, "--bf16"),
        ({"params_dtype": torch.float16}, "--fp16"),
        ({"expert_model_parallel_size": 2}, "--expert-model-parallel-size 2"),
        (
            {"pipeline_model_parallel_size": 4, "num_layers_in_first_pipeline_stage": 1},
            "--pipeline-model-parallel-size 4 --decoder-first-pipeline-num-layers 1",
        ),
        (
            {"pipeline_model_parallel_size": 2, "virtual_pipeline_model_parallel_size": 2},
            "--pipeline-model-parallel-size 2 --num-virtual-stages-per-pipeline-rank 2",
        ),
        (
            {"recompute_granularity": "full", "recompute_method": "uniform", "recompute_num_layers": 1},
            "--recompute-granularity full --recompute-num-layers 1 --recompute-method uniform",
        ),
        ({"cp_comm_type": ["a2a", "p2p"]}, "--cp-comm-type a2a p2p"),
        ({"make_vocab_size_divisible_by": 64}, "--make-vocab-size-divisible-by 64"),
        ({"fp16_lm_cross_entropy": True}, "--fp16-lm-cross-entropy"),
    ],
)
def test_what_the_caller_passed(caller: dict[str, Any], expected: str) -> None:
    """It is said, and nothing that follows from it."""
    words = to_args(mapped(config("qwen3_moe"), **caller))
    plain = to_args(mapped(config("qwen3_moe")))
    more = [word for word in words if word not in plain or word.isdigit()]
    for word in (word for word in plain if word.isdigit()):
        more.remove(word)
    assert sorted(more) == sorted(expected.split())


def test_what_the_caller_passed_and_no_flag_says() -> None:
    model = mapped(config("llama"), init_method=torch.nn.init.zeros_, transformer_layer_spec=print)
    with pytest.raises(UnsupportedArgumentError) as caught:
        to_args(model)
    assert {each.field for each in caught.value.fields} == {
        *("init_method", "embedding_init_method", "transformer_layer_spec")
    }


def test_an_error_names_all_with_what_the_model_would_be() -> None:
    rope = {"rope_type": "llama3", "rope_theta": 5e5, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
    rope |= {"original_max_position_embeddings": 8192}
    hf = config("llama", rope_parameters=rope, hidden_act="gelu", max_position_embeddings=131072)
    with pytest.raises(UnsupportedArgumentError) as caught:
        to_args(mapped(hf))
    found = {each.field: (each.value, each.without) for each in caught.value.fields}
    assert found["rope_scaling_factor"] == (32.0, 8.0)
    assert found["gated_linear_unit"] == (True, False)
    assert all(name in str(caught.value) for name in found)
    assert "rope_scaling_factor = 32.0; without it 8.0" in str(caught.value)


def test_a_vocabulary_without_padding() -> None:
    words = to_args(mapped(config("llama"), should_pad_vocab=False))
    assert words[words.index("--padded-vocab-size") + 1] == "320"
    assert "--vocab-size" not in words


def test_the_kernels_of_the_machines_that_train() -> None:
    """They need not be here."""
    words = to_args(mapped(config("qwen3_moe"), transformer_engine=True))
    assert {"--moe-grouped-gemm", "--moe-permute-fusion"} <= set(words)
    assert "--no-rope-fusion" not in words


def test_lists() -> None:
    """In the shortest way, and without blanks."""
    assert words_of("moe_layer_freq", [0, 0, 0, *[1] * 58]) == ["--moe-layer-freq", "[0]*3+[1]*58"]
    assert words_of("moe_layer_freq", [0, 1, 0, 1]) == ["--moe-layer-freq", "[0,1,0,1]"]
    assert words_of("window_size", (127, 0)) == ["--window-size", "127,0"]
    assert words_of("mrope_section", [16, 24, 24]) == ["--mrope-section", "16", "24", "24"]
    assert words_of("rotary_base", 500000.0) == ["--rotary-base", "500000"]
    assert words_of("rotary_base", 500000.5) is None
    assert words_of("add_bias_linear", False) == ["--disable-bias-linear"]
    assert words_of("add_bias_linear", True) is None


def test_what_is_no_model_config() -> None:
    with pytest.raises(TypeError, match="not TransformerConfig"):
        to_args(mapped(config("llama")).transformer)


CORPUS = folder("CONFIG_CORPUS")


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")
@pytest.mark.parametrize("family", ["llama", "qwen2", "qwen3_moe", "glm4_moe", "nemotron_h"])
def test_published_checkpoints(family: str) -> None:
    """What a person would start from: mostly it can be said, and what cannot is known."""
    said = 0
    for path in sorted((Path(str(CORPUS)) / family).glob("*.json")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                model = mapped(load_config(path))
            except (UnsupportedConfigError, ValueError):
                continue
        found = without_flags(model)
        assert found <= NO_FLAG.keys()
        said += not found
    assert said
