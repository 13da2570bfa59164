"""The table of checkpoints is consistent with the families, and true of published configs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from codegen.pages import checkpoints
from codegen.pages.checkpoints import TABLE, Checkpoint, read
from codegen.project import load_table
from mcore_mappers import UnsupportedConfigError, families, load_config, text_config, to_megatron
from mcore_mappers_runtime.composite import levels
from tests.configs.reconstructed import FILES
from tests.mapping.support import folder
from tests.numerics.mapping import warned

ROWS = read()
CORPUS = folder("CONFIG_CORPUS")


def by_name(row: Checkpoint) -> str:
    return row.checkpoints


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(map(by_name, ROWS)).items() if count > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_outcome_is_one_that_the_family_can_have(row: Checkpoint) -> None:
    """And the reason is given where there is one, with the fields where values alone are refused."""
    assert row.status == "mapped" or row.outcome == "refused"
    assert bool(row.reason) == (row.outcome != "maps")
    if row.outcome == "layers":
        known = families()[row.family]
        assert known.layers
        assert bool(row.named) != bool(known.lacks)
    elif row.outcome == "maps":
        assert {*row.named} <= {each.identifier for each in families()[row.family].deviations}
    else:
        assert bool(row.named) == (row.status == "mapped")
    assert bool(row.freed_by) == (row.outcome == "refused")


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_family_is_what_the_type_is_read_as(row: Checkpoint) -> None:
    remote = {each.native for each in load_table().remote if each.model_type == row.model_type}
    if row.model_type not in CONFIG_MAPPING:
        if families().get(row.model_type.replace("-", "_")):
            # A class of the project's own.
            assert row.family == row.model_type.replace("-", "_")
            return
        # Remote code around a language model says only in its files which.
        assert row.family in (remote or {"", *CONFIG_MAPPING})
        return
    cls: Any = CONFIG_MAPPING[row.model_type]
    # A composite whose language model may be of any type has one of its own only in its files.
    anything = AutoConfig in cls.sub_configs.values()
    assert row.family == levels(cls())[-1][1].model_type or (anything and row.family in CONFIG_MAPPING)


@pytest.mark.parametrize(
    ("cell", "value"), [("outcome", "perhaps"), ("freed_by", "luck"), ("freed_by", "router, luck"), ("outcome", "")]
)
def test_words_are_of_a_closed_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cell: str, value: str) -> None:
    head, *_ = TABLE.read_text(encoding="utf-8").splitlines()
    cells = dict.fromkeys(head.split("\t"), "") | {"outcome": "maps", cell: value}
    monkeypatch.setattr(checkpoints, "TABLE", tmp_path / "table.tsv")
    checkpoints.TABLE.write_text("\n".join((head, "\t".join(cells.values()))))
    with pytest.raises(ValueError, match="is none of"):
        read()


CONFIGS = {name: row for row in ROWS for name in row.configs}


def test_a_config_belongs_to_one_row() -> None:
    assert len(CONFIGS) == sum(len(row.configs) for row in ROWS)


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CONFIGS)
def test_a_published_config_has_the_outcome(name: str) -> None:
    assert CORPUS
    row, path = CONFIGS[name], CORPUS / f"{name}.json"
    assert json.loads(path.read_text())["model_type"] == row.model_type
    has_the_outcome(row, path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [row for row in ROWS if not row.configs], ids=by_name)
def test_a_reconstructed_config_has_the_outcome(row: Checkpoint, tmp_path: Path) -> None:
    """Of a row without a published one: what decides it, or the defaults of its class."""
    inner = {"text_config": {"model_type": row.family}} if row.family != row.model_type else {}
    file = {"model_type": row.model_type, **FILES.get(row.checkpoints, inner)}
    (tmp_path / "config.json").write_text(json.dumps(file))
    has_the_outcome(row, tmp_path)


def test_what_is_reconstructed_has_a_row() -> None:
    assert FILES.keys() <= {row.checkpoints for row in ROWS if not row.configs}


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layers", [False, True])
def test_most_published_language_models_map(layers: bool, record_property: Any) -> None:
    """Of the files that are a language model, or hold one: not of drafts, bare bodies and other heads."""
    assert CORPUS
    outcomes = [outcome(path, layers=layers).refused for path in sorted(CORPUS.glob("*/*.json"))]
    language_models = [fields for fields in outcomes if not fields & {"architectures", "is_causal"}]
    mapped = [fields for fields in language_models if not fields]
    told = f"{len(mapped)} of {len(language_models)} published language models map"
    record_property("mapped", told)
    assert len(mapped) >= MOST[layers] * len(language_models), told


MOST = {False: 0.65, True: 0.8}
"""The part of the published language models that maps at least, without layers and with them."""


def has_the_outcome(row: Checkpoint, path: Path) -> None:
    found = outcome(path)
    if row.status != "mapped":
        assert ("class" if row.family else "model_type") in found.refused
        return
    assert found.family in (row.family, "")
    if row.outcome == "maps":
        assert not found.refused
        assert found.deviations <= {*row.named}
    elif row.outcome == "layers":
        assert found.refused == ({*row.named} or {"class"})
        assert not outcome(path, layers=True).refused
    else:
        assert found.refused == {*row.named}


@dataclass(frozen=True)
class Outcome:
    """What becomes of a config."""

    family: str
    """What its language model is read as; empty where the file itself is refused."""
    refused: frozenset[str] = frozenset()
    """The fields for which it is refused; none where it maps."""
    deviations: frozenset[str] = frozenset()
    """Those with which it maps."""


@cache
def outcome(path: Path, *, layers: bool = False) -> Outcome:
    """What becomes of the language model of a published config."""
    family = ""
    try:
        hf = text_config(load_config(path))
        family = hf.model_type.replace("-", "_")
        return Outcome(family, deviations=frozenset(warned(partial(to_megatron, layers=layers), hf)[1]))
    except UnsupportedConfigError as error:
        return Outcome(family, refused=frozenset(refusal.field for refusal in error.refusals))
