"""Suggestions never raise: what Megatron builds from the caller's fields alone, the mapper builds too."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from megatron.core import utils
from megatron.core.models.common.embeddings import rope_utils
from megatron.core.transformer import transformer_config
from megatron.core.transformer.moe import moe_utils
from packaging.version import Version

from mcore_mappers_runtime import kernels
from tests.runtime.bare import bare, recorded
from tests.runtime.caller_fields import choices
from tests.selection import draw
from tests.support.hf import config, mapped

YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("llama", {}),
    "llama with biases and dropout": ("llama", {"mlp_bias": True, "attention_bias": True, "attention_dropout": 0.1}),
    "llama with gelu": ("llama", {"hidden_act": "gelu", "dtype": "float16"}),
    "llama with yarn": ("llama", {"rope_parameters": YARN, "dtype": "bfloat16"}),
    "qwen3_moe": ("qwen3_moe", {}),
    "qwen3_moe, one expert of each token": ("qwen3_moe", {"num_experts_per_tok": 1, "norm_topk_prob": False}),
    "qwen3_moe, all layers dense": ("qwen3_moe", {"mlp_only_layers": [0, 1, 2, 3]}),
    "deepseek_v3": ("deepseek_v3", {}),
    "deepseek_v3 without experts": ("deepseek_v3", {"first_k_dense_replace": 9, "num_mtp_layers": 0}),
    "nemotron_h": ("nemotron_h", {"num_nextn_predict_layers": 1}),
    "nemotron_h with silu": ("nemotron_h", {"mlp_hidden_act": "silu"}),
    "nemotron_h without experts": (
        "nemotron_h",
        {"layers_block_type": ["linear_attention", "mlp"] * 2, "mlp_bias": True},
    ),
}
# What a suggested number of prediction layers makes Megatron say.
KNOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "two prediction layers": ("deepseek_v3", {"num_mtp_layers": 2}),
    "experts in prediction layers only": (
        "nemotron_h",
        {"layers_block_type": ["linear_attention", "mlp"], "num_nextn_predict_layers": 1},
    ),
    "biases, and experts in prediction layers": (
        "nemotron_h",
        {"layers_block_type": ["linear_attention", "mlp"], "num_nextn_predict_layers": 1, "mlp_bias": True},
    ),
}
ROPE_KERNELS = ("fused_apply_rotary_pos_emb", "fused_apply_rotary_pos_emb_thd")
PERMUTE_KERNELS = (
    *("fused_permute", "fused_permute_with_probs", "fused_unpermute"),
    *("fused_sort_chunks_by_index", "fused_sort_chunks_by_index_with_probs"),
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Megatron warns of most combinations."""
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture(params=["nothing installed", "everything installed"])
def stack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the mapper is told is installed, and what `__post_init__` finds when it looks for the same."""
    everything = request.param == "everything installed"
    flags = kernels.Installed(*[everything] * 5)
    monkeypatch.setattr(kernels, "installed", lambda: flags)
    for module, names in ((rope_utils, ROPE_KERNELS), (moe_utils, PERMUTE_KERNELS)):
        for name in names:
            monkeypatch.setattr(module, name, object() if everything else None)
    # The version that Megatron compares with: without TransformerEngine, it says 0.0.0.
    version = Version("2.16.0" if everything else "0.0.0")
    monkeypatch.setattr(utils, "_te_version", version)
    monkeypatch.setattr(utils, "get_te_version", lambda: version)
    monkeypatch.setattr(transformer_config, "get_te_version", lambda: version)
    return request.param


def broken(name: str) -> Iterator[tuple[dict[str, Any], Exception]]:
    """Each choice of the caller that only the suggestions make an error, with the error."""
    family, keywords = (CONFIGS | KNOWN)[name]
    hf = config(family, **keywords)
    good = 0
    for caller in choices(name):
        try:
            mapped(hf, **caller)
            good += 1
            continue
        except Exception as error:
            if isinstance(error, TypeError) and "contradicts" in str(error):  # the caller itself
                continue
            told = error
        try:
            bare(hf, caller)
        except Exception:  # Megatron's own, which the mapper passes on
            continue
        yield caller, told
    assert good > 300, "most combinations are legal, or this proves nothing"


@pytest.mark.parametrize("name", draw(CONFIGS, 3, "configs of suggestions"))
def test_suggestions_never_raise(name: str, stack: str) -> None:
    assert next(broken(name), None) is None


@pytest.mark.parametrize(
    "name",
    [
        "two prediction layers",
        "experts in prediction layers only",
        "biases, and experts in prediction layers",
    ],
)
def test_suggested_prediction_layers_never_raise(name: str, stack: str) -> None:
    assert next(broken(name), None) is None


def test_everything_is_suggested_only_where_it_is_installed(stack: str) -> None:
    """Or the tests above tried nothing."""
    suggested = recorded(config("deepseek_v3"), {}).suggested.keys() | recorded(config("llama"), {}).suggested.keys()
    kernels = {"apply_rope_fusion", "moe_permute_fusion", "moe_grouped_gemm", "bias_activation_fusion"}
    assert (kernels <= suggested) == (stack == "everything installed")
    assert bool(kernels & suggested) == (stack == "everything installed")


def test_error_of_the_callers_fields_passes_unchanged(stack: str) -> None:
    caller = {"sequence_parallel": True}
    with pytest.raises(ValueError, match="without tensor parallelism") as own:
        bare(config("llama"), caller)
    with pytest.raises(ValueError, match="without tensor parallelism") as through:
        mapped(config("llama"), **caller)
    assert (type(own.value), str(own.value)) == (type(through.value), str(through.value))


def test_installed_asks_megatron_once() -> None:
    """On the machine that runs this, whatever it has."""
    assert kernels.installed() is kernels.installed()
    assert kernels.installed().fused_rope == (rope_utils.fused_apply_rotary_pos_emb is not None)


@pytest.mark.parametrize("impl", ["local", "inference_optimized"])
def test_no_kernels_for_other_implementations(impl: str, stack: str) -> None:
    """The kernels of TransformerEngine, of which a local layer would make an error on the CPU."""
    hf = config("llama")
    assert not recorded(hf, {"transformer_impl": impl}).suggested.keys() & kernels.KernelFields.__annotations__.keys()


def test_kernels_only_for_the_same_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Megatron takes each of these fields without complaint, and then computes something else or stops in training."""
    flags = kernels.Installed(*[True] * 5)
    monkeypatch.setattr(kernels, "installed", lambda: flags)
    monkeypatch.setattr(rope_utils, ROPE_KERNELS[0], object())
    for name in PERMUTE_KERNELS:
        monkeypatch.setattr(moe_utils, name, object())

    def suggested(name: str, **caller: Any) -> dict[str, Any]:
        family, keywords = CONFIGS[name]
        return recorded(config(family, **keywords), caller).suggested

    dense = suggested("llama")
    assert dense["apply_rope_fusion"] is dense["bias_activation_fusion"] is dense["bias_dropout_fusion"] is True
    assert not any(name.startswith("moe_") for name in dense)
    # Packed sequences would lose YaRN's factor, latent attention has kernels of its own, as has each kind of CP.
    for other in (suggested("llama with yarn"), suggested("deepseek_v3"), suggested("llama", context_parallel_size=2)):
        assert "apply_rope_fusion" not in other
    # The fused gelu is the approximation by tanh.
    assert "bias_activation_fusion" not in suggested("llama with gelu")
    # Only gated silu has a fused kernel: an ungated one raises when the model is run.
    assert "bias_activation_fusion" not in suggested("nemotron_h with silu")
    experts = suggested("nemotron_h")
    assert experts["use_fused_weighted_squared_relu"] is experts["moe_grouped_gemm"] is True
    assert "use_fused_weighted_squared_relu" not in suggested("nemotron_h with silu")
    assert "bias_dropout_fusion" in suggested("nemotron_h without experts")
    assert "cross_entropy_loss_fusion" not in suggested("llama", deterministic_mode=True)
    assert "cross_entropy_loss_fusion" not in suggested("llama", cross_entropy_fusion_impl="te")
