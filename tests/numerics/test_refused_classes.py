"""Classes that stock Megatron cannot compute: what they are refused for is there, and decides what the model computes.

The nearest config that Megatron could have is the one without it: its Hugging Face model, which is the refused one with
the computation taken out or with another value of the field, has other logits.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

import pytest
import torch
from megatron.core.transformer.transformer_config import TransformerConfig
from torch import Tensor, nn
from transformers import AutoConfig, PreTrainedModel
from transformers.models.step3p7.modeling_step3p7 import Step3p7TextModel

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers._refused import REFUSED as UNMAPPED
from mcore_mappers_runtime.records import RefusedClass
from tests.numerics.runtime import build_huggingface, randomise
from tests.support.plans import TABLE

REFUSED = {name: row for name, row in UNMAPPED.items() if isinstance(row, RefusedClass)}
LACKING = {family.name: family.lacks.computation for family in TABLE.families if family.lacks is not None}
"""Of families that are mapped with layers alone, what they are refused for without."""
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
EXPERTS: Mapping[str, Any] = {**TINY, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
ROPE: Mapping[str, Any] = {"rope_type": "default", "rope_theta": 10000.0}


@dataclass(frozen=True)
class Whole:
    """A refused class, small."""

    name: str
    keywords: Mapping[str, Any]
    modules: tuple[str, ...]
    """The last parts of the names of the modules that compute what it is refused for."""
    without: Callable[[], nn.Module] = nn.Identity
    """What stands in their place in a model that does not compute it."""
    text: type[PreTrainedModel] | None = None
    """The model, where it is known only as a part of another."""

    def __str__(self) -> str:
        return self.name

    def model(self, **changes: Any) -> PreTrainedModel:
        # transformers writes into what it is given.
        config = AutoConfig.for_model(self.name, **copy.deepcopy({**self.keywords, **changes}))
        if self.text is None:
            return build_huggingface(config).eval()
        model = self.text._from_config(config, attn_implementation="eager", experts_implementation="eager")
        randomise(model, seed=1)
        return model.eval()


class PlainResidual(nn.Module):
    """A hyper-connection of one stream that is a residual."""

    def forward(self, streams: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, length, _, _ = streams.shape
        return torch.ones(batch, length, 1), torch.ones(batch, length, 1, 1), streams[:, :, 0]


class OpenGates(nn.Module):
    """Gates of four heads whose sigmoid is one."""

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden.new_full((*hidden.shape[:-1], 4), 100.0)


WHOLE = (
    Whole("gemma2", WINDOW, ("post_feedforward_layernorm",)),
    Whole("gemma3_text", WINDOW, ("post_feedforward_layernorm",)),
    Whole("olmo2", TINY, ("post_feedforward_layernorm",)),
    Whole("olmo3", WINDOW, ("post_feedforward_layernorm",)),
    Whole("olmoe", {**TINY, "head_dim": 16, "num_experts": 4, "num_experts_per_tok": 2}, ("q_norm",)),
    Whole("minimax_m2", {**TINY, "num_local_experts": 4, "num_experts_per_tok": 2}, ("q_norm",)),
    Whole("glm4", TINY, ("post_mlp_layernorm",)),
    Whole("exaone4", WINDOW, ("post_feedforward_layernorm",)),
    Whole(
        "gemma4_text",
        {
            **TINY,
            "layer_types": ["full_attention"] * 3,
            "rope_parameters": {"full_attention": ROPE},
            "global_head_dim": 24,
            "hidden_size_per_layer_input": 0,
            "vocab_size_per_layer_input": 131,
            "num_experts": 4,
            "top_k_experts": 2,
            "moe_intermediate_size": 32,
        },
        ("v_norm",),
    ),
    Whole(
        "deepseek_v4",
        {
            **EXPERTS,
            "num_key_value_heads": 1,
            "hc_mult": 1,
            "n_routed_experts": 4,
            "q_lora_rank": 16,
            "sliding_window": 128,
            "o_groups": 1,
            "o_lora_rank": 16,
            "partial_rotary_factor": 0.5,
            "swiglu_limit": 1e3,
            "layer_types": ["sliding_attention"] * 3,
            "mlp_layer_types": ["moe"] * 3,
        },
        ("attn_hc", "ffn_hc"),
        PlainResidual,
    ),
    Whole(
        "step3p5",
        {
            **WINDOW,
            **EXPERTS,
            "n_routed_experts": 4,
            "share_expert_dim": 32,
            "mlp_layer_types": ["dense", "sparse", "sparse"],
        },
        ("g_proj",),
        OpenGates,
        text=Step3p7TextModel,
    ),
)
FIELDS: Mapping[tuple[str, str], tuple[Any, Any]] = {
    ("gemma4_text", "final_logit_softcapping"): (0.1, None),
    ("gemma4_text", "attention_bias"): (True, False),
    ("gemma4_text", "attention_k_eq_v"): (True, False),
    ("gemma4_text", "enable_moe_block"): (True, False),
    ("gemma4_text", "hidden_size_per_layer_input"): (8, 0),
    ("gemma4_text", "num_kv_shared_layers"): (1, 0),
    ("gemma4_text", "use_bidirectional_attention"): ("all", None),
    ("deepseek_v4", "layer_types"): (
        ["sliding_attention", "compressed_sparse_attention", "sliding_attention"],
        ["sliding_attention"] * 3,
    ),
    ("deepseek_v4", "mlp_layer_types"): (["hash_moe", "moe", "moe"], ["moe"] * 3),
    ("deepseek_v4", "mlp_bias"): (True, False),
}
"""By class and field, a value that is refused and one that is not."""

# In standard deviations of the logits: a difference that is no rounding.
VISIBLE = 1e-3


def logits(model: PreTrainedModel) -> Tensor:
    """Of a model without an output layer, the hidden states that it would get."""
    tokens = torch.randint(3, 131, (2, 24), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        output = model(input_ids=tokens, use_cache=False)
    found = output["logits"] if "logits" in output else output["last_hidden_state"]
    return (found - found.mean()) / found.std()


def distance(first: Tensor, second: Tensor) -> float:
    return (first - second).abs().max().item()


@pytest.mark.parametrize("whole", WHOLE, ids=str)
def test_the_computation_decides(whole: Whole) -> None:
    model = whole.model()
    before = logits(model)
    computation = LACKING.get(whole.name) or REFUSED[whole.name].computation
    found = [name for name, _ in model.named_modules() if name.rpartition(".")[2] in whole.modules]
    assert len(found) == 3 * len(whole.modules)
    for name in found:
        path, _, own = name.rpartition(".")
        parent = model.get_submodule(path)
        classes = (type(parent), type(model.get_submodule(name)))
        assert any(computation.startswith(f"{cls.__module__}.{cls.__qualname__}") for cls in classes)
        setattr(parent, own, whole.without())
    assert distance(before, logits(model)) > VISIBLE


@pytest.mark.parametrize("whole", [whole for whole in WHOLE if whole.modules == ("q_norm",)], ids=str)
def test_norms_over_all_heads(whole: Whole) -> None:
    norms = [module for name, module in whole.model().named_modules() if name.endswith("q_norm")]
    assert all(norm.weight.numel() > 24 for norm in norms)


def test_one_gate_for_a_whole_head() -> None:
    (whole,) = (whole for whole in WHOLE if whole.name == "step3p5")
    gates = [module for name, module in whole.model().named_modules() if name.endswith("g_proj")]
    assert [gate.weight.shape for gate in gates] == [(4, 64)] * 3


def test_a_bias_of_experts_is_not_for_softmax_scores() -> None:
    experts: Mapping[str, Any] = {"num_layers": 1, "hidden_size": 64, "num_attention_heads": 4, "num_moe_experts": 4}
    biased: Mapping[str, Any] = {**experts, "moe_router_enable_expert_bias": True}
    TransformerConfig(**biased, moe_router_score_function="sigmoid")
    with pytest.raises(ValueError, match="score function"):
        TransformerConfig(**biased, moe_router_score_function="softmax")


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_that_stands_in_the_way_decides(name: str, field: str) -> None:
    (whole,) = (whole for whole in WHOLE if whole.name == name)
    refused, allowed = (whole.model(**{field: value}) for value in FIELDS[name, field])
    weights = refused.state_dict()
    if weights.keys() == allowed.state_dict().keys():
        allowed.load_state_dict(weights)
        assert distance(logits(refused), logits(allowed)) > VISIBLE
    assert field in {each.field for each in refusals(whole, refused)}
    assert field not in {each.field for each in refusals(whole, allowed)}


def refusals(whole: Whole, model: PreTrainedModel) -> tuple[mcore_mappers.Refusal, ...]:
    with pytest.raises(UnsupportedConfigError) as caught:
        mcore_mappers.to_megatron(model.config)
    assert caught.value.family == whole.name
    return caught.value.refusals


def test_every_field_of_these_classes_is_tried() -> None:
    rows = (REFUSED[whole.name] for whole in WHOLE if whole.name in REFUSED)
    assert {(row.name, field) for row in rows for field, _, _ in row.fields} == FIELDS.keys()


def test_every_class_that_is_refused_has_a_reason() -> None:
    for row in REFUSED.values():
        assert row.reason
        assert all(reason for _, _, reason in row.fields)


def test_every_field_that_is_named_is_there() -> None:
    for row in REFUSED.values():
        if row.fields:
            module, _, cls = row.config_class.rpartition(".")
            declared = {field.name for field in dataclasses.fields(resolve_name(f"{module}:{cls}"))}
            assert {name for name, _, _ in row.fields} <= declared
