"""What is said of the machines that train: the suggestions for them, the provenance, and what is missing."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest
from megatron.core.transformer import transformer_config

import mcore_mappers as m
from mcore_mappers_runtime import kernels, needs
from mcore_mappers_runtime.kernels import Installed, installed
from tests.support.hf import FAMILIES, config, mapped

pytestmark = pytest.mark.costly

NOTHING = Installed(*[False] * 5)
PERMUTED = "moe_permute_fusion"


@pytest.fixture(autouse=True)
def without_transformer_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver, whatever this machine is."""
    monkeypatch.setattr(kernels, "installed", lambda: NOTHING)


def warned(family: str, **caller: Any) -> list[m.Need]:
    """What a mapping warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mapped(config(family), **caller)
    return [need for each in caught if isinstance(each.message, m.NeedsWarning) for need in each.message.needs]


def suggested(family: str, **caller: Any) -> dict[str, object]:
    model = mapped(config(family), **caller)
    names = needs.WorkerFields.__annotations__.keys() | kernels.KernelFields.__annotations__.keys()
    return {name: vars(model.transformer)[name] for name in names if name in vars(model.transformer)} | {
        "cross_entropy_loss_fusion": model.transformer.cross_entropy_loss_fusion
    }


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3", "gpt_oss"])
def test_what_is_suggested_for_workers_is_what_is_suggested_on_them(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what Megatron would not construct here: it looks for the kernels in `__post_init__`."""
    here, asked = suggested(family), suggested(family, transformer_engine=True)
    assert asked != here
    assert suggested(family, transformer_engine=False) == here
    everything = Installed(True, True, True, True, fused_weight_gradient=False)
    monkeypatch.setattr(kernels, "installed", lambda: everything)
    for name in ("apply_rope_fusion", PERMUTED):
        if asked[name]:
            with pytest.raises(ValueError, match="not available"):
                suggested(family)
    assert suggested(family, transformer_engine=False) == here


def test_the_caller_wins_over_what_workers_have() -> None:
    model = mapped(config("qwen3_moe"), transformer_engine=True, apply_rope_fusion=False, moe_permute_fusion=False)
    assert (model.transformer.apply_rope_fusion, model.transformer.moe_permute_fusion) == (False, False)


def test_a_kernel_of_apex_is_not_assumed_with_transformer_engine() -> None:
    """Megatron's last linear layer raises with it where Apex is not installed."""
    assert not mapped(config("llama"), transformer_engine=True).transformer.gradient_accumulation_fusion


@pytest.mark.parametrize(("said", "assumed"), [(None, False), (True, True), (False, False)])
def test_the_provenance_says_what_was_assumed(said: bool | None, assumed: bool) -> None:
    model = mapped(config("llama"), transformer_engine=said)
    assert model.extra_checkpoint_metadata["mcore_mappers"]["transformer_engine"] is assumed
    assert m.load(m.dump(mapped(config("llama"), transformer_engine=False))).vocab_size == model.vocab_size


@pytest.mark.parametrize(
    ("family", "caller", "expected"),
    [
        ("llama", {}, [needs.ENGINE]),
        ("llama", {"transformer_impl": "transformer_engine"}, [needs.ENGINE]),
        ("llama", {"transformer_impl": "inference_optimized"}, [needs.ENGINE]),
        ("llama", {"transformer_impl": "local"}, []),
        ("llama", {"transformer_engine": True}, []),
        ("llama", {"transformer_engine": False}, [needs.ENGINE]),
        ("llama", {"transformer_engine": False, "transformer_impl": "local"}, []),
        ("nemotron_h", {}, [needs.HYBRID_ENGINE]),
        ("nemotron_h", {"transformer_impl": "local"}, [needs.HYBRID_ENGINE]),
        ("nemotron_h", {"transformer_engine": True}, []),
    ],
)
def test_who_implements_the_layers(family: str, caller: dict[str, Any], expected: list[m.Need]) -> None:
    assert warned(family, **caller) == expected


@pytest.mark.parametrize(
    ("family", "caller", "expected"),
    [
        ("llama", {"tensor_model_parallel_size": 2}, []),
        ("qwen3_moe", {"tensor_model_parallel_size": 1}, []),
        ("qwen3_moe", {"tensor_model_parallel_size": 2}, [needs.SEQUENCE_PARALLEL]),
        ("qwen3_moe", {"tensor_model_parallel_size": 2, "sequence_parallel": True}, []),
        (
            "gpt_oss",
            {"tensor_model_parallel_size": 2, "sequence_parallel": True, "expert_tensor_parallel_size": 1},
            [],
        ),
    ],
)
def test_how_experts_are_spread(family: str, caller: dict[str, Any], expected: list[m.Need]) -> None:
    assert warned(family, transformer_engine=True, **caller) == expected


def is_refused_over_two_ranks(family: str, **flags: bool) -> bool:
    """Whether Megatron refuses the family's small config with these flags for the biases of its experts."""
    try:
        mapped(config(family, **flags), tensor_model_parallel_size=2, sequence_parallel=True)
    except m.UnsupportedConfigError:
        return False
    except AssertionError as error:
        return "ETP==1" in str(error)
    return False


def test_biased_experts_are_those_that_megatron_refuses() -> None:
    """The need is stated of exactly the families for which Megatron raises, and it warns before."""
    biased = {"attention_bias": True, "mlp_bias": True}
    found = {name for name in FAMILIES if is_refused_over_two_ranks(name) or is_refused_over_two_ranks(name, **biased)}
    stated = {name for name, family in m.families().items() if needs.EXPERT_TENSOR_PARALLEL in family.needs}
    assert found <= stated
    assert "gpt_oss" in found
    with pytest.warns(m.NeedsWarning, match="expert_tensor_parallel_size=1"), pytest.raises(AssertionError):
        mapped(config("gpt_oss"), tensor_model_parallel_size=2, sequence_parallel=True)


@pytest.mark.parametrize("family", ["llama", "qwen3_moe"])
def test_variable_lengths_need_another_dispatcher(family: str) -> None:
    assert needs.ALLTOALL in m.families()[family].needs
    with pytest.raises(ValueError, match="variable sequence length"):
        mapped(config(family), variable_seq_lengths=True)
    for dispatcher in ("alltoall", "flex"):
        mapped(config(family), variable_seq_lengths=True, moe_token_dispatcher_type=dispatcher)


def test_the_families_with_experts_are_known() -> None:
    """By what Megatron is given, as far as the small configs go."""
    for name in FAMILIES:
        model = mapped(config(name))
        stated = m.families()[name].needs
        if model.transformer.num_moe_experts is not None:
            assert needs.SEQUENCE_PARALLEL in stated, name
        pattern = vars(model).get("hybrid_layer_pattern") or ""
        assert (needs.MAMBA_SSM in stated) or "M" not in pattern, name


def test_what_a_machine_lacks_is_shown_once() -> None:
    """It is the same for every config, so it points at one place, as other warnings do not."""
    program = (
        "import warnings; warnings.simplefilter('ignore'); import mcore_mappers as m; "
        "from transformers import LlamaConfig; from megatron.training.models import gpt; warnings.resetwarnings(); "
        "m.to_megatron(LlamaConfig())\nm.to_megatron(LlamaConfig())"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert told.count("the mapped model needs") == int(not installed().transformer_engine)


def test_the_default_of_megatron_is_what_is_warned_of() -> None:
    assert transformer_config.TransformerConfig.transformer_impl == "transformer_engine"
