"""`fields`: what makes a provider, which has the fields of both of Megatron's configs, the same model."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from megatron.core.transformer.heterogeneous.heterogeneous_config import HeterogeneousTransformerConfig
from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig

from mcore_mappers import diff, fields, load_config, save_config
from mcore_mappers_runtime.equal import same_value
from mcore_mappers_runtime.yarn import YarnTransformerConfig
from tests.back.ways import targets
from tests.support.hf import FAMILIES, config, mapped

BRIDGE = os.environ.get("BRIDGE_PYTHON")
PROGRAM = Path(__file__).with_name("bridge_provider.py")


@cache
def provider(inner: type, outer: type) -> Any:
    """As Megatron-Bridge's are: a dataclass with the fields of both, that derives nothing before it is finalised."""
    theirs = {each.name for each in dataclasses.fields(inner)}
    own = [
        (each.name, Any, dataclasses.field(default=None if each.default is dataclasses.MISSING else each.default))
        for each in dataclasses.fields(outer)
        if each.name not in theirs | {"transformer"}
    ]

    def later(self: Any) -> None:
        del self

    derive: Any = inner
    namespace = {"__post_init__": later, "finalize": derive.__post_init__}
    return dataclasses.make_dataclass("Provider", own, bases=(inner,), namespace=namespace)


def of(model: Any) -> Any:
    latent = isinstance(model.transformer, MLATransformerConfig)
    hybrid = isinstance(model, HybridModelConfig)
    differs = isinstance(model.transformer, HeterogeneousTransformerConfig)
    inner = MLATransformerConfig if latent else HeterogeneousTransformerConfig if differs else YarnTransformerConfig
    return provider(inner, HybridModelConfig if hybrid else GPTModelConfig)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_provider_is_the_same_model(family: str) -> None:
    hf = config(family)
    for mapper in targets(family):
        model = mapper(hf)
        made = of(model)(**fields(model))
        assert diff(made, hf, only="architecture") == ()
        both = of(model)(**fields(model, owners=("architecture", "suggested")))
        for each in (made, both):
            each.finalize()
            assert diff(each, hf, only="architecture") == ()
        suggested = fields(model, owners=("suggested",))
        assert {name for name, value in suggested.items() if not same_value(value, getattr(both, name))} == set()
        assert diff(both, hf, only="suggested") == ()


def test_a_wrong_provider_is_put_right() -> None:
    """An override says what is Megatron's default, too."""
    hf = config("llama")
    model = mapped(hf)
    wrong = of(model)(**fields(model))
    wrong.qk_layernorm, wrong.add_qkv_bias, wrong.window_size = True, True, (4, 0)
    assert len(diff(wrong, hf, only="architecture")) == 3
    for name, value in fields(model).items():
        setattr(wrong, name, value)
    assert diff(wrong, hf, only="architecture") == ()


def test_only_what_is_asked_for() -> None:
    model = mapped(config("llama"), tensor_model_parallel_size=2, sequence_parallel=True)
    architecture = fields(model)
    assert (architecture["num_layers"], architecture["vocab_size"]) == (4, 320)
    unwanted = {"hidden_dropout", "seq_length", "tensor_model_parallel_size", "transformer_layer_spec", "q_lora_rank"}
    assert not architecture.keys() & {*unwanted, "moe_router_topk", "extra_checkpoint_metadata", "transformer"}
    suggested = fields(model, owners=("suggested",))
    assert (suggested["hidden_dropout"], suggested["seq_length"]) == (0.0, 128)
    assert not suggested.keys() & architecture.keys()
    caller = fields(model, owners=("caller",))
    assert (caller["tensor_model_parallel_size"], caller["sequence_parallel"]) == (2, True)
    assert not {"pipeline_model_parallel_size", "extra_checkpoint_metadata"} & caller.keys()
    everything = fields(model, owners=("architecture", "suggested", "caller"))
    assert everything == architecture | suggested | caller


def test_learned_positions_have_their_number() -> None:
    """Where the length is the height of a parameter, it is no suggestion."""
    assert fields(mapped(config("gpt2")))["seq_length"] == config("gpt2").n_positions
    assert "seq_length" not in fields(mapped(config("llama")))


def test_what_predicts_goes_with_the_number_of_it() -> None:
    model = next(each for each in (mapper(config("deepseek_v3")) for mapper in targets("deepseek_v3")[1:]))
    assert "/" in model.hybrid_layer_pattern
    assert "/" not in str(fields(model)["hybrid_layer_pattern"])
    both = fields(model, owners=("architecture", "suggested"))
    assert (both["hybrid_layer_pattern"], both["mtp_num_layers"]) == (model.hybrid_layer_pattern, 1)


def test_yarn_travels_as_attributes() -> None:
    rope = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
    hf = config("llama", rope_parameters=rope)
    model = mapped(hf)
    values = fields(model)
    assert len([name for name in values if name.startswith("yarn_")]) == 7
    plain = provider(TransformerConfig, GPTModelConfig)
    made = plain(**{name: value for name, value in values.items() if not name.startswith("yarn_")})
    for name, value in values.items():
        setattr(made, name, value)
    assert diff(made, hf, only="architecture") == ()


def test_what_is_refused() -> None:
    model = mapped(config("llama"))
    with pytest.raises(TypeError, match="not TransformerConfig"):
        fields(model.transformer)
    with pytest.raises(ValueError, match="'derived', which is none of architecture"):
        fields(model, owners=("derived",))  # pyright: ignore[reportArgumentType]  # what is tested


@pytest.mark.skipif(BRIDGE is None, reason="BRIDGE_PYTHON names no interpreter that has megatron-bridge 0.6.2")
def test_megatron_bridges_own_providers(tmp_path: Path) -> None:
    """Those of transformers 5.12.1, with which Megatron-Bridge is installed."""
    families = ("llama", "qwen2", "qwen3", "qwen3_moe", "mixtral", "gpt_oss", "glm4_moe", "deepseek_v3", "nemotron_h")
    families += ("qwen3_next", "gemma", "phi3", "starcoder2", "gpt2", "granite", "glm4_moe_lite")
    for family in families:
        save_config(config(family), tmp_path / family)
        load_config(tmp_path / family)
    paths = os.pathsep.join(path for path in sys.path if path.endswith(("runtime", "generated")))
    done = subprocess.run(
        [str(BRIDGE), "-W", "ignore", str(PROGRAM), *(str(tmp_path / family) for family in families)],
        env={**os.environ, "PYTHONPATH": paths, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert {Path(name).name: found for name, found in json.loads(done.stdout.splitlines()[-1]).items()} == {
        family: [] for family in families
    }
