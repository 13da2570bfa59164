"""Megatron's optional fields have several spellings of one value; a model that somebody else wrote has any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers_runtime import by_layer
from mcore_mappers_runtime.hybrid import symbols
from tests.back.test_refusals_back import changed
from tests.back.ways import architecture, back, bare, changed_keys, targets
from tests.numerics.cases import cases_of
from tests.selection import draw, some
from tests.support.hf import FAMILIES, config, mapped

Values = Mapping[str, Any]


def by_hand(model: Any) -> Iterator[Values]:
    """The same model, as one would write it: lists in full, numbers for lists, no list where it says nothing."""
    transformer = model.transformer
    layers = transformer.num_layers
    yield from ({"no_rope_freq": each} for each in _lists(by_layer.without_rope, transformer.no_rope_freq, layers))
    # A number is no value of a built config: Megatron makes a list of it.
    if not transformer.no_rope_freq:
        yield from ({"no_rope_freq": each} for each in (None, 0, [0] * layers, [False] * layers, []))
    yield from ({"moe_layer_freq": each} for each in _lists(by_layer.experts, transformer.moe_layer_freq, layers))
    yield from _windows(transformer, layers)
    if transformer.experimental_attention_variant is None:
        yield from ({"linear_attention_freq": each} for each in (None, 4, [0] * layers, [1] * layers))
    else:
        freq = transformer.linear_attention_freq
        yield from ({"linear_attention_freq": each} for each in _lists(by_layer.linear, freq, layers))
    if not transformer.multi_latent_attention and transformer.softmax_scale is None:
        yield {"softmax_scale": transformer.kv_channels**-0.5}
    if transformer.num_moe_experts is not None:
        yield from _routers(transformer)
    if model.position_embedding_type != "mrope":
        yield {"mrope_section": [4, 2, 2]}
    yield from _in_a_hybrid(model)


def _lists(read: Callable[[object, int], list[int] | None], value: Any, layers: int) -> Iterator[Any]:
    """All that reads as the same list: lists of numbers or booleans, and any number that does."""
    same = read(value, layers)
    assert same is not None
    yield from (same, [bool(each) for each in same])
    yield from (number for number in range(1, layers + 2) if read(number, layers) == same)


def _windows(transformer: Any, layers: int) -> Iterator[Values]:
    name, frequency = "window_attn_skip_freq", transformer.window_attn_skip_freq
    same = by_layer.windows(frequency, layers) if transformer.window_size else [0] * layers
    if transformer.window_size:
        yield {"window_size": list(transformer.window_size)}
        yield from ({name: each} for each in _lists(by_layer.windows, frequency, layers))
    else:
        # Without a window nobody reads it.
        yield from ({name: each} for each in (None, 2, [1] * layers, [0] * layers))
    if not any(same or ()):
        yield from ({"window_size": (3, 0), name: each} for each in (1, [0] * layers))
    if all(same or ()):
        yield {name: None}


def _routers(transformer: Any) -> Iterator[Values]:
    if transformer.moe_router_topk_scaling_factor in (None, 1.0):
        yield from ({"moe_router_topk_scaling_factor": each} for each in (None, 1.0))
    groups, chosen = "moe_router_num_groups", "moe_router_group_topk"
    if transformer.moe_router_group_topk in (None, transformer.moe_router_num_groups):
        yield from ({groups: number, chosen: number} for number in (None, 1, 2))


def _in_a_hybrid(model: Any) -> Iterator[Values]:
    """What layers that do not attend are said to have, nobody reads."""
    kinds = symbols(model)
    if kinds is None:
        return
    attends = [kind not in "-EMG" for kind in kinds]
    skips = by_layer.without_rope(model.transformer.no_rope_freq, len(kinds)) or []
    for other in (0, 1):
        yield {"no_rope_freq": [each if here else other for each, here in zip(skips, attends, strict=True)]}


FIELDS = (
    *("no_rope_freq", "moe_layer_freq", "window_size", "window_attn_skip_freq", "linear_attention_freq"),
    *("softmax_scale", "moe_router_topk_scaling_factor", "moe_router_num_groups", "moe_router_group_topk"),
)


GROUPS = {"transformer.moe_router_num_groups", "transformer.moe_router_group_topk"}


def models(family: str) -> list[tuple[PreTrainedConfig, Callable[..., Any], Any]]:
    """For each target, one of those that say much the same in these fields."""
    found: dict[str, tuple[PreTrainedConfig, Callable[..., Any], Any]] = {}
    for number, mapper in enumerate(targets(family)):
        for case in cases_of(family):
            hf = case.config()
            try:
                model = mapper(hf)
            except UnsupportedConfigError:
                continue
            kinds = [_kind(vars(model.transformer)[name]) for name in FIELDS]
            found.setdefault(f"{number} {kinds}", (hf, mapper, model))
    return [*found.values()]


def _kind(value: Any) -> Any:
    return (any(value), all(value)) if isinstance(value, list) else value is None or isinstance(value, float)


def spellings(mapper: Callable[..., Any], model: Any) -> Mapping[str, Values]:
    """Of a model, with what tells each from the others: what its fields say of the model without it."""
    said = vars(model.transformer) | vars(model)
    return {
        f"{mapper.__name__} {({name: (_kind(said[name]), value) for name, value in values.items()})}": values
        for values in by_hand(model)
    }


@pytest.mark.parametrize("family", some(FAMILIES, "test_every_spelling_of_a_model_comes_back"))
def test_every_spelling_of_a_model_comes_back(family: str) -> None:
    """With a base, with provenance and without, as the same config; `diff` finds nothing.

    Each once where its fields say the same, whatever the others do.
    """
    tried: set[str] = set()
    for hf, mapper, model in draw(models(family), 1, f"models of {family}"):
        expected = back(bare(model), family=family).to_dict()
        left = {key: values for key, values in spellings(mapper, model).items() if key not in tried}
        tried |= left.keys()
        for values in draw(left.values(), 2, f"spellings of {family}"):
            other = changed(model, **values)
            # Of groups of experts it is said how many there are, whether all are chosen or not.
            assert changed_keys(hf, back(other, base=hf)) <= {"n_group", "topk_group", "topk_method"}, values
            results = [back(other, base=hf), back(other), back(bare(other), family=family)]
            assert not [each for each in results if architecture(model, mapper(each)).keys() - GROUPS], values
            assert results[2].to_dict().keys() == expected.keys()
            assert not [each for each in mcore_mappers.diff(other, hf) if each.owner != "suggested"], values


OTHERS: Mapping[str, Values] = {
    "rope in no layer": {"no_rope_freq": [1, 1, 1]},
    "a window that every second layer has not": {"window_size": (3, 0), "window_attn_skip_freq": 2},
    "another scale": {"softmax_scale": 0.2},
    "a list that is too short": {"no_rope_freq": [1]},
    "a number that nobody can divide by": {"window_size": (3, 0), "window_attn_skip_freq": 0},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_model_is_refused(name: str) -> None:
    model = changed(mapped(config("llama")), **OTHERS[name])
    with pytest.raises(UnsupportedConfigError) as caught:
        back(model)
    assert {each.field for each in caught.value.refusals} & OTHERS[name].keys()


def test_layers_of_experts_that_are_others() -> None:
    model = mapped(config("mixtral"))
    for frequency in (2, 0, [1, 0, 1], "every"):
        with pytest.raises(UnsupportedConfigError, match="moe_layer_freq"):
            back(changed(model, moe_layer_freq=frequency))


def test_groups_that_leave_experts_out() -> None:
    model = mapped(config("mixtral"))
    with pytest.raises(UnsupportedConfigError, match="moe_router_num_groups"):
        back(changed(model, moe_router_num_groups=4, moe_router_group_topk=1))


def test_a_number_for_every_nth_layer() -> None:
    """As Megatron reads them."""
    assert by_layer.experts(2, 4) == [1, 0, 1, 0]
    assert by_layer.windows(2, 4) == [1, 0, 1, 0]
    assert by_layer.linear(4, 5) == [1, 1, 1, 0, 1]
    assert by_layer.without_rope(2, 4) == [0, 1, 0, 1]
    for read in (by_layer.experts, by_layer.windows, by_layer.linear, by_layer.without_rope):
        assert read([True, 0, 1], 3) == [1, 0, 1]
        assert read("other", 3) is None
        assert read(-1, 3) is None
