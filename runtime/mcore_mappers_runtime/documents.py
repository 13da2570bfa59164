"""Plain data in files, JSON or YAML.

Of YAML only what means the same in 1.1 and 1.2 is more than a string: `1e-6` is a number, and `yes`, `017` and `1:30`
are strings. No file can make reading it import, call, or take time and memory without end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from .atomic import write_text
from .bounds import DEPTH, RECORDED
from .shown import in_one_line

LARGEST: Final = 4 * 2**20
"""Bytes of a file. A config of a hundred layers has a few thousand."""

_PLAIN: Final = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+",
        "-+0123456789.",
    ),
}
"""By the kind of a plain scalar of YAML, the form that both versions read alike, but for numbers like 1e-6, and the
characters that it begins with."""


def read(path: Path) -> Mapping[str, object]:
    """The mapping in a file: YAML if the name ends in .yaml or .yml, else JSON.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError: it is too large, no UTF-8, no JSON or YAML, nested too deeply, says a key twice, has aliases, or
            holds no mapping.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError(f"{path} has more than {LARGEST:,} bytes, and no config has as many")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8: {error.reason} at byte {error.start:,}") from None
    try:
        found = _from_yaml(text) if _is_yaml(path) else _from_json(text)
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {in_one_line(error)}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no mapping, but a {type(found).__name__}")
    return cast("dict[str, object]", found)


def write(path: Path, data: Mapping[str, object]) -> None:
    """Write data of the types that JSON has, as `read` reads it; lists and tagged values stand in one line.

    Raises:
        OSError: the file cannot be written. One that was there is as it was.
        ValueError: the file would be larger than `read` takes.
    """
    text = _to_yaml(data) if _is_yaml(path) else f"{_to_json(data)}\n"
    if len(text.encode()) > LARGEST:
        raise ValueError(f"{path} would have more than {LARGEST:,} bytes: leave something out of the metadata")
    write_text(path, text)


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml")


def _is_tagged(value: Mapping[str, object]) -> bool:
    """Whether it is one value that JSON does not have, by its kind."""
    return len(value) == 1 and next(iter(value)).startswith("$")


# --- JSON -------------------------------------------------------------------------------------------------------------


def _from_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands there twice")
    return found


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _to_json(value: object, indent: str = "") -> str:
    if not isinstance(value, dict) or not value or _is_tagged(cast("dict[str, object]", value)):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    deeper = f"{indent}  "
    entries = [
        f"{deeper}{json.dumps(name, ensure_ascii=False)}: {_to_json(item, deeper)}"
        for name, item in cast("dict[str, object]", value).items()
    ]
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"


# --- YAML -------------------------------------------------------------------------------------------------------------


@cache
def _yaml() -> Any:
    """Imported when a file is YAML; transformers requires the package."""
    return import_module("yaml")


def _parser() -> Any:
    """The quicker one, where PyYAML was built with it."""
    return getattr(_yaml(), "CSafeLoader", _yaml().SafeLoader)


def _from_yaml(text: str) -> object:
    yaml, depth = _yaml(), 0
    try:
        for number, event in enumerate(yaml.parse(text, Loader=_parser())):
            if number > 3 * RECORDED:
                raise ValueError("it has more values than any config")
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("it has aliases, which are not read: write the values out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 2 * DEPTH:
                raise RecursionError
        return yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        raise ValueError(error) from None


@cache
def _loader() -> Any:
    def mapping(loader: Any, node: Any, deep: bool = False) -> dict[str, object]:
        del deep
        pairs = [(loader.construct_object(key, deep=True), value) for key, value in node.value]
        for key, _ in pairs:
            if not isinstance(key, str):
                raise ValueError(f"the key {key!r} is no string")
        return _once([(key, loader.construct_object(value, deep=True)) for key, value in pairs])

    loader = type("Loader", (_parser(),), {"yaml_implicit_resolvers": {}, "construct_mapping": mapping})
    _resolve(loader)
    return loader


@cache
def _dumper() -> Any:
    def mapping(dumper: Any, value: dict[str, object]) -> Any:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=_is_tagged(value))

    def sequence(dumper: Any, value: list[object]) -> Any:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)

    def always(dumper: Any, value: object) -> bool:
        del dumper, value
        return True

    dumper: Any = type("Dumper", (_yaml().SafeDumper,), {"ignore_aliases": always})
    dumper.add_representer(dict, mapping)
    dumper.add_representer(list, sequence)
    # What either version takes for something else is quoted: the resolvers of 1.1 stay.
    _resolve(dumper)
    return dumper


def _resolve(kind: Any) -> None:
    for name, (form, first) in _PLAIN.items():
        starts = ["" if character == "\0" else character for character in first]
        kind.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(rf"^(?:{form})$"), starts)


def _to_yaml(data: Mapping[str, object]) -> str:
    return cast("str", _yaml().dump(dict(data), Dumper=_dumper(), sort_keys=False, width=110, allow_unicode=True))
