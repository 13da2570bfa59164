"""Classes that are refused whole: what they are refused for is there, and decides what the model computes.

The nearest config that Megatron could have is the one without it: its Hugging Face model, which is the refused one with
the computation taken out or with another value of the field, has other logits.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import AutoConfig, PreTrainedModel

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers._refused import REFUSED
from tests.numerics.runtime import build_huggingface

TINY: Mapping[str, Any] = {
    "vocab_size": 131,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 24,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
WINDOW: Mapping[str, Any] = {**TINY, "sliding_window": 5}


@dataclass(frozen=True)
class Whole:
    """A refused class, small."""

    name: str
    keywords: Mapping[str, Any]
    module: str
    """The last part of the name of the modules that compute what it is refused for."""

    def __str__(self) -> str:
        return self.name

    def model(self, **changes: Any) -> PreTrainedModel:
        # transformers writes into what it is given.
        config = AutoConfig.for_model(self.name, **copy.deepcopy({**self.keywords, **changes}))
        return build_huggingface(config).eval()


WHOLE = (
    Whole("gemma2", WINDOW, "post_feedforward_layernorm"),
    Whole("gemma3_text", WINDOW, "post_feedforward_layernorm"),
    Whole("olmo2", TINY, "post_feedforward_layernorm"),
    Whole("olmo3", WINDOW, "post_feedforward_layernorm"),
    Whole("olmoe", {**TINY, "head_dim": 16, "num_experts": 4, "num_experts_per_tok": 2}, "q_norm"),
    Whole("minimax_m2", {**TINY, "num_local_experts": 4, "num_experts_per_tok": 2}, "q_norm"),
    Whole("glm4", TINY, "post_mlp_layernorm"),
    Whole("exaone4", WINDOW, "post_feedforward_layernorm"),
)
FIELDS: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("gemma2", "attn_logit_softcapping"): (0.1, None),
    ("gemma2", "final_logit_softcapping"): (0.1, None),
    ("gemma3_text", "final_logit_softcapping"): (0.1, None),
    ("olmoe", "clip_qkv"): (0.1, None),
}
"""By class and field, a value that is refused and one that is not."""

# In standard deviations of the logits: a difference that is no rounding.
VISIBLE = 1e-3


def logits(model: PreTrainedModel) -> Tensor:
    tokens = torch.randint(3, 131, (2, 24), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = model(input_ids=tokens, use_cache=False).logits
    return (found - found.mean()) / found.std()


def distance(first: Tensor, second: Tensor) -> float:
    return (first - second).abs().max().item()


@pytest.mark.parametrize("whole", WHOLE, ids=str)
def test_the_computation_decides(whole: Whole) -> None:
    model = whole.model()
    before = logits(model)
    found = [name for name, _ in model.named_modules() if name.rpartition(".")[2] == whole.module]
    assert len(found) == 3
    for name in found:
        parent = model.get_submodule(name.rpartition(".")[0])
        setattr(parent, whole.module, nn.Identity())
    assert distance(before, logits(model)) > VISIBLE
    assert whole.module in REFUSED[whole.name].computation


@pytest.mark.parametrize("whole", [whole for whole in WHOLE if whole.module == "q_norm"], ids=str)
def test_norms_over_all_heads(whole: Whole) -> None:
    norms = [module for name, module in whole.model().named_modules() if name.endswith("q_norm")]
    assert all(norm.weight.numel() > 24 for norm in norms)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_that_stands_in_the_way_decides(name: str, field: str) -> None:
    (whole,) = (whole for whole in WHOLE if whole.name == name)
    refused, allowed = FIELDS[name, field]
    models = [whole.model(**{field: value}) for value in (refused, allowed)]
    models[1].load_state_dict(models[0].state_dict())
    assert distance(*map(logits, models)) > VISIBLE
    named = [{each.field for each in refusals(model)} for model in models]
    assert field in named[0]
    assert field not in named[1]


def refusals(model: PreTrainedModel) -> tuple[mcore_mappers.Refusal, ...]:
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.to_megatron(model.config)
    assert caught.value.family == model.config.model_type
    return caught.value.refusals


def test_every_class_that_is_refused_has_a_reason() -> None:
    for row in REFUSED.values():
        assert row.reason
        assert all(reason for _, _, reason in row.fields)
