"""`explain`: what becomes of a field, why, and with which value for a given checkpoint."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path

import pytest

from codegen import project
from codegen.__main__ import main
from codegen.cost import lines_of

pytestmark = pytest.mark.costly

needs_upstream = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("transformers", "megatron")),
    reason="values are read by transformers and megatron-core",
)

LLAMA = {
    "model_type": "llama",
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rope_parameters": {"rope_type": "default", "rope_theta": 777.0},
}


def explain(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What is told, less what upstream says where it is installed: `test_documentation.py` has that."""
    assert main(["explain", *map(str, arguments)]) == 0
    told = capsys.readouterr().out.splitlines(keepends=True)
    return "".join(line for line in told if not line.startswith("  upstream:"))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["explain", *map(str, arguments)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def written(folder: Path, **changes: object) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps({**LLAMA, **changes}), encoding="utf-8")
    return path


def test_a_field_of_hugging_face(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "llama", "num_hidden_layers") == (
        "num_hidden_layers (Hugging Face): used\n"
        "  decided in: codegen/parts/stack/pattern.py: positive('num_hidden_layers'); "
        "codegen/parts/stack/pattern.py: Rename('num_hidden_layers', 'num_layers')\n"
    )


def test_an_ignored_field_has_its_kind_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "llama", "use_cache")
    assert told.startswith("use_cache (Hugging Face): ignored\n  reason:     metadata or inference: ")
    assert "decided in: codegen/parts/decoder/language_model.py: Ignored('use_cache'" in told


def test_a_field_of_megatron_has_its_expression(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "llama", "num_layers")
    assert told.startswith("num_layers (Megatron): architecture\n  computed:   hf.num_hidden_layers\n")
    assert told.endswith("  decided in: codegen/parts/stack/pattern.py: Rename('num_hidden_layers', 'num_layers')\n")


def test_a_field_of_the_caller_is_decided_by_its_owner(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "llama", "tensor_model_parallel_size")
    assert told.startswith("tensor_model_parallel_size (Megatron): caller\n  reason:     ")
    assert told.endswith("  decided in: codegen/megatron: parallelism\n")
    assert "computed" not in told


def test_a_name_that_both_sides_have_is_told_twice(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(capsys, "llama", "hidden_size").splitlines()
    assert [line for line in told if line.startswith("hidden_size")] == [
        "hidden_size (Hugging Face): used",
        "hidden_size (Megatron): architecture",
    ]


def test_all_fields_of_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    heads = [line for line in explain(capsys, "llama").splitlines() if not line.startswith(" ")]
    assert len(heads) == len(set(heads)) > 300
    assert "architectures (Hugging Face): must be" in heads
    assert "yarn_beta_fast (Megatron): architecture" in heads


def test_unknown_names_are_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no family 'lama'; did you mean 'llama'?; there are " in refused(capsys, "lama")
    near = "neither side of llama has a field 'num_layer'; did you mean 'num_layers'?\n"
    assert refused(capsys, "llama", "num_layer") == near
    assert refused(capsys, "llama", "xyzzy") == "neither side of llama has a field 'xyzzy'\n"


@needs_upstream
def test_values_of_a_config(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = written(tmp_path)
    assert "  value:      3\n" in explain(capsys, "llama", "num_hidden_layers", "--config", config)
    assert "  value:      16\n" in explain(capsys, "llama", "kv_channels", "--config", config)
    # An outer field and, from the folder this time, one that Megatron derives.
    assert "  value:      777\n" in explain(capsys, "llama", "rotary_base", "--config", tmp_path)
    both = explain(capsys, "llama", "hidden_size", "--config", tmp_path)
    assert both.count("  value:      64\n") == 2


@needs_upstream
def test_refusals_are_told_and_hugging_face_keeps_its_values(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = explain(capsys, "llama", "hidden_size", "--config", written(tmp_path, attention_bias=True))
    assert told.startswith("refused: attention_bias = True: ")
    assert told.count("  value:      64\n") == 1


@needs_upstream
def test_a_config_of_another_kind(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = refused(capsys, "llama", "hidden_size", "--config", written(tmp_path, model_type="qwen3_moe"))
    assert told == "the config is of model type 'qwen3_moe'; llama reads 'llama'\n"
    (tmp_path / "config.json").write_text("[", encoding="utf-8")
    assert "config.json cannot be read: " in refused(capsys, "llama", "hidden_size", "--config", tmp_path)
    (tmp_path / "config.json").write_text("[]", encoding="utf-8")
    assert "config.json holds no JSON object" in refused(capsys, "llama", "hidden_size", "--config", tmp_path)
    assert "nowhere.json cannot be read: " in refused(capsys, "llama", "--config", tmp_path / "nowhere.json")


def test_families_says_what_each_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["families"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    found = {name: int(count) for count, name in (line.split() for line in lines)}
    assert found.keys() == {family.name for family in project.load_table().families}
    assert found == dict(sorted(found.items(), key=lambda item: (item[1], item[0])))
    assert 5 < found["mistral"] < 20
    assert re.fullmatch(rf" +[\d.]+  median of {len(found)}", last)


def test_cost_counts_what_says_something() -> None:
    head = '"""Toy."""\n\nimport a\n\nif True:\n    import b\n\n\n'
    source = head + "def f() -> int:\n    # why\n    return 1\n\n\nX = (\n    1,\n)\n"
    assert lines_of(source) == 6


@pytest.mark.parametrize("arguments", [("explain", "llama"), ("explain", "llama", "vocab_size")], ids=["long", "short"])
def test_who_has_read_enough_is_told_nothing(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is short is still held back when the command ends."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(arguments) == 0
    assert capfd.readouterr() == ("", "")
