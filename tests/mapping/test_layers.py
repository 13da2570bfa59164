"""Layers of this project: what a caller gets who asks for them, and who does not."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from transformers import Glm4Config, GraniteConfig, GraniteMoeConfig, LlamaConfig

import mcore_mappers as m
from mcore_mappers.layers import LayeredGPTModelConfig, LayeredHybridModelConfig, Layers
from mcore_mappers_runtime.equal import flat
from mcore_mappers_runtime.layered import layers_of
from tests.families import FAMILIES, asking, mappers, needing
from tests.numerics.cases import Case, cases_of
from tests.selection import draw, some
from tests.support.equality import differences
from tests.support.hf import config
from tests.support.plans import TABLES

pytestmark = pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning")

LAYERED = [family for family in FAMILIES if asking(family)]
SOME_CASES = 6


@cache
def cases(family: str) -> Sequence[Case]:
    return draw(cases_of(family), SOME_CASES, f"layers of {family}", always=lambda case: case.name == "combined")


@pytest.mark.parametrize("family", LAYERED)
def test_who_does_not_ask_gets_the_same_or_a_refusal_that_says_what_to_ask(family: str) -> None:
    for case in cases(family):
        stock = getattr(getattr(m, family), case.mapper)
        asked = mappers(family)[case.mapper](case.config())
        present = layers_of(asked).present()
        assert type(asked).__name__ == f"{'Layered' if present else ''}{'Hybrid' if case.hybrid else 'GPT'}ModelConfig"
        if not present:
            assert differences(stock(case.config()), asked) == {}
            continue
        refused, said, lifted = without_layers(stock, case.config())
        deviations = {name: each.identifier for each in m.families()[family].deviations for name in each.layers}
        assert not refused or "With layers=True it maps" in refused
        assert lifted <= set(m.families()[family].layers)
        # Of what is refused, not all deviations are said.
        assert set(present) <= lifted | {
            name for name, identifier in deviations.items() if refused or identifier in said
        }
        assert not said & {*deviations.values()} & deviations_of(asked)


def without_layers(stock: Any, hf: Any) -> tuple[str, frozenset[str], frozenset[str]]:
    """Of a config that layers do more of: the refusal, what deviates, and the fields of layers that lift the former."""
    try:
        model = stock(hf)
    except m.UnsupportedConfigError as error:
        lifting = {refusal.layers for refusal in error.refusals}
        if () in lifting:
            pytest.fail(f"no layer lifts all of {error}")
        return str(error), frozenset(), frozenset(name for names in lifting for name in names)
    return "", deviations_of(model), frozenset()


def deviations_of(model: Any) -> frozenset[str]:
    return frozenset(model.extra_checkpoint_metadata["mcore_mappers"].get("deviations", ()))


@pytest.mark.parametrize("family", LAYERED)
def test_layers_that_predict_further_tokens_have_no_place_beside_layers(family: str) -> None:
    by_mapper = {
        case.mapper: case
        for case in cases_of(family)
        if layers_of(mappers(family)[case.mapper](case.config())).present()
    }
    assert by_mapper
    for name, case in by_mapper.items():
        hf, mapper = case.config(), mappers(family)[name]
        counted = "num_mtp_layers" if "num_mtp_layers" in vars(hf) else "num_nextn_predict_layers"
        setattr(hf, counted, 1)
        with pytest.raises(m.UnsupportedConfigError, match="pass mtp_num_layers=None to leave them out") as caught:
            mapper(hf, mtp_num_layers=1)
        assert [(each.field, each.value) for each in caught.value.refusals] == [(counted, 1)]
        left_out = mapper(hf, mtp_num_layers=None)
        assert layers_of(left_out).present()
        assert left_out.transformer.mtp_num_layers is None


@pytest.mark.parametrize("family", [family for family in FAMILIES if needing(family)])
def test_a_class_that_lacks_something_is_refused_for_it_first(family: str) -> None:
    known, lacks = m.families()[family], TABLES[family].lacks
    assert lacks is not None
    assert known.refusals[0] == (lacks.computation, lacks.why)
    with pytest.raises(m.UnsupportedConfigError) as caught:
        m.to_megatron(config(family))
    first, *others = caught.value.refusals
    assert (first.field, first.value, first.reason) == (
        "class",
        known.config_class,
        f"{lacks.why} ({lacks.computation})",
    )
    assert first.layers == known.layers
    assert not others


@pytest.mark.parametrize("family", some([name for name in FAMILIES if not asking(name)], "families without layers"))
def test_a_family_without_layers_has_none_to_give(family: str) -> None:
    module = getattr(m, family)
    assert differences(module.to_megatron(config(family)), module.to_megatron(config(family), layers=True)) == {}


def test_what_layers_do_not_lift_is_told_apart() -> None:
    hf = GraniteConfig(residual_multiplier=0.5, hidden_act="tanh")
    with pytest.raises(m.UnsupportedConfigError, match=r"layers=True lifts residual_multiplier: .* The rest stays"):
        m.to_megatron(hf)
    with pytest.raises(m.UnsupportedConfigError) as caught:
        m.to_megatron(hf, layers=True)
    assert [refusal.field for refusal in caught.value.refusals] == ["hidden_act"]


def test_a_value_that_no_layer_takes_is_refused_once() -> None:
    hf = GraniteMoeConfig(residual_multiplier=None)
    for asked in (False, True):
        with pytest.raises(m.UnsupportedConfigError) as caught:
            m.to_megatron(hf, layers=asked)
        assert [(refusal.field, refusal.layers) for refusal in caught.value.refusals] == [("residual_multiplier", ())]


def test_layers_is_true_or_false() -> None:
    with pytest.raises(TypeError, match="layers=1 must be bool"):
        m.to_megatron(LlamaConfig(), layers=1)
    with pytest.raises(TypeError, match="'residual_multiplier' is decided by the Hugging Face config"):
        m.granite.to_megatron(GraniteConfig(), residual_multiplier=0.5)


GRANITE = GraniteConfig(residual_multiplier=0.22)
LAYERED_GRANITE = {mapper: function(GRANITE) for mapper, function in mappers("granite").items()}


@pytest.mark.parametrize("mapper", LAYERED_GRANITE)
def test_there_and_back(mapper: str) -> None:
    model: Any = LAYERED_GRANITE[mapper]
    assert isinstance(model, LayeredGPTModelConfig | LayeredHybridModelConfig)
    assert m.to_hf(model).residual_multiplier == 0.22
    assert m.to_hf(model, base=GRANITE).to_dict() == GRANITE.to_dict()
    assert m.to_hf(model, base=GraniteConfig()).residual_multiplier == 0.22
    assert m.to_hf(mappers("granite")[mapper](GraniteConfig()), base=GRANITE).residual_multiplier == 1.0
    with pytest.raises(m.UnsupportedConfigError, match=r"residual_multiplier = 0\.22: a llama model .* has 1\.0"):
        m.to_hf(model, family="llama")


def test_a_stock_model_is_none_of_a_class_that_has_layers_always() -> None:
    stock = m.glm.to_megatron(config("glm"))
    with pytest.raises(m.UnsupportedConfigError, match=r"post_mlp_layernorm = False: a glm4 model .* has True"):
        m.to_hf(stock, base=Glm4Config())


@pytest.mark.parametrize("mapper", LAYERED_GRANITE)
def test_on_disk(mapper: str) -> None:
    model: Any = LAYERED_GRANITE[mapper]
    data = m.dump(model)
    assert data["layers"] == {"residual_multiplier": 0.22}
    assert data["model"]["class"] == f"mcore_mappers.layers.{type(model).__name__}"
    loaded = m.load(data)
    assert type(loaded) is type(model)
    assert differences(loaded, model) == {}
    assert loaded.layers == Layers(residual_multiplier=0.22)
    assert "layers" not in m.dump(mappers("granite")[mapper](GraniteConfig()))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"layers": {"residual_multiplyer": 0.2}}, "did you mean 'residual_multiplier'"),
        ({"layers": {"residual_multiplier": "0.2"}}, "layers.residual_multiplier = '0.2' is no float"),
        ({"layers": None}, "layers must be a mapping"),
        ({"model": m.dump(m.granite.to_megatron(GraniteConfig()))["model"]}, "layers are none of megatron"),
    ],
)
def test_bad_layers_on_disk(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        m.load({**m.dump(LAYERED_GRANITE["to_megatron"]), **changed})


def test_differences_are_told_field_by_field() -> None:
    model: Any = LAYERED_GRANITE["to_megatron"]
    assert m.diff(model, GRANITE) == ()
    (found,) = m.diff(model, GraniteConfig())
    assert (found.field, found.value, found.expected) == ("residual_multiplier", 0.22, 1.0)
    assert (found.owner, found.hf_fields) == ("architecture", ("residual_multiplier",))
    (found,) = m.diff(m.granite.to_megatron(GraniteConfig()), GRANITE)
    assert (found.value, found.expected, found.hf_fields) == (1.0, 0.22, ("residual_multiplier",))
    # A provider, or fields of one, say their layers by the spec that builds them.
    assert m.diff(m.fields(model), GRANITE) == ()
    assert [each.field for each in m.diff(m.fields(model), GraniteConfig())] == ["residual_multiplier"]


def test_the_inner_config_alone_is_not_compared() -> None:
    with pytest.raises(TypeError, match="the whole of a model with layers"):
        m.diff(LAYERED_GRANITE["to_megatron"].transformer, GRANITE)


@pytest.mark.parametrize(
    ("mapper", "spec"), [("to_megatron", "transformer_layer_spec"), ("to_megatron_hybrid", "hybrid_stack_spec")]
)
def test_fields_of_a_provider_have_the_spec(mapper: str, spec: str) -> None:
    model: Any = LAYERED_GRANITE[mapper]
    found = m.fields(model)
    assert pickle.loads(pickle.dumps(found[spec])) == getattr(model, spec)
    assert not Layers.__annotations__.keys() & found.keys()
    assert spec not in m.fields(model, owners=("suggested", "caller"))
    assert spec not in m.fields(mappers("granite")[mapper](GraniteConfig()))


@pytest.mark.parametrize("mapper", LAYERED_GRANITE)
def test_no_argument_says_layers(mapper: str) -> None:
    with pytest.raises(m.UnsupportedArgumentError) as caught:
        m.to_args(LAYERED_GRANITE[mapper])
    assert ("residual_multiplier", 0.22, 1.0) in {
        (each.field, each.value, each.without) for each in caught.value.fields
    }


def test_layers_are_fields_like_any_other() -> None:
    values = flat(LAYERED_GRANITE["to_megatron"])
    assert values["residual_multiplier"] == 0.22
    assert "residual_multiplier" not in flat(m.granite.to_megatron(GraniteConfig()))
