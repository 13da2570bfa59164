"""A second opinion: agreement with what Megatron-Bridge answered, but for the differences listed here.

`BRIDGE_ANSWERS` names a folder with its recorded answers, about the configs in `CONFIG_CORPUS` (`real_configs.jsonl`)
and about default instances of config classes (`class_defaults.jsonl`). A line has `case`, and in `megatron` the fields
that Bridge set or that differ from its own defaults; `hints` are arguments for the default instance.
"""

from __future__ import annotations

import functools
import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from mcore_mappers import UnsupportedConfigError
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from tests.mapping.support import fields, folder, load, mapped_families, printable, to_megatron

ANSWERS, CORPUS = folder("BRIDGE_ANSWERS"), folder("CONFIG_CORPUS")
pytestmark = pytest.mark.skipif(
    ANSWERS is None or CORPUS is None,
    reason="BRIDGE_ANSWERS and CONFIG_CORPUS do not both name a folder: recorded answers and what they are about",
)

REFUSED = "(refused)"
"""Stands for a field in `DIFFERENCES`: the mapper refuses what Bridge maps."""

DIFFERENCES: tuple[tuple[str, str, str], ...] = (
    ("*", "make_vocab_size_divisible_by", "the caller's: padding of the vocabulary"),
)
"""Case pattern, field and reason. Every entry must be met by some case."""


@functools.cache
def recorded() -> dict[str, dict[str, Any]]:
    """Bridge's answers about mapped families, by case."""
    assert ANSWERS
    lines = [
        json.loads(line)
        for name in ("real_configs.jsonl", "class_defaults.jsonl")
        for line in (ANSWERS / name).read_text().splitlines()
    ]
    # A case is `family/file.json`, `family` or `family+hints`. A class that stood in for remote code is no family's.
    families = mapped_families()
    return {line["case"]: line for line in lines if line["case"].split("/")[0].removesuffix("+hints") in families}


def without_nulls(bridge: dict[str, Any]) -> dict[str, Any]:
    """Bridge's answer, with the sizes that Megatron derives from others where it has None for them."""
    heads, hidden = bridge["num_attention_heads"], bridge["hidden_size"]
    derived = {"kv_channels": hidden // heads, "num_query_groups": heads, "ffn_hidden_size": 4 * hidden}
    return bridge | {name: value for name, value in derived.items() if bridge.get(name) is None}


@functools.cache
def differences(case: str) -> dict[str, tuple[object, object]]:
    """Field to the two values, Bridge's first, of every field that both have and that differs."""
    assert CORPUS
    answer = recorded()[case]
    if case.endswith(".json"):
        hf = load(CORPUS / case)
    else:
        hf = CONFIG_MAPPING[answer["model_type"]](**answer.get("hints", {}))
    try:
        ours = {name: printable(value) for name, value in fields(to_megatron(hf)).items()}
    except UnsupportedConfigError as error:
        return {REFUSED: ("mapped", str(error))}
    theirs = without_nulls(answer["megatron"])
    return {name: (theirs[name], ours[name]) for name in theirs if name in ours and theirs[name] != ours[name]}


def listed(case: str, field: str) -> bool:
    """Is this difference in the list?"""
    return any(fnmatchcase(case, pattern) and field == name for pattern, name, _ in DIFFERENCES)


def test_agrees_but_for_the_listed_differences() -> None:
    unlisted = {
        case: {field: values for field, values in differences(case).items() if not listed(case, field)}
        for case in recorded()
    }
    assert not {case: found for case, found in unlisted.items() if found}, "case: field: (Bridge, ours)"


def test_no_listed_difference_is_unused() -> None:
    unused = [
        (pattern, field)
        for pattern, field, _ in DIFFERENCES
        if not any(fnmatchcase(case, pattern) and field in differences(case) for case in recorded())
    ]
    assert not unused


def test_counts(capsys: pytest.CaptureFixture[str]) -> None:
    compared = sum(len(answer["megatron"]) for answer in recorded().values())
    differing = sum(len(differences(case)) for case in recorded())
    summary = f"{len(recorded())} cases, {compared} values, {differing} differ ({len(DIFFERENCES)} entries)"
    with capsys.disabled():
        print(f"\nBridge: {summary}")
