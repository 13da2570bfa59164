"""Snapshots as files, and what changed between two of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from codegen.schemas import (
    REQUIRED,
    HfClass,
    HfField,
    HfProperty,
    Json,
    MegatronClass,
    MegatronField,
    Snapshot,
    Undeclared,
)
from codegen.snapshot import Added, Change, Changed, Removed, SnapshotError, changes, load, render


def hf_field(name: str, default: Json = 1, **given: object) -> HfField:
    plain = HfField(
        name=name,
        type="int",
        default=default,
        stored=name,
        origin="ToyConfig",
        declared=True,
        set_in_post_init=False,
        after_init=default,
        range=None,
        read_in=(),
        doc="",
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def megatron_class(name: str, *fields: MegatronField, bases: tuple[str, ...] = ()) -> MegatronClass:
    return MegatronClass(f"megatron.toy.{name}", bases, fields)


LAYERS = MegatronField("num_layers", "int", 0, "Outer", "0a1b2c3d4e5f")
EXTRA = MegatronField("extra", "float | None", None, "Inner", "")

SNAPSHOT = Snapshot(
    versions={"megatron-core": "0.1", "transformers": "5.0"},
    hf={
        "toy.ToyConfig": HfClass(
            path="toy.ToyConfig",
            model_type="toy",
            causal_lm="toy.ToyForCausalLM",
            attribute_map={"things": "n_things"},
            fields=(
                hf_field("inherited", None, origin="PreTrainedConfig", type="int | None"),
                hf_field("flag", False, type="bool"),
                hf_field("limit", {"$tuple": [0.0, {"$float": "inf"}]}, type="tuple[float, float]", range="[0, inf]"),
                hf_field("needed", REQUIRED),
                hf_field("things", 2, stored="n_things", read_in=("A", "B"), doc="0123456789ab"),
                hf_field("zero", False, after_init=0),
                hf_field("choice", 'With "quotes" and ünïcode.'),
                hf_field("derived", 3, declared=False, set_in_post_init=True),
            ),
            properties=(
                HfProperty("half", "float", True, ("A",), "fedcba987654"),
                HfProperty("plain", "int", False, (), ""),
            ),
            undeclared=(Undeclared("gate", None, ("A",)), Undeclared("head_dim", REQUIRED, ("A", "B"))),
        )
    },
    megatron={
        "megatron.toy.Inner": megatron_class("Inner", LAYERS, EXTRA, bases=("Outer",)),
        "megatron.toy.Outer": megatron_class("Outer", LAYERS),
    },
    symbols=("torch.bfloat16", "torch.nn.functional.silu"),
)
TOY = SNAPSHOT.hf["toy.ToyConfig"]


def write(folder: Path, snapshot: Snapshot) -> Path:
    for name, text in render(snapshot).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def with_toy(**given: object) -> Snapshot:
    return replace(SNAPSHOT, hf={TOY.path: replace(TOY, **given)})  # type: ignore[arg-type]


def with_toy_field(changed: HfField) -> Snapshot:
    return with_toy(fields=tuple(changed if each.name == changed.name else each for each in TOY.fields))


def toy_field(name: str) -> HfField:
    return next(each for each in TOY.fields if each.name == name)


# Files.


def test_round_trip(tmp_path: Path) -> None:
    read = load(write(tmp_path, SNAPSHOT))
    assert read == SNAPSHOT
    # `==` takes False for 0.
    assert changes(SNAPSHOT, read) == ()


def test_files_hold_one_field_per_line() -> None:
    files = render(SNAPSHOT)
    assert sorted(files) == [
        "causal_lm.json",
        "computations.json",
        "huggingface/ToyConfig.json",
        "megatron/Inner.json",
        "megatron/Outer.json",
        "symbols.json",
        "versions.json",
    ]
    assert files["versions.json"] == '{\n  "megatron-core": "0.1",\n  "transformers": "5.0"\n}\n'
    assert files["symbols.json"] == '[\n  "torch.bfloat16",\n  "torch.nn.functional.silu"\n]\n'
    assert files["megatron/Inner.json"] == (
        "{\n"
        '  "path": "megatron.toy.Inner",\n'
        '  "bases": ["Outer"],\n'
        '  "fields": {\n'
        '    "num_layers": {"type": "int", "default": 0, "origin": "Outer", "doc": "0a1b2c3d4e5f"},\n'
        '    "extra": {"type": "float | None", "default": null}\n'
        "  }\n"
        "}\n"
    )
    lines = files["huggingface/ToyConfig.json"].splitlines()
    assert '    "flag": {"type": "bool", "default": false},' in lines
    assert '    "head_dim": {"read_in": ["A", "B"]}' in lines
    assert '    "zero": {"type": "int", "default": false, "after_init": 0},' in lines


def test_fields_stay_in_the_order_of_their_class(tmp_path: Path) -> None:
    reordered = with_toy(fields=TOY.fields[::-1])
    assert load(write(tmp_path, reordered)).hf[TOY.path].fields == TOY.fields[::-1]
    assert changes(SNAPSHOT, reordered) == ()


def test_the_order_of_what_no_class_declares_changes_no_file() -> None:
    reordered = with_toy(properties=TOY.properties[::-1], undeclared=TOY.undeclared[::-1])
    assert render(reordered) == render(SNAPSHOT)
    assert changes(SNAPSHOT, reordered) == ()


def test_empty_parts_are_valid_files(tmp_path: Path) -> None:
    empty = Snapshot({}, {"toy.Empty": HfClass("toy.Empty", "", "", {}, (), (), ())}, {}, ())
    assert load(write(tmp_path, empty)) == empty


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(SnapshotError, match=r"huggingface/ToyConfig\.json"):
        render(replace(SNAPSHOT, hf={**SNAPSHOT.hf, "other": replace(TOY, path="other.ToyConfig")}))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("huggingface/ToyConfig.json", '"range"', '"rang"', r"ToyConfig\.json: fields: limit: unknown key rang; known"),
        ("huggingface/ToyConfig.json", '"model_type"', '"type"', r"ToyConfig\.json: unknown key type"),
        ("huggingface/ToyConfig.json", '"default": null', '"doc": ""', r"fields: inherited: no default"),
        ("huggingface/ToyConfig.json", '["A", "B"]', '"A"', r"read_in is no list of strings"),
        ("huggingface/ToyConfig.json", '"declared": false', '"declared": 0', r"derived: declared is neither"),
        ("megatron/Outer.json", '"type": "int"', '"type": 1', r"num_layers: type is no string"),
        ("megatron/Outer.json", "{", "[", r"Outer\.json:2: no JSON"),
        ("versions.json", '"0.1"', "1", r"versions\.json: megatron-core is no string"),
        ("symbols.json", "[", '{"a": [', r"no JSON"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    write(tmp_path, SNAPSHOT)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SnapshotError, match=message):
        load(tmp_path)


def test_a_missing_snapshot_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="make regen"):
        load(tmp_path)


def test_loading_is_fast(tmp_path: Path) -> None:
    """Four HF classes, three Megatron classes with 320 documented fields each."""
    doc = "0123456789ab"
    hf = [
        replace(TOY, path=f"toy.Toy{n}", fields=tuple(hf_field(f"f{i}", doc=doc) for i in range(60))) for n in range(4)
    ]
    fields = tuple(replace(LAYERS, name=f"f{i}", doc=doc) for i in range(320))
    targets = [megatron_class(f"Target{n}", *fields) for n in range(3)]
    write(tmp_path, replace(SNAPSHOT, hf={k.path: k for k in hf}, megatron={k.path: k for k in targets}))
    times: list[float] = []
    for _ in range(5):
        start = perf_counter()
        load(tmp_path)
        times.append(perf_counter() - start)
    assert min(times) < 0.05


# Changes.


@pytest.mark.parametrize(
    ("new", "line", "kind"),
    [
        (
            replace(SNAPSHOT, versions={**SNAPSHOT.versions, "transformers": "5.1"}),
            'transformers: version "5.0" -> "5.1"',
            Changed,
        ),
        (replace(SNAPSHOT, hf={}), "removed class ToyConfig", Removed),
        (
            replace(SNAPSHOT, hf={**SNAPSHOT.hf, "a.New": HfClass("a.New", "", "", {}, (hf_field("x"),), (), ())}),
            "added class New",
            Added,
        ),
        (
            with_toy(fields=(*TOY.fields, hf_field("new", 3, type="int | None"))),
            "added field ToyConfig.new: int | None = 3",
            Added,
        ),
        (with_toy(fields=TOY.fields[:-1]), "removed field ToyConfig.derived: int = 3", Removed),
        (
            with_toy_field(replace(toy_field("flag"), type="bool | None")),
            'ToyConfig.flag: type "bool" -> "bool | None"',
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("flag"), default=True, after_init=True)),
            "ToyConfig.flag: default false -> true",
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("flag"), default=0, after_init=0)),
            "ToyConfig.flag: default false -> 0",
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("flag"), after_init=True)),
            "ToyConfig.flag: value after __post_init__ false -> true",
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("things"), doc="ba9876543210")),
            "ToyConfig.things: documentation changed",
            Changed,
        ),
        (with_toy_field(replace(toy_field("things"), doc="")), "ToyConfig.things: documentation removed", Changed),
        (
            with_toy_field(replace(toy_field("flag"), doc="ba9876543210")),
            "ToyConfig.flag: documentation added",
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("things"), read_in=())),
            'ToyConfig.things: readers ["A", "B"] -> []',
            Changed,
        ),
        (
            with_toy_field(replace(toy_field("limit"), range=None)),
            'ToyConfig.limit: range "[0, inf]" -> null',
            Changed,
        ),
        (
            with_toy(undeclared=(*TOY.undeclared, Undeclared("scale", REQUIRED, ("A",)))),
            'added undeclared attribute ToyConfig.scale: read in ["A"]',
            Added,
        ),
        (with_toy(undeclared=TOY.undeclared[1:]), "removed undeclared attribute ToyConfig.gate: default null", Removed),
        (with_toy(properties=TOY.properties[:1]), "removed property ToyConfig.plain: int", Removed),
        (
            with_toy(attribute_map={}),
            'ToyConfig: attribute map {"things": "n_things"} -> {}',
            Changed,
        ),
        (replace(SNAPSHOT, symbols=("torch.bfloat16",)), "removed symbol torch.nn.functional.silu", Removed),
    ],
)
def test_each_kind_of_change_is_one_line(new: Snapshot, line: str, kind: type[Change]) -> None:
    found = changes(SNAPSHOT, new)
    assert [str(change) for change in found] == [line]
    assert isinstance(found[0], kind)


def test_an_inherited_field_changes_once() -> None:
    fewer = replace(LAYERS, default=1)
    new = replace(
        SNAPSHOT,
        megatron={
            "megatron.toy.Inner": megatron_class("Inner", EXTRA, fewer, bases=("Outer",)),
            "megatron.toy.Outer": megatron_class("Outer", fewer),
        },
    )
    assert changes(SNAPSHOT, new) == (Changed("field", "num_layers", ("Inner", "Outer"), "default", 0, 1),)
    assert [str(change) for change in changes(SNAPSHOT, new)] == ["Inner.num_layers (also of Outer): default 0 -> 1"]


def test_a_class_that_moves_is_the_same_class() -> None:
    moved = replace(SNAPSHOT, hf={"elsewhere.ToyConfig": replace(TOY, path="elsewhere.ToyConfig")})
    assert [str(change) for change in changes(SNAPSHOT, moved)] == [
        'ToyConfig: path "toy.ToyConfig" -> "elsewhere.ToyConfig"'
    ]


def test_additions_come_first_and_lines_stay_short() -> None:
    kept = (each for each in TOY.fields if each.name not in ("derived", "choice"))
    new = with_toy(
        fields=(*kept, hf_field("new"), replace(toy_field("choice"), default="long " * 100, after_init="long " * 100)),
        undeclared=(),
    )
    found = changes(SNAPSHOT, new)
    assert [type(change) for change in found] == [Added, Removed, Removed, Removed, Changed]
    assert all(len(str(change)) < 200 and "\n" not in str(change) for change in found)


def test_changes_hold_json_values() -> None:
    changed = with_toy_field(replace(toy_field("flag"), default=None, after_init=None))
    (change,) = changes(SNAPSHOT, changed)
    assert isinstance(change, Changed)
    assert json.dumps([change.old, change.new]) == "[false, null]"
