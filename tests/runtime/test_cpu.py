"""`mcore_mappers.cpu`: replaces what it says, as long as it says, and nothing where CUDA is in use."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import torch
from megatron.core.optimizer import optimizer
from megatron.core.tensor_parallel.random import CudaRNGStatesTracker
from megatron.core.transformer import utils as masks
from megatron.core.transformer.torch_norm import WrappedTorchNorm
from megatron.core.transformer.transformer_config import TransformerConfig

import mcore_mappers as m
from mcore_mappers import cpu
from tests.support.hf import config, mapped

RUNTIME = Path(__file__).parents[2] / "runtime"


def replaced() -> dict[str, Any]:
    """What stands now in the places that patches name."""
    return {
        "current_device": torch.cuda.current_device,
        "cuda_factories": vars(masks)["torch"],
        "cuda_moves": torch.Tensor.cuda,
        "cuda_streams": (torch.cuda.Stream, torch.cuda.current_stream, torch.cuda.stream, torch.cuda.synchronize),
        "rng_tracker": CudaRNGStatesTracker.fork,
        "sequence_parallel_norms": WrappedTorchNorm.__new__,
        "gradient_clipping": optimizer.clip_grad_by_total_norm_fp32,
    }


def test_it_is_public() -> None:
    assert m.cpu is cpu
    assert cpu.__name__ == "mcore_mappers.cpu"
    assert "cpu" in dir(m)


def test_nothing_else_imports_it() -> None:
    for file in sorted(RUNTIME.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert "cpu" not in (node.module or "").split("."), file
                assert "cpu" not in [alias.name for alias in node.names], file


def test_each_says_what_it_replaces_and_why() -> None:
    assert len({patch.name for patch in cpu.PATCHES}) == len(cpu.PATCHES)
    assert {patch.name for patch in cpu.PATCHES} == {*replaced(), "compiled_helpers"}
    for patch in cpu.PATCHES:
        assert "torch" in patch.replaces or "megatron" in patch.replaces
        assert "; now " in patch.why


def test_all_is_replaced_once_and_put_back() -> None:
    before = replaced()
    with cpu.patched():
        outer = replaced()
        assert not [name for name, value in before.items() if outer[name] == value]
        with cpu.patched():
            assert replaced() == outer
        assert replaced() == outer
    assert replaced() == before


def test_an_error_puts_all_back() -> None:
    before = replaced()
    with pytest.raises(ZeroDivisionError), cpu.patched():
        _ = 1 / 0
    assert replaced() == before


def test_some_alone() -> None:
    before = replaced()
    with cpu.patched([patch for patch in cpu.PATCHES if patch.name == "rng_tracker"]):
        found = replaced()
        assert [name for name in before if found[name] != before[name]] == ["rng_tracker"]
        with cpu.patched():
            assert not [name for name, value in before.items() if replaced()[name] == value]
        assert replaced() == found


def test_cuda_in_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = replaced()
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    with pytest.raises(RuntimeError, match="CUDA is in use in this process"), cpu.patched():
        pass
    assert replaced() == before


def test_what_ran_is_told() -> None:
    with cpu.patched() as ran:
        assert ran == set()
        assert torch.cuda.current_device() == torch.device("cpu")
        assert masks.get_default_causal_mask(3).tolist() == torch.ones(3, 3).triu(1).bool().tolist()
        assert ran == {"current_device", "cuda_factories"}
        with cpu.patched() as inner:
            assert inner is ran
    with cpu.patched() as ran:
        assert ran == set()


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "gpt2"])
def test_its_fields_are_the_callers(family: str) -> None:
    assert m.diff(mapped(config(family), **cpu.FIELDS), config(family), only="architecture") == ()


@pytest.mark.parametrize("split", [False, True])
def test_norms_of_split_sequences_are_marked(split: bool) -> None:
    """As Transformer Engine's are: Megatron sums the gradients of what is marked so."""
    parallel: dict[str, Any] = {"tensor_model_parallel_size": 2, "sequence_parallel": True} if split else {}
    given = TransformerConfig(num_layers=1, hidden_size=8, num_attention_heads=2, normalization="RMSNorm", **parallel)
    with cpu.patched():
        norm: Any = WrappedTorchNorm(given, 8)
    assert given.sequence_parallel == split
    assert [getattr(parameter, "sequence_parallel", False) for parameter in norm.parameters()] == [split]


@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_gradients_are_clipped_as_torch_does(limit: float) -> None:
    ours: list[torch.Tensor] = [torch.zeros(3) for _ in range(2)]
    theirs: list[torch.Tensor] = [torch.zeros(3) for _ in range(2)]
    for parameters in (ours, theirs):
        for factor, parameter in enumerate(parameters, start=1):
            parameter.grad = torch.arange(3.0) * factor
    norm = float(torch.nn.utils.clip_grad_norm_(theirs, limit))
    with cpu.patched():
        optimizer.clip_grad_by_total_norm_fp32(ours, limit, norm, use_decoupled_grad=False)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.grad is not None
        assert other.grad is not None
        torch.testing.assert_close(mine.grad, other.grad)
