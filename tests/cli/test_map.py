"""`map`: the config that the mapper gives, in every form."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

import mcore_mappers as m
from mcore_mappers_runtime.cli.constructor import source_of
from mcore_mappers_runtime.cli.settings import settings_in, value_of
from mcore_mappers_runtime.disk import described
from mcore_mappers_runtime.equal import flat, same_value
from mcore_mappers_runtime.keywords import keyword_types
from mcore_mappers_runtime.registry import registry_of
from tests.cli.support import checkpoint, run
from tests.support.hf import FAMILIES, config, mapper


def mapped(folder: Path, **caller: Any) -> Any:
    return m.to_megatron(m.load_config(folder), **caller)


def equal(one: Any, other: Any) -> bool:
    ours, theirs = flat(one), flat(other)
    return ours.keys() == theirs.keys() and all(same_value(ours[name], theirs[name]) for name in ours)


def test_a_table_by_owner(tmp_path: Path) -> None:
    result = run(
        "map", checkpoint(tmp_path), "--set", "tensor_model_parallel_size=2", "--set", "transformer_impl=local"
    )
    assert (result.code, result.err) == (0, "")
    assert result.lines[:4] == ["GPTModelConfig of llama", "", "architecture:", result.lines[3]]
    assert result.lines[3].split() == ["field", "value", "from"]
    rows = {line.split()[0]: line.split()[1:] for line in result.lines if "  " in line}
    assert rows["ffn_hidden_size"] == ["96", "intermediate_size"]
    assert rows["normalization"] == ["'RMSNorm'"]
    assert rows["rotary_base"][-2:] == ["max_position_embeddings,", "rope_parameters"]
    assert rows["params_dtype"] == ["torch.float32", "dtype"]
    # What Megatron derives from them is not shown.
    caller = result.lines.index("caller:")
    assert [line.split()[:2] for line in result.lines[caller + 2 :]] == [
        ["tensor_model_parallel_size", "2"],
        ["transformer_impl", "'local'"],
    ]
    assert [title for title in result.lines if title.endswith(":")] == ["architecture:", "suggested:", "caller:"]


def test_reasons(tmp_path: Path) -> None:
    lines = run("map", checkpoint(tmp_path), "-v").lines
    (line,) = (line for line in lines if line.startswith("gated_linear_unit"))
    assert line.endswith("gate_proj and up_proj: Hugging Face has no flag.")


def test_json_of_the_table(tmp_path: Path) -> None:
    data = run("map", checkpoint(tmp_path), "--json").data
    assert set(data) == {"family", "target", "fields"}
    assert (data["family"], data["target"]) == ("llama", "GPTModelConfig")
    (field,) = (each for each in data["fields"] if each["field"] == "num_query_groups")
    assert set(field) == {"field", "value", "owner", "from", "reason"}
    assert (field["value"], field["owner"], field["from"]) == (2, "architecture", ["num_key_value_heads"])


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_what_is_printed_and_written_is_what_dump_gives(tmp_path: Path, form: str) -> None:
    folder, file = checkpoint(tmp_path), tmp_path / f"model.{form}"
    assert run("map", folder, "-o", file).out == ""
    assert equal(m.load_file(file), mapped(folder))
    assert run("map", folder, "--format", form).out == file.read_text("utf-8")


def test_a_file_of_another_name_is_yaml_unless_it_is_said(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path)
    run("map", folder, "-o", tmp_path / "model")
    assert (tmp_path / "model").read_text("utf-8").startswith("format: ")
    run("map", folder, "-o", tmp_path / "model", "--format", "python")
    assert (tmp_path / "model").read_text("utf-8").startswith("import torch\n")
    result = run("map", folder, "-o", tmp_path / "no" / "model")
    assert (result.code, result.err.splitlines()[-1]) == (
        2,
        f"mcore-mappers: {tmp_path}/no/model: No such file or directory",
    )
    assert run("map", folder, "-o", tmp_path / "model", "--format", "table").code == 2


def executed(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(source, "config.py", "exec"), names)
    return names["config"]


def test_python_is_the_constructor_call(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, "deepseek_v3")
    source = run("map", folder, "--format", "python", "--set", "recompute_granularity=selective").out
    assert equal(executed(source), mapped(folder, recompute_granularity="selective"))


@pytest.mark.filterwarnings("ignore:the Megatron model of this")
@pytest.mark.parametrize("family", FAMILIES)
def test_python_of_every_family(family: str) -> None:
    model = mapper(family)(config(family))
    assert equal(executed(source_of(model)), model)


def test_python_reads_as_people_write_it(tmp_path: Path) -> None:
    source = source_of(mapped(checkpoint(tmp_path), attention_backend=m_backend()))
    assert source.startswith(textwrap.dedent("""\
            import torch
            from megatron.core.transformer.enums import AttnBackend
            from megatron.core.transformer.transformer_config import TransformerConfig
            from megatron.training.models.gpt import GPTModelConfig
            from torch.nn.functional import silu

            config = GPTModelConfig(
                transformer=TransformerConfig(
            """))
    assert "        attention_backend=AttnBackend.flash,\n" in source
    assert source.endswith(",\n)\n")


def m_backend() -> Any:
    from megatron.core.transformer.enums import AttnBackend

    return AttnBackend.flash


def test_a_hybrid_and_its_refusal(tmp_path: Path) -> None:
    result = run("map", checkpoint(tmp_path / "a"), "--hybrid")
    assert result.lines[0] == "HybridModelConfig of llama"
    (line,) = (line for line in result.lines if line.startswith("num_layers"))
    assert line.split() == ["num_layers", "8", "num_hidden_layers"]
    assert run("map", checkpoint(tmp_path / "c", "mamba2"), "--hybrid").lines[0] == "HybridModelConfig of mamba2"
    result = run("map", checkpoint(tmp_path / "b", "helium"), "--hybrid")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("mcore-mappers: helium has no hybrid model; ")


def test_the_body_of_another_head(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, architectures=["LlamaForSequenceClassification"])
    result = run("map", folder)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"{folder} has no equal Megatron config:\n  architectures = ")
    assert result.err.endswith("\n--body maps the decoder, whatever head is on it.\n")
    assert run("map", folder, "--body").code == 0


def test_strict(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, "seed_oss", residual_dropout=0.1)
    result = run("map", folder)
    assert result.code == 0
    assert "warning: the Megatron model of this seed_oss config deviates" in result.err
    result = run("map", folder, "--strict")
    assert (result.code, result.out) == (1, "")
    assert "  dropout_places: " in result.err


def test_a_refusal_as_json(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, is_encoder_decoder=True)
    result = run("map", folder, "--json")
    assert (result.code, result.err) == (1, "")
    assert set(result.data) == {"path", "family", "refusals"}
    assert [each["field"] for each in result.data["refusals"]] == ["is_encoder_decoder"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("tensor_model_parallel_size=two", "tensor_model_parallel_size='two' must be int"),
        ("tensor_model_parallel_sise=2", "(did you mean 'tensor_model_parallel_size'?)"),
        (
            "num_layers=2",
            "'num_layers' is decided by the Hugging Face config, and cannot be overridden: change num_hid",
        ),
        ("mtp_standalone=true", "'mtp_standalone' is decided by the Hugging Face config or by Megatron, and cannot be"),
        ("tensor_model_parallel_size", "--set tensor_model_parallel_size: write it as name=value"),
        ("pipeline_model_parallel_layout=x|y", "Megatron does not take these fields together: "),
    ],
)
def test_what_is_set_wrongly_is_said_by_name(tmp_path: Path, given: str, told: str) -> None:
    result = run("map", checkpoint(tmp_path), "--set", given)
    assert (result.code, result.out) == (2, "")
    *_, last = result.err.splitlines()
    assert last.startswith("mcore-mappers: ")
    assert told in last


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    result = run("map", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"mcore-mappers: {tmp_path}: is no JSON: ")
    assert len(result.err.splitlines()) == 1
    nowhere = run("map", tmp_path / "nowhere")
    assert nowhere.code == 2
    assert nowhere.err.startswith(f"mcore-mappers: there is no {tmp_path}/nowhere: give a config.json, or the folder")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--layers", "map", "x"), "mcore-mappers: No such option: --layers; options come after the command\n"),
        (("map", "x", "--layrs"), "mcore-mappers: No such option: --layrs"),
        (("map", "x", "--format", "xml"), "mcore-mappers: Invalid value for '--format': 'xml' is not one of 'table'"),
    ],
)
def test_a_call_that_makes_no_sense(arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(told)
    assert len(result.err.splitlines()) == 1


def test_warnings_are_lines(tmp_path: Path) -> None:
    result = run("map", checkpoint(tmp_path, rope_thta=1), "--set", "transformer_impl=local")
    assert result.err == f"warning: nobody reads these keys of {tmp_path}/config.json: rope_thta\n"


READ = {
    ("tensor_model_parallel_size", "8"): 8,
    ("bf16", "true"): True,
    ("bf16", "False"): False,
    ("pipeline_dtype", "bf16"): "torch.bfloat16",
    ("params_dtype", "torch.float16"): "torch.float16",
    ("attention_backend", "flash"): "AttnBackend.flash",
    ("attention_backend", "AttnBackend.fused"): "AttnBackend.fused",
    ("hidden_dropout", "0"): 0,
    ("hidden_dropout", "1e-1"): 0.1,
    ("recompute_granularity", "none"): None,
    ("recompute_granularity", "full"): "full",
    ("recompute_modules", '["core_attn", "mlp"]'): ["core_attn", "mlp"],
    ("virtual_pipeline_model_parallel_size", "2"): 2,
    ("transformer_engine", "true"): True,
    ("sequence_parallel", "1"): "1",
}


@pytest.mark.parametrize(("name", "text"), READ)
def test_a_text_is_read_as_the_type_that_megatron_declares(name: str, text: str) -> None:
    value = value_of(text, keyword_types(registry_of("llama"))[name])
    expected = READ[name, text]
    plain = isinstance(value, int | float | str | list) or value is None
    assert (value if plain else str(value)) == expected
    assert not plain or type(value) is type(expected)


def test_the_last_of_several_values_counts() -> None:
    assert settings_in(["a=1", "b = x=y", "a=2"], {}) == {"a": 2, "b": "x=y"}


def test_a_file_for_machines_with_other_kernels_can_be_looked_at(tmp_path: Path) -> None:
    result = run("map", checkpoint(tmp_path), "--format", "json", "--set", "transformer_engine=true")
    with pytest.raises(ValueError, match="this machine lacks the kernels"):
        m.load(json.loads(result.out))
    assert flat(described(json.loads(result.out)))["num_layers"] == 4
