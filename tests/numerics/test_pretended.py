"""Models on a GPU that is pretended: no tensor is made on the CPU where one on the GPU is needed."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import pytest
import torch
from megatron.core.packed_seq_params import PackedSeqParams
from torch import Tensor
from torch.nn import functional

from mcore_mappers_runtime.layers import chunks, over_heads, own_ropes, soft_caps, temperature
from tests.numerics.cases import CASES, Case, cases_of
from tests.numerics.compare import compare
from tests.numerics.deviations import LENGTHS
from tests.numerics.device import LOCAL
from tests.numerics.few import few, layers_of
from tests.numerics.mapping import mapped
from tests.numerics.pretended import GPU, pretended_gpu
from tests.selection import draw
from tests.support.about import about

pytestmark = [pytest.mark.usefixtures("process"), pytest.mark.costly]


@pytest.fixture
def gpu() -> Generator[None]:
    with pretended_gpu():
        yield


def compared(case: Case) -> float:
    """The largest difference between the two models of a case, on whichever GPU there is."""
    config, declared = mapped(case, LOCAL)
    deviations = tuple(each for each in declared if each not in LENGTHS)
    with contextlib.redirect_stdout(io.StringIO()):
        result = compare(case.config(), config, deviations, device=LOCAL)
    return max(result.max_difference_eval, result.max_difference_train)


def showing(cases: Iterable[Case]) -> Iterator[str]:
    """The names of those that have a field of `Layers` that none before has."""
    seen: set[str] = set()
    for case in cases:
        fields = {*layers_of(mapped(case)[0])}
        if not fields <= seen:
            yield str(case)
            seen |= fields


def test_models_run_where_a_gpu_has_all_tensors(gpu: None) -> None:
    """The few cases, with real numbers. A slice has every field of `Layers`."""
    cases = few(CASES)
    always = {*showing(cases)}
    for case in draw(cases, 10, "a pretended GPU", always=lambda case: str(case) in always):
        with about(str(case)):
            assert compared(case) <= case.tolerance


def made_on_cpu(owner: Any, name: str) -> AbstractContextManager[object]:
    """What a function gives is on the CPU, wherever its arguments are."""
    stock: Callable[..., Tensor] = vars(owner)[name]

    def made(*arguments: Any, **keywords: Any) -> Tensor:
        return stock(*arguments, **keywords).cpu()

    return patch.object(owner, name, made)


@pytest.mark.parametrize(
    ("family", "owner", "name"),
    [
        ("olmo3", own_ropes, "plain_angles"),
        ("llama4_text", temperature, "_positions"),
        ("gemma2", soft_caps, "soft_capped"),
        ("olmo2", over_heads, "_sum_of_squares"),
    ],
)
def test_a_tensor_on_the_cpu_is_noticed(gpu: None, family: str, owner: Any, name: str) -> None:
    case = next(case for case in cases_of(family) if case.name == "combined")
    assert compared(case) <= case.tolerance
    with made_on_cpu(owner, name), pytest.raises(RuntimeError, match="expected all tensors to be on the same device"):
        compared(case)


def test_packed_sequences_are_cut_on_the_gpu(gpu: None) -> None:
    """Whose bounds are there, as Megatron has them, or on the host."""
    query = torch.zeros(12, 2, 4).to("cuda")
    for bounds in (torch.tensor([0, 5, 12]), torch.tensor([0, 5, 12]).to("cuda")):
        packed = PackedSeqParams(qkv_format="thd", cu_seqlens_q=bounds, cu_seqlens_kv=bounds)
        positions = temperature._positions(query, query, packed)
        assert positions.device == GPU
        assert positions.tolist() == [*range(5), *range(7)]
        cut = chunks._cut(packed, 3).cu_seqlens_q
        assert cut is not None
        assert cut.device == bounds.device
        assert cut.tolist() == [0, 3, 5, 8, 11, 12]


# --- What stands for a GPU --------------------------------------------------------------------------------------------

MIXED: Mapping[str, Callable[[Tensor, Tensor], object]] = {
    "sum": lambda there, here: there + here,
    "sum in place": lambda there, here: here.add_(there),
    "product": lambda there, here: torch.matmul(here, there.T),
    "mask": lambda there, here: there.masked_fill(here > 0, 0.0),
    "concatenation": lambda there, here: torch.cat((there, here)),
    "embedding": lambda there, here: functional.embedding(here.long().abs(), there),
    "index": lambda there, here: here[there[0].long() * 0],
    "angles": lambda there, here: there * torch.arange(3),
}


@pytest.mark.parametrize("what", MIXED)
def test_tensors_of_two_devices_go_with_no_operation(gpu: None, what: str) -> None:
    here = torch.ones(2, 3)
    with pytest.raises(RuntimeError, match="expected all tensors to be on the same device"):
        MIXED[what](here.to("cuda"), here)


MADE: Mapping[str, Callable[[Tensor], Tensor]] = {
    "by name": lambda there: torch.tensor([1.0, 2.0], device="cuda"),
    "by number": lambda there: torch.empty(2, device=torch.cuda.current_device()).fill_(1.0),
    "where another is": lambda there: torch.arange(3, device=there.device),
    "like another": lambda there: torch.zeros_like(there),
    "of another": lambda there: there.new_ones(2, 3),
    "below Python": lambda there: functional.one_hot(there[0].long(), 4),
    "moved": lambda there: torch.ones(2).cuda(),
    "moved to another": lambda there: torch.ones(2).to(there),
    "of a single number": lambda there: there * torch.tensor(2.0),
    "copied": lambda there: there.copy_(torch.zeros(2, 3)),
    "at indices on the CPU": lambda there: there[torch.tensor([1, 0])],
    "of a module": lambda there: next(torch.nn.Linear(2, 3).to("cuda").parameters()),
    "put in its place": lambda there: _put(there),
}


def _put(there: Tensor) -> Tensor:
    made = torch.empty(1, device="cuda")
    made.data = there.data
    return made.view_as(there)


@pytest.mark.parametrize("how", MADE)
def test_what_is_made_there_is_there(gpu: None, how: str) -> None:
    made = MADE[how](torch.ones(2, 3).to("cuda"))
    assert made.device == GPU
    assert made.is_cuda
    assert (made + made).device == GPU
    here = made.cpu()
    assert here.device.type == "cpu"
    assert here.shape == made.shape
    assert here.tolist() == made.tolist()


def test_numbers_are_real(gpu: None) -> None:
    x, weight = torch.randn(3, 4), torch.randn(5, 4)
    there = functional.softmax(functional.linear(x.to("cuda"), weight.to("cuda")), -1)
    assert torch.equal(there.cpu(), functional.softmax(functional.linear(x, weight), -1))


def test_afterwards_there_is_none() -> None:
    available = torch.cuda.is_available()
    with pretended_gpu():
        assert torch.cuda.is_available()
    assert torch.cuda.is_available() == available
