"""Functions that mappers and reasons rely on, each with a digest of what it computes."""

from __future__ import annotations

import ast
import copy
import importlib.util
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from codegen.introspect.canonical import import_class
from codegen.introspect.definitions import Definition, FunctionNode, Module, dotted, load, methods, resolve
from codegen.introspect.digests import digest
from codegen.schemas import Body

_BASE: Final = "PreTrainedModel"

_OF_ALL_CONFIGS: Final = {
    "transformers.configuration_utils.PreTrainedConfig": ("__post_init__", "validate_"),
    "transformers.modeling_rope_utils.RotaryEmbeddingConfigMixin": ("",),
}
"""The classes of transformers that all config classes extend, and how the names of the methods begin that decide what a
config means."""

_MODELS: Final = ("extensions", "fusions", "models/common", "models/gpt", "models/hybrid", "ssm", "transformer")
"""The folders of megatron-core from which the models are made to which something is mapped."""


@cache
def body(node: Definition, module: Module) -> Body:
    """What a definition of a module computes."""
    return Body(digest(node, prefix_of(module)))


def of_config(kind: type[object]) -> Mapping[str, Body]:
    """The methods of a config class, and of the classes that it extends, that decide what a config means."""
    package = kind.__module__.partition(".")[0]
    found: dict[str, Body] = {}
    for base in kind.__mro__:
        path = f"{base.__module__}.{base.__qualname__}"
        own = path.startswith("transformers.models.") if package == "transformers" else path.startswith(f"{package}.")
        place = resolve(base.__module__, base.__name__)
        if place is None or not isinstance(place.node, ast.ClassDef):
            continue
        for name, node in methods(place.node).items():
            if name.startswith(("",) if own else _OF_ALL_CONFIGS.get(path, ())):
                found[f"{place.path}.{name}"] = body(node, place.module)
    return found


def of_computations(paths: Iterable[str]) -> Mapping[str, Body]:
    """What classes are refused for: functions, and classes with all of their methods, also where a member is named."""
    found: dict[str, Body] = {}
    for path in paths:
        module, name = _split(path)
        place = resolve(module, name) if module else None
        if place is not None:
            found[place.path] = body(_methods_alone(place.node), place.module)
    return found


def of_megatron(fields: Collection[str], classes: Iterable[str]) -> Mapping[str, Body]:
    """What Megatron makes of fields: the functions of its models that read one, and `__post_init__` of its configs.

    Args:
        fields: those that decide what a model computes.
        classes: import paths of the config classes.
    """
    found: dict[str, Body] = {}
    for path in classes:
        found |= of_config(import_class(path))
    for module in _modules():
        found |= dict(_readers(module, fields))
    return found


def _modules() -> Iterator[Module]:
    """The modules of Megatron from which its models are made."""
    spec = importlib.util.find_spec("megatron.core")
    for root in map(Path, (spec.submodule_search_locations or ()) if spec is not None else ()):
        for file in sorted(file for part in _MODELS for file in (root / part).rglob("*.py")):
            module = load(".".join(("megatron.core", *file.relative_to(root).with_suffix("").parts)))
            if module is not None:
                yield module


def _readers(module: Module, fields: Collection[str]) -> Iterator[tuple[str, Body]]:
    for name, node in module.definitions.items():
        inner = methods(node) if isinstance(node, ast.ClassDef) else {"": node}
        for method, function in inner.items():
            if isinstance(function, FunctionNode) and _reads(function, fields):
                yield ".".join(filter(None, (module.name, name, method))), body(function, module)


def _reads(function: FunctionNode, fields: Collection[str]) -> bool:
    """Whether it reads one of the fields of something that is called a config."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and node.attr in fields
        and (dotted(node.value) or "").endswith("config")
        for node in ast.walk(function)
    )


def _split(path: str) -> tuple[str, str]:
    """The module of an import path, and the first name in it."""
    parts = path.split(".")
    for count in range(len(parts) - 1, 0, -1):
        if load(".".join(parts[:count])) is not None:
            return ".".join(parts[:count]), parts[count]
    return "", ""


def _methods_alone(node: Definition) -> Definition:
    """A class without what is no method: its fields are compared elsewhere."""
    if not isinstance(node, ast.ClassDef):
        return node
    bare = copy.copy(node)
    bare.body = [statement for statement in node.body if isinstance(statement, FunctionNode)]
    return bare


def prefix_of(module: Module) -> str:
    """The prefix that a model gives its own classes: what stands before `PreTrainedModel`; empty where nothing does."""
    return next((name.removesuffix(_BASE) for name in module.definitions if name.endswith(_BASE)), "")
