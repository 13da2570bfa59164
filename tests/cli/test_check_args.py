"""`check-args`: scripts of trainers, right and broken in ways that happen, beside published checkpoints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from mcore_mappers_runtime.cli.app import app
from tests.cli.scripts import SCRIPTS
from tests.cli.support import Result, checkpoint, run
from tests.cli.test_args import published


def checked(folder: Path, name: str, text: str, *options: str) -> Result:
    script = folder / "run.sh"
    published(folder / name, name)
    script.write_text(text, encoding="utf-8")
    return run("check-args", folder / name, script, *options)


def rows(result: Result) -> list[list[str]]:
    return [line.split("  ") and [each.strip() for each in line.split("  ") if each] for line in result.lines[1:]]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_right_script(tmp_path: Path, name: str) -> None:
    result = checked(tmp_path, name, SCRIPTS[name])
    assert (result.code, result.out) == (0, "")
    assert {
        "qwen3-4B": [],
        "llama3-8B": [
            "not compared: --nproc_per_node, --master_addr: it is none of Megatron's arguments",
            "not compared: vocab_size: the tokenizer says it",
        ],
        "glm4.5": ["not resolved: --moe-layer-freq $MOE_LAYER_FREQ: nothing here says what $MOE_LAYER_FREQ is"],
    }[name] == result.err.splitlines()


BROKEN = [
    ("qwen3-4B", "${MODEL_ARGS_ROTARY_BASE:-1000000}", "10000", "--rotary-base", "10000", "1000000"),
    ("qwen3-4B", '--rotary-base "${MODEL_ARGS_ROTARY_BASE:-1000000}"', "", "--rotary-base", "absent: 10000", "1000000"),
    ("qwen3-4B", "--qk-layernorm", "", "--qk-layernorm", "absent", "given"),
    ("qwen3-4B", "--group-query-attention", "", "--group-query-attention", "absent", "given"),
    ("qwen3-4B", "--num-query-groups 8", "", "--num-query-groups", "absent: 1", "8"),
    ("qwen3-4B", "--kv-channels 128", "", "--kv-channels", "absent: 80", "128"),
    ("qwen3-4B", "--ffn-hidden-size 9728", "", "--ffn-hidden-size", "absent: 6784", "9728"),
    ("qwen3-4B", "--swiglu", "", "--swiglu", "absent", "given"),
    ("qwen3-4B", "1e-6", "1e-5", "--norm-epsilon", "1e-5", "1e-06"),
    ("qwen3-4B", '"RMSNorm"', "LayerNorm", "--normalization", "LayerNorm", "RMSNorm"),
    (
        "qwen3-4B",
        "--qk-layernorm",
        "--qk-layernorm --untie-embeddings-and-output-weights",
        "--untie-embeddings-and-output-weights",
        "given",
        "absent",
    ),
    (
        "llama3-8B",
        "--untie-embeddings-and-output-weights",
        "",
        "--untie-embeddings-and-output-weights",
        "absent",
        "given",
    ),
    ("llama3-8B", "--use-rope-scaling", "", "--use-rope-scaling", "absent", "given"),
    ("llama3-8B", "=14336", "=14436", "--ffn-hidden-size", "14436", "14336"),
    ("llama3-8B", "--num-layers 32", "--num-layers 32 --num-layers 31", "--num-layers", "31", "32"),
    ("glm4.5", "--moe-router-enable-expert-bias", "", "--moe-router-enable-expert-bias", "absent", "given"),
    ("glm4.5", "--add-qkv-bias", "", "--add-qkv-bias", "absent", "given"),
    ("glm4.5", "--moe-layer-freq $MOE_LAYER_FREQ", "", "--moe-layer-freq", "absent: 1", "[0]*3+[1]*89"),
    ("glm4.5", "* MOE_SHARED", "* 2 * MOE_SHARED", "--moe-shared-expert-intermediate-size", "3072", "1536"),
    ("glm4.5", "percent 0.5", "percent 1.0", "--rotary-percent", "1.0", "0.5"),
]


@pytest.mark.parametrize(("name", "old", "new", "flag", "there", "has"), BROKEN)
def test_a_broken_script(tmp_path: Path, name: str, old: str, new: str, flag: str, there: str, has: str) -> None:
    assert old in SCRIPTS[name]
    result = checked(tmp_path, name, SCRIPTS[name].replace(old, new))
    assert result.code == 1
    assert result.lines[0].split()[:4] == ["flag", "run.sh", name, "from"]
    (row,) = rows(result)
    assert row[:3] == [flag, there, has]
    assert len(row) == 4


def test_a_softmax_that_scales_before_it_chooses(tmp_path: Path) -> None:
    """Only with a softmax."""
    text = SCRIPTS["glm4.5"].replace("sigmoid", "softmax --moe-router-pre-softmax")
    assert [row[:3] for row in rows(checked(tmp_path, "glm4.5", text))] == [
        ["--moe-router-score-function", "softmax", "sigmoid"],
        ["--moe-router-pre-softmax", "given", "absent"],
    ]


def test_training_only_where_it_is_asked_for(tmp_path: Path) -> None:
    result = checked(tmp_path, "qwen3-4B", SCRIPTS["qwen3-4B"], "--all")
    assert [row[:3] for row in rows(result)] == [
        ["--bf16", "absent", "given"],
        ["--hidden-dropout", "absent: 0.1", "0.0"],
        ["--attention-dropout", "absent: 0.1", "0.0"],
    ]


def test_json(tmp_path: Path) -> None:
    result = checked(
        tmp_path, "qwen3-4B", SCRIPTS["qwen3-4B"].replace("-size 9728", "-size 9720 --of-mine 3"), "--json"
    )
    assert (result.code, result.err) == (1, "")
    assert set(result.data) == {"equal", "differences", "not_compared", "unresolved"}
    (difference,) = result.data["differences"]
    assert difference.pop("reason")
    assert difference == {
        "flag": "--ffn-hidden-size",
        "written": ["--ffn-hidden-size", "9720"],
        "wanted": ["--ffn-hidden-size", "9728"],
        "field": "ffn_hidden_size",
        "value": 9720,
        "expected": 9728,
        "owner": "architecture",
        "from": ["intermediate_size"],
    }
    assert result.data["not_compared"] == [
        {"name": "--of-mine", "value": "3", "reason": "it is none of Megatron's arguments"}
    ]
    result = checked(tmp_path, "qwen3-4B", SCRIPTS["qwen3-4B"], "--json")
    assert (result.code, result.data["equal"], result.data["differences"]) == (0, True, [])


def test_what_args_writes_is_right(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "a")
    for words in (run("args", folder).out, json.dumps(run("args", folder, "--json").data["args"])):
        (tmp_path / "flags").write_text(words)
        result = run("check-args", folder, tmp_path / "flags", "--all")
        assert (result.code, result.out, result.err) == (0, "", "")


def test_arguments_by_name(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "a")
    words = run("args", folder).out.split()
    flags = [place for place, word in enumerate(words) if word.startswith("--")]
    named: dict[str, object] = {}
    for start, end in zip(flags, [*flags[1:], len(words)], strict=True):
        named[words[start][2:].replace("-", "_")] = words[start + 1] if end > start + 1 else True
    for text in (json.dumps(named), yaml.safe_dump({"model": named})):
        assert given(folder, text).code == 0
    assert given(folder, json.dumps({**named, "num_layers": 5})).lines[1].split()[:3] == ["--num-layers", "5", "4"]


def given(folder: Path, text: str | bytes) -> Result:
    """From the standard input."""
    result = CliRunner().invoke(app, ["check-args", str(folder), "-"], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return Result(result.exit_code, result.stdout, result.stderr)


def test_the_standard_input(tmp_path: Path) -> None:
    folder, text = published(tmp_path, "qwen3-4B"), SCRIPTS["qwen3-4B"]
    for same in (text, text.replace("\n", "\r\n"), b"\xef\xbb\xbf" + text.encode()):
        assert given(folder, same) == Result(0, "", "")
    result = given(folder, text.replace("heads 32", "head 32"))
    assert result.lines[0].split() == ["flag", "standard", "input", tmp_path.name, "from"]
    assert result.lines[1].split()[:3] == ["--num-attention-heads", "absent", "32"]
    assert "(did you mean '--num-attention-heads'?)" in result.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing in it is an argument of Megatron-LM's"),
        ("# --num-layers 3\n", "nothing in it is an argument of Megatron-LM's"),
        ('source a.sh\nrun "${MODEL_ARGS[@]}"', "Megatron-LM's; source a.sh, ${MODEL_ARGS[@]}: not read"),
        (b"\xff\xfe--num-layers 3", "is no text"),
        (b"\0", "is no text"),
        ("--num-layers 3\n" * 20000, "is longer than any script, "),
        ("X=" + "a" * 999 + "\n" + "X=$X$X\n" * 99, "one of its words is longer than any in a script"),
        ('{"num_layers": 3,,}', "Expecting property name"),
        ('["--num-layers", {}]', "a list of arguments holds words and numbers, and nothing else"),
    ],
)
def test_what_is_no_script(tmp_path: Path, text: str | bytes, told: str) -> None:
    result = given(checkpoint(tmp_path), text)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("mcore-mappers: standard input: ")
    assert told in result.err
    assert len(result.err.splitlines()) == 1


def test_numbers_that_make_no_sense(tmp_path: Path) -> None:
    """They differ, and nothing breaks."""
    for text in (
        "--pipeline-model-parallel-size 0 --hybrid-layer-pattern 'M|*'",
        "--num-attention-heads 0",
        "--num-layers",
    ):
        assert given(checkpoint(tmp_path), text).code == 1


def test_what_cannot_be_read(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "a")
    refused = checkpoint(tmp_path / "b", architectures=["LlamaForSequenceClassification"])
    script = tmp_path / "a script.sh"
    script.write_text("--num-layers 4")
    for pair in ((folder, tmp_path / "nowhere"), (folder, tmp_path), (tmp_path / "nowhere", script)):
        result = run("check-args", *pair)
        assert (result.code, result.out) == (2, "")
        assert len(result.err.splitlines()) == 1
    assert "the checkpoint comes first" in run("check-args", script, folder).err
    result = run("check-args", refused, script)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"{refused} has no equal Megatron config:\n")
    assert run("check-args", refused, script, "--body").lines[0].startswith("flag")
