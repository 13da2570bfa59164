"""`can`: one line for each checkpoint, whatever is in its file."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from mcore_mappers_runtime.cli import can as command
from mcore_mappers_runtime.errors import UpstreamVersionError
from tests.cli.support import checkpoint, run

CORPUS = os.environ.get("CONFIG_CORPUS")


def test_a_checkpoint_that_maps(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path)
    result = run("can", folder)
    assert (result.code, result.err) == (0, "")
    assert result.lines == [f"yes  {folder}  llama  GPTModelConfig, HybridModelConfig  needs transformer-engine"]
    assert run("can", folder / "config.json").lines == [
        result.out.rstrip().replace(str(folder), f"{folder}/config.json")
    ]


def test_a_checkpoint_that_does_not(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, rope_interleaved=True, is_encoder_decoder=True)
    result = run("can", folder)
    assert (result.code, result.err) == (1, "")
    assert result.lines == [
        (
            f"no   {folder}  llama  is_encoder_decoder = True: must be False: the causal language models of "
            "transformers are decoders, and so are Megatron's (and 1 more)"
        )
    ]


def test_the_options_that_map_it_are_said(tmp_path: Path) -> None:
    """And do map it."""
    folder = checkpoint(tmp_path, "olmo2", architectures=["Olmo2ForSequenceClassification"])
    (line,) = run("can", folder).lines
    assert line.endswith(" (--body --layers maps it)")
    (line,) = run("can", folder, "--layers").lines
    assert line.endswith(" (--body maps it)")
    assert run("can", folder, "--layers", "--body").code == 0
    (line,) = run("can", checkpoint(tmp_path / "other", "olmo2", is_encoder_decoder=True)).lines
    assert "maps it" not in line
    reward = checkpoint(tmp_path / "reward", architectures=["LlamaForSequenceClassification"])
    (line,) = run("can", reward).lines
    assert line.endswith(" (--body maps it)")
    assert run("can", reward, "--body").code == 0


def test_a_folder_of_many_is_walked(tmp_path: Path) -> None:
    for name in ("b/qwen", "a"):
        checkpoint(tmp_path / name)
    # What is in the folder of a checkpoint belongs to it.
    checkpoint(tmp_path / "a" / "draft")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "same").symlink_to(tmp_path / "a")
    assert [line.split()[1] for line in run("can", tmp_path).lines] == [f"{tmp_path}/a", f"{tmp_path}/b/qwen"]


BAD = {
    "cut": (b'{"model_type": "ll', "is no JSON"),
    "a list": (b"[]", "must be a JSON object"),
    "bytes": (b"\xff\xfe\x00", "is no JSON"),
    "no type": (b"{}", "model_type = None: is missing"),
    "another type": (b'{"model_type": "lama"}', "did you mean 'llama'?"),
    "a bad value": (b'{"model_type": "llama", "hidden_size": "wide"}', "transformers"),
    "endless": (b'{"model_type": "llama", "num_hidden_layers": 10000000}', "must be at most"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_an_answer(tmp_path: Path, name: str) -> None:
    content, told = BAD[name]
    (tmp_path / "config.json").write_bytes(content)
    result = run("can", tmp_path)
    assert (result.code, result.err) == (1, "")
    assert len(result.lines) == 1
    assert result.out.startswith(f"no   {tmp_path}  ")
    assert told in result.out


def test_what_breaks_somewhere_in_upstream_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(path: Path, *, body: bool) -> None:
        raise RuntimeError("a\nb")

    monkeypatch.setattr(command, "read", breaks)
    assert run("can", checkpoint(tmp_path)).lines == [f"no   {tmp_path}  -  RuntimeError: a b"]


def test_what_is_not_there_or_cannot_be_read_is_no_answer(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path / "nowhere", f"there is no {tmp_path}/nowhere"),
        (tmp_path, f"there is no config.json in {tmp_path}, or in any folder in it"),
    ):
        result = run("can", path)
        assert (result.code, result.out, result.err) == (2, "", f"mcore-mappers: {told}\n")
    (tmp_path / "llama.json").write_text("{}")
    assert "a file of another name is given as it is, not by its folder" in run("can", tmp_path).err
    (tmp_path / "config.json").mkdir()
    assert run("can", tmp_path / "config.json").code == 2


def test_the_others_are_answered_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(
        "can", tmp_path / "nowhere", checkpoint(tmp_path / "a"), tmp_path / "empty", checkpoint(tmp_path / "b")
    )
    assert result.code == 2
    assert [line.split()[1] for line in result.lines] == [f"{tmp_path}/a", f"{tmp_path}/b"]
    assert [line.split()[1:3] for line in result.err.splitlines()] == [["there", "is"]] * 2


def test_json(tmp_path: Path) -> None:
    yes, no = checkpoint(tmp_path / "yes", "seed_oss", residual_dropout=0.1), checkpoint(
        tmp_path / "no", is_encoder_decoder=True
    )
    result = run("can", yes, no, "--json")
    assert result.code == 1
    mapped, refused = result.data["checkpoints"]
    assert mapped["refusals"] == []
    assert [mapped[name] for name in ("path", "maps", "family", "deviations")] == [
        str(yes),
        True,
        "seed_oss",
        ["dropout_places"],
    ]
    assert set(mapped) == {
        "path",
        "maps",
        "family",
        "targets",
        "needs",
        "deviations",
        "equal_up_to",
        "refusals",
        "options",
    }
    assert mapped["equal_up_to"] is None
    assert set(mapped["needs"][0]) == {"what", "when", "reason"}
    assert [refused[name] for name in ("path", "maps", "family", "targets")] == [str(no), False, "llama", []]
    (refusal,) = refused["refusals"]
    assert (refusal["field"], refusal["value"]) == ("is_encoder_decoder", True)
    assert set(refusal) == {"field", "value", "reason"}


def test_a_length_is_said(tmp_path: Path) -> None:
    rope = {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}
    path = checkpoint(tmp_path, "llama", rope_parameters=rope, max_position_embeddings=96)
    assert run("can", path).lines[0].endswith("deviates by dynamic_ntk (equal up to 96 tokens)")
    assert run("can", path, "--json").data["checkpoints"][0]["equal_up_to"] == 96


def test_without_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "is_installed", lambda package: package != "transformers")
    result = run("can", checkpoint(tmp_path))
    assert (result.code, result.out) == (2, "")
    assert result.err == f"mcore-mappers: {UpstreamVersionError('', 'transformers', None, '5.5.0')}\n"


@pytest.mark.skipif(CORPUS is None, reason="CONFIG_CORPUS names no folder of published configs")
def test_every_published_config_has_its_line() -> None:
    files = sorted(Path(str(CORPUS)).glob("*/*.json"))
    result = run("can", *files)
    assert result.err == ""
    assert [line.split()[1] for line in result.lines] == [*map(str, files)]
    assert set(Counter(line.split()[0] for line in result.lines)) == {"yes", "no"}
    assert all(len(line) < 600 for line in result.lines)
