"""`args`: flags that Megatron's parser has read, for a shell."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import mcore_mappers as m
from tests.cli.scripts import CHECKPOINTS
from tests.cli.support import checkpoint, run


def published(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CHECKPOINTS[name]), encoding="utf-8")
    return folder


def test_a_flag_a_line(tmp_path: Path) -> None:
    folder = published(tmp_path, "qwen3-4B")
    result = run("args", folder, "--set", "transformer_engine=true", "--set", "tensor_model_parallel_size=2")
    assert (result.code, result.err) == (0, "")
    assert {"--num-layers 36", "--qk-layernorm", "--rotary-base 1000000", "--bf16"} <= set(result.lines)
    assert "--tensor-model-parallel-size 2" in result.lines
    assert all(line.startswith("--") and line.count("--") == 1 for line in result.lines)
    model = m.to_megatron(m.load_config(folder), transformer_engine=True, tensor_model_parallel_size=2)
    assert shlex.split(result.out) == m.to_args(model)


def test_quotes_for_a_shell(tmp_path: Path) -> None:
    lines = run("args", published(tmp_path, "glm4.5"), "--set", "transformer_engine=true").lines
    assert "--moe-layer-freq '[0]*3+[1]*89'" in lines
    lines = run("args", checkpoint(tmp_path / "hybrid"), "--hybrid", "--set", "transformer_impl=local").lines
    assert "--hybrid-layer-pattern '*-*-*-*-'" in lines


def test_json(tmp_path: Path) -> None:
    result = run("args", checkpoint(tmp_path), "--json", "--set", "transformer_impl=local")
    assert (result.code, result.err) == (0, "")
    assert set(result.data) == {"family", "target", "args"}
    assert result.data["args"][:2] == ["--num-layers", "4"]


def test_a_format_of_map(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path)
    expected = run("args", folder).out
    assert run("map", folder, "--format", "args").out == expected
    assert run("map", folder, "--format", "args", "-o", tmp_path / "flags").code == 0
    assert (tmp_path / "flags").read_text("utf-8") == expected


def test_what_no_flag_says(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, hidden_act="gelu")
    told = (
        f"No flags of Megatron-LM give all of {folder}:\n"
        "  gated_linear_unit = True; without it False\n"
        f"`mcore-mappers map --format python {folder}` gives the whole config.\n"
    )
    for command in (("args",), ("map", "--format", "args")):
        result = run(*command, folder, "--set", "transformer_impl=local")
        assert (result.code, result.out, result.err) == (1, "", told)
    data = run("args", folder, "--json").data
    assert data == {
        "path": str(folder),
        "no_flags": [{"field": "gated_linear_unit", "value": True, "without": False}],
    }


def test_a_refusal_and_a_mistake(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, architectures=["LlamaForSequenceClassification"])
    result = run("args", folder)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"{folder} has no equal Megatron config:\n")
    assert run("args", folder, "--body").code == 0
    assert run("args", folder, "--body", "--set", "tensor_model_parallel_sise=2").code == 2
    assert run("args", tmp_path / "nowhere").code == 2


def test_the_hint_asks_for_layers_where_they_were_asked_for(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, hidden_act="gelu")
    result = run("args", folder, "--layers", "--set", "transformer_impl=local")
    assert f"`mcore-mappers map --layers --format python {folder}`" in result.err
