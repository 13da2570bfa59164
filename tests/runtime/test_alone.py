"""Where Megatron is installed and transformers is not: a config that was mapped elsewhere is read from its file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import mcore_mappers
from tests.support.hf import config

pytestmark = pytest.mark.costly

PROGRAM: Final = """
import importlib.metadata, json, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("transformers", "huggingface_hub"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

version = importlib.metadata.version

def of_present(name):
    if name == "transformers":
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)

sys.meta_path.insert(0, Absent())
importlib.metadata.version = of_present

import mcore_mappers as m

def told(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"

json_file, yaml_file, config_file = sys.argv[1:]
models = [m.load_file(json_file), m.load_file(yaml_file)]
print(json.dumps({
    "equal": all(m.dump(model)["model"] == m.dump(models[0])["model"] for model in models),
    "again": m.dump(models[0]),
    "families": m.families()["llama"].status,
    "to_hf": told(lambda: m.to_hf(models[0])),
    "llama": told(lambda: m.llama),
    "load_config": told(lambda: m.load_config(config_file)),
    "to_megatron": told(lambda: m.to_megatron(models[0])),
}))
"""


@pytest.mark.parametrize("family", ["deepseek_v3", "nemotron_h"])
def test_a_file_is_read_without_transformers(family: str, tmp_path: Path) -> None:
    model = mcore_mappers.to_megatron(config(family))
    files = [tmp_path / "model.json", tmp_path / "model.yaml", tmp_path / "config.json"]
    for file in files[:2]:
        mcore_mappers.dump_file(model, file)
    mcore_mappers.save_config(config(family), files[2])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    here = json.loads(json.dumps(mcore_mappers.dump(model)))
    assert found.pop("equal")
    again = found.pop("again")
    assert "transformers" not in again["written"].pop("versions")
    del here["written"]["versions"]
    assert again == here
    absent = "needs transformers 5.5.0 or newer, and none is installed; families() says what every family needs"
    assert found == {
        "families": "mapped",
        "to_hf": f"UpstreamVersionError: {family} {absent}",
        "llama": f"UpstreamVersionError: llama {absent}",
        "load_config": f"UpstreamVersionError: Hugging Face configs {absent.replace('needs', 'need', 1)}",
        "to_megatron": f"TypeError: to_megatron() takes a Hugging Face config, not {type(model).__name__}",
    }
