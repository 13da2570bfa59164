"""What `families()` says that models need, held against what Megatron raises when it builds and runs them without."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.extensions import transformer_engine
from megatron.core.ssm import mamba_mixer
from megatron.core.ssm.gated_delta_net import common as gated_delta_net
from megatron.core.transformer.moe import moe_layer

import mcore_mappers as m
from mcore_mappers import cpu
from mcore_mappers_runtime import needs
from tests.numerics.emulation import emulated
from tests.numerics.runtime import CPU_FIELDS, build_megatron
from tests.support.hf import config

pytestmark = pytest.mark.usefixtures("process")


def built(family: str, *, layers: str | None = "local", hybrid: bool = False, **changes: Any) -> Any:
    """The Megatron model of the family's small config; `layers` None leaves them to Megatron."""
    fields = {**CPU_FIELDS, "transformer_impl": layers} if layers else {**CPU_FIELDS}
    if layers is None:
        del fields["transformer_impl"]
    module = getattr(m, family)
    mapper = module.to_megatron_hybrid if hybrid else module.to_megatron
    return build_megatron(mapper(config(family, **changes), **fields))


def needed(family: str) -> tuple[m.Need, ...]:
    return m.families()[family].needs


without_transformer_engine = pytest.mark.skipif(
    transformer_engine.HAVE_TE, reason="Transformer Engine is installed, so that nothing lacks it"
)


@without_transformer_engine
def test_layers_are_transformer_engines_by_default() -> None:
    assert needs.ENGINE in needed("llama")
    with pytest.raises(Exception, match=r"(?i)transformer.?engine|NoneType|\bte\b"):
        built("llama", layers=None)
    built("llama")


@without_transformer_engine
def test_hybrid_layers_are_transformer_engines_always() -> None:
    assert needs.HYBRID_ENGINE in needed("llama")
    with pytest.raises(Exception, match="when instantiating HybridStack"):
        built("llama", hybrid=True)


@pytest.mark.parametrize("family", ["deepseek_v32", "qwen3_next"])
def test_variants_of_attention_are_built_of_transformer_engines_layers(family: str) -> None:
    assert needs.VARIANT_ENGINE in needed(family)
    with pytest.raises(AssertionError, match="only supports transformer engine"):
        built(family)


@pytest.mark.parametrize(
    ("need", "family", "module", "flag", "told"),
    [
        (needs.MAMBA_SSM, "mamba2", mamba_mixer, "HAVE_MAMBA_SSM", "(?i)mamba"),
        (needs.EINOPS, "mamba2", mamba_mixer, "HAVE_EINOPS", "einops"),
        (needs.FLA, "qwen3_next", gated_delta_net, "HAVE_FLA", "flash-linear-attention"),
    ],
)
def test_packages(need: m.Need, family: str, module: Any, flag: str, told: str) -> None:
    """They are emulated here, all but the one that is missing."""
    assert need in needed(family)
    with emulated():
        built(family)
        with patch.object(module, flag, False), pytest.raises(ImportError, match=told):
            built(family)


@without_transformer_engine
@pytest.mark.parametrize(
    ("need", "family", "told"),
    [
        (needs.LATENT_ATTENTION_ENGINE, "deepseek_v3", "k_channels"),
        (needs.ZERO_CENTRED_ENGINE, "gemma", "zero_centered_gamma not supported"),
    ],
)
def test_what_local_layers_do_not_have(need: m.Need, family: str, told: str) -> None:
    assert need in needed(family)
    assert need not in needed("llama")
    with cpu.patched(), pytest.raises((AssertionError, TypeError), match=told):
        built(family)


def test_latent_experts() -> None:
    assert needs.LATENT_EXPERTS_ENGINE in needed("nemotron_h")
    with emulated(), patch.object(moe_layer, "HAVE_TE", False), pytest.raises(AssertionError, match="latent"):
        built("nemotron_h", moe_latent_size=16)


class Two:
    """As a process group of two ranks."""

    def size(self) -> int:
        return 2


def test_experts_over_tensor_parallel_ranks_are_trained_with_sequence_parallelism() -> None:
    assert needs.SEQUENCE_PARALLEL in needed("qwen3_moe")
    layer = built("qwen3_moe").decoder.layers[-1].mlp
    states = torch.zeros(4, 1, layer.config.hidden_size)
    layer.train()
    with patch.object(layer, "attn_tp_group", Two()), pytest.raises(ValueError, match="sequence parallelism"):
        layer(states)
    with emulated():
        layer(states)
