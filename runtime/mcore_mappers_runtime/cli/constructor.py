"""A Megatron config as the Python that constructs it, with its imports: ready to paste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ..disk import dump
from ..layers.public import PUBLIC

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

_INDENT = "    "


def source_of(model: ModelConfig) -> str:
    """A module that defines `config`, an equal one: what `dump` would write, field by field.

    Raises:
        TypeError: as `dump`.
    """
    data = dump(model)
    module = _Module()
    parts = [("transformer", module.call(data["transformer"], (), 1))]
    if "layers" in data:
        parts.append(("layers", module.call({"class": f"{PUBLIC}.Layers", "fields": data["layers"]}, (), 1)))
    outer = module.call(data["model"], parts, 0)
    return f"{module.imports}\n\nconfig = {outer}\n"


@dataclass
class _Module:
    """The source of values, and what it imports."""

    modules: set[str] = field(default_factory=set[str])
    names: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By module, what is imported from it."""

    @property
    def imports(self) -> str:
        lines = [f"import {module}" for module in sorted(self.modules)]
        lines += [f"from {module} import {', '.join(sorted(self.names[module]))}" for module in sorted(self.names)]
        return "\n".join(lines)

    def call(self, section: Mapping[str, object], first: Iterable[tuple[str, str]], depth: int) -> str:
        """The construction of a class with its fields, each on a line."""
        values = cast("Mapping[str, object]", section["fields"])
        given = [*first, *((name, self.value(value)) for name, value in values.items())]
        lines = "".join(f"{_INDENT * (depth + 1)}{name}={source},\n" for name, source in given)
        return f"{self.named(cast('str', section['class']))}(\n{lines}{_INDENT * depth})"

    def named(self, path: str) -> str:
        """What is imported by a path."""
        module, _, name = path.rpartition(".")
        self.names.setdefault(module, set()).add(name)
        return name

    def value(self, data: object) -> str:
        """A value as `dump` writes it."""
        if isinstance(data, list):
            return f"[{', '.join(map(self.value, cast('list[object]', data)))}]"
        if not isinstance(data, dict):
            return repr(data)
        items = cast("dict[str, object]", data)
        tag, inner = next(iter(items.items()), ("", None))
        if tag.startswith("$"):
            return self._tagged(tag, inner)
        return self._mapping((repr(key), self.value(item)) for key, item in items.items())

    def _tagged(self, tag: str, inner: object) -> str:
        match tag, inner:
            case "$dtype", str():
                self.modules.add("torch")
                return f"torch.{inner}"
            case "$function", str():
                return self.named(inner)
            case "$enum", str():
                path, _, name = inner.rpartition(".")
                return f"{self.named(path)}.{name}"
            case "$float", str():
                return f'float("{inner}")'
            case "$tuple", list():
                values = [*map(self.value, cast("list[object]", inner))]
                return f"({', '.join(values)}{',' if len(values) == 1 else ''})"
            case "$items", list():
                entries = cast("list[tuple[object, object]]", inner)
                return self._mapping((self.value(key), self.value(item)) for key, item in entries)
            case _:
                named = cast("dict[str, object]", inner)
                return self._mapping((repr(key), self.value(item)) for key, item in named.items())

    def _mapping(self, pairs: Iterable[tuple[str, str]]) -> str:
        return "{" + ", ".join(f"{key}: {item}" for key, item in pairs) + "}"
