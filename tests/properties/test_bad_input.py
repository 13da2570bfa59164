"""Configs that nobody can map: transformers lets them through, and the mapper says so by field, never by accident.

transformers checks types, and little else, when an attribute is set. So everything here is what a mapper can meet.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import PreTrainedConfig
from transformers.integrations.heterogeneity.configuration_utils import AmbiguousGlobalPerLayerAttributeError

import mcore_mappers
from codegen.table import Choice, Ignored
from mcore_mappers import UnsupportedConfigError
from tests.families import PROOFS, family_of, stated
from tests.selection import draw, sample
from tests.support.about import about
from tests.support.hf import CLASSES, FAMILIES, changed, config, map_dispatched, mapper, mapper_of
from tests.support.plans import described, rope_readers, rows_of, verdicts

NAN, INF = math.nan, math.inf

pytestmark = pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning")


def accepts(hint: Any, kind: type) -> bool:
    members = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return kind in members


def hints(family: str) -> dict[str, Any]:
    # The number of layers of some is the length of a list, and cannot be set.
    return {
        field.name: field.type
        for field in dataclasses.fields(CLASSES[family])
        if not isinstance(getattr(CLASSES[family], field.name, None), property)
    }


def decided(family: str, name: str) -> bool:
    """Whether the field decides something, as the sensitivity sweep shows of every field."""
    return verdicts(family)[name] != "ignored"


def bounded(family: str) -> set[str]:
    """The numbers that decide nothing, and of which some mean nothing."""
    return {row.field for row in rows_of(described(family)[0]) if isinstance(row, Ignored) and row.domain}


def numbers(family: str) -> list[str]:
    """The numbers of which some mean nothing: those that decide something, and a few others."""
    found = [name for name, hint in hints(family).items() if accepts(hint, int) or accepts(hint, float)]
    return [name for name in found if decided(family, name) or name in bounded(family)]


def other_names(family: str) -> list[tuple[str, str]]:
    """The integers that decide something, with the other name under which they are stored."""
    names = CLASSES[family].attribute_map
    pairs = [(field, names[field]) for field in names if field in hints(family)]
    # Or the other way round: the declared name is the stored one, and the other one an alias.
    pairs += [(stored, alias) for alias, stored in names.items() if stored in hints(family)]
    return [(field, name) for field, name in pairs if hints(family)[field] is int and decided(family, field)]


def set_to(family: str, field: str, *values: Any) -> Iterator[PreTrainedConfig]:
    """The small config with each value that transformers itself does not keep out by the range of the field."""
    for value in values:
        try:
            yield changed(family, **{field: value})
        except StrictDataclassError:
            assert known_range(family, field), f"transformers refuses {field} = {value!r}"


def known_range(family: str, field: str) -> bool:
    """Whether transformers declares a range of values."""
    return any(each.range for each in described(family)[1].fields if each.name == field)


def refusals(hf: PreTrainedConfig) -> tuple[mcore_mappers.Refusal, ...]:
    """What both ways to a mapper refuse, which is the same."""
    raised: list[UnsupportedConfigError] = []
    for to_megatron in (mapper_of(hf), map_dispatched):
        with pytest.raises(UnsupportedConfigError) as caught:
            to_megatron(hf)
        assert type(caught.value) is UnsupportedConfigError
        raised.append(caught.value)
    direct, dispatched = ([(refusal.field, refusal.reason) for refusal in error.refusals] for error in raised)
    assert direct == dispatched
    assert raised[0].family == family_of(hf)
    assert all(refusal.reason for refusal in raised[0].refusals)
    return raised[0].refusals


def refused(hf: PreTrainedConfig) -> list[str]:
    return [refusal.field for refusal in refusals(hf)]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_base_config_maps(family: str) -> None:
    """Or nothing below would show what is refused for which reason."""
    hf = config(family)
    assert mapper(family)(hf).num_layers in (hf.num_hidden_layers, 2 * hf.num_hidden_layers)


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_that_mean_nothing(family: str) -> None:
    """Below zero, no number, and zero but for the fields of which the proof says that it means something."""
    for field in draw(numbers(family), 4, f"numbers of {family}"):
        with about(family, field, "where zero means something, `zero` of the proof names the field"):
            a_number_that_means_nothing_is_refused(family, field)


def a_number_that_means_nothing_is_refused(family: str, field: str) -> None:
    hint, zero = hints(family)[field], field in PROOFS[family].zero
    zeros = ([0] if accepts(hint, int) else []) + ([0.0] if accepts(hint, float) else [])
    values = ([-1] if accepts(hint, int) else []) + ([-1.0, -1e-9, NAN, INF, -INF] if accepts(hint, float) else [])
    for hf in set_to(family, field, *values, *([] if zero else zeros)):
        reasons = [refusal.reason for refusal in refusals(hf) if refusal.field == field]
        # It may be wrong in another way too, which is another line of the same error.
        words = ("zero", "hard-wire", "must be 0", "must be None")
        assert any(word in reason for reason in reasons for word in words), (stated(hf, field), reasons)
    for hf in set_to(family, field, *(zeros if zero else [])):
        assert mapper(family)(hf) is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_what_zero_and_none_mean_is_said_of_fields(family: str) -> None:
    proof = PROOFS[family]
    assert proof.zero - {"initializer_range", "attention_dropout"} <= set(numbers(family))
    assert all(decided(family, name) for name in proof.none)


@pytest.mark.parametrize("family", FAMILIES)
def test_dropout_of_everything(family: str) -> None:
    for field, hint in hints(family).items():
        if not field.endswith(("dropout", "pdrop", "_drop")) or not decided(family, field):
            continue
        for value in (1, 1.0, 2.0):
            # Some classes take no whole number here.
            number = value if accepts(hint, type(value)) else float(value)
            with about(family, field, number):
                assert refused(changed(family, **{field: number})) == [field]


@pytest.mark.parametrize("family", FAMILIES)
def test_none_where_a_model_needs_a_value(family: str) -> None:
    """Of the fields that may be None, transformers fills some in when a config is built; set later, nobody does."""
    optional = [name for name, hint in hints(family).items() if accepts(hint, type(None))]
    # The list of blocks has a test of its own.
    for field in draw((name for name in optional if name != "layers_block_type"), 4, f"optional fields of {family}"):
        with about(family, field, "where the model does without it, `none` of the proof names the field"):
            none_is_refused_where_it_matters(family, field)


def none_is_refused_where_it_matters(family: str, field: str) -> None:
    hf = changed(family, **{field: None})
    if field in PROOFS[family].none or not (field in bounded(family) or decided(family, field)):
        assert mapper(family)(hf) is not None
    else:
        reasons = [each.reason for each in refusals(hf) if each.field == field]
        is_number = accepts(hints(family)[field], int) or accepts(hints(family)[field], float)
        # A missing number may break a bound too; that it is missing is said all the same.
        assert any("must be given" in reason or "must be 0" in reason or not is_number for reason in reasons), reasons


SOME_ROPES = 3
"""How many bad ropes are tried of a family whose rows about rope are those of another one, too."""


@pytest.mark.parametrize("family", [family for family in FAMILIES if PROOFS[family].rope])
def test_rope(family: str) -> None:
    """Every bad rope goes through every set of rows about rope, and some through every mapper that has those."""
    rope = PROOFS[family].rope
    assert rope is not None
    for bad, keys in rope.bad if family in rope_readers() else sample(rope.bad, SOME_ROPES, f"ropes of {family}"):
        with about(family, bad):
            fields = refused(changed(family, rope_parameters=copy.deepcopy(bad)))
            # Some classes need to be told how much of a head is rotated, and that is missing then, too.
            unsaid = (
                {"rope_parameters"}
                if isinstance(bad, dict) and bad.get("partial_rotary_factor") is None
                else set[str]()
            )
            expected = {f"rope_parameters{key}" for key in keys}
            assert expected <= set(fields) <= expected | unsaid
            assert len(fields) == len(set(fields)), "each key is refused once"


def test_nemotron_h_has_no_rope_to_refuse() -> None:
    """What its class ignores cannot make its mapper stumble."""
    hf = config("nemotron_h")
    expected = mapper("nemotron_h")(hf)
    hf.rope_parameters = {"rope_type": "nonsense", "rope_theta": "x"}
    assert mapper("nemotron_h")(hf).rotary_base == expected.rotary_base


LAYERS: list[tuple[str, str, Any]] = [
    *(("nemotron_h", "layers_block_type", value) for value in ([], ["attention_window"], ["mlp", "?"])),
    *(("nemotron_h", "mtp_layers_block_type", value) for value in ([], None, ["nonsense"], ["moe", "M"])),
    *(("qwen3_moe", "mlp_only_layers", value) for value in (None, [4], [-1], [0, 99])),
]


@pytest.mark.parametrize(("family", "field", "value"), LAYERS)
def test_layer_lists(family: str, field: str, value: Any) -> None:
    found = {refusal.field: refusal.value for refusal in refusals(changed(family, **{field: value}))}
    assert found[field] == value


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3"])
def test_a_layer_list_that_the_class_ignores(family: str) -> None:
    """`layer_types` of the wrong length, or of nonsense, changes nothing: no attention of these classes reads it."""
    for value in (["full_attention"], ["nonsense"] * 4, None, 5):
        assert mapper(family)(changed(family, layer_types=value)).num_layers == 4


def test_no_layer_list_at_all() -> None:
    assert "layers_block_type" in refused(changed("nemotron_h", layers_block_type=None))


@pytest.mark.parametrize("family", FAMILIES)
def test_per_layer_config(family: str) -> None:
    """Refused before anything is read: transformers raises an error of its own where an attribute is ambiguous."""
    for layers in (
        dict[Any, Any](),
        *({0: {name: 32}} for name in ("intermediate_size", "n_inner") if name in hints(family)),
        *({"1": {name: 4}} for name in ("num_key_value_heads",) if name in hints(family)),
    ):
        try:
            hf = config(family, per_layer_config=layers)
        except AmbiguousGlobalPerLayerAttributeError:  # the class reads the attribute when it is built
            continue
        with about(family, layers):
            assert hf.is_heterogeneous
            assert refused(hf) == ["per_layer_config"]


@pytest.mark.parametrize("family", FAMILIES)
def test_attribute_map_of_an_instance(family: str) -> None:
    """With one, transformers reads other attributes than those that a mapper reads."""
    aliases = {**CLASSES[family].attribute_map, "bos_token_id": "eos_token_id"}
    stored, cleared = config(family), config(family)
    vars(stored)["attribute_map"] = aliases
    vars(cleared)["attribute_map"] = {}
    for hf in (config(family, attribute_map=aliases), changed(family, attribute_map=aliases), stored, cleared):
        (refusal,) = refusals(hf)
        assert (refusal.field, refusal.value) == ("attribute_map", vars(hf)["attribute_map"])


def test_per_layer_config_is_readable() -> None:
    (refusal,) = refusals(config("llama", per_layer_config={0: {"intermediate_size": 32}}))
    assert "intermediate_size" in str(refusal)


@pytest.mark.parametrize("value", ["x", 0, -1, None, 1.5, True, 16.0, [16]])
def test_head_dim_that_no_class_declares(value: Any) -> None:
    assert refused(changed("qwen3_moe", head_dim=value)) == ["head_dim"]
    assert refused(changed("deepseek_v3", head_dim=value)) == ["head_dim"]


UNDECLARED = {
    "is_causal": ("x", False, 0, 1, 1.5, []),
    "rope_theta": ("x", 0, -1, 1e4, True),
    "partial_rotary_factor": ("x", 0.5, 1.0, False),
    "original_max_position_embeddings": ("x", 0, -1, 4096, 1.5, []),
}


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "deepseek_v3"])
@pytest.mark.parametrize("field", UNDECLARED)
def test_attributes_that_only_modeling_code_reads(family: str, field: str) -> None:
    for value in UNDECLARED[field]:
        assert refused(changed(family, **{field: value})) == [field], value


REMOTE: dict[tuple[str, str], tuple[Any, tuple[Any, ...]]] = {
    ("deepseek_v3", "scoring_func"): ("sigmoid", ("softmax", "", None, 1, ["sigmoid"])),
    ("deepseek_v3", "topk_method"): ("noaux_tc", ("greedy", "group_limited_greedy", None, 0)),
    ("deepseek_v3", "moe_layer_freq"): (1, (2, 0, True, None, "1", [1])),
    ("qwen3_moe", "qkv_bias"): (False, (True, None, 0, "no")),
    ("qwen3_moe", "use_qk_norm"): (True, (False, None, 1)),
    ("qwen3_moe", "shared_expert_intermediate_size"): (0, (64, None, False, "0")),
}


@pytest.mark.parametrize(("family", "field"), REMOTE)
def test_keys_of_remote_code(family: str, field: str) -> None:
    right, wrong = REMOTE[family, field]
    assert mapper(family)(config(family, **{field: right})) is not None
    for value in wrong:
        assert refused(config(family, **{field: value})) == [field], value


DTYPES = (5, "nonsense", torch.int8, torch.float64, "torch.bfloat16", [], torch.float8_e4m3fn)


@pytest.mark.parametrize("family", FAMILIES)
def test_dtype(family: str) -> None:
    for dtype in draw(DTYPES, 2, f"dtypes of {family}"):
        with about(family, dtype):
            assert refused(changed(family, dtype=dtype)) == ["dtype"]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_name_that_megatron_has_nothing_for(family: str) -> None:
    """Of an activation, above all."""
    fields = [row.field for row in rows_of(described(family)[0]) if isinstance(row, Choice)]
    for field, name in itertools.product(fields, ("", "nonsense", "SiLU", "mish", "xielu")):
        with about(family, field, name):
            assert refused(changed(family, **{field: name})) == [field]


@pytest.mark.parametrize("family", FAMILIES)
def test_wrong_types_by_another_name(family: str) -> None:
    """transformers checks the type of a field where it is written by the name that the class declares.

    `attribute_map` gives it another one, under which the constructor takes anything.
    """
    for (field, stored), value in itertools.product(other_names(family), ("x", 8.0, True, 8.5, [8])):
        try:
            hf = config(family, **{stored: value})
        except Exception:  # It computes with what it takes, in some classes.
            continue
        with about(family, stored, value):
            assert {field, stored} & set(refused(hf))


BOTH: dict[str, tuple[dict[str, Any], list[str]]] = {
    "llama": (
        {"hidden_size": 0, "hidden_act": "x", "dtype": "x", "rope_parameters": None},
        ["hidden_size", "hidden_act", "dtype", "rope_parameters"],
    ),
    "qwen3_moe": (
        {"num_experts": 0, "head_dim": "x", "mlp_only_layers": [9], "qkv_bias": True},
        ["num_experts", "head_dim", "mlp_only_layers", "qkv_bias"],
    ),
    "deepseek_v3": (
        {"q_lora_rank": 0, "rope_interleave": None, "scoring_func": "x", "n_group": None, "kv_lora_rank": -1},
        ["q_lora_rank", "rope_interleave", "scoring_func", "n_group", "kv_lora_rank"],
    ),
    "nemotron_h": (
        {"layers_block_type": ["x"], "tie_word_embeddings": True, "vocab_size": 0, "time_step_min": NAN},
        ["layers_block_type", "tie_word_embeddings", "vocab_size", "time_step_min"],
    ),
}


@pytest.mark.parametrize("family", BOTH)
def test_everything_wrong_comes_at_once(family: str) -> None:
    attributes, fields = BOTH[family]
    found = refusals(changed(family, **attributes))
    assert {refusal.field for refusal in found} >= set(fields)
    for refusal in found:
        if refusal.field in attributes and refusal.value == refusal.value:  # NaN is not
            assert refusal.value == attributes[refusal.field]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_wrong_number_comes_at_once(family: str) -> None:
    hf, wrong = config(family), set[str]()
    for name in numbers(family):
        for value in (-1, -1.0):
            try:
                setattr(hf, name, value)
            except Exception:  # transformers keeps it out, or it is of the other type
                continue
            wrong.add(name)
    assert len(wrong) > 5
    assert set(refused(hf)) >= wrong
