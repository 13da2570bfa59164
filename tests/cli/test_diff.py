"""`diff`: two files of whichever kind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from mcore_mappers_runtime import documents
from tests.cli.support import checkpoint, run


def test_checkpoints(tmp_path: Path) -> None:
    one, other = checkpoint(tmp_path / "a", intermediate_size=128), checkpoint(tmp_path / "b")
    result = run("diff", one, other)
    assert (result.code, result.err) == (1, "")
    assert [line.split() for line in result.lines] == [
        ["field", "a", "b", "from"],
        ["ffn_hidden_size", "128", "96", "intermediate_size"],
    ]
    assert run("diff", other, one).lines[1].split() == ["ffn_hidden_size", "96", "128", "intermediate_size"]
    result = run("diff", one, one)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_no_sentence_stands_among_fields(tmp_path: Path) -> None:
    """What is the same in every model of the family is told of in a column of its own."""
    one = checkpoint(tmp_path / "a")
    folder = tmp_path / "run"
    folder.mkdir()
    model = {"num_layers": 5, "normalization": "LayerNorm", "_target_": "megatron.bridge.models.gpt.GPTModelProvider"}
    (folder / "run_config.yaml").write_text(yaml.safe_dump({"model": model}))
    lines = run("diff", folder, one).lines
    start, end = lines[0].index("from"), lines[0].index("about")
    rows = {line.split()[0]: (line[start:end].strip(), line[end:]) for line in lines[1:]}
    assert rows["num_layers"] == ("num_hidden_layers", "")
    sources, about = rows["normalization"]
    assert sources == ""
    assert about.startswith("LayerNorm or RMSNorm")


def test_json(tmp_path: Path) -> None:
    one, other = checkpoint(tmp_path / "a", intermediate_size=128), checkpoint(tmp_path / "b")
    data = run("diff", one, other, "--json").data
    assert set(data) == {"equal", "differences"}
    assert data["equal"] is False
    (difference,) = data["differences"]
    assert {name: difference[name] for name in ("field", "a", "b", "owner", "from")} == {
        "field": "ffn_hidden_size",
        "a": 128,
        "b": 96,
        "owner": "architecture",
        "from": ["intermediate_size"],
    }
    assert set(difference) == {"field", "a", "b", "owner", "from", "reason"}
    assert run("diff", one, one, "--json").data == {"equal": True, "differences": []}


def test_a_checkpoint_and_a_file_of_ours(tmp_path: Path) -> None:
    one, file = checkpoint(tmp_path / "a"), tmp_path / "model.yaml"
    run("map", one, "-o", file, "--set", "tensor_model_parallel_size=2", "--set", "seq_length=77")
    for pair in ((one, file), (file, one)):
        assert run("diff", *pair).code == 0
    other = checkpoint(tmp_path / "b", num_hidden_layers=5)
    assert run("diff", file, other).lines[1].split()[:3] == ["num_layers", "4", "5"]
    assert run("diff", other, file).lines[1].split()[:3] == ["num_layers", "5", "4"]
    assert run("diff", file, one, "--only", "suggested").lines[1].split()[:2] == ["seq_length", "77"]
    assert run("diff", file, one, "--only", "everything").code == 2


def test_a_run_config(tmp_path: Path) -> None:
    one = checkpoint(tmp_path / "a")
    model = {"num_layers": 3, "hidden_size": 64, "_target_": "megatron.bridge.models.llama.LlamaModelProvider"}
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run_config.yaml").write_text(yaml.safe_dump({"model": {**model, "num_layers": 5}}))
    result = run("diff", folder, one)
    assert result.code == 1
    assert result.lines[1].split()[:3] == ["num_layers", "5", "4"]
    assert "warning: diff() has not compared " in result.err
    assert run("diff", one, folder / "run_config.yaml").lines[1].split()[:3] == ["num_layers", "4", "5"]


def test_two_files_of_ours_need_no_hugging_face_config(tmp_path: Path) -> None:
    files = [tmp_path / "one.yaml", tmp_path / "other.json"]
    for file, layers in zip(files, (4, 5), strict=True):
        folder = checkpoint(tmp_path / file.stem, num_hidden_layers=layers)
        run("map", folder, "-o", file, "--set", "transformer_engine=true")
    assert [line.split() for line in run("diff", *files).lines[1:]] == [["num_layers", "4", "5", "num_hidden_layers"]]
    assert run("diff", files[0], files[0]).code == 0


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    one = checkpoint(tmp_path / "a")
    refused = checkpoint(tmp_path / "b", is_encoder_decoder=True)
    for pair in ((one, refused), (refused, one)):
        result = run("diff", *pair)
        assert (result.code, result.out) == (1, "")
        assert result.err.startswith(f"{refused} has no equal Megatron config:\n")
    (tmp_path / "cut.json").write_text("{")
    (tmp_path / "run.yaml").write_text("num_layers: 3")
    for pair, told in (
        ((one, tmp_path / "nowhere"), f"there is no {tmp_path}/nowhere"),
        ((one, tmp_path / "cut.json"), f"{tmp_path}/cut.json cannot be read: "),
        (
            (tmp_path / "run.yaml", tmp_path / "run.yaml"),
            f"{tmp_path}/run.yaml can be compared with a checkpoint alone",
        ),
    ):
        result = run("diff", *pair)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"mcore-mappers: {told}")
        assert len(result.err.splitlines()) == 1


def test_without_anything_that_reads_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, file = checkpoint(tmp_path / "a"), tmp_path / "model.yaml"
    run("map", one, "-o", file)
    monkeypatch.setitem(sys.modules, "yaml", None)
    documents._yaml.cache_clear()
    result = run("diff", one, file)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "mcore-mappers: YAML needs PyYAML, which is not installed: the extra mcore-mappers[yaml] has it, "
        "and JSON needs nothing\n"
    )
