"""Plain data in files, JSON or YAML.

Of YAML only what means the same in 1.1 and 1.2 is more than a string: `1e-6` is a number, and `yes`, `017` and `1:30`
are strings. No file can make reading it import, call, or take time and memory without end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
        ValueError: it is too large, no UTF-8, no JSON or YAML, nested too deeply, says a key twice, or holds no
            mapping. What YAML's aliases stand for counts as often as it is meant.
    """
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError(f"{path} has more than {LARGEST:,} bytes, and no config has as many")
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8: {error.reason} at byte {error.start:,}") from None
    try:
        found = from_yaml(decoded) if _is_yaml(path) else from_json(decoded)
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
    written = text(data, yaml=_is_yaml(path))
    if len(written.encode()) > LARGEST:
        raise ValueError(f"{path} would have more than {LARGEST:,} bytes: leave something out of the metadata")
    write_text(path, written)


def text(data: Mapping[str, object], *, yaml: bool) -> str:
    """Data of the types that JSON has, as a file of it: YAML or JSON."""
    return _to_yaml(data) if yaml else f"{_to_json(data)}\n"


def _is_yaml(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml")


def _is_tagged(value: Mapping[str, object]) -> bool:
    """Whether it is one value that JSON does not have, by its kind."""
    return len(value) == 1 and next(iter(value)).startswith("$")


# --- JSON -------------------------------------------------------------------------------------------------------------


def from_json(text: str) -> object:
    """What a text in JSON holds.

    Raises:
        ValueError: it is none, or says a key twice.
    """
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


class MissingYamlError(ModuleNotFoundError):
    """There is nothing here that reads or writes YAML."""

    def __init__(self) -> None:
        super().__init__(
            "YAML needs PyYAML, which is not installed: the extra mcore-mappers[yaml] has it, and JSON needs nothing",
            name="yaml",
        )


@cache
def _yaml() -> Any:
    """Imported when a file is YAML; transformers requires the package, and is not everywhere."""
    try:
        return import_module("yaml")
    except ModuleNotFoundError:
        raise MissingYamlError from None


def _parser() -> Any:
    """The quicker one, where PyYAML was built with it."""
    return getattr(_yaml(), "CSafeLoader", _yaml().SafeLoader)


def from_yaml(text: str) -> object:
    """What a text in YAML holds.

    Raises:
        ValueError: it is none, says a key twice, or has more values than any config.
        RecursionError: it is nested too deeply.
    """
    yaml = _yaml()
    try:
        _measure(yaml.parse(text, Loader=_parser()))
        return _apart(yaml.load(text, Loader=_loader()))
    except yaml.YAMLError as error:
        raise ValueError(error) from None


@dataclass
class _Open:
    """A list or mapping of which the end has not been seen."""

    anchor: str | None
    before: int
    """Values that stand before it."""
    height: int = 1
    """Levels of it."""


def _measure(events: Iterable[Any]) -> None:
    """Look at how much a document holds, before any of it is made.

    Raises:
        ValueError: it has too many values, or an alias of something that holds the alias.
        RecursionError: it has too many levels.
    """
    yaml, values = _yaml(), 0
    around = [_Open(None, 0)]
    known: dict[str, tuple[int, int]] = {}
    for event in events:
        height = 0
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in known:
                raise ValueError(f"the alias {event.anchor!r} stands for nothing, or for what it stands in")
            size, height = known[event.anchor]
            values += size
        elif isinstance(event, yaml.CollectionStartEvent):
            around.append(_Open(event.anchor, values))
            known.pop(event.anchor, None)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = around.pop()
            height = done.height
            values += 1
            known |= {done.anchor: (values - done.before, height)} if done.anchor else {}
        elif isinstance(event, yaml.ScalarEvent):
            values += 1
            known |= {event.anchor: (1, 0)} if event.anchor else {}
        around[-1].height = max(around[-1].height, height + 1)
        if values > 3 * RECORDED:
            raise ValueError("it has more values than any config")
        if len(around) + height > 2 * DEPTH:
            raise RecursionError


def _apart(value: object) -> object:
    """The same, in which nothing stands at two places: whoever changes one of them means that one."""
    if isinstance(value, dict):
        return {name: _apart(item) for name, item in cast("dict[str, object]", value).items()}
    return [_apart(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


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
