"""The package itself: cheap to import, and what it says of its families."""

from __future__ import annotations

import ast
import subprocess
import sys
import types
from dataclasses import FrozenInstanceError
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from transformers.configuration_utils import PreTrainedConfig

import mcore_mappers as m
from tests.support.hf import CLASSES

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "megatron", "numpy")


def load(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


@pytest.mark.parametrize(
    "statement",
    [
        "import mcore_mappers",
        "from mcore_mappers import *",
        "import mcore_mappers as m; m.families(); dir(m); m.UnsupportedConfigError; m.to_megatron",
        "import mcore_mappers as m\ntry: m.nosuch\nexcept AttributeError: pass",
    ],
)
def test_import_is_cheap(statement: str) -> None:
    """In another process: this one has everything loaded. A type checker's imports must not run either."""
    program = f"import sys\n{statement}\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    paths = [path for path in sys.path if path]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_the_runtime_imports_nothing_that_is_generated() -> None:
    """It is handed over, by whichever package was generated."""
    files = sorted((ROOT / "runtime").rglob("*.py"))
    assert len(files) > 30
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in modules if name.partition(".")[0] == "mcore_mappers"], file


def test_installed_packages_are_looked_for_when_they_are_needed() -> None:
    program = (
        "import importlib.metadata as metadata\n"
        "asked = []\n"
        "metadata.entry_points = lambda **group: asked.append(group) or ()\n"
        "import mcore_mappers as m\n"
        "m.to_megatron, m.UnsupportedConfigError, m.diff\n"
        "assert not asked, asked\n"
        "m.families(), m.families()\n"
        "assert asked == [{'group': 'mcore_mappers.families'}], asked\n"
    )
    subprocess.run([sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}"], check=True)


def test_families_are_modules() -> None:
    mapped = {name for name, family in m.families().items() if family.status == "mapped"}
    assert set(dir(m)) == {*mapped, *m.__all__, "__version__", "cpu", "layers", "typing"}
    assert dir(m) == sorted(set(dir(m)))
    for name in mapped:
        module = getattr(m, name)
        assert isinstance(module, types.ModuleType)
        assert module.__name__ == f"mcore_mappers.{name}"
        assert module is getattr(m, name)


def test_a_refused_family_says_why() -> None:
    refused = {name for name, family in m.families().items() if family.status == "refused"}
    assert len(refused) > 100
    assert not refused & set(dir(m))
    with pytest.raises(
        AttributeError, match="gemma3n_text has no mapper: several predicted and corrected residual streams"
    ):
        _ = m.gemma3n_text  # pyright: ignore[reportAttributeAccessIssue]  # the subject of the test


def test_no_such_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'mcore_mappers' has no attribute 'nosuch'"):
        _ = m.nosuch  # pyright: ignore[reportAttributeAccessIssue]  # the subject of the test
    assert not hasattr(m, "lama")


def test_all_is_there() -> None:
    assert all(hasattr(m, name) for name in m.__all__)


def test_families() -> None:
    families = m.families()
    assert set(families) >= set(CLASSES)
    for name, family in families.items():
        config_class = load(family.config_class)
        assert issubclass(config_class, PreTrainedConfig)
        assert family.name == name
        # A config class may be that of several types.
        assert config_class.model_type.replace("-", "_") == name or family.status == "refused"
        assert f"{config_class.__module__}.{config_class.__qualname__}" == family.config_class
        assert family.status in ("mapped", "refused", "pending")
        assert bool(family.covers) == (family.status == "mapped")
        assert all(field and reason for field, reason in family.refusals)
        assert all(each.identifier and each.field and each.reason for each in family.deviations)
        assert bool(family.targets) == (family.status == "mapped")
        if family.status == "mapped":
            assert all(load(target).__name__.endswith("ModelConfig") for target in family.targets)
    for name, config_class in CLASSES.items():
        assert load(families[name].config_class) is config_class
    assert [each.identifier for each in families["deepseek_v3"].deviations] == ["dynamic_ntk", "mla_latent_norm_eps"]
    assert [each.identifier for each in families["nemotron_h"].deviations] == ["mamba_dt_clamp"]


def test_families_cannot_be_changed() -> None:
    """Everybody shares them."""
    families: Any = m.families()
    with pytest.raises(TypeError):
        families["mine"] = families["llama"]
    with pytest.raises(FrozenInstanceError):
        families["llama"].status = "refused"
