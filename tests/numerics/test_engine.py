"""What stands in for the kernels of Transformer Engine, as far as it can be tested without that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from megatron.core.models.common.embeddings.rope_utils import _apply_rotary_pos_emb_bshd
from torch import Tensor
from torch.nn import functional

from tests.numerics import engine
from tests.numerics.engine import engine_emulated


def normal(*size: int) -> Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(sum(size)))


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("rotated", [24, 8])
def test_rope_is_megatrons_own(rotated: int, interleaved: bool) -> None:
    """Of which it is the fused twin."""
    x, angles = normal(7, 2, 3, 24), normal(9, 1, 1, rotated // 2)
    angles = angles.repeat_interleave(2, -1) if interleaved else torch.cat((angles, angles), -1)
    ours = engine.fused_rope_forward(x, angles, None, "QKVFormat.NVTE_SBHD", interleaved)
    theirs: Tensor = _apply_rotary_pos_emb_bshd(x, angles[:7], rotary_interleaved=interleaved)
    torch.testing.assert_close(ours, theirs)
    assert not torch.equal(ours[..., :rotated], x[..., :rotated])


@pytest.mark.parametrize("zero_centred", [False, True])
def test_norms_are_what_their_names_say(zero_centred: bool) -> None:
    x, weight, bias = normal(5, 3, 16), normal(16), normal(1, 16)[0]
    gain = weight + 1 if zero_centred else weight
    ours, _, _ = engine.rmsnorm_fwd(x, weight, 0.02, None, None, None, 0, zero_centred)
    torch.testing.assert_close(ours, x / (x.square().mean(-1, keepdim=True) + 0.02).sqrt() * gain)
    ours, _, _ = engine.layernorm_fwd(x, weight, bias, 0.02, None, None, None, 0, zero_centred)
    centred = x - x.mean(-1, keepdim=True)
    torch.testing.assert_close(ours, centred / (centred.square().mean(-1, keepdim=True) + 0.02).sqrt() * gain + bias)


@pytest.mark.parametrize("biases", [(), (normal(6), normal(1, 6)[0], normal(2, 6)[0])])
@pytest.mark.parametrize("single", [False, True])
def test_grouped_products_go_where_they_belong(biases: Sequence[Tensor], single: bool) -> None:
    weights, splits = [normal(6, 4) * (index + 1) for index in range(3)], [2, 0, 3]
    xs = list(normal(5, 4).split(splits))
    outs = [torch.empty(5, 6)] if single else [torch.empty(rows, 6) for rows in splits]
    engine.te_general_grouped_gemm(weights, True, xs, False, outs, None, splits, biases, None, single)
    expected = [
        functional.linear(x, weight, biases[index] if biases else None)
        for index, (x, weight) in enumerate(zip(xs, weights, strict=True))
    ]
    torch.testing.assert_close(torch.cat(outs), torch.cat(expected))


def test_a_product_is_a_linear_layer() -> None:
    x, weight, bias = normal(5, 3, 4), normal(6, 4), normal(6)
    ours, *_ = engine.generic_gemm(weight, True, x, False, None, None, None, bias, None, None, None, False)
    torch.testing.assert_close(ours, x @ weight.T + bias)


@pytest.mark.skipif(torch.cuda.is_available(), reason="shows that no GPU is needed")
def test_a_gpu_is_there_as_long_as_it_lasts() -> None:
    with engine_emulated() as used:
        assert torch.cuda.is_available()
        made = torch.ones(2, device="cuda").to("cuda").cuda()
        assert made.is_cuda
        assert made.device.type == "cpu"
        torch.cuda.current_stream().wait_stream(torch.cuda.Stream())
        assert used == {"cuda_tensors", "cuda_streams"}
    assert not torch.cuda.is_available()
    assert not made.is_cuda
