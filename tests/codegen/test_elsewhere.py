"""A table that a team keeps for a class of its own, and the package that is generated from it."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import shutil
import sys
import textwrap
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from transformers.models.llama.configuration_llama import LlamaConfig

import mcore_mappers as m
from codegen import project
from codegen.__main__ import main
from codegen.snapshot import load
from mcore_mappers_runtime import registry
from tests.codegen.scenarios.choice import table as toys

if importlib.util.find_spec("megatron.core") is None:
    pytest.skip("regenerating reads upstream", allow_module_level=True)

PUBLIC: Any = m
"""The package with whatever run time finds in it."""

FILES = {
    "acme_models/__init__.py": "",
    "acme_models/configuration_acme.py": """
        from transformers.models.llama.configuration_llama import LlamaConfig

        class AcmeConfig(LlamaConfig):
            model_type = "acme"
            twist: float = 0.0
    """,
    "acme_models/modeling_acme.py": """
        from transformers.models.llama.modeling_llama import LlamaForCausalLM

        from .configuration_acme import AcmeConfig

        class AcmeForCausalLM(LlamaForCausalLM):
            def __init__(self, config: AcmeConfig):
                super().__init__(config)
                self.twist = config.twist
    """,
    "acme_table/__init__.py": """
        PACKAGE = "acme_mappers"
    """,
    "acme_table/acme.py": """
        from codegen.families.llama import FAMILY as LLAMA
        from codegen.megatron.targets import GPT
        from codegen.table import Family, must_be

        FAMILY = Family(
            config="acme_models.configuration_acme.AcmeConfig",
            causal_lm="acme_models.modeling_acme.AcmeForCausalLM",
            covers="Acme's own models.",
            parts=LLAMA.parts,
            targets=(GPT,),
            rows=(must_be("twist", (0.0,), "Megatron has no twist"),),
        )
    """,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the class, its model and its table, and with what is generated from them."""
    folder = tmp_path_factory.mktemp("made")
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
        assert run(folder, "regen") == 0
        forget()
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the folder, on the path; what is known of other packages is known to one test alone."""
    folder = tmp_path / "home"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sys, "path", [str(folder), str(folder / "out"), *sys.path])
    monkeypatch.setattr(registry, "_announced", {**registry._announced})
    forget()
    yield folder
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.startswith("acme")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    for cached in (registry.known, registry.plugins, registry.registry_of):
        cached.cache_clear()


def run(home: Path, command: str, *arguments: str) -> int:
    elsewhere = ["--families", str(home / "acme_table"), "--out", str(home / "out")]
    return main([command, *elsewhere, *arguments])


def config(**changes: Any) -> Any:
    return importlib.import_module("acme_models.configuration_acme").AcmeConfig(
        hidden_size=256, num_attention_heads=4, **changes
    )


def enter(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Let installed distributions have these entry points."""
    group = "mcore_mappers.families"
    found = [metadata.EntryPoint(name, value, group) for name, value in points.items()]
    monkeypatch.setattr(metadata, "entry_points", lambda **wanted: found if wanted == {"group": group} else [])


def test_a_team_keeps_its_own_table_and_package(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "check") == 0
    assert "out/ is up to date" in capsys.readouterr().out

    assert run(home, "explain", "acme", "twist") == 0
    told = capsys.readouterr().out
    assert "must be" in told
    assert "decided in: acme_table/acme.py: must_be('twist', 0.0)" in told
    (home / "config.json").write_text('{"model_type": "acme", "twist": 0.5}', encoding="utf-8")
    assert run(home, "explain", "acme", "twist", "--config", str(home / "config.json")) == 0
    assert "refused: twist = 0.5: must be 0.0: Megatron has no twist" in capsys.readouterr().out

    package = home / "out/acme_mappers"
    assert {path.name for path in package.iterdir() if path.is_file()} == {
        "__init__.py",
        "_explained.py",
        "_registry.py",
        "acme.py",
        "py.typed",
    }
    text = (package / "acme.py").read_text("utf-8")
    assert "from mcore_mappers.typing import GPTFields" in text
    assert "from mcore_mappers._tables import " in text
    # Nothing of it is in the project's own place.
    assert not (project.GENERATED / "acme_mappers").exists()

    module = package / "acme.py"
    module.write_text(text.replace("twist", "twists", 1), encoding="utf-8")
    assert run(home, "check") == 1
    error = capsys.readouterr().err
    assert "out/acme_mappers/acme.py: was edited by hand" in error
    assert f"regen --families {home / 'acme_table'} --out {home / 'out'}" in error


def test_its_package_works_by_itself(home: Path) -> None:
    mappers = importlib.import_module("acme_mappers")
    assert dir(mappers) == sorted({*vars(mappers), "acme"})
    with pytest.raises(AttributeError, match="module 'acme_mappers' has no attribute 'llama'"):
        _ = mappers.llama
    model = mappers.acme.to_megatron(config(), tensor_model_parallel_size=2)
    assert (model.transformer.hidden_size, model.transformer.tensor_model_parallel_size) == (256, 2)
    assert mappers.acme.to_hf(model).hidden_size == 256
    with pytest.raises(m.UnsupportedConfigError, match="Megatron has no twist"):
        mappers.acme.to_megatron(config(twist=0.5))
    with pytest.raises(TypeError, match="'hidden_size' is decided by the Hugging Face config"):
        mappers.acme.to_megatron(config(), hidden_size=512)


def test_the_public_functions_find_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, acme="acme_mappers:REGISTRY")
    model = m.to_megatron(config(), tensor_model_parallel_size=2)
    assert m.families()["acme"].config_class == "acme_models.configuration_acme.AcmeConfig"
    assert m.families()["acme"].versions == m.families()["llama"].versions
    assert "acme" in dir(m)
    assert PUBLIC.acme is importlib.import_module("acme_mappers.acme")
    assert m.diff(model, config()) == ()
    assert [each.field for each in m.diff(model, config(intermediate_size=64))] == ["ffn_hidden_size"]
    assert type(m.to_hf(model)) is type(config())
    assert type(m.to_hf(model, base=config())) is type(config())
    with pytest.raises(m.UnsupportedConfigError, match="Megatron has no twist"):
        m.to_megatron(config(twist=0.5))
    assert m.dump(m.load(m.dump(model))) == m.dump(model)


def test_warnings_point_at_the_line_that_calls_its_mapper(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, acme="acme_mappers:REGISTRY")
    model: Any = m.to_megatron(config())
    model.extra_checkpoint_metadata = None
    with pytest.warns(m.DefaultedFieldsWarning) as caught:
        m.to_hf(model, family="acme")
    assert [warning.filename for warning in caught] == [__file__]


BROKEN = {
    "no module": ("acme_nowhere:REGISTRY", "", "ModuleNotFoundError: No module named 'acme_nowhere'"),
    "no name": ("acme_broken:REGISTRY", "", "AttributeError: "),
    "raises": ("acme_broken:REGISTRY", "1 / 0", "ZeroDivisionError: division by zero"),
    "no registry": ("acme_broken:REGISTRY", "REGISTRY = {}", "it is no Registry, but a dict"),
    "another layout": (
        "acme_broken:REGISTRY",
        "import dataclasses, acme_mappers\nREGISTRY = dataclasses.replace(acme_mappers.REGISTRY, layout=0)",
        f"was generated for layout 0 of a registry, and this version of mcore-mappers reads {registry.LAYOUT}",
    ),
}


@pytest.mark.parametrize(("value", "text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_entry_point_is_a_warning(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str, text: str, told: str
) -> None:
    (home / "acme_broken.py").write_text(text, encoding="utf-8")
    enter(monkeypatch, broken=value)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert m.to_megatron(LlamaConfig()).transformer.hidden_size == 4096
    (warning,) = [each for each in caught if each.category is m.TableWarning]
    assert str(warning.message).startswith(f"the entry point broken = '{value}' of mcore_mappers.families brings no")
    assert told in str(warning.message)
    assert warning.filename == __file__


def test_what_is_installed_is_nothing_to_a_mapper_of_ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, broken="acme_nowhere:REGISTRY")
    with warnings.catch_warnings():
        warnings.simplefilter("error", m.TableWarning)
        model = m.llama.to_megatron(LlamaConfig())
        assert m.llama.to_hf(model).hidden_size == 4096


def test_two_tables_with_one_family_are_an_error_that_names_both(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "acme_twin.py").write_text(
        "import dataclasses, acme_mappers, mcore_mappers._registry\n"
        "llama = mcore_mappers._registry.REGISTRY.families['llama']\n"
        "families = {**acme_mappers.REGISTRY.families, 'llama': llama}\n"
        "REGISTRY = dataclasses.replace(acme_mappers.REGISTRY, package='acme_twin', families=families)\n",
        encoding="utf-8",
    )
    enter(monkeypatch, acme="acme_mappers:REGISTRY", twin="acme_twin:REGISTRY")
    with pytest.warns(m.TableWarning) as caught:
        families = m.families()
    assert [str(warning.message).partition(":")[0] for warning in caught] == [
        f"mcore_mappers and acme_twin both map llama, {families['llama'].config_class}",
        f"acme_mappers and acme_twin both map acme, {families['acme'].config_class}",
    ]
    with pytest.raises(m.TableConflictError, match="acme_mappers and acme_twin both map acme_models"):
        m.to_megatron(config())
    with pytest.raises(m.TableConflictError, match="acme_mappers and acme_twin both map acme:"):
        _ = PUBLIC.acme
    with pytest.raises(m.TableConflictError, match="mcore_mappers and acme_twin both map transformers"):
        m.to_megatron(LlamaConfig())
    # A module says which is meant, and other families are none of their business.
    model = m.llama.to_megatron(LlamaConfig())
    with pytest.raises(m.TableConflictError, match="mcore_mappers and acme_twin both map llama:"):
        m.to_hf(model)
    mistral = importlib.import_module("transformers.models.mistral.configuration_mistral").MistralConfig()
    assert m.to_hf(m.to_megatron(mistral)).hidden_size == mistral.hidden_size


def test_owners_of_its_own_come_with_fields_of_its_own(home: Path) -> None:
    there = project.place(home / "acme_table", home / "out")
    modules = project.modules(dataclasses.replace(there.table, shares_owners=False), load(there.schemas))
    assert "acme_mappers/typing.py" in modules
    assert "from .typing import GPTFields" in modules["acme_mappers/acme.py"]
    assert "OWNERS = Owners(" in modules["acme_mappers/_registry.py"]
    assert "AnyFields" not in modules["acme_mappers/typing.py"]


def test_tables_and_targets_of_its_own_are_generated() -> None:
    table = project.Table((toys.FAMILY,), toys.OWNERS, package="toy_mappers", shares_owners=True)
    modules = project.modules(table, toys.SNAPSHOT)
    assert {"toy_mappers/typing.py", "toy_mappers/_tables.py"} <= modules.keys()
    assert "from ._tables import ACTIVATIONS, DEPTHS, POSITIONS" in modules["toy_mappers/toy.py"]
    assert "from mcore_mappers." not in modules["toy_mappers/toy.py"]


def test_the_generator_writes_the_layout_that_the_runtime_reads() -> None:
    assert importlib.import_module("codegen.emit.registry").LAYOUT == registry.LAYOUT


@pytest.mark.parametrize(
    ("name", "config_class", "said"),
    [
        ("llama", "acme_models.configuration_acme.AcmeConfig", "mcore_mappers has a mapper of llama (acme_models"),
        ("acme", f"{LlamaConfig.__module__}.LlamaConfig", "mcore_mappers has a mapper of acme (transformers"),
    ],
)
def test_what_is_ours_is_not_theirs(
    home: Path, capsys: pytest.CaptureFixture[str], name: str, config_class: str, said: str
) -> None:
    file = home / "acme_table/acme.py"
    text = file.read_text("utf-8").replace("acme_models.configuration_acme.AcmeConfig", config_class)
    file.unlink()
    file.with_stem(name).write_text(text, encoding="utf-8")
    assert run(home, "check") == 1
    assert said in capsys.readouterr().err


def test_what_its_model_reads_needs_a_verdict(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = home / "acme_table/acme.py"
    text = table.read_text("utf-8")
    table.write_text(
        text.replace('rows=(must_be("twist", (0.0,), "Megatron has no twist"),),', "rows=(),"), encoding="utf-8"
    )
    assert run(home, "regen") == 1
    error = capsys.readouterr().err
    assert (
        "MAP002 acme_table/acme.py:5: no row is about AcmeConfig.twist: float = 0.0; read in AcmeForCausalLM" in error
    )
    assert "1 diagnostic; nothing was written" in error
    module = (home / "out/acme_mappers/acme.py").read_text("utf-8")
    assert 'check.must_be("twist"' in module


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--families", "nowhere"], "needs both"),
        (["--out", "nowhere"], "needs both"),
        (["--families", "nowhere", "--out", "out"], "nowhere is no Python package"),
    ],
)
def test_half_a_place_is_none(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *arguments]) == 1
    assert said in capsys.readouterr().err


def test_a_table_needs_a_package_and_families(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "acme_table/acme.py").write_text("", encoding="utf-8")
    assert run(home, "check") == 1
    assert "acme_table holds no family: no module in it defines FAMILY" in capsys.readouterr().err
    forget()
    (home / "acme_table/__init__.py").write_text("", encoding="utf-8")
    assert run(home, "check") == 1
    assert "acme_table/__init__.py defines no PACKAGE" in capsys.readouterr().err
