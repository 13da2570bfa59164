"""Introspection of configs and models that were made for the purpose, one feature each."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from codegen.introspect import huggingface
from codegen.schemas import REQUIRED, HfClass, HfField

if importlib.util.find_spec("transformers") is None:
    pytest.skip("introspection reads transformers", allow_module_level=True)


def field(kind: HfClass, name: str) -> HfField:
    return next(found for found in kind.fields if found.name == name)


TOY = {
    "__init__.py": "",
    "shared.py": """
        def used(config):
            return inner(config)

        def inner(config):
            return config.shared_attribute

        def unused(config):
            return config.unused_attribute

        class Base:
            def __init__(self, config):
                self.config = config

            def called(self):
                return self.config.through_base

            def not_called(self):
                return self.config.uncalled

        def decorate(function):
            def wrapper(self, *args):
                for name in ["listed", "listed_but_undeclared"]:
                    getattr(self.config, name, None)
                return function(self, *args)

            return wrapper
    """,
    "model/__init__.py": "",
    "model/configuration_toy.py": '''
        import functools
        from typing import Literal

        from transformers.configuration_utils import PreTrainedConfig
        from transformers.utils.type_validators import interval, probability

        class ToyBase(PreTrainedConfig):
            depth: int = 1
            width: float = 1.0

            @property
            def inherited(self) -> int:
                return self.depth

        class ToyConfig(ToyBase):
            """
            Args:
                width (`int`, *optional*, defaults to 8):
                    How wide
                    it is.
                kind (`Literal["a", "b"]`): One of (two) kinds.
            """

            model_type = "toy"
            attribute_map = {"things": "n_things"}
            constant = 3

            width: int = 8
            things: int = 2
            unread: bool = False
            share: float = probability(default=0.5)
            gap: float = interval(min=0, exclude_min=True)(default=1.0)
            kind: Literal["a", "b"] = "a"
            optional: int | None = None
            sampled: int = 0
            listed: int = 0
            pattern_one: int = 0
            aliased: int = 0
            through_base: int = 0

            def __post_init__(self, **kwargs):
                if self.optional is None:
                    self.optional = self.width
                self.things = abs(self.things)
                self._helper()
                fill(self)
                self._private = 1
                super().__post_init__(**kwargs)

            def _helper(self):
                self.helped = "yes"

            @property
            def doubled(self) -> int:
                """Twice
                the width."""
                return 2 * self.width

            @doubled.setter
            def doubled(self, value):
                self.width = value // 2

            @functools.cached_property
            def cached(self):
                return 1

        def fill(given):
            given.filled = 1.5

        class ToyPartConfig(PreTrainedConfig):
            size: int = 1

        class ToyWholeConfig(PreTrainedConfig):
            sub_configs_defaults = {"part_config": ToyPartConfig}
            part_config: dict | PreTrainedConfig | None = None
            bias: bool = False

        class ToyFussyConfig(PreTrainedConfig):
            size: int = 0

            def __post_init__(self, **kwargs):
                raise RuntimeError("no size")
    ''',
    "model/modeling_toy.py": """
        from ..shared import Base, decorate, unused, used
        from .configuration_toy import ToyConfig, ToyPartConfig, ToyWholeConfig

        class ToyBlock(Base):
            def __init__(self, config, index):
                super().__init__(config)
                self.cfg = config
                self.width = config.width
                self.gate = getattr(config, "gate", None)
                self.scale = getattr(config, "scale", config.width * 2)
                self.mixed = getattr(config, "mixed", 1)
                if hasattr(config, "width"):
                    self.a = config.n_things
                else:
                    self.a = config.never_there
                for suffix in ("one", "two"):
                    getattr(config, f"pattern_{suffix}", None)

            def forward(self, x):
                local = self.config
                return self.cfg.aliased + local.doubled + self.called() + self.config.constant

        BLOCKS = {"a": ToyBlock}

        def build(config: ToyConfig):
            return BLOCKS[config.kind](config, 0)

        class ToyUnrelated:
            def __init__(self, config):
                config.unrelated

        class ToyForOther(Base):
            def forward(self):
                return self.config.other_head

        class ToyForCausalLM(Base):
            def __init__(self, config: ToyConfig):
                super().__init__(config)
                self.model = build(config)
                config.written = 1

            @decorate
            def forward(self, x: ToyUnrelated, mixed=None):
                mixed = getattr(self.config, "mixed", 2)
                if hasattr(self.config, "probed"):
                    pass
                if isinstance(x, ToyForOther):
                    pass
                return used(self.config)

            def prepare_inputs_for_generation(self):
                return self.config.sampled, self.config.sampled_undeclared

        class ToyPart(Base):
            def __init__(self, config: ToyPartConfig):
                config.size, config.part_undeclared

        class ToyWholeForCausalLM(Base):
            def __init__(self, config: ToyWholeConfig):
                self.part = ToyPart(config.part_config)
                self.bias = config.bias
                self.text = config.get_text_config().size
    """,
}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("toys")
    write(folder / "toys_for_introspection", TOY)
    sys.path.insert(0, str(folder))
    yield "toys_for_introspection.model"
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def toy(toys: str) -> HfClass:
    return huggingface.introspect(f"{toys}.configuration_toy.ToyConfig", f"{toys}.modeling_toy.ToyForCausalLM")


def test_toy_reads(toy: HfClass) -> None:
    readers = {found.name: found.read_in for found in toy.fields if found.origin.startswith("Toy")}
    assert readers == {
        "aliased": ("ToyBlock",),
        "depth": (),
        "filled": (),
        "gap": (),
        "helped": (),
        "kind": ("build",),
        "listed": ("shared.decorate",),
        "optional": (),
        "pattern_one": ("ToyBlock",),
        "sampled": ("ToyForCausalLM",),
        "share": (),
        "things": ("ToyBlock",),
        "through_base": ("shared.Base",),
        "unread": (),
        "width": ("ToyBlock",),
    }


def test_toy_undeclared(toy: HfClass) -> None:
    assert [(found.name, found.default, found.read_in) for found in toy.undeclared] == [
        ("constant", 3, ("ToyBlock",)),
        ("gate", None, ("ToyBlock",)),
        ("mixed", REQUIRED, ("ToyBlock", "ToyForCausalLM")),
        ("probed", REQUIRED, ("ToyForCausalLM",)),
        ("scale", REQUIRED, ("ToyBlock",)),
        ("shared_attribute", REQUIRED, ("shared.inner",)),
    ]


def test_toy_properties(toy: HfClass) -> None:
    assert [(each.name, each.type, each.settable, each.read_in) for each in toy.properties] == [
        ("cached", "object", True, ()),
        ("doubled", "int", True, ("ToyBlock",)),
        ("inherited", "int", False, ()),
    ]
    assert [each.name for each in toy.properties if each.doc] == ["doubled"]


def test_toy_fields(toy: HfClass) -> None:
    assert (field(toy, "width").origin, field(toy, "depth").origin) == ("ToyConfig", "ToyBase")
    assert (field(toy, "width").type, field(toy, "width").default) == ("int", 8)
    assert field(toy, "width").doc == hashlib.sha256(b"How wide it is.").hexdigest()[:12]
    assert {each.name for each in toy.fields if each.doc and each.origin == "ToyConfig"} == {"width", "kind"}
    assert (field(toy, "share").range, field(toy, "gap").range, field(toy, "width").range) == (
        "[0, 1]",
        "(0, inf]",
        None,
    )
    assert field(toy, "kind").type == 'Literal["a", "b"]'
    assert {each.name for each in toy.fields if each.set_in_post_init and each.origin == "ToyConfig"} == {
        "filled",
        "helped",
        "optional",
        "things",
    }
    assert {each.name for each in toy.fields if not each.declared} == {"filled", "helped"}
    assert (field(toy, "filled").type, field(toy, "filled").after_init) == ("float", 1.5)
    own = [each.name for each in toy.fields if each.origin == "ToyConfig" and each.declared]
    assert own[:4] == ["width", "things", "unread", "share"]
    assert [each.name for each in toy.fields[-2:]] == ["filled", "helped"]


def test_the_parts_of_a_composite_config_are_not_its_own(toys: str) -> None:
    whole = huggingface.introspect(
        f"{toys}.configuration_toy.ToyWholeConfig", f"{toys}.modeling_toy.ToyWholeForCausalLM"
    )
    assert field(whole, "bias").read_in == field(whole, "part_config").read_in == ("ToyWholeForCausalLM",)
    assert whole.undeclared == ()
    assert field(whole, "part_config").after_init == {"$repr": f"{toys}.configuration_toy.ToyPartConfig()"}


def test_a_config_that_refuses_its_defaults_keeps_them(toys: str) -> None:
    fussy = huggingface.introspect(f"{toys}.configuration_toy.ToyFussyConfig")
    assert fussy.causal_lm == ""
    assert (field(fussy, "size").default, field(fussy, "size").after_init) == (0, 0)
