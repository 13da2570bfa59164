"""The few cases for a GPU, and on what they run."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Generator, Sequence
from typing import Any

import pytest
import torch

from mcore_mappers.layers import Layers
from tests.numerics import report
from tests.numerics.cases import CASES, Case, cases_of
from tests.numerics.device import CPU, CUDA, LOCAL, WITHOUT_TF32, Device, Kind
from tests.numerics.few import few, layers_of
from tests.numerics.mapping import mapped
from tests.numerics.report import Line
from tests.numerics.test_device import installed


def test_they_have_every_field_and_every_target() -> None:
    cases = few(CASES)
    assert {(case.family, case.mapper) for case in cases} == {(case.family, case.mapper) for case in CASES}
    fields = {field for case in cases for field in layers_of(mapped(case)[0])}
    assert fields == {field.name for field in dataclasses.fields(Layers)}
    # Minutes, not the half hour of all of them.
    assert len(cases) < len(CASES) / 10


def test_a_field_without_a_case_is_named() -> None:
    with pytest.raises(LookupError, match=r"no case has .*\bfinal_logit_softcapping\b"):
        few(cases_of("llama"))


LINES = [Line("| llama |"), Line("| olmo2 |"), Line("| glm4 |")]


@pytest.fixture
def tf32() -> Generator[None]:
    """As who wants speed has it."""
    libraries: Sequence[Any] = (torch.backends.cuda.matmul, torch.backends.cudnn)
    before = [library.allow_tf32 for library in libraries]
    for library in libraries:
        library.allow_tf32 = True
    yield
    for library, allowed in zip(libraries, before, strict=True):
        library.allow_tf32 = allowed


@pytest.mark.parametrize(
    ("said", "packages", "device"),
    [
        (("--device", "cuda", "--layers"), ("transformer_engine",), CUDA),
        (("--device", "cuda", "--layers"), (), LOCAL),
        (("--device", "cuda-local", "--layers"), ("transformer_engine",), LOCAL),
        (("--device", "cuda"), ("transformer_engine",), CUDA),
        (("--device", "cuda-local"), (), LOCAL),
        (("--layers",), ("transformer_engine",), CPU),
    ],
)
def test_what_runs_is_what_is_asked_and_installed(
    tf32: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: Sequence[str],
    packages: Sequence[str],
    device: Device,
) -> None:
    ran: list[tuple[Device, Sequence[Case]]] = []

    def lines(device: Device, cases: Sequence[Case]) -> Sequence[Line]:
        ran.append((device, cases))
        return LINES

    installed(monkeypatch, *packages, gpu=True)
    monkeypatch.setattr(report, "lines", lines)
    monkeypatch.setattr(report, "few", lambda cases: cases[:2])
    monkeypatch.setattr(torch.cuda, "set_device", lambda number: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H100")
    # Put back afterwards.
    for name in WITHOUT_TF32:
        monkeypatch.setenv(name, "before")
    assert report.main(said) == 0
    assert ran == [(device, CASES[:2] if "--layers" in said else CASES)]
    where = {
        "cuda": "on a GPU (NVIDIA H100), with Transformer Engine's layers",
        "cuda-local": "on a GPU (NVIDIA H100), with Megatron's local layers",
        "cpu": "on a CPU, with Megatron's local layers",
    }[device.kind]
    printed = capsys.readouterr().out
    assert printed.startswith(f"Running {where}.\n")
    assert f"0 cases equal, 0 failed, 3 skipped {where}, in 0:00 minutes\n" in printed
    on_gpu = device is not CPU
    assert {name: os.environ[name] for name in WITHOUT_TF32} == (
        WITHOUT_TF32 if on_gpu else dict.fromkeys(WITHOUT_TF32, "before")
    )
    assert torch.backends.cuda.matmul.allow_tf32 == torch.backends.cudnn.allow_tf32 == (not on_gpu)
    assert (torch.get_float32_matmul_precision() == "highest") == on_gpu


@pytest.mark.parametrize(
    ("said", "packages", "lacking"),
    [
        (("--device", "cuda", "--layers"), (), "cuda-local: this machine lacks a CUDA device that torch can use"),
        (
            ("--device", "cuda", "--layers"),
            ("transformer_engine",),
            "cuda: this machine lacks a CUDA device that torch can use",
        ),
        (("--device", "cuda-local"), (), "cuda-local: this machine lacks a CUDA device that torch can use"),
        (
            ("--device", "cpu-te", "--layers"),
            (),
            "cpu-te: this machine lacks Transformer Engine (transformer-engine[pytorch])",
        ),
    ],
)
def test_without_what_it_needs_nothing_runs(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: Sequence[str],
    packages: Sequence[str],
    lacking: str,
) -> None:
    installed(monkeypatch, *packages, gpu=False)
    with pytest.raises(SystemExit) as exited:
        report.main(["--write", *said])
    assert exited.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(f"error: cannot compare on {lacking}\n")


@pytest.mark.parametrize("kind", ["cuda", "cuda-local"])
def test_local_layers_need_no_package(kind: Kind) -> None:
    """What the harness emulates is emulated on a GPU too; with Transformer Engine nothing is."""
    case = next(case for case in CASES if str(case) == "nemotron_h-default")
    device = {"cuda": CUDA, "cuda-local": LOCAL}[kind]
    assert bool(report.lacking_kernels(device, mapped(case, device)[0])) == (kind == "cuda")
