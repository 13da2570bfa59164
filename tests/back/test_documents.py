"""Files of dumped configs: types, cuts, edits by hand, other people's files, and who reads while somebody writes."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen import project
from codegen.schemas import MegatronClass
from codegen.snapshot import load as load_snapshot
from codegen.types import atoms
from mcore_mappers import dump, dump_file, load, load_file, save_config
from mcore_mappers._symbols import SYMBOLS
from mcore_mappers_runtime import documents
from mcore_mappers_runtime.disk import FORMAT
from mcore_mappers_runtime.settings import PROVENANCE
from tests.selection import draw, some
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config, mapped

pytestmark = pytest.mark.costly

CLASSES = [*load_snapshot(project.GENERATED / "schemas").megatron.values()]
"""What the generator read of Megatron's sources, to hold the run-time types against."""

SECTIONS = {"GPTModelConfig": "model", "TransformerConfig": "transformer"}


def data(family: str = "llama", **caller: Any) -> dict[str, Any]:
    return dump(mapped(config(family), **caller))


# --- Types and ranges -------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Any, frozenset[str]]] = {
    "a string": ("nonsense", frozenset({"str", "object"})),
    "a boolean": (True, frozenset({"bool", "object"})),
    "a fraction": (4.5, frozenset({"float", "object"})),
    "a number": (7, frozenset({"int", "float", "object"})),
    "a mapping": ({"x": 1}, frozenset({"object"})),
}
"""Values, each with the declared types that take it."""


def wrong_values(kind: MegatronClass) -> Iterator[tuple[str, str, Any]]:
    for field in (field for field in kind.fields if not field.name.startswith("_")):
        declared = atoms(field.type)
        for name, (value, takers) in WRONG.items():
            mapping = isinstance(value, dict) and any(each.startswith("dict") for each in declared)
            if field.name not in ("transformer", "rotary_base") and not mapping and not declared & takers:
                yield field.name, name, value


@pytest.mark.parametrize("name", SECTIONS)
def test_every_field_takes_its_declared_type_alone(name: str) -> None:
    """Of each class; what the source declares was read by other code."""
    (kind,) = (kind for kind in CLASSES if kind.name == name)
    tried, section = 0, SECTIONS[name]
    for field, what, value in draw(wrong_values(kind), 60, f"types of {name}"):
        file = data()
        file[section]["fields"][field] = value
        with pytest.raises(ValueError) as caught:
            load(file)
        assert f"{section}.fields.{field} = " in str(caught.value), (field, what)
        tried += 1
    assert tried > 20


def test_all_that_is_wrong_comes_at_once() -> None:
    file = data()
    file["transformer"]["fields"] |= {"num_layers": "48", "layernorm_epsilon": "1e-6", "bf16": "yes"}
    file["model"]["fields"]["seq_length"] = 4.0
    with pytest.raises(ValueError) as caught:
        load(file)
    for said in ("num_layers = '48' is no int", "layernorm_epsilon = '1e-6' is no float", "bf16 = 'yes' is no bool"):
        assert said in str(caught.value)
    assert "seq_length = 4.0 is no int" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("num_layers", value) for value in (0, -1)),
        *(("attention_dropout", value) for value in (5, 1.0, -0.1)),
        *((name, 0) for name in ("hidden_size", "tensor_model_parallel_size", "kv_channels", "layernorm_epsilon")),
        ("layernorm_epsilon", float("nan")),
        *((name, -5) for name in ("vocab_size", "seq_length", "init_method_std", "mtp_num_layers")),
    ],
)
def test_numbers_outside_their_range(field: str, value: Any) -> None:
    file = data()
    section = "model" if field in ("vocab_size", "seq_length") else "transformer"
    file[section]["fields"][field] = value
    with pytest.raises(ValueError, match=f"{field} = .* must be"):
        load(file)


@pytest.mark.parametrize("field", ["num_layers", "hidden_size", "num_attention_heads", "vocab_size"])
def test_a_number_that_is_missing(field: str) -> None:
    file = data()
    for section in ("model", "transformer"):
        file[section]["fields"].pop(field, None)
    with pytest.raises(ValueError, match=rf"\b{field}\b"):
        load(file)


@pytest.mark.parametrize(
    "value", [None, [], 3, "x", {}, {1: 2}, {"format": FORMAT}, {"format": FORMAT, "end": "complete"}]
)
def test_what_is_no_dumped_config(value: Any) -> None:
    with pytest.raises(ValueError):
        load(value)


def test_values_without_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    wide: Any = [1]
    for _ in range(40):
        wide = [wide, wide]
    for value in (loop, wide):
        file = data()
        file["model"]["fields"]["extra_checkpoint_metadata"] = {"mine": value}
        with pytest.raises(ValueError, match="too many values, or nested too deeply"):
            load(file)


# --- What Megatron derives --------------------------------------------------------------------------------------------

PARALLEL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "more ranks": ({}, {"tensor_model_parallel_size": 2}),
    "fewer ranks": ({"tensor_model_parallel_size": 2}, {"tensor_model_parallel_size": 1}),
}


@pytest.mark.parametrize("family", some(FAMILIES, "test_an_edited_file_is_as_if_mapped_so"))
@pytest.mark.parametrize("name", draw(PARALLEL, 1, "edits by hand"))
def test_an_edited_file_is_as_if_mapped_so(family: str, name: str) -> None:
    """What follows from the edited field follows it."""
    before, after = PARALLEL[name]
    hf = config(family, dtype="float32")
    # Megatron splits no experts that have biases.
    experts = {"expert_tensor_parallel_size": 1} if family == "gpt_oss" else {}
    meant = mapped(hf, **after, **experts)
    file, fields = dump(mapped(hf, **before, **experts)), dump(meant)["transformer"]["fields"]
    file["transformer"]["fields"] |= {key: fields.get(key, 1) for key in (*after, *experts)}
    assert differences(meant, load(file)) == {}


def test_what_megatron_derives_is_not_written() -> None:
    fields = data("qwen3_moe", tensor_model_parallel_size=2)["transformer"]["fields"]
    derived = {"expert_tensor_parallel_size", "microbatch_group_size_per_vp_stage", "autocast_dtype"}
    assert not derived & fields.keys()
    said = data("qwen3_moe", tensor_model_parallel_size=2, expert_tensor_parallel_size=1)["transformer"]["fields"]
    assert said["expert_tensor_parallel_size"] == 1


def test_a_header_says_from_what() -> None:
    written = data("qwen3_moe")["written"]
    assert written["family"] == "qwen3_moe"
    assert written["versions"].keys() == {"mcore-mappers", "megatron-core", "transformers"}
    model = mapped(config("llama"))
    model.extra_checkpoint_metadata = None
    assert dump(model)["written"]["family"] is None


# --- The files themselves ---------------------------------------------------------------------------------------------

SUFFIXES = (".json", ".yaml")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_list_for_all_layers_is_one_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"run{suffix}"
    dump_file(mapped(config("deepseek_v3", num_hidden_layers=30)), path)
    text = path.read_text()
    assert sum("0, 1, 1, 1" in line for line in text.splitlines()) == 1
    assert len(text.splitlines()) < 100


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_cut_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"run{suffix}"
    dump_file(mapped(config("deepseek_v3")), path)
    text = path.read_text()
    ends = [place for place, character in enumerate(text) if character == "\n"]
    for place in {*ends[:-1], *draw(range(len(text) - 2), 40, f"cuts of {suffix}")}:
        path.write_text(text[:place])
        with pytest.raises(ValueError):
            load_file(path)


@pytest.mark.parametrize("number", ["1e-6", "1E-6", "1.e-6", "+1e-06", "0.000001", "1.0e-6"])
def test_numbers_of_either_version_of_yaml(tmp_path: Path, number: str) -> None:
    path = tmp_path / "run.yaml"
    dump_file(mapped(config("llama", rms_norm_eps=0.25)), path)
    text = path.read_text()
    assert "layernorm_epsilon: 0.25" in text
    path.write_text(text.replace("layernorm_epsilon: 0.25", f"layernorm_epsilon: {number}"))
    assert load_file(path).transformer.layernorm_epsilon == 1e-6


@pytest.mark.parametrize(
    ("field", "written"), [("bf16", "yes"), ("bf16", "on"), ("num_layers", "017"), ("num_layers", "1:30")]
)
def test_what_two_versions_of_yaml_read_otherwise_is_refused(tmp_path: Path, field: str, written: str) -> None:
    path = tmp_path / "run.yaml"
    dump_file(mapped(config("llama")), path)
    lines = [line for line in path.read_text().splitlines() if not line.strip().startswith(f"{field}:")]
    lines.insert(lines.index("transformer:") + 3, f"    {field}: {written}")
    path.write_text("\n".join(lines))
    with pytest.raises(ValueError, match=f"{field} = '{written}' is no"):
        load_file(path)


@pytest.mark.parametrize(
    "text", ["yes", "no", "017", "1e-6", "1:30", "null", "~", "true", "2001-01-01", "<<", "=", "", "é"]
)
def test_strings_stay_strings(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.yaml"
    dump_file(mapped(config("llama"), extra_checkpoint_metadata={"mine": text, text: 1}), path)
    metadata = load_file(path).extra_checkpoint_metadata
    assert (metadata["mine"], metadata[text]) == (text, 1)


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    return "\n".join(lines)


def chain(length: int) -> str:
    return "\n".join(["a0: &a0 [x]", *(f"a{level}: &a{level} [*a{level - 1}]" for level in range(1, length))])


def test_an_alias_is_what_it_stands_for(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("first: &kinds [1, {x: &two 2}]\nsecond: *kinds\nthird: {y: *two}\n" + chain(40))
    found = documents.read(path)
    assert found["first"] == found["second"] == [1, {"x": 2}]
    assert found["first"] is not found["second"]
    assert found["third"] == {"y": 2}


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nested JSON": (".json", lambda: b'{"a":' * 200_000),
    "nested lists": (".json", lambda: b"[" * 3_000_000),
    "nested YAML": (".yaml", lambda: b"[" * 100_000),
    "indented YAML": (".yaml", lambda: "\n".join(" " * level + "a:" for level in range(2_000)).encode()),
    "aliases that multiply": (".yaml", lambda: bomb().encode()),
    "aliases in one another": (".yaml", lambda: chain(400).encode()),
    "an alias of itself": (".yaml", lambda: b"a: &a [*a]"),
    "an alias of nothing": (".yaml", lambda: b"a: [*b]"),
    "large JSON": (".json", lambda: b"[" + b"1," * 50_000_000 + b"1]"),
    "large YAML": (".yaml", lambda: b"a: 1\n" * 20_000_000),
    "as much as is read": (".yaml", lambda: b"".join(b"a%d: 1\n" % each for each in range(350_000))),
    "UTF-16": (".json", lambda: '{"format": 2}'.encode("utf-16")),
    "Latin-1": (".yaml", lambda: "format: é".encode("latin-1")),
    "a key twice in JSON": (".json", lambda: b'{"format": 2, "format": 2}'),
    "a key twice in YAML": (".yaml", lambda: b"format: 2\nformat: 2\n"),
    "a key that is a list": (".yaml", lambda: b"[1]: 2\n"),
    "a key that is a number": (".yaml", lambda: b"1: 2\n"),
    "an object": (".yaml", lambda: b"a: !!python/object/apply:os.getcwd []"),
    "infinity": (".json", lambda: b'{"format": Infinity}'),
    "nothing": (".json", lambda: b""),
    "a list": (".yaml", lambda: b"- 1"),
}


@pytest.mark.parametrize("name", draw(BAD, 10, "bad files"))
def test_a_bad_file_ends_in_a_short_error(tmp_path: Path, name: str) -> None:
    suffix, content = BAD[name]
    path = tmp_path / f"run{suffix}"
    path.write_bytes(content())
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(ValueError, match="run") as caught:
            load_file(path)
        spent, (_, most) = time.process_time() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) < 500 + len(str(path))
    # Traced, which takes several times as long.
    assert spent < 60
    assert most < 200 * 2**20


def test_what_would_be_too_large_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    model = mapped(config("llama"), extra_checkpoint_metadata={"mine": "x" * documents.LARGEST})
    with pytest.raises(ValueError, match="would have more than"):
        dump_file(model, path)
    assert not path.exists()


# --- While somebody writes --------------------------------------------------------------------------------------------


def write_dumped(path: Path) -> None:
    dump_file(mapped(config("llama")), path)


def write_saved(path: Path) -> None:
    save_config(config("llama"), path)


WRITERS = {"dump_file": write_dumped, "save_config": write_saved}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(
    "error", [OSError(28, "no space left on device"), KeyboardInterrupt()], ids=["full", "stopped"]
)
def test_a_writer_that_fails_leaves_what_was_there(
    tmp_path: Path, write: Callable[[Path], None], error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    path.write_text("as it was")

    def fail(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write(path)
    assert path.read_text() == "as it was"
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_links_and_permissions_stay(tmp_path: Path, write: Callable[[Path], None]) -> None:
    real, link = tmp_path / "real.json", tmp_path / "run.json"
    real.write_text("{}")
    real.chmod(0o640)
    link.symlink_to(real)
    write(link)
    assert link.is_symlink()
    assert json.loads(real.read_text())
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path, models = tmp_path / "run.json", [mapped(config("llama", vocab_size=size)) for size in (131, 257)]
    dump_file(models[0], path)
    done = threading.Event()

    def write(model: Any) -> None:
        while not done.is_set():
            dump_file(model, path)

    writers = [threading.Thread(target=write, args=(model,)) for model in models]
    for writer in writers:
        writer.start()
    try:
        sizes = {load_file(path).vocab_size for _ in range(60)}
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert sizes <= {131, 257}


# --- What stands in checkpoints ---------------------------------------------------------------------------------------


def test_names_that_stand_in_checkpoints() -> None:
    """None of them changes without a line in CHANGELOG.md, and the layout of the data not without another format."""
    model = mapped(config("llama", pad_token_id=3))
    file = dump(model)
    assert list(file) == ["format", "written", "model", "transformer", "end"]
    assert (FORMAT, PROVENANCE) == (2, "mcore_mappers")
    origin = model.extra_checkpoint_metadata[PROVENANCE]
    assert origin.keys() == {"family", "deviations", "versions", "huggingface", "transformer_engine"}
    assert sorted(SYMBOLS.classes) == [
        "mcore_mappers.layers.LayeredGPTModelConfig",
        "mcore_mappers.layers.LayeredHybridModelConfig",
        "mcore_mappers.layers.YarnTransformerConfig",
        "megatron.core.transformer.heterogeneous.heterogeneous_config.HeterogeneousTransformerConfig",
        "megatron.core.transformer.transformer_config.MLATransformerConfig",
        "megatron.core.transformer.transformer_config.TransformerConfig",
        "megatron.training.models.gpt.GPTModelConfig",
        "megatron.training.models.hybrid.HybridModelConfig",
    ]
