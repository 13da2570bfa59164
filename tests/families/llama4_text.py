"""The language model of Llama 4."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.families.llama_like import INTERLEAVED_REFUSED, INTERLEAVED_ROPE, INTERLEAVED_ROPES
from tests.families.proof import NOTHING, Keywords, Proof, Refused
from tests.families.ropes import llama3, rope
from tests.families.routers import ATTENTION_BIAS, AUXILIARY_LOSS, ZERO
from tests.families.shared import ATTENTION, ATTENTION_BIASES, DECODER, OTHER_SIZES
from tests.numerics.layouts import ATTENTION as SELF_ATTENTION
from tests.numerics.layouts import MODEL, NORMS
from tests.numerics.lengths import LENGTH
from tests.numerics.transforms import joined, transposed
from tests.numerics.weights import Layout, Row


def _has_other_bands(value: Any, keys: frozenset[str]) -> bool:
    """Whether nothing is wrong with a rope but bands that Megatron does not have."""
    bands = [value.get(key) for key in _BANDS if f".{key}" in keys]
    return bool(bands) and all(type(band) in (int, float) and band > 0 for band in bands)


_BANDS = ("low_freq_factor", "high_freq_factor")
FULL, CHUNKED = "full_attention", "chunked_attention"
_HALF = {"use_qk_norm": False, "no_rope_layers": [1, 0, 1]}
_TUNED = {**_HALF, "attn_temperature_tuning": True}
_CHUNKS = {"layer_types": [FULL, CHUNKED, FULL]}


def _bands(**factors: float) -> Keywords:
    stock = llama3(16.0)
    return {**stock, "rope_parameters": {**stock["rope_parameters"], **factors}}


def _named_as_a_whole(refused: Refused) -> Refused:
    named = {f"rope_parameters.{key}": "rope_parameters" for key in _BANDS}
    return dataclasses.replace(refused, field=named.get(refused.field, refused.field))


# With layers bands are any above zero; without, what is refused is named as a whole.
ROPE = dataclasses.replace(
    INTERLEAVED_ROPE,
    types={**INTERLEAVED_ROPE.types, "llama3": (*INTERLEAVED_ROPE.types["llama3"], *_BANDS)},
    bad=tuple((value, keys) for value, keys in INTERLEAVED_ROPE.bad if not _has_other_bands(value, keys)),
)

PROOF = Proof(
    base={
        **DECODER,
        "intermediate_size": 40,
        "intermediate_size_mlp": 96,
        "num_local_experts": 8,
        "moe_layers": [1, 2],
        "layer_types": [FULL] * 3,
        "no_rope_layers": [1, 1, 1],
        "attn_temperature_tuning": False,
        "floor_scale": 3,
        "attn_scale": 0.7,
        "attention_chunk_size": 5,
        "pad_token_id": 0,
    },
    cases={
        "default": {},
        **ATTENTION_BIASES,
        "no_norms": {"use_qk_norm": False},
        "no_rope_in_a_layer": _HALF,
        "no_rope": {"no_rope_layers": [0, 0, 0]},
        "no_rope_and_no_norms": {"no_rope_layers": [0, 0, 0], "use_qk_norm": False},
        "more_rope_layers_than_layers": {**_HALF, "no_rope_layers": [0, 1, 1, 0, 1]},
        "rope_interval": {**_HALF, "no_rope_layers": None, "no_rope_layer_interval": 2},
        "no_chunks": {"layer_types": None, "attention_chunk_size": None},
        "tuning_without_effect": {"attn_temperature_tuning": True},
        "tuning": _TUNED,
        "tuning_from_the_first_token": {**_TUNED, "floor_scale": 1},
        "tuning_everywhere": {**_TUNED, "no_rope_layers": [0, 0, 0], "attn_scale": 0.3},
        "tuning_by_nothing": {**_TUNED, "attn_scale": 0.0},
        "chunks": _CHUNKS,
        "chunks_everywhere": {"layer_types": [CHUNKED] * 3, "attention_chunk_size": 8},
        "chunks_of_one": {**_CHUNKS, "attention_chunk_size": 1},
        "long_chunks": {**_CHUNKS, "attention_chunk_size": 1000},
        "norms_in_some_layers": {**_HALF, "use_qk_norm": True},
        "rope_bands": _bands(low_freq_factor=1.0, high_freq_factor=1.0),
        "rope_bands_between": _bands(low_freq_factor=2.0, high_freq_factor=40.0),
        "experts_everywhere": {"moe_layers": [0, 1, 2]},
        "experts_nowhere": {"moe_layers": []},
        "experts_by_step": {"moe_layers": None, "interleave_moe_layer_step": 2},
        "one_expert_in_all": {"num_local_experts": 1},
        "wide_experts": {"intermediate_size": 56},
        "wide_mlp": {"intermediate_size_mlp": 80},
        "padding_token": {"pad_token_id": 5},
        "other_sizes": {
            **OTHER_SIZES,
            "num_hidden_layers": 2,
            "layer_types": [FULL] * 2,
            "moe_layers": [0],
            "rms_norm_eps": 1e-5,
            "num_local_experts": 6,
        },
        "spelt_out": {"is_causal": True},
        "gelu": {"hidden_act": "gelu"},
        "combined": {
            **_TUNED,
            **_CHUNKS,
            # Even: what dropouts leave goes by the number of a key here, odd or even, which chunks count anew.
            "attention_chunk_size": 6,
            "use_qk_norm": True,
            "moe_layers": [0, 2],
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **rope("linear", factor=2.5),
        },
        **ATTENTION,
        **INTERLEAVED_ROPES,
    },
    refused=(
        *(_named_as_a_whole(each) for each in INTERLEAVED_REFUSED),
        ATTENTION_BIAS,
        Refused("windows", "layer_types", {"layer_types": [FULL, "sliding_attention", FULL]}),
        Refused("too_few_layer_types", "layer_types", {}, {"layer_types": [FULL]}),
        Refused(
            "chunks_of_no_size",
            "attention_chunk_size",
            {"layer_types": [FULL, CHUNKED, FULL], "attention_chunk_size": None},
        ),
        Refused(
            "norms_in_some_layers",
            "use_qk_norm",
            {"use_qk_norm": True},
            start=_HALF,
            tries=({"qk_l2_norm": True},),
        ),
        Refused(
            "tuning_from_the_first_token",
            "attn_temperature_tuning",
            {"attn_temperature_tuning": True, "floor_scale": 1},
            start=_HALF,
        ),
        Refused("too_few_rope_layers", "no_rope_layers", {}, {"no_rope_layers": [1, 0]}, start={"use_qk_norm": False}),
        Refused("no_rope_layers", "no_rope_layers", {}, {"no_rope_layers": None}),
        Refused(
            "two_experts",
            "num_experts_per_tok",
            {"num_experts_per_tok": 2},
        ),
        Refused("experts_unsaid", "moe_layers", {}, {"moe_layers": None}),
        Refused(
            "experts_beyond",
            "moe_layers",
            {"moe_layers": [1, 2, 9]},
            equal="no such layer: the list was made for another model",
        ),
    ),
    layout=Layout(
        "model.layers.{}.",
        MODEL,
        (
            *NORMS,
            *SELF_ATTENTION,
            Row("mlp.linear_fc1.weight", ("feed_forward.gate_proj.weight", "feed_forward.up_proj.weight"), joined),
            Row("mlp.linear_fc2.weight", ("feed_forward.down_proj.weight",)),
            Row("mlp.router.weight", ("feed_forward.router.weight",)),
            Row(
                "mlp.experts.local_experts.{expert}.linear_fc1.weight",
                ("feed_forward.experts.gate_up_proj[{expert}]",),
                transposed,
            ),
            Row(
                "mlp.experts.local_experts.{expert}.linear_fc2.weight",
                ("feed_forward.experts.down_proj[{expert}]",),
                transposed,
            ),
            Row(
                "mlp.shared_experts.linear_fc1.weight",
                ("feed_forward.shared_expert.gate_proj.weight", "feed_forward.shared_expert.up_proj.weight"),
                joined,
            ),
            Row("mlp.shared_experts.linear_fc2.weight", ("feed_forward.shared_expert.down_proj.weight",)),
        ),
    ),
    rope=ROPE,
    bounded={
        "attention_chunks": {"layer_types": [FULL, CHUNKED, FULL], "attention_chunk_size": LENGTH},
        "query_temperature": {**_HALF, "attn_temperature_tuning": True, "floor_scale": LENGTH + 1},
    },
    shallow={"num_hidden_layers": 1, "moe_layers": [], "layer_types": ["full_attention"], "no_rope_layers": [1]},
    swept=NOTHING,
    invisible=AUXILIARY_LOSS,
    values={
        "layer_types": ([FULL, CHUNKED, FULL], [CHUNKED] * 3, [FULL], [FULL] * 4, [], None),
        "no_rope_layers": ([1, 1, 1], [0, 0, 0], [0, 1, 0], [0, 1, 1, 1], [1], [], None),
        "moe_layers": ([], [0], [1, 2], [0, 1, 2], [7], [-1], None),
    },
    equal={
        "attn_temperature_tuning": "queries are scaled in layers without rope alone",
        **dict.fromkeys(("floor_scale", "attn_scale"), "queries are scaled where attn_temperature_tuning says so"),
        "attention_chunk_size": "no layer has chunks",
    },
    zero=ZERO | {"attn_scale"},
    none=frozenset({"dtype", "attention_chunk_size"}),
    spellings=frozenset(
        {
            *("dtype", "hidden_act", "rope_parameters", "no_rope_layers", "use_qk_norm"),
            *("attn_temperature_tuning", "moe_layers"),
        }
    ),
)
