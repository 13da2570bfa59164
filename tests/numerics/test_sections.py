"""Three positions of each token, as those of images and videos have: Megatron computes them as transformers does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import mcore_mappers as m
from mcore_mappers import UnsupportedConfigError
from mcore_mappers_runtime.needs import INTERLEAVED_POSITIONS, THREE_POSITIONS
from tests.families import FAMILIES, PROOFS, build, layout_of
from tests.families.proof import Keywords
from tests.numerics.device import CPU
from tests.numerics.runtime import CPU_FIELDS, build_huggingface, build_megatron
from tests.numerics.weights import copy_weights
from tests.support.hf import config, mapper

pytestmark = pytest.mark.usefixtures("process")

SECTIONED = [name for name in FAMILIES if THREE_POSITIONS in m.families()[name].needs]
INTERLEAVED = [name for name in FAMILIES if INTERLEAVED_POSITIONS in m.families()[name].needs]


def three_streams(length: int) -> Tensor:
    """Positions of a text with two images: different in time, height and width, and none of them its place."""
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 40, (3, 1, length), generator=generator).cumsum(-1) // 8


@pytest.mark.parametrize("family", SECTIONED)
@pytest.mark.parametrize("changes", ["default", "combined"])
@torch.no_grad()
def test_three_positions_of_each_token(family: str, changes: str) -> None:
    proof = PROOFS[family]
    shallow: Keywords = {"num_hidden_layers": 2}
    hf = build(family, {**proof.base, **proof.cases[changes], **shallow})
    cfg = mapper(family)(hf, position_embedding_type="mrope", **CPU_FIELDS)
    assert cfg.position_embedding_type == "mrope"
    theirs = build_huggingface(hf).eval()
    tokens = torch.randint(0, hf.vocab_size, (1, 24), generator=torch.Generator().manual_seed(1))
    positions = three_streams(24)
    expected = theirs(input_ids=tokens, position_ids=positions, use_cache=False).logits
    with CPU.emulated():
        ours = build_megatron(cfg).eval()
        copy_weights(layout_of(hf), theirs, ours, cfg.transformer)
        found = ours(tokens, positions, None)[..., : expected.shape[-1]]
        # Where one stream stands for all three, the model computes something else.
        other = ours(tokens, positions[:1].expand(3, -1, -1), None)[..., : expected.shape[-1]]
    scale = expected.std()
    assert (found - expected).abs().max() / scale < proof.tolerance
    assert (other - expected).abs().max() / scale > 1e-2


@pytest.mark.parametrize("family", INTERLEAVED)
def test_three_interleaved_positions_are_refused_when_they_are_asked_for(family: str) -> None:
    mapper(family)(config(family))
    with pytest.raises(UnsupportedConfigError, match=r"position_embedding_type = 'mrope'.*interleaves") as caught:
        mapper(family)(config(family), position_embedding_type="mrope")
    assert [each.field for each in caught.value.refusals] == ["position_embedding_type"]
