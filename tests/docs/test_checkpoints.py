"""The table of checkpoints is consistent with the families, and true of published configs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from codegen.pages import checkpoints
from codegen.pages.checkpoints import TABLE, Checkpoint, read
from codegen.project import load_table
from mcore_mappers import UnsupportedConfigError, load_config, text_config, to_megatron
from mcore_mappers_runtime.composite import levels
from tests.mapping.support import folder

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
    assert bool(row.fields) == (row.status == "mapped" and row.outcome == "refused")
    if row.outcome == "maps":
        assert not row.frees
    if row.family and row.status == "unknown":
        assert "family" in row.frees


@pytest.mark.parametrize("row", ROWS, ids=by_name)
def test_the_family_is_what_the_type_is_read_as(row: Checkpoint) -> None:
    remote = {each.native for each in load_table().remote if each.model_type == row.model_type}
    if row.model_type not in CONFIG_MAPPING:
        # Remote code around a language model says only in its files which.
        assert row.family in (remote or {"", *CONFIG_MAPPING})
        return
    cls: Any = CONFIG_MAPPING[row.model_type]
    # A composite whose language model may be of any type has one of its own only in its files.
    anything = AutoConfig in cls.sub_configs.values()
    assert row.family == levels(cls())[-1][1].model_type or (anything and row.family in CONFIG_MAPPING)


@pytest.mark.parametrize(
    ("cell", "value"), [("outcome", "perhaps"), ("frees", "luck"), ("frees", "family, luck"), ("outcome", "")]
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
    found = refused(path, row.family)
    if row.status == "mapped":
        assert found == {*row.fields}
    else:
        assert ("class" if row.family else "model_type") in found


def refused(path: Path, family: str) -> set[str]:
    """The fields for which a config is refused: none when it maps."""
    try:
        hf = text_config(load_config(path))
        assert hf.model_type == family
        to_megatron(hf)
    except UnsupportedConfigError as error:
        return {refusal.field for refusal in error.refusals}
    return set()
