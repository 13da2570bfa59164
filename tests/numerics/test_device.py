"""The choice of a device, as far as it can be tested without a GPU."""

from __future__ import annotations

import os
from importlib.machinery import ModuleSpec

import pytest
import torch
from megatron.core.models.gpt.gpt_layer_specs import get_gpt_layer_local_submodules
from megatron.training.models.hybrid import HybridModelConfig

from tests.families import PROOFS
from tests.numerics import device, report
from tests.numerics.cases import CASES, Case, cases_of, drawn
from tests.numerics.device import CPU, CUDA, ENGINE, DeviceError, Kind, choose, lacking_kernels
from tests.numerics.mapping import mapped
from tests.numerics.weights import local_name
from tests.selection import some
from tests.support.about import about


def installed(monkeypatch: pytest.MonkeyPatch, *packages: str, gpu: bool) -> None:
    """Let it look as if there were these packages, and a GPU or none."""
    monkeypatch.setattr(device, "find_spec", lambda name: ModuleSpec(name, None) if name in packages else None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)


@pytest.mark.parametrize(
    ("kind", "packages", "gpu", "lacking"),
    [
        ("cuda", (), False, "a CUDA device that torch can use and Transformer Engine (transformer-engine[pytorch])"),
        ("cuda", (), True, "Transformer Engine (transformer-engine[pytorch])"),
        ("cuda", ("transformer_engine",), False, "a CUDA device that torch can use"),
        ("cpu-te", (), False, "Transformer Engine (transformer-engine[pytorch])"),
    ],
)
def test_what_is_missing_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: Kind,
    packages: tuple[str, ...],
    gpu: bool,
    lacking: str,
) -> None:
    installed(monkeypatch, *packages, gpu=gpu)
    before = dict(os.environ)
    with pytest.raises(SystemExit) as exited:
        report.main(["--write", "--device", kind])
    assert exited.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(f"error: cannot compare on {kind}: this machine lacks {lacking}\n")
    assert os.environ == before


def test_cuda_in_use_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "transformer_engine", gpu=True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    with pytest.raises(DeviceError, match="in use already"):
        choose("cuda")


def test_what_a_cpu_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, gpu=False)
    assert choose("cpu") is CPU
    installed(monkeypatch, "transformer_engine", gpu=False)
    assert choose("cpu-te") is ENGINE


@pytest.mark.parametrize("family", some(PROOFS, "test_every_case_maps_for_a_gpu"))
def test_every_case_maps_for_a_gpu(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    """And says which kernels it lacks, if it has layers for which there are some."""
    installed(monkeypatch, "causal_conv1d", gpu=True)
    for case in drawn(cases_of(family), 0, f"for a GPU of {family}"):
        with about(str(case)):
            maps_for_a_gpu(case)


def maps_for_a_gpu(case: Case) -> None:
    config, deviations = mapped(case, CUDA)
    assert config.transformer.transformer_impl == "transformer_engine"
    assert config.transformer.params_dtype == torch.float32
    assert deviations == mapped(case)[1]
    assert isinstance(config, HybridModelConfig) == case.hybrid
    pattern = vars(config).get("hybrid_layer_pattern") or ""
    has_delta_net = "G" in pattern or config.transformer.experimental_attention_variant == "gated_delta_net"
    wanted = {"mamba-ssm"} if "M" in pattern else set[str]()
    assert {*lacking_kernels(CUDA, config)} == wanted | ({"flash-linear-attention"} if has_delta_net else set())
    assert lacking_kernels(CPU, config) == lacking_kernels(ENGINE, config) == []


def test_a_case_without_its_kernels_is_skipped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, gpu=True)
    case = next(each for each in CASES if str(each) == "nemotron_h-default")
    skipped = "| nemotron_h-default | | | | skipped: mamba-ssm and causal-conv1d not installed |"
    assert report.row(case, CUDA) == report.Line(skipped, failed=False, equal=None)


def test_a_case_that_cannot_run_fails_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **keywords: object) -> None:
        raise ValueError("a head of 24\nis | odd")

    monkeypatch.setattr(report, "compare", fail)
    failed = f"| {CASES[0]} | | | | NOT RUN: ValueError: a head of 24 is / odd |"
    assert report.row(CASES[0], CPU) == report.Line(failed, failed=True, equal=None)


# --- Names of weights -------------------------------------------------------------------------------------------------

FUSED = {
    "self_attention.linear_qkv.layer_norm_weight": "input_layernorm.weight",
    "self_attention.linear_qkv.layer_norm_bias": "input_layernorm.bias",
    "self_attention.in_proj.layer_norm_weight": "input_layernorm.weight",
    "self_attention.linear_q_up_proj.layer_norm_weight": "self_attention.q_layernorm.weight",
    "self_attention.linear_kv_up_proj.layer_norm_weight": "self_attention.kv_layernorm.weight",
    "mlp.linear_fc1.layer_norm_weight": "pre_mlp_layernorm.weight",
    "mixer.in_proj.layer_norm_weight": "norm.weight",
    "self_attention.layer_norm_weight": "input_layernorm.weight",
    "mlp.layer_norm_bias": "pre_mlp_layernorm.bias",
    "mlp.experts.linear_fc1.weight12": "mlp.experts.local_experts.12.linear_fc1.weight",
    "mlp.experts.linear_fc2.bias0": "mlp.experts.local_experts.0.linear_fc2.bias",
}


@pytest.mark.parametrize("fused", FUSED)
def test_names_of_fused_layers(fused: str) -> None:
    local = local_name(fused)
    assert local == FUSED[fused]
    assert local_name(local) == local
    assert any(row.match(local) is not None for proof in PROOFS.values() for row in proof.layout.layer)


def test_names_of_fused_norms_are_as_megatron_has_them() -> None:
    """Its local layers say under which names their checkpoints have the norms: those of Transformer Engine's layers."""
    names = get_gpt_layer_local_submodules().sharded_state_dict_keys_map
    assert names
    for local, fused in names.items():
        assert local_name(f"{fused}weight") == f"{local}weight"
