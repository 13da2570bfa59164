"""Multipliers: what is read back of a divisor, and Gemma's scale of embeddings in every dtype."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoModelForCausalLM

import mcore_mappers
from mcore_mappers_runtime.multipliers import divisor, rounded
from tests.families import PROOFS, build

DTYPES = (torch.float32, torch.bfloat16, torch.float16)


@pytest.mark.parametrize("number", [1, 1.0, 3, 7.0, 8.0, 10, 16.0, 49, 98.0, 103, 0.1, 0.22, 0.3, 2.7, 1e-3, 12345.678])
def test_a_divisor_comes_back(number: float) -> None:
    assert divisor(1 / number) == number


def test_a_multiplier_that_no_number_divides_by() -> None:
    assert divisor(0.0) == float("inf")


@pytest.mark.parametrize(
    ("dtype", "expected"), [(torch.float32, 55.4256248474121), (torch.bfloat16, 55.5), (torch.float16, 55.4375)]
)
def test_the_scale_of_gemma_7b(dtype: torch.dtype, expected: float) -> None:
    assert rounded(3072**0.5, dtype) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("stored", DTYPES)
def test_embeddings_are_scaled_as_transformers_does(stored: torch.dtype, dtype: torch.dtype) -> None:
    """By the dtype of the weights, which the caller may choose."""
    hf = build("gemma", {**PROOFS["gemma"].base, "hidden_size": 52, "dtype": stored})
    embedding = AutoModelForCausalLM.from_config(hf, dtype=dtype).get_input_embeddings()
    tokens = torch.arange(20)
    model = mcore_mappers.gemma.to_megatron(hf, params_dtype=dtype)
    assert model.transformer.mup_embedding_mult == embedding.embed_scale.to(dtype).item()
    ours = torch.nn.functional.embedding(tokens, embedding.weight) * model.transformer.mup_embedding_mult
    assert torch.equal(ours, embedding(tokens))
    assert not [each for each in mcore_mappers.diff(model, hf) if each.owner == "architecture"]
