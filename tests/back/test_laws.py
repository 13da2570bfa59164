"""Laws of `to_hf` over all that the mappers accept: the model wins, the base supplies the rest, nothing is lost."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from transformers.configuration_utils import PreTrainedConfig
from transformers.utils import logging

import mcore_mappers
from codegen.table import Rename
from mcore_mappers import DefaultedFieldsWarning, UnsupportedConfigError
from mcore_mappers_runtime.carried import STORAGE
from mcore_mappers_runtime.settings import PROVENANCE
from tests.back.ways import accepted, architecture, back, bare, changed_keys, never_carried, not_carried, spellings
from tests.families import PROOFS, stated
from tests.numerics.hf_values import candidates
from tests.properties.strategies import configs, examples, often, scaled, too_few
from tests.selection import some
from tests.support.equality import differences
from tests.support.hf import CLASSES, FAMILIES, LEARNED, config, mapped
from tests.support.plans import SPECIAL, described, rows_of

# Not architecture: the caller may override them, and `to_hf` reads the model all the same.
CARRIED_SUGGESTIONS = ("transformer.init_method_std", "transformer.attention_dropout", "transformer.params_dtype")

# What is not carried, with other values than the defaults: every one is to come from somewhere.
OTHERS: Mapping[str, Any] = {
    "architectures": ["LlavaForConditionalGeneration"],
    "bos_token_id": 11,
    "eos_token_id": [12, 13],
    "pad_token_id": 3,
    "use_cache": False,
    "max_position_embeddings": 77,
    "id2label": {0: "a", 1: "b", 2: "c"},
    "label2id": {"a": 0, "b": 1, "c": 2},
    "problem_type": "regression",
    "output_hidden_states": True,
    "return_dict": False,
    "chunk_size_feed_forward": 2,
    # The least of the numbers that are tried is beyond the bound of its deviation.
    "input_jitter_noise": 0.005,
}


def declared(family: str) -> set[str]:
    """The fields of the family's config class."""
    return {field.name for field in dataclasses.fields(CLASSES[family])}


STRETCHED: Final = frozenset({"minicpm"})
"""Families where the factors of a rope can tell how long a text may be."""


def has_free_length(family: str) -> bool:
    """Whether the config says how long a text may be, and the model no more than suggests it."""
    return family not in LEARNED and "max_position_embeddings" in declared(family)


def others_of(family: str) -> Mapping[str, Any]:
    """Those of `OTHERS` that the class has, under one name or another."""
    aliases = {name for name, stored in CLASSES[family].attribute_map.items() if stored in declared(family)}
    return {name: value for name, value in OTHERS.items() if name in declared(family) | aliases}


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """transformers warns of most of what is tried here."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    yield
    logging.set_verbosity(level)


@pytest.mark.parametrize("family", some(FAMILIES, "test_base_is_itself"))
def test_base_is_itself(family: str) -> None:
    """With b = c the result is c, whatever spelling c has, and whatever else it holds, but for how it is stored."""
    seen: Counter[str] = Counter()

    @given(
        configs(family, sensible=True),
        st.sampled_from(({}, OTHERS, {"quantization_config": {"bits": 4}, "auto_map": {"a": "b"}})),
    )
    @examples(family, 50)
    def check(hf: PreTrainedConfig, others: Mapping[str, Any]) -> None:
        for name, value in others.items():
            setattr(hf, name, copy.deepcopy(value))
        seen["mapped" if accepted(hf) else "refused"] += 1
        if accepted(hf):
            before = copy.deepcopy(hf.to_dict())
            result = back(mapped(hf), base=hf)
            assert hf.to_dict() == before
            assert result.to_dict() == {name: value for name, value in before.items() if name not in STORAGE}
            assert result is not hf

    check()
    assert often(seen["mapped"], scaled(family, 50) // 8), too_few(family, seen)


@pytest.mark.parametrize("family", some(FAMILIES, "test_the_model_wins_over_any_base"))
def test_the_model_wins_over_any_base(family: str) -> None:
    """What comes out maps to the same model, and the rest of it is the base's, even of one that cannot be mapped."""
    seen: Counter[str] = Counter()
    rest, unconditional = not_carried(family), never_carried(family)
    assert "use_cache" in unconditional
    assert ("max_position_embeddings" in unconditional) == (has_free_length(family) and family not in STRETCHED)

    @given(configs(family, sensible=True), configs(family, sensible=True), st.booleans())
    @examples(family, 50)
    def check(hf: PreTrainedConfig, base: PreTrainedConfig, others: bool) -> None:
        for name, value in others_of(family).items() if others else ():
            setattr(base, name, copy.deepcopy(value))
        assume(accepted(hf))
        model = mapped(hf)
        try:
            result = back(model, base=base)
        except UnsupportedConfigError as error:
            # No third outcome: a field of the base that the model does not decide, and that no model of c can have.
            seen["refused"] += 1
            seen.update(f"{refusal.field} = {refusal.value!r}" for refusal in error.refusals)
            refused = {refusal.field for refusal in error.refusals}
            assert refused <= rest, error  # noqa: PT017 - both outcomes are laws
            assert PROOFS[family].partly or family not in SPECIAL or not accepted(base), error  # noqa: PT017
            return
        seen["mapped"] += 1
        again = mapped(result)
        found = differences(model, again)
        assert not architecture(model, again)
        assert not found.keys() & set(CARRIED_SUGGESTIONS)
        from_base = changed_keys(hf, result)
        assert from_base <= rest | spellings(family)
        # A padding token that the model's vocabulary does not have is none.
        kept = unconditional - ({"pad_token_id"} if vars(result).get("pad_token_id") is None else set())
        assert not changed_keys(base, result) & kept

    check()
    assert often(seen["mapped"], scaled(family, 50) // 5), too_few(family, seen)
    # Of the few configs that other families get, two may be refused by chance.
    assert often(seen["mapped"], (3 if family in SPECIAL else 2) * seen["refused"] - 1), too_few(family, seen)


@pytest.mark.parametrize("family", some(FAMILIES, "test_without_a_base"))
def test_without_a_base(family: str) -> None:
    """Provenance gives back what Megatron does not hold; without it, only declared losses differ. Both map alike."""
    seen: Counter[str] = Counter()

    @given(configs(family, sensible=True), st.booleans())
    @examples(family, 50)
    def check(hf: PreTrainedConfig, others: bool) -> None:
        for name, value in others_of(family).items() if others else ():
            setattr(hf, name, copy.deepcopy(value))
        assume(accepted(hf))
        seen["mapped"] += 1
        model = mapped(hf)
        result = back(model)
        assert changed_keys(hf, result) <= spellings(family)
        assert not differences(model, mapped(result)).keys() - {"extra_checkpoint_metadata"}
        result = back(bare(model), family=family)
        assert changed_keys(hf, result) <= spellings(family) | not_carried(family)
        assert not architecture(model, mapped(result))

    check()
    assert often(seen["mapped"], scaled(family, 50) // 5), too_few(family, seen)


@pytest.mark.parametrize("family", some(FAMILIES, "test_the_model_wins_over_provenance"))
def test_the_model_wins_over_provenance(family: str) -> None:
    """Also over that of another model, as a config has it that somebody changed after it was mapped."""
    seen: Counter[str] = Counter()

    @given(configs(family, sensible=True), configs(family, sensible=True))
    @examples(family, 30)
    def check(hf: PreTrainedConfig, other: PreTrainedConfig) -> None:
        assume(accepted(hf) and accepted(other))
        model = mapped(hf)
        model.extra_checkpoint_metadata = copy.deepcopy(mapped(other).extra_checkpoint_metadata)
        try:
            result = back(model)
        except UnsupportedConfigError as error:
            seen["refused"] += 1
            seen.update(f"{refusal.field} = {refusal.value!r}" for refusal in error.refusals)
            assert {refusal.field for refusal in error.refusals} <= not_carried(family), error  # noqa: PT017
            assert family == "nemotron_h", error  # noqa: PT017
            return
        seen["mapped"] += 1
        assert not architecture(model, mapped(result))
        assert changed_keys(hf, result) <= not_carried(family) | spellings(family)

    check()
    assert often(seen["mapped"], scaled(family, 30) // 6), too_few(family, seen)
    assert often(seen["mapped"], 3 * seen["refused"] - 1), too_few(family, seen)


@pytest.mark.parametrize("origin", ["llama", {"family": "llama"}, {"family": "llama", "huggingface": None}, {}, None])
def test_broken_provenance_is_none(origin: Any) -> None:
    model = mapped(config("llama"))
    model.extra_checkpoint_metadata = {PROVENANCE: origin}
    with pytest.warns(DefaultedFieldsWarning):
        result = mcore_mappers.to_hf(model, family="llama")
    assert not architecture(model, mapped(result))


@pytest.mark.parametrize("family", some(FAMILIES, "test_defaults_are_warned_of"))
def test_defaults_are_warned_of(family: str) -> None:
    """By name, and exactly those that fell to a default; with a base or provenance there is no warning."""
    hf = config(family)
    model = mapped(hf)
    with pytest.warns(DefaultedFieldsWarning) as caught:
        result = mcore_mappers.to_hf(bare(model), family=family)
    (warning,) = [each.message for each in caught if isinstance(each.message, DefaultedFieldsWarning)]
    assert warning.family == family
    assert caught[0].filename == __file__, "it points at the caller"
    assert {"use_cache", "architectures"} <= set(warning.fields)
    assert ("max_position_embeddings" in warning.fields) == has_free_length(family)
    default = CLASSES[family]()
    # What a class makes of its default (a size that follows from another one) is no constant.
    derived = {field.name for field in described(family)[1].fields if field.set_in_post_init}
    for name in {name for name in warning.fields if "." not in name} - derived:
        # A padding token beyond the vocabulary is none, or the first one where a class takes no None.
        beyond = name == "pad_token_id" and (getattr(default, name) or 0) >= result.vocab_size
        assert getattr(result, name) in ((None, 0) if beyond else (getattr(default, name),))
    assert changed_keys(hf, result) - spellings(family) <= set(warning.fields)
    ways: list[dict[str, Any]] = [{}, {"base": hf}, {"family": family}]
    for keywords in ways:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DefaultedFieldsWarning)
            mcore_mappers.to_hf(model, **keywords)


@pytest.mark.parametrize("family", some(FAMILIES, "test_each_declared_loss_is_one"))
def test_each_declared_loss_is_one(family: str) -> None:
    """Two configs that differ only there are one Megatron architecture: nothing could bring the difference back."""
    proof, shown = PROOFS[family], set[str]()
    described_fields = {each.name: each for each in described(family)[1].fields}
    for context, name in itertools.product(proof.partly or ({},), not_carried(family) - {"transformers_version"}):
        first = config(family, **context)
        known = candidates(described_fields[name], stated(first, name), proof.values)
        for value in itertools.chain((OTHERS[name],) if name in OTHERS else (), known):
            second = copy.deepcopy(first)
            try:
                setattr(second, name, value)
            except Exception:  # transformers keeps it out
                continue
            if second.to_dict() == first.to_dict() or not accepted(second):
                continue
            ours, theirs = mapped(first), mapped(second)
            assert not architecture(ours, theirs), (name, value)
            assert not {"transformer.init_method_std"} & differences(ours, theirs).keys()
            shown.add(name)
            break
    # What the number of experts of a token decides is lost with that.
    missing = not_carried(family) - shown - {"transformers_version", "norm_topk_prob"}
    assert not missing


@pytest.mark.parametrize(
    "family",
    [
        name
        for name in FAMILIES
        if has_free_length(name) and {"initializer_range", "attention_dropout"} <= declared(name)
    ],
)
def test_overridden_suggestions_come_back_as_the_model_has_them(family: str) -> None:
    # Falcon's drops out of the residual stream.
    own = any(isinstance(row, Rename) and row.field == "attention_dropout" for row in rows_of(described(family)[0]))
    dropout = {"attention_dropout": 0.0} if own else {}
    hf = config(family, initializer_range=0.02, dtype="bfloat16", **dropout)
    model = mapped(hf, init_method_std=0.5, params_dtype=torch.float16, attention_dropout=0.05, seq_length=64)
    for result in (back(model), back(model, base=hf)):
        assert (result.initializer_range, result.dtype) == (0.5, torch.float16)
        assert not dropout or result.attention_dropout == 0.05
        # The sequence length of a training run is not what the checkpoint was made for.
        assert result.max_position_embeddings == hf.max_position_embeddings


def test_a_spelling_is_kept_only_where_it_means_the_same() -> None:
    """A base that asks for predicting layers which its other layers do not allow; those of the model would."""
    model = mapped(config("nemotron_h", layers_block_type=["moe"], num_nextn_predict_layers=0))
    base = config("nemotron_h", layers_block_type=["mlp"], num_nextn_predict_layers=1)
    assert mapped(base).mtp_num_layers is None
    assert not architecture(model, mapped(back(model, base=base)))
    assert back(mapped(base), base=base).num_nextn_predict_layers == 1


def test_undeclared_keys() -> None:
    """A base's key that contradicts the model is left out; one that the model decides follows it."""
    model = mapped(config("qwen3_moe", head_dim=32))
    assert back(model, base=config("qwen3_moe", head_dim=16)).head_dim == 32
    base = config("deepseek_v3", scoring_func="softmax", auto_map={"a": "b"})
    result = back(mapped(config("deepseek_v3")), base=base)
    assert not hasattr(result, "scoring_func")
    assert result.auto_map == {"a": "b"}


def test_provenance_is_data_of_its_own() -> None:
    """It shares nothing with the config, and survives JSON with the labels that have integer keys."""
    import json

    hf = config("llama", eos_token_id=[1, 2], id2label={0: "a", 1: "b", 2: "c"}, label2id={"a": 0, "b": 1, "c": 2})
    model = mapped(hf)
    origin = model.extra_checkpoint_metadata[PROVENANCE]
    assert json.loads(json.dumps(origin)) == origin
    expected = copy.deepcopy(hf.to_dict())
    model.extra_checkpoint_metadata = json.loads(json.dumps(model.extra_checkpoint_metadata))
    result = back(model)
    result.eos_token_id.append(3)
    assert back(model).to_dict() | {"dtype": None} == expected


def test_dispatch() -> None:
    """The family is what is said, else the base's, else the provenance's; else it is asked for."""
    hf = config("llama")
    model = mapped(hf)
    ways: list[dict[str, Any]] = [{}, {"family": "llama"}, {"base": hf}]
    for keywords in ways:
        assert type(mcore_mappers.to_hf(model, **keywords)) is type(hf)
    with pytest.raises(TypeError, match=r"family=.*families\(\) lists them"):
        mcore_mappers.to_hf(bare(model))
    with pytest.raises(TypeError, match="lama"):
        mcore_mappers.to_hf(bare(model), family="lama")
    with pytest.raises(TypeError, match="base must be a LlamaConfig, not Qwen3MoeConfig"):
        mcore_mappers.to_hf(model, family="llama", base=config("qwen3_moe"))
    with pytest.raises(TypeError, match="takes a HybridModelConfig, not GPTModelConfig"):
        mcore_mappers.to_hf(model, family="nemotron_h")
    with pytest.raises(UnsupportedConfigError, match="hybrid_layer_pattern"):
        back(mapped(config("nemotron_h")), family="llama")
