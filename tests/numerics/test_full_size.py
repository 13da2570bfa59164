"""Real configs at full size, without memory: both models have the same parameters, under names that the layouts pair.

On the meta device a tensor is a shape. Copying weights there copies nothing, and still finds every parameter that one
of the two models lacks, has twice, or has in another shape: a mistake that only sizes show (biases of heads that
happen to be as many as groups, the wrong one of two widths) cannot hide behind a tiny config.

Of configs with the same structure, which often differ in rope alone, one is here.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from transformers import AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel

import mcore_mappers
from codegen import project, snapshot
from codegen.table import Owner
from mcore_mappers import DeviationWarning, UnsupportedConfigError
from mcore_mappers_runtime.described import is_described
from tests.configs.expected import MAPPED
from tests.families import family_of, layout_of
from tests.mapping.support import folder, load, mapped_families
from tests.numerics.emulation import emulated
from tests.numerics.perturbations import owners
from tests.numerics.runtime import CPU_FIELDS, MegatronConfig, build_megatron
from tests.numerics.weights import CopyError, copy_weights
from tests.selection import draw

pytestmark = [pytest.mark.usefixtures("process"), pytest.mark.costly]

OWN = Path(__file__).parents[1] / "configs"
CORPUS = folder("CONFIG_CORPUS")

# Parameters of published models, so that the two sides cannot be wrong together.
PARAMETERS: Mapping[str, int] = {
    "llama-2-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192,
    "llama-3-8b": 8_030_261_248,
    "llama-3.1-405b": 405_853_388_800,
    "qwen3-30b-a3b": 30_532_122_624,
    "qwen3-235b-a22b": 235_093_634_560,
    "deepseek-v3": 671_026_404_352,
    "nemotron-3-nano-30b-a3b": 31_577_937_344,
}

# Megatron's local experts are modules of their own, and building one takes a third of a millisecond. All of them are
# built where a published number says how many parameters they must have together; elsewhere, one is like another.
MOST_EXPERTS = 1_000
FEWER_EXPERTS = 16

# Architecture that decides what is computed with the parameters: how tokens are rotated, and what is a float.
SHAPELESS = frozenset(
    {"original_max_position_embeddings", "rope_type", "rope_scaling", "rotary_base", "beta_fast", "beta_slow"}
)
ROTATING = ("rope", "yarn")


# By what their structure is: of each, one is compared.
_COMPARED: dict[object, str] = {}


@dataclass(frozen=True)
class Real:
    """A config from a file."""

    name: str
    path: Path

    def __str__(self) -> str:
        return self.name


def _real() -> list[Real]:
    files = [Real(name, OWN / f"{name}.json") for name in MAPPED]
    if CORPUS:
        files += [
            Real(f"corpus/{family}/{path.stem}", path)
            for family in mapped_families()
            for path in sorted((CORPUS / family).glob("*.json"))
        ]
    return files


def _fewer_experts(hf: PreTrainedConfig) -> None:
    """The same model with experts that can be built."""
    name = next(name for name in ("n_routed_experts", "num_experts", "num_local_experts") if hasattr(hf, name))
    setattr(hf, name, FEWER_EXPERTS)


def _structure(hf: PreTrainedConfig, theirs: PreTrainedModel, megatron: MegatronConfig) -> object:
    """Equal for configs that differ in nothing that could decide a parameter on either side."""
    shapes = tuple((name, tuple(tensor.shape)) for name, tensor in theirs.named_parameters())
    owned = owners(family_of(hf), snapshot.load(project.GENERATED / "schemas"))
    fields = [(megatron, each) for each in owned.model.values()]
    fields += [(megatron.transformer, each) for each in owned.transformer.values()]
    values = {
        each.field.name: getattr(part, each.field.name)
        for part, each in fields
        if each.owner is Owner.ARCHITECTURE and each.field.name not in SHAPELESS
    }
    values["position_embedding_type"] = megatron.position_embedding_type in ROTATING or megatron.position_embedding_type
    return hf.model_type, shapes, repr({name: value for name, value in values.items() if not isinstance(value, float)})


def _huggingface(hf: PreTrainedConfig) -> PreTrainedModel:
    """The model, without a number in it."""
    with torch.device("meta"):
        # `from_config` writes its choices into the config.
        model: PreTrainedModel = AutoModelForCausalLM.from_config(copy.deepcopy(hf), dtype=torch.float32)
    return model


def _mapped(hf: PreTrainedConfig) -> MegatronConfig:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeviationWarning)
        config = mcore_mappers.to_megatron(hf, **CPU_FIELDS)
    assert isinstance(config, GPTModelConfig | HybridModelConfig)
    return config


def _count(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _megatron(megatron: MegatronConfig) -> torch.nn.Module:
    """The model, without a number in it."""
    with torch.device("meta"), emulated():
        ours: torch.nn.Module = build_megatron(megatron)
    # What Megatron makes on the current GPU, the emulation has made on the CPU.
    return ours.to("meta")


def _padding(megatron: MegatronConfig, model: Any) -> int:
    """Parameters in rows that only pad the vocabulary."""
    assert megatron.vocab_size is not None
    rows, width = model.embedding.word_embeddings.weight.shape
    tables = 1 if megatron.share_embeddings_and_output_weights else 2
    return tables * (rows - megatron.vocab_size) * width


@pytest.mark.parametrize("real", draw(_real(), 6, "real configs"), ids=str)
def test_both_models_have_the_same_parameters(real: Real) -> None:
    hf = load(real.path)
    if is_described(type(hf)):
        pytest.skip("no class of transformers computes it")
    try:
        megatron = _mapped(hf)
    except UnsupportedConfigError:
        pytest.skip("refused: whether that is right is another test's question")
    published = PARAMETERS.get(real.path.stem)
    experts = megatron.transformer.num_moe_experts
    if published is None and experts is not None and experts * megatron.transformer.num_layers > MOST_EXPERTS:
        _fewer_experts(hf)
        megatron = _mapped(hf)
    theirs = _huggingface(hf)
    if (other := _COMPARED.setdefault(_structure(hf, theirs, megatron), real.name)) != real.name:
        pytest.skip(f"of the same structure as {other}")
    ours = _megatron(megatron)
    copy_weights(layout_of(hf), theirs, ours, megatron.transformer)
    assert _count(ours) - _padding(megatron, ours) == _count(theirs)
    if published is not None:
        assert _count(theirs) == published


@pytest.mark.parametrize("key", ["intermediate_size", "num_key_value_heads", "num_hidden_layers", "vocab_size"])
def test_a_wrong_size_is_seen(key: str) -> None:
    hf = load(OWN / "llama/llama-3-8b.json")
    wrong = copy.deepcopy(hf)
    # Twice as much keeps everything divisible.
    setattr(wrong, key, 2 * getattr(hf, key))
    megatron = _mapped(wrong)
    theirs, ours = _huggingface(hf), _megatron(megatron)
    with pytest.raises(CopyError) if key != "vocab_size" else pytest.raises(AssertionError):
        copy_weights(layout_of(hf), theirs, ours, megatron.transformer)
        assert _count(ours) - _padding(megatron, ours) == _count(theirs)
