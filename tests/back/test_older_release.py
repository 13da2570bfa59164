"""What transformers 4.57.1 itself reads of files in its spelling. OLDER_PYTHON names an interpreter that has it.

Every field that a class of both releases has is compared, for the cases of all families, and what is read of rope.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mcore_mappers import UnsupportedConfigError, save_config
from mcore_mappers_runtime.json_numbers import number
from tests.back.test_save import OLDER
from tests.numerics.cases import Case, cases_of
from tests.selection import draw

PYTHON = os.environ.get("OLDER_PYTHON")
pytestmark = pytest.mark.skipif(PYTHON is None, reason="OLDER_PYTHON names no interpreter that has transformers 4.57.1")

READ = """
import json, sys
from transformers import AutoConfig, __version__
from transformers.utils import logging

logging.set_verbosity_error()
assert __version__ == "4.57.1", __version__
said = {}
for folder in sys.stdin.read().split():
    try:
        hf = AutoConfig.from_pretrained(folder)
        names = {*hf.to_dict(), *hf.attribute_map}
        said[folder] = {name: getattr(hf, name) for name in names if name != "dtype"}
    except Exception as error:
        said[folder] = f"{type(error).__name__}: {error}"
print(json.dumps(said, default=str))
"""
# What a release says of itself and of files, what is compared by what it says, and what decides no model.
NOT_COMPARED = {"transformers_version", "_name_or_path", "dtype", "rope_parameters", "num_labels"}
INSIDE = {"emu3_text_model", "qwen2_5_omni_text", "qwen3_omni_moe_text"}
"""Families whose class that release reads inside a composite alone."""
NOT_READ = {("qwen2_moe", "sliding_window")}
"""What the class of that release sets whatever is said: no window where none is used."""
RENAMED = {"linear_attention": "mamba", "full_attention": "attention"}
"""What Granite's class of that release calls its types of layers."""
FEW = 4


def written(folder: Path) -> Iterator[tuple[Case, Path]]:
    for family in (each for each in OLDER if each not in INSIDE):
        for place, case in enumerate(draw(cases_of(family), FEW, f"files of 4.57 of {family}")):
            path = folder / f"{family}-{place}"
            path.mkdir()
            try:
                save_config(case.config(), path, spelling="4.57")
            except UnsupportedConfigError:
                continue
            yield case, path


def unlike(case: Case, read: Mapping[str, Any] | str) -> Iterator[str]:
    """What the older release reads as another value."""
    if isinstance(read, str):
        yield f"{case}: {read}"
        return
    hf = json.loads(case.config().to_json_string(use_diff=False), object_hook=number)
    if case.family == "granitemoehybrid":
        hf["layer_types"] = [RENAMED[each] for each in hf["layer_types"]]
    for name in hf.keys() & read.keys() - NOT_COMPARED:
        value = hf[name]
        if read[name] != value and (case.family, name) not in NOT_READ:
            yield f"{case}: {name} = {value!r}, read as {read[name]!r}"
    rope = hf.get("rope_parameters") or {}
    rope = rope.get("full_attention", rope)
    if rope.get("factor", 1) is None:
        rope["factor"] = hf["max_position_embeddings"] / rope["original_max_position_embeddings"]
    scaling = read.get("rope_scaling") or {}
    for key in ("factor", "short_factor", "long_factor", "low_freq_factor", "beta_fast"):
        if scaling.get(key) != rope.get(key):
            yield f"{case}: {key} of rope = {rope.get(key)!r}, read as {scaling.get(key)!r}"
    if rope and read.get("rope_theta", rope["rope_theta"]) != rope["rope_theta"]:
        yield f"{case}: base of rope = {rope['rope_theta']!r}, read as {read['rope_theta']!r}"
    if scaling.get("rope_type", scaling.get("type", "default")) != rope.get("rope_type", "default"):
        yield f"{case}: type of rope = {rope.get('rope_type')!r}, read as {scaling}"


def test_every_value_is_read_right(tmp_path: Path) -> None:
    cases = {str(path): case for case, path in written(tmp_path)}
    command = [str(PYTHON), "-W", "ignore", "-c", READ]
    done = subprocess.run(command, input="\n".join(cases), capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert [each for path, case in cases.items() for each in unlike(case, said[path])] == []
