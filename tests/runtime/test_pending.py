"""Classes that nobody has looked at yet: neither mapped nor refused, and everywhere they say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from transformers import LlamaConfig, PreTrainedConfig

import mcore_mappers as m
from codegen.project import load_table
from codegen.table import Pending
from mcore_mappers_runtime import catalog
from mcore_mappers_runtime.records import PendingClass
from mcore_mappers_runtime.registry import known

WORD = "pending: nobody has looked at this class yet"
HINT = "a newer release of mcore-mappers may map it, and a table of your own can"


class NewConfig(PreTrainedConfig):
    model_type = "a_new_one"


PATH = f"{__name__}.NewConfig"


@pytest.fixture
def new(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The class is pending."""
    row = PendingClass(name="a_new_one", config_class=PATH)
    monkeypatch.setitem(vars(known()), "refused", {**known().refused, row.name: row})
    catalog._families.cache_clear()
    yield
    catalog._families.cache_clear()


def test_what_the_table_leaves_pending_is_pending() -> None:
    rows = {row.name for row in load_table().refused_classes if isinstance(row, Pending)}
    assert {name for name, family in m.families().items() if family.status == "pending"} == rows


@pytest.mark.usefixtures("new")
def test_families_has_a_status_of_its_own() -> None:
    family = m.families()["a_new_one"]
    assert (family.status, family.config_class, family.targets, family.versions) == ("pending", PATH, (), {})
    assert family.refusals == ((PATH, PendingClass.why),)


@pytest.mark.usefixtures("new")
def test_no_config_of_it_is_mapped() -> None:
    with pytest.raises(m.UnsupportedConfigError) as caught:
        m.to_megatron(NewConfig())
    assert caught.value.family == "a_new_one"
    (refusal,) = caught.value.refusals
    assert (refusal.field, refusal.value) == ("class", PATH)
    assert refusal.reason == f"{WORD}; {HINT}"


@pytest.mark.usefixtures("new")
def test_its_name_is_no_module_and_no_way_back() -> None:
    with pytest.raises(AttributeError, match=f"a_new_one has no mapper: {WORD}"):
        _ = m.a_new_one  # pyright: ignore[reportAttributeAccessIssue]  # the subject of the test
    with pytest.raises(TypeError, match=f"no family 'a_new_one'; it has no mapper: {WORD}"):
        m.to_hf(m.to_megatron(LlamaConfig()), family="a_new_one")
