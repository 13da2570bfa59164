"""Models of somebody else's package: what they extend and mention is found wherever it is, or introspection says so."""

from __future__ import annotations

import importlib.util
import re
import textwrap
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from codegen import commands
from codegen.__main__ import main
from codegen.diagnostics import IntrospectionError
from codegen.introspect.canonical import import_class
from codegen.introspect.config_reads import ConfigFacts
from codegen.introspect.modeling import reads
from codegen.introspect.postinit import assigned
from codegen.project import Table
from codegen.schemas import Snapshot

if importlib.util.find_spec("transformers") is None:
    pytest.skip("introspection reads transformers", allow_module_level=True)

LLAMA = "from transformers.models.llama.modeling_llama import LlamaForCausalLM"
NUMBERS = count()

Package = Callable[..., str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Writes a package of a new name, which modules that were read before do not know, and gives the name."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(modeling: str, **others: str) -> str:
        name = f"acme_{next(NUMBERS)}"
        for module, text in {"__init__": "", "modeling": modeling, **others}.items():
            file = tmp_path / name / f"{module}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(textwrap.dedent(text).replace("PACKAGE", name), encoding="utf-8")
        return name

    return write


def read_by(name: str) -> set[str]:
    """The attributes that the model of a package reads."""
    facts = ConfigFacts(frozenset({"LlamaConfig"}), frozenset({"hidden_size"}), frozenset())
    return {read.name for read in reads(f"{name}.modeling.AcmeForCausalLM", facts)}


@pytest.mark.parametrize(
    ("imported", "base"),
    [
        (LLAMA, "LlamaForCausalLM"),
        ("from transformers import LlamaForCausalLM", "LlamaForCausalLM"),
        ("from transformers import LlamaForCausalLM as Theirs", "Theirs"),
        ("import transformers", "transformers.LlamaForCausalLM"),
        ("import transformers as hf", "hf.LlamaForCausalLM"),
        ("from transformers.models import llama", "llama.LlamaForCausalLM"),
        ("from transformers.models.llama import modeling_llama", "modeling_llama.LlamaForCausalLM"),
        (
            "import transformers.models.llama.modeling_llama",
            "transformers.models.llama.modeling_llama.LlamaForCausalLM",
        ),
        ("from transformers import LlamaForCausalLM\nBase = LlamaForCausalLM", "Base"),
        ("from .bases import *", "Base"),
        ("from .bases import Base", "Base"),
        ("from . import bases", "bases.Base"),
        (
            "try:\n    from transformers import LlamaForCausalLM\nexcept ImportError:\n    LlamaForCausalLM = object",
            "LlamaForCausalLM",
        ),
        ("try:\n    from not_installed import Base\nexcept ImportError:\n    from .bases import Base", "Base"),
    ],
)
def test_a_base_is_found_however_it_is_imported(package: Package, imported: str, base: str) -> None:
    name = package(
        f"{imported}\nclass AcmeForCausalLM({base}):\n    pass\n",
        bases="from transformers import LlamaForCausalLM\nclass Base(LlamaForCausalLM):\n    pass\n",
    )
    assert {"is_causal", "head_dim", "rms_norm_eps"} <= read_by(name)


def test_what_code_mentions_is_found_through_the_lazy_package_too(package: Package) -> None:
    name = package("""
        import transformers
        from torch import nn
        from transformers import LlamaModel

        class AcmeForCausalLM(nn.Module):
            def __init__(self, config):
                self.model = LlamaModel(config)
                self.other = transformers.MixtralModel(config)
    """)
    assert {"is_causal", "rms_norm_eps", "num_local_experts"} <= read_by(name)


@pytest.mark.parametrize(
    ("imported", "base"),
    [
        ("from torch import nn", "nn.Module"),
        ("import torch", "torch.nn.Module"),
        ("import torch.nn as layers", "layers.Module"),
        ("from abc import ABC", "ABC"),
        ("from typing import Generic, TypeVar\nT = TypeVar('T')", "Generic[T]"),
        ("import collections", "collections.OrderedDict[str, int]"),
        ("", "object"),
        ("", "dict[str, int]"),
    ],
)
def test_torch_and_the_standard_library_know_nothing_of_configs(package: Package, imported: str, base: str) -> None:
    name = package(f"""
        {imported.replace(chr(10), chr(10) + " " * 8)}

        class AcmeForCausalLM({base}):
            def __init__(self, config):
                self.width = config.hidden_size
    """)
    assert read_by(name) == {"hidden_size"}


@pytest.mark.parametrize(
    ("imported", "base", "path"),
    [
        ("from transformers import LlamaForCausalLN", "LlamaForCausalLN", "transformers.LlamaForCausalLN"),
        ("from .nowhere import Base", "Base", "PACKAGE.nowhere.Base"),
        ("from somewhere import Base", "Base", "somewhere.Base"),
        ("from somewhere import *", "Base", "PACKAGE.modeling.Base"),
        ("from pytest import Item", "Item", "_pytest.nodes.Item"),
        (LLAMA, "make(LlamaForCausalLM)", "PACKAGE.modeling: make(LlamaForCausalLM)"),
        (f"{LLAMA}\nBase = make(LlamaForCausalLM)", "Base", "PACKAGE.modeling.Base"),
        (f"{LLAMA}\nclass Outer:\n    Base = LlamaForCausalLM", "Outer.Base", "PACKAGE.modeling.Outer.Base"),
    ],
)
def test_a_base_that_is_not_found_is_an_error(package: Package, imported: str, base: str, path: str) -> None:
    name = package(f"{imported}\nclass AcmeForCausalLM({base}):\n    pass\n")
    found = re.escape(path.replace("PACKAGE", name))
    expected = (
        rf"{name}/modeling\.py: AcmeForCausalLM extends {re.escape(base)}, and {found} is no class in the source of "
        rf"{name} or transformers: what it reads .* Extend a class of these"
    )
    with pytest.raises(IntrospectionError, match=expected):
        read_by(name)


def test_a_mention_that_is_not_found_is_an_error(package: Package) -> None:
    name = package("""
        from transformers.models.llama.modeling_llama import LlamaForCausalLM, LlamaModell

        class AcmeForCausalLM(LlamaForCausalLM):
            def __init__(self, config):
                self.model = LlamaModell(config)
    """)
    with pytest.raises(
        IntrospectionError,
        match=r"AcmeForCausalLM mentions LlamaModell, .* of transformers\.models\.llama\.modeling_llama\.LlamaModell:",
    ):
        read_by(name)


def test_a_config_whose_post_init_has_no_source_is_an_error(package: Package) -> None:
    name = package("""
        from transformers import PreTrainedConfig

        def made():
            class Hidden(PreTrainedConfig):
                def __post_init__(self, **kwargs):
                    self.twice = 2
                    super().__post_init__(**kwargs)

            return Hidden

        class AcmeConfig(made()):
            pass
    """)
    with pytest.raises(IntrospectionError, match=r"AcmeConfig has the __post_init__ of .*Hidden and its source is not"):
        assigned(import_class(f"{name}.modeling.AcmeConfig"))


def test_the_generator_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def introspected(table: Table) -> Snapshot:
        raise IntrospectionError("AcmeForCausalLM extends Base")

    monkeypatch.setattr(commands, "introspected", introspected)
    assert main(["regen"]) == 1
    assert capsys.readouterr().err == "AcmeForCausalLM extends Base\n\nnothing was written\n"
