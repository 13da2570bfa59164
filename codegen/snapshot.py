"""A snapshot as files below `generated/schemas/`: one JSON file per class, one field per line, in the class's order.

So the diff of an upstream bump shows what the bump changed and nothing else. A key that holds what it nearly always
holds (`stored` equal to the name, no range, no documentation) is left out of its line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from codegen.schemas import (
    REQUIRED,
    Body,
    HfClass,
    HfField,
    HfProperty,
    Json,
    MegatronClass,
    MegatronField,
    Snapshot,
    Undeclared,
)
from codegen.upstream_changes import Added, Change, Changed, Removed, changes, same

__all__ = ["Added", "Change", "Changed", "Removed", "SnapshotError", "changes", "load", "render"]

Object = Mapping[str, Json]

_VERSIONS = "versions.json"
_SYMBOLS = "symbols.json"
_CAUSAL_LM = "causal_lm.json"
_COMPUTATIONS = "computations.json"
_BODIES = "bodies.json"
_HF = "huggingface"
_MEGATRON = "megatron"


class SnapshotError(ValueError):
    """A snapshot file is not what this generator writes."""


def render(snapshot: Snapshot) -> dict[str, str]:
    """The files of a snapshot: path relative to its folder, and text."""
    files = {
        _VERSIONS: _document({name: _line(version) for name, version in sorted(snapshot.versions.items())}),
        _SYMBOLS: _lines(snapshot.symbols),
        _CAUSAL_LM: _document({name: _line(path) for name, path in sorted(snapshot.causal_lm.items())}),
        _COMPUTATIONS: _lines(snapshot.computations),
    }
    if snapshot.bodies:
        files[_BODIES] = _document({path: _body(body) for path, body in sorted(snapshot.bodies.items())})
    for hf in snapshot.hf.values():
        _add(files, f"{_HF}/{hf.name}.json", _hf_text(hf))
    for megatron in snapshot.megatron.values():
        _add(files, f"{_MEGATRON}/{megatron.name}.json", _megatron_text(megatron))
    return files


def load(folder: Path) -> Snapshot:
    """Read a snapshot from its folder; `SnapshotError` names the file and the place of what is wrong in it."""
    versions = _Reader.of(folder / _VERSIONS)
    hf = [_hf_class(_Reader.of(file)) for file in sorted((folder / _HF).glob("*.json"))]
    megatron = [_megatron_class(_Reader.of(file)) for file in sorted((folder / _MEGATRON).glob("*.json"))]
    causal_lm = _Reader.of(folder / _CAUSAL_LM)
    bodies = folder / _BODIES
    return Snapshot(
        versions={name: versions.text(name) for name in versions.values},
        hf={kind.path: kind for kind in sorted(hf, key=lambda kind: kind.path)},
        megatron={kind.path: kind for kind in sorted(megatron, key=lambda kind: kind.path)},
        symbols=_texts(_parse(folder / _SYMBOLS), str(folder / _SYMBOLS)),
        causal_lm={name: causal_lm.text(name) for name in causal_lm.values},
        computations=_texts(_parse(folder / _COMPUTATIONS), str(folder / _COMPUTATIONS)),
        bodies=_Reader.of(bodies).bodies() if bodies.exists() else {},
    )


def _add(files: dict[str, str], path: str, text: str) -> None:
    if path in files:
        raise SnapshotError(f"two classes would be written to {path}")
    files[path] = text


# Writing.


def _hf_text(kind: HfClass) -> str:
    return _document(
        {
            "path": _line(kind.path),
            "model_type": _line(kind.model_type),
            "causal_lm": _line(kind.causal_lm),
            "attribute_map": _line(dict(sorted(kind.attribute_map.items()))),
            "fields": _section({field.name: _hf_line(kind, field) for field in kind.fields}),
            "properties": _section({found.name: _property_line(found) for found in _by_name(kind.properties)}),
            "undeclared": _section({found.name: _undeclared_line(found) for found in _by_name(kind.undeclared)}),
            "bodies": _section({_relative(path, kind.path): _body(kind.bodies[path]) for path in sorted(kind.bodies)}),
        }
    )


def _hf_line(kind: HfClass, field: HfField) -> str:
    return _compact(
        {
            "type": field.type,
            "default": field.default,
            "after_init": field.after_init,
            "stored": field.stored,
            "origin": field.origin,
            "declared": field.declared,
            "set_in_post_init": field.set_in_post_init,
            "range": field.range,
            "read_in": list(field.read_in),
            "doc": field.doc,
        },
        {
            "after_init": field.default,
            "stored": field.name,
            "origin": kind.name,
            "declared": True,
            "set_in_post_init": False,
            "range": None,
            "read_in": [],
            "doc": "",
        },
    )


def _property_line(found: HfProperty) -> str:
    entry: Object = {
        "type": found.type,
        "settable": found.settable,
        "read_in": list(found.read_in),
        "doc": found.doc,
    }
    return _compact(entry, {"settable": False, "read_in": [], "doc": ""})


def _undeclared_line(found: Undeclared) -> str:
    return _compact({"default": found.default, "read_in": list(found.read_in)}, {"default": REQUIRED})


def _body(body: Body) -> str:
    """A digest, and the former one where there is one."""
    return _line(body.digest if body.former is None else [body.digest, body.former])


def _relative(path: str, config_class: str) -> str:
    """An import path as from the package of a class, with a dot before it; another package's is whole."""
    package = _package(config_class)
    return path.removeprefix(package) if path.startswith(f"{package}.") else path


def _absolute(path: str, config_class: str) -> str:
    return f"{_package(config_class)}{path}" if path.startswith(".") else path


def _package(config_class: str) -> str:
    return config_class.rpartition(".")[0].rpartition(".")[0]


def _megatron_text(kind: MegatronClass) -> str:
    return _document(
        {
            "path": _line(kind.path),
            "bases": _line(list(kind.bases)),
            "fields": _section({field.name: _megatron_line(kind, field) for field in kind.fields}),
        }
    )


def _megatron_line(kind: MegatronClass, field: MegatronField) -> str:
    entry: Object = {"type": field.type, "default": field.default, "origin": field.origin, "doc": field.doc}
    return _compact(entry, {"origin": kind.name, "doc": ""})


def _compact(entry: Object, usual: Object) -> str:
    return _line({key: value for key, value in entry.items() if key not in usual or not same(value, usual[key])})


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _by_name[Named: (HfProperty, Undeclared)](found: Iterable[Named]) -> list[Named]:
    return sorted(found, key=lambda one: one.name)


def _section(lines: Mapping[str, str]) -> str:
    if not lines:
        return "{}"
    body = ",\n".join(f"    {_line(name)}: {lines[name]}" for name in lines)
    return f"{{\n{body}\n  }}"


def _document(entries: Mapping[str, str]) -> str:
    return "{\n" + ",\n".join(f"  {_line(name)}: {text}" for name, text in entries.items()) + "\n}\n"


def _lines(values: Iterable[str]) -> str:
    body = ",\n".join(f"  {_line(value)}" for value in values)
    return f"[\n{body}\n]\n" if body else "[]\n"


# Reading.


def _hf_class(reader: _Reader) -> HfClass:
    reader.allow("path", "model_type", "causal_lm", "attribute_map", "fields", "properties", "undeclared", "bodies")
    name = reader.text("path").rpartition(".")[2]
    renames = reader.object("attribute_map")
    return HfClass(
        path=reader.text("path"),
        model_type=reader.text("model_type"),
        causal_lm=reader.text("causal_lm"),
        attribute_map={key: renames.text(key) for key in renames.values},
        fields=reader.section("fields", lambda key, entry: _hf_field(key, entry, name)),
        properties=reader.section("properties", _property),
        undeclared=reader.section("undeclared", _undeclared),
        bodies={
            _absolute(path, reader.text("path")): body for path, body in reader.optional("bodies").bodies().items()
        },
    )


def _hf_field(name: str, entry: _Reader, owner: str) -> HfField:
    entry.allow(
        "type",
        "default",
        "after_init",
        "stored",
        "origin",
        "declared",
        "set_in_post_init",
        "range",
        "read_in",
        "doc",
    )
    default = entry.json("default")
    return HfField(
        name=name,
        type=entry.text("type"),
        default=default,
        stored=entry.text("stored", name),
        origin=entry.text("origin", owner),
        declared=entry.flag("declared", True),
        set_in_post_init=entry.flag("set_in_post_init", False),
        after_init=entry.values.get("after_init", default),
        range=entry.text("range") if "range" in entry.values else None,
        read_in=entry.texts("read_in"),
        doc=entry.text("doc", ""),
    )


def _property(name: str, entry: _Reader) -> HfProperty:
    entry.allow("type", "settable", "read_in", "doc")
    return HfProperty(
        name=name,
        type=entry.text("type"),
        settable=entry.flag("settable", False),
        read_in=entry.texts("read_in"),
        doc=entry.text("doc", ""),
    )


def _undeclared(name: str, entry: _Reader) -> Undeclared:
    entry.allow("default", "read_in")
    return Undeclared(name=name, default=entry.values.get("default", REQUIRED), read_in=entry.texts("read_in"))


def _megatron_class(reader: _Reader) -> MegatronClass:
    reader.allow("path", "bases", "fields")
    name = reader.text("path").rpartition(".")[2]
    return MegatronClass(
        path=reader.text("path"),
        bases=reader.texts("bases"),
        fields=reader.section("fields", lambda key, entry: _megatron_field(key, entry, name)),
    )


def _megatron_field(name: str, entry: _Reader, owner: str) -> MegatronField:
    entry.allow("type", "default", "origin", "doc")
    return MegatronField(
        name=name,
        type=entry.text("type"),
        default=entry.json("default"),
        origin=entry.text("origin", owner),
        doc=entry.text("doc", ""),
    )


@dataclass(frozen=True)
class _Reader:
    """A JSON object and where it stands, for messages."""

    where: str
    values: Object

    @staticmethod
    def of(file: Path) -> _Reader:
        return _Reader(str(file), _object(_parse(file), str(file)))

    def allow(self, *keys: str) -> None:
        unknown = sorted(set(self.values) - set(keys))
        if unknown:
            raise SnapshotError(f"{self.where}: unknown key {', '.join(unknown)}; known are {', '.join(keys)}")

    def json(self, key: str) -> Json:
        if key not in self.values:
            raise SnapshotError(f"{self.where}: no {key}")
        return self.values[key]

    def text(self, key: str, usual: str | None = None) -> str:
        value = self.json(key) if usual is None else self.values.get(key, usual)
        if not isinstance(value, str):
            raise SnapshotError(f"{self.where}: {key} is no string")
        return value

    def flag(self, key: str, usual: bool) -> bool:
        value = self.values.get(key, usual)
        if not isinstance(value, bool):
            raise SnapshotError(f"{self.where}: {key} is neither true nor false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        return _texts(self.values.get(key, []), f"{self.where}: {key}")

    def object(self, key: str) -> _Reader:
        return _Reader(f"{self.where}: {key}", _object(self.json(key), f"{self.where}: {key}"))

    def bodies(self) -> Mapping[str, Body]:
        found: dict[str, Body] = {}
        for path, value in self.values.items():
            written = value if isinstance(value, list) else [value]
            digests = _texts([*written], f"{self.where}: {path}")
            found[path] = Body(*digests[:2])
        return found

    def optional(self, key: str) -> _Reader:
        """An object that older snapshots do not have."""
        return self.object(key) if key in self.values else _Reader(self.where, {})

    def section[T](self, key: str, read: Callable[[str, _Reader], T]) -> tuple[T, ...]:
        inner = self.object(key)
        return tuple(read(name, inner.object(name)) for name in inner.values)


def _parse(file: Path) -> Json:
    try:
        return cast(Json, json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_constant))
    except FileNotFoundError:
        raise SnapshotError(f"{file}: not there; `make regen` writes it") from None
    except json.JSONDecodeError as error:
        raise SnapshotError(f"{file}:{error.lineno}: no JSON: {error.msg}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SnapshotError(f"{file}:{line}: no UTF-8: {error.reason}") from None
    except (OSError, ValueError, RecursionError) as error:
        # A folder of the name, an integer of more digits than Python reads, lists in lists in lists.
        raise SnapshotError(f"{file}: no JSON: {error}") from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is none of its constants")


def _object(value: Json, where: str) -> Object:
    if not isinstance(value, dict):
        raise SnapshotError(f"{where} is no object")
    return value


def _texts(value: Json, where: str) -> tuple[str, ...]:
    texts: Sequence[Json] = value if isinstance(value, list) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise SnapshotError(f"{where} is no list of strings")
    return tuple(text for text in texts if isinstance(text, str))
