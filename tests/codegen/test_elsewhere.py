"""A table that a team keeps for a class of its own, and the package that is generated from it."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen import project
from codegen.__main__ import main

if importlib.util.find_spec("megatron.core") is None:
    pytest.skip("regenerating reads upstream", allow_module_level=True)

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
        from acme_table.acme import ACME

        FAMILIES = (ACME,)
        PACKAGE = "acme_mappers"
    """,
    "acme_table/acme.py": """
        from codegen.families.llama import TABLE as LLAMA
        from codegen.families.targets import GPT
        from codegen.table import Family, MustBe, Rows

        TABLE = Rows(
            module=__name__,
            extends=(LLAMA,),
            rows=(MustBe("twist", (0.0,), "Megatron has no twist"),),
        )

        ACME = Family(
            name="acme",
            config_class="acme_models.configuration_acme.AcmeConfig",
            causal_lm="acme_models.modeling_acme.AcmeForCausalLM",
            target=GPT,
            table=TABLE,
            covers="Acme's own models.",
        )
    """,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the class, its model and its table, on the path."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "out"), *sys.path])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("acme")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def run(home: Path, command: str, *arguments: str) -> int:
    elsewhere = ["--families", str(home / "acme_table"), "--out", str(home / "out")]
    return main([command, *elsewhere, *arguments])


def test_a_team_keeps_its_own_table_and_package(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "regen") == 0
    assert "1 families" in capsys.readouterr().out
    assert run(home, "check") == 0
    assert "out/ is up to date" in capsys.readouterr().out

    assert run(home, "explain", "acme", "twist") == 0
    told = capsys.readouterr().out
    assert "must be" in told
    assert "decided in: acme_table/acme.py: MustBe('twist', 0.0)" in told

    importlib.invalidate_caches()
    mappers = importlib.import_module("acme_mappers")
    config_class = importlib.import_module("acme_models.configuration_acme").AcmeConfig
    model = mappers.to_megatron(config_class(hidden_size=256, num_attention_heads=4), tensor_model_parallel_size=2)
    assert (model.transformer.hidden_size, model.transformer.tensor_model_parallel_size) == (256, 2)
    assert mappers.to_hf(model).hidden_size == 256
    with pytest.raises(mappers.UnsupportedConfigError, match="Megatron has no twist"):
        mappers.acme.to_megatron(config_class(twist=0.5))
    assert list(mappers.families()) == ["acme"]
    # Nothing of it is in the project's own place.
    assert not (project.GENERATED / "acme_mappers").exists()

    module = home / "out/acme_mappers/acme.py"
    module.write_text(module.read_text("utf-8").replace("twist", "twists", 1), encoding="utf-8")
    assert run(home, "check") == 1
    error = capsys.readouterr().err
    assert "out/acme_mappers/acme.py: was edited by hand" in error
    assert f"regen --families {home / 'acme_table'} --out {home / 'out'}" in error


def test_what_its_model_reads_needs_a_verdict(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = home / "acme_table/acme.py"
    text = table.read_text("utf-8")
    table.write_text(
        text.replace('rows=(MustBe("twist", (0.0,), "Megatron has no twist"),),', "rows=(),"), encoding="utf-8"
    )
    assert run(home, "regen") == 1
    error = capsys.readouterr().err
    assert "MAP002 acme_table/acme.py: no row is about AcmeConfig.twist: float = 0.0; read in AcmeForCausalLM" in error
    assert "1 diagnostic; nothing was written" in error
    assert not (home / "out").exists()


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


def test_a_table_needs_families_and_a_package(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "acme_table/__init__.py").write_text("", encoding="utf-8")
    assert run(home, "check") == 1
    assert "acme_table/__init__.py defines no FAMILIES and no PACKAGE" in capsys.readouterr().err
