"""What every family decides and logits do not show, by the one rule that holds for all of them.

`test_fields.py` says more, of a few families. Here are the values of training, which differ between families in nothing
but where Hugging Face keeps them, and what a mapper says of itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from megatron.training.models.hybrid import HybridModelConfig

import mcore_mappers
from codegen.rows.guard import Condition, Same, UpTo
from codegen.table import Domain, Guard, Ignored, InDomain, Kind, Rename, Row
from codegen.types import atoms
from mcore_mappers_runtime import kernels
from mcore_mappers_runtime.layered import layers_of
from mcore_mappers_runtime.settings import PROVENANCE
from tests.back.ways import targets
from tests.families import PROOFS, build, mappers, needing, stated
from tests.families.proof import Rope
from tests.mapping.support import fields
from tests.numerics.cases import cases_of
from tests.support.hf import CLASSES, FAMILIES, config, mapper
from tests.support.plans import TABLES, described, rows_of

pytestmark = pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning")

PRECISIONS: Mapping[torch.dtype, tuple[bool, bool]] = {
    torch.float32: (False, False),
    torch.bfloat16: (True, False),
    torch.float16: (False, True),
}
"""By dtype, Megatron's `bf16` and `fp16`."""

PREDICTION_LAYERS: Mapping[str, str] = {"deepseek_v3": "num_mtp_layers", "glm4_moe": "num_mtp_layers"}
"""Fields with the number of layers of multi-token prediction; Nemotron-H's pattern has a test of its own."""

INITIAL: Mapping[str, str] = {"opt": "init_std", "youtu": "initializer_range"}
"""Where the standard deviation of initial weights is, if not in `initializer_range`."""


KERNELS_ASK_OF = (
    *("activation_func", "gated_linear_unit", "add_bias_linear"),
    *("position_embedding_type", "multi_latent_attention", "rotary_interleaved"),
)
"""The fields of Megatron's config, beside the number of experts, from which kernels follow."""

COEFFICIENTS: Mapping[str, float] = {
    "aria_text": 0.0,
    "deepseek": 1e-3,
    "deepseek_ocr2_text": 1e-3,
    "deepseek_v2": 1e-3,
    "hunyuan_v1_moe": 0.0,
    "mistral4": 0.0,
    "unlimited_ocr_text": 1e-3,
}
"""Of auxiliary losses, where the class has no field for it, or one of its own."""


def mapped(family: str, hf: Any, **caller: Any) -> dict[str, Any]:
    """Every field of what a config becomes."""
    return fields(mapper(family)(hf, **caller))


@pytest.mark.parametrize("family", FAMILIES)
def test_sizes_and_initial_weights(family: str) -> None:
    name = INITIAL.get(family, "initializer_range")
    hf = config(family, **{name: 0.017})
    actual = mapped(family, hf)
    # A vocabulary that is too large is one with more padding, which no weight shows.
    assert actual["vocab_size"] == hf.vocab_size
    assert actual["should_pad_vocab"] is True
    assert actual["init_method_std"] == 0.017
    if hasattr(hf, "max_position_embeddings"):
        assert actual["seq_length"] == hf.max_position_embeddings


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_says_whether_it_is_a_hybrid(family: str) -> None:
    """Megatron scales initial weights by another number of layers then, which no logits of copied weights show."""
    for to_megatron in targets(family):
        model = to_megatron(config(family))
        assert model.transformer.is_hybrid_model is isinstance(model, HybridModelConfig)


NORMALISED = [name for name in FAMILIES if "moe_router_norm_min" in mcore_mappers.families()[name].layers]
"""Families of which some models divide the scores of a token's experts by their sum in layers."""


@pytest.mark.parametrize("family", NORMALISED)
def test_scores_have_no_floor_but_that_of_the_class(family: str) -> None:
    """A sum of the scores of a few experts is never as small as a floor, which only many experts would show."""
    floors: dict[str, float | None] = {}
    for case in cases_of(family):
        hf = case.config()
        floors[case.name] = layers_of(mappers(family)[case.mapper](hf)).moe_router_norm_min
        assert floors[case.name] in (None, stated(hf, "moe_norm_min", 0.0)), case.name
    assert {*floors.values()} != {None}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_width_is_its_own_base(family: str) -> None:
    """Where multipliers are on, Megatron scales initial weights and learning rates by the quotient of the two."""
    for to_megatron in targets(family):
        transformer = to_megatron(config(family)).transformer
        assert not transformer.use_mup or transformer.mup_base_hidden_size == transformer.hidden_size


@pytest.mark.parametrize("family", FAMILIES)
def test_a_padding_token_is_a_row_of_the_embedding(family: str) -> None:
    """What makes a padded embedding makes none for another token."""
    rows = (row for row in rows_of(described(family)[0]) if isinstance(row, Ignored))
    if any(row.kind is Kind.PADDING_TOKEN for row in rows):
        hf = config(family)
        hf.pad_token_id = hf.vocab_size
        with pytest.raises(mcore_mappers.UnsupportedConfigError, match="pad_token_id = "):
            mapper(family)(hf, **needing(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_models_without_rope_have_the_usual_one(family: str) -> None:
    """Nothing reads it, and no difference of two models is in it."""
    for to_megatron in targets(family):
        model = to_megatron(config(family))
        usual = {field.name: field.default for field in dataclasses.fields(type(model))}
        if model.position_embedding_type in ("none", "learned_absolute"):
            assert (model.rotary_base, model.rotary_percent) == (usual["rotary_base"], usual["rotary_percent"])


@pytest.mark.parametrize("family", FAMILIES)
def test_precision(family: str) -> None:
    for dtype, switches in PRECISIONS.items():
        actual = mapped(family, config(family, dtype=dtype))
        # What stages send to each other is the residual stream, of which Mamba-2 says itself what it is.
        sent = torch.float32 if actual["fp32_residual_connection"] else dtype
        assert (actual["params_dtype"], actual["pipeline_dtype"]) == (dtype, sent)
        assert (actual["bf16"], actual["fp16"]) == switches
    actual = mapped(family, config(family, dtype=torch.bfloat16), bf16=False)
    assert (actual["params_dtype"], actual["bf16"]) == (torch.float32, False)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_the_caller_says_reaches_both_parts(family: str) -> None:
    """The inner config has the first field, the outer one the second; the third is a suggestion that is overridden."""
    said = {"calculate_per_token_loss": True, "fp16_lm_cross_entropy": True, "init_method_std": 0.5}
    actual = mapped(family, config(family), **said)
    assert {name: actual[name] for name in said} == said


@pytest.mark.parametrize("family", FAMILIES)
def test_provenance_is_the_familys(family: str) -> None:
    said = mapped(family, config(family))["extra_checkpoint_metadata"][PROVENANCE]
    assert said["family"] == family
    assert type(mcore_mappers.to_hf(mapper(family)(config(family)))) is CLASSES[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_kernels_follow_from_the_model(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything installed: what is suggested in each case of the family, as its Megatron config says it is."""
    flags = kernels.Installed(*[True] * 5)
    monkeypatch.setattr(kernels, "installed", lambda: flags)
    asked: dict[str, Any] = {}

    def noted(check: Any, caller: Any, **said: Any) -> dict[str, Any]:
        asked.update(said)
        return {}

    monkeypatch.setattr(getattr(mcore_mappers, family), "kernels", noted)
    for name in ("default", "combined"):
        actual = mapped(family, build(family, {**PROOFS[family].base, **PROOFS[family].cases[name]}))
        experts = actual["num_moe_experts"] is not None
        assert (asked.pop("num_moe_experts", None) is not None) == experts
        # What is left out is what Megatron's config has where nothing is said.
        absent = set(KERNELS_ASK_OF) - asked.keys()
        assert not {name for name in absent if actual[name]}
        assert asked == {name: actual[name] for name in asked}
        assert asked.keys() <= set(KERNELS_ASK_OF)
        assert actual["moe_router_dtype"] == ("fp32" if experts else None)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_auxiliary_loss(family: str) -> None:
    """Hugging Face's, of a batch; DeepSeek-V3's, of a sequence, where a bias balances and the class has none."""
    hf = config(family)
    actual = mapped(family, hf)
    if actual["num_moe_experts"] is not None:
        own = hasattr(hf, "router_aux_loss_coef") or COEFFICIENTS.get(family) == 0
        assert actual["moe_router_load_balancing_type"] == ("aux_loss" if own else "seq_aux_loss")
        coefficient = COEFFICIENTS.get(family, getattr(hf, "router_aux_loss_coef", 1e-4))
        assert actual["moe_aux_loss_coeff"] == coefficient


LATENT_NORMS = [
    name
    for name, family in mcore_mappers.families().items()
    if any(each.identifier == "mla_latent_norm_eps" for each in family.deviations)
]


@pytest.mark.parametrize("family", LATENT_NORMS)
@pytest.mark.parametrize(("epsilon", "deviates"), [(1e-7, True), (1e-6, False), (1e-5, True)])
def test_latent_norms_deviate(family: str, epsilon: float, deviates: bool) -> None:
    said = mapped(family, config(family, rms_norm_eps=epsilon))["extra_checkpoint_metadata"][PROVENANCE]
    assert said["deviations"] == ["mla_latent_norm_eps"] * deviates


@pytest.mark.parametrize("family", PREDICTION_LAYERS)
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_prediction_layers(family: str, layers: int) -> None:
    hf = config(family, **{PREDICTION_LAYERS[family]: layers})
    assert mapped(family, hf)["mtp_num_layers"] == (layers or None)
    assert mapped(family, hf, mtp_num_layers=None)["mtp_num_layers"] is None


@pytest.mark.parametrize("family", FAMILIES)
def test_the_width_of_a_latent_head(family: str) -> None:
    """Latent attention has widths of its own; this one is what Megatron counts operations with."""
    hf = config(family)
    actual = mapped(family, hf)
    if actual["multi_latent_attention"]:
        assert actual["kv_channels"] == actual["v_head_dim"] == vars(hf)["v_head_dim"]


YARN = {"rope_type": "yarn", "rope_theta": 7001.0, "original_max_position_embeddings": 32}
YARN_ROPED: Mapping[str, Rope] = {
    family: rope for family in FAMILIES if (rope := PROOFS[family].rope) and "yarn" in rope.types
}


def yarn_of(family: str, **keys: float | None) -> Any:
    """`YARN` with what a rope of the class must say besides, and for the whole head, as Megatron has it."""
    rope = YARN_ROPED[family]
    own, *_ = rope.read(config(family).rope_parameters)
    besides = {"llama_4_scaling_beta": own.get("llama_4_scaling_beta"), "partial_rotary_factor": 1.0}
    kept = {key: value for key, value in besides.items() if key in own}
    return rope.given({**YARN, **kept, **rope.needs.get("yarn", {}), **keys})


@pytest.mark.parametrize("family", YARN_ROPED)
def test_a_factor_of_none_follows_from_the_lengths(family: str) -> None:
    hf = config(family, rope_parameters=yarn_of(family, factor=None), max_position_embeddings=144)
    actual = mapped(family, hf)
    assert 4.5 in (actual.get("yarn_rotary_scaling_factor"), actual.get("rotary_scaling_factor"))


@pytest.mark.parametrize("family", YARN_ROPED)
def test_where_yarn_begins_and_ends_is_said(family: str) -> None:
    """Logits of tiny heads hardly show it."""
    actual = mapped(family, config(family, rope_parameters=yarn_of(family, factor=4.0, beta_fast=21.0, beta_slow=3.0)))
    assert 21.0 in (actual.get("yarn_beta_fast"), actual.get("beta_fast"))
    assert 3.0 in (actual.get("yarn_beta_slow"), actual.get("beta_slow"))


LEAST: Mapping[Domain, float] = {Domain.POSITIVE: 1e-30, Domain.NOT_NEGATIVE: 0.0, Domain.PROBABILITY: 0.0}
OUTSIDE = ("must be above zero", "must be zero or above", "must be at least zero and below one")


def rows[Kind: Row](family: str, kind: type[Kind]) -> list[Kind]:
    """The rows of a kind in a family's table."""
    return [row for row in rows_of(described(family)[0]) if isinstance(row, kind)]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_told_of_a_probability_is_about_one(family: str) -> None:
    """Such a row leaves it to the domain to refuse what is none."""
    probabilities = {row.field for row in rows(family, InDomain) if row.domain is Domain.PROBABILITY}
    told: set[str] = set()
    for row in rows(family, Guard):
        if isinstance(row.test, UpTo | Same):
            told |= {row.field} | ({row.test.other} if isinstance(row.test, Same) else set())
    assert told <= probabilities


def types(family: str) -> Mapping[str, str]:
    """The types of the fields that a family's class declares."""
    return {field.name: field.type for field in described(family)[1].fields if field.declared}


def refused(family: str, hf: Any) -> tuple[mcore_mappers.Refusal, ...]:
    """What is refused of a config; nothing of one that is mapped."""
    try:
        mapper(family)(hf)
    except mcore_mappers.UnsupportedConfigError as error:
        return error.refusals
    return ()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_least_number_of_a_domain_is_in_it(family: str) -> None:
    """One layer, one head, no dropout: whatever else such a config is refused for, it is not for its domain."""
    kinds = types(family)
    for row in rows(family, InDomain):
        kind = kinds.get(row.field, "")
        if not atoms(kind or "None") & {"int", "float"}:
            continue
        hf = config(family)
        least = LEAST[row.domain] if "float" in atoms(kind) else int(row.domain is Domain.POSITIVE)
        vars(hf)[hf.attribute_map.get(row.field, row.field)] = least
        said = {refusal.reason for refusal in refused(family, hf) if refusal.field == row.field}
        assert not said & set(OUTSIDE), row.field


@pytest.mark.parametrize("family", FAMILIES)
def test_each_probability_is_its_own(family: str) -> None:
    """Dropouts have one value in most configs, so that one that is read for another would show in none."""
    names = [row.field for row in rows(family, InDomain) if row.domain is Domain.PROBABILITY]
    given = {name: 0.011 + index / 1000 for index, name in enumerate(names) if name in types(family)}
    renamed = {row.field: row.target for row in rows(family, Rename) if row.field in given}
    hf = config(family, **given)
    if refusals := refused(family, hf):
        # GPT-2 drops the embedding as it does all others, or nothing.
        assert {refusal.field for refusal in refusals} <= given.keys()
        return
    actual = mapped(family, hf)
    assert {name: actual[target] for name, target in renamed.items()} == {name: given[name] for name in renamed}


@pytest.mark.parametrize("family", [name for name in FAMILIES if TABLES[name].targets[0].restated])
def test_a_pattern_is_taken_back_with_marks_of_stages(family: str) -> None:
    pattern = mapped(family, config(family))["hybrid_layer_pattern"]
    assert mapped(family, config(family), hybrid_layer_pattern=pattern)["hybrid_layer_pattern"] == pattern
    with pytest.raises(TypeError, match="is not the pattern of this config"):
        mapped(family, config(family), hybrid_layer_pattern=f"{pattern.partition('/')[0]}-")


SAID_AGAIN = {
    (family, row.field)
    for family, rope in YARN_ROPED.items()
    # Beside a rope for each type of layers it is refused whatever it says.
    if not rope.layer_types
    for row in rows(family, Guard)
    if isinstance(row.test, Condition) and row.field in ("rope_theta", "original_max_position_embeddings")
}


@pytest.mark.parametrize(("family", "name"), sorted(SAID_AGAIN))
def test_what_a_rope_says_may_be_said_again(family: str, name: str) -> None:
    """Beside it, as older files do, in the classes of which that is not refused whatever it says."""
    hf = config(family, rope_parameters=yarn_of(family, factor=4.0))
    assert refused(family, hf) == ()
    setattr(hf, name, YARN[name])
    assert refused(family, hf) == ()
    setattr(hf, name, 33)
    assert {refusal.field for refusal in refused(family, hf)} == {name}
