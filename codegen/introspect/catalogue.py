"""Which language models transformers has, alone or in composites, and where what classes are refused for stands."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from codegen.introspect.definitions import source_file
from codegen.schemas import HfClass

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig


_SPEAKING: Final = ("talker_config", "code_predictor_config")
"""Fields in which composites hold what writes codes of speech."""


@cache
def causal_lm() -> Mapping[str, str]:
    """Every `model_type` of a language model, and the path of its config class.

    They are those that the auto classes have with an output layer, be it among models for images and texts alone, and
    what composites hold in a field for text.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    )

    among_images = {
        name for name, model in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES.items() if str(model).endswith("ForCausalLM")
    }
    classes = {name: CONFIG_MAPPING[name] for name in (*MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, *sorted(among_images))}
    for name in CONFIG_MAPPING:
        for held in _texts(CONFIG_MAPPING[name]):
            classes.setdefault(held.model_type, held)
    return {name: f"{classes[name].__module__}.{classes[name].__qualname__}" for name in sorted(classes)}


def _texts(kind: type[PreTrainedConfig]) -> Iterator[type[PreTrainedConfig]]:
    """The classes for text in a composite class, at whatever depth; nothing of a class that is no composite."""
    from transformers.configuration_utils import PreTrainedConfig

    from mcore_mappers_runtime.composite import FIELDS

    parts = cast("Mapping[str, type]", kind.sub_configs)
    for field in (*FIELDS, *_SPEAKING):
        held = parts.get(field)
        if held is not None and not issubclass(held, PreTrainedConfig):
            held = _by_default(kind, field)
        if held is not None:
            inner = (*_texts(held),)
            yield from inner or (held,)


def _by_default(kind: type[PreTrainedConfig], field: str) -> type[PreTrainedConfig] | None:
    """What a composite holds that may hold any class; None where it holds nothing, or refuses its own defaults."""
    from transformers.configuration_utils import PreTrainedConfig

    try:
        found: object = vars(kind())[field]
    except Exception:
        return None
    return type(found) if isinstance(found, PreTrainedConfig) else None


def code_lines(hf: HfClass, beside: tuple[Path, ...] = ()) -> frozenset[str]:
    """The lines of the modeling code of a class, without the names that are its own; empty where it has none.

    Args:
        hf: the class.
        beside: folders with releases that are to be read rather than the installed ones.
    """
    module = hf.causal_lm.rpartition(".")[0]
    file = source_file(module, beside) if module else None
    if file is None:
        return frozenset()
    text = file.read_text(encoding="utf-8").replace(hf.name.removesuffix("Config"), "")
    return frozenset(filter(None, map(str.strip, text.splitlines())))


def is_written(path: str) -> bool:
    """Whether upstream's source has a class, a function, or an attribute of a class, by its import path.

    Modeling modules are read and not imported: there are many, and importing them takes seconds.
    """
    module, names = _split(path)
    if not module or not names or names[0] not in _definitions(module):
        return False
    return len(names) == 1 or names[1] in _members(_definitions(module)[names[0]])


def _split(path: str) -> tuple[str, list[str]]:
    """The longest part of the path that is a module, and the names in it."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:count])
        try:
            if importlib.util.find_spec(module) is not None:
                return module, parts[count:]
        except ModuleNotFoundError:
            continue
    return "", parts


@cache
def _definitions(module: str) -> Mapping[str, ast.ClassDef | ast.FunctionDef]:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}


def _members(node: ast.AST) -> frozenset[str]:
    """Fields, methods, and what methods assign to `self`."""
    return frozenset(_names(node))


def _names(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        match child:
            case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name
            case _:
                pass
