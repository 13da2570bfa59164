"""`explain`: what became of each field, and all about one."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.introspect import documentation
from mcore_mappers_runtime.documentation import documented
from tests.cli.support import checkpoint, run


def test_every_field_that_matters(tmp_path: Path) -> None:
    result = run("explain", checkpoint(tmp_path))
    assert (result.code, result.err) == (0, "")
    assert result.lines[0].split() == ["Hugging", "Face", "value", "Megatron", "value", "why"]
    rows = [line.split() for line in result.lines]
    assert ["intermediate_size", "96", "ffn_hidden_size", "96"] in rows
    assert ["num_key_value_heads", "2", "num_query_groups", "2"] in [row[:4] for row in rows]
    constant = result.lines.index("In every model of the family:")
    assert any(line.startswith("normalization") for line in result.lines[constant:])
    assert not any(line.startswith("use_cache") for line in result.lines)
    everything = run("explain", tmp_path, "--all").lines
    assert any(line.startswith("use_cache") and line.endswith("for generation only") for line in everything)
    assert any(line.startswith("softmax_scale") and "left at None: " in line for line in everything)


def test_a_field_of_hugging_face(tmp_path: Path) -> None:
    result = run("explain", checkpoint(tmp_path), "num_key_value_heads")
    assert (result.code, result.err) == (0, "")
    *known, upstream = result.lines
    assert known == [
        "num_key_value_heads (Hugging Face): used",
        "  value:     2",
        "  decides:   num_query_groups = 2",
        "  reason:    must divide num_attention_heads: every group serves the same number of query heads",
    ]
    assert upstream.startswith("  upstream:  This is the number of key_value heads")


def test_fields_of_megatron(tmp_path: Path) -> None:
    checkpoint(tmp_path)
    lines = run("explain", tmp_path, "ffn_hidden_size").lines
    assert lines[:3] == [
        "ffn_hidden_size (Megatron): architecture",
        "  value:     96",
        "  from:      intermediate_size = 96",
    ]
    assert lines[-1].startswith("  upstream:  Transformer Feed-Forward Network hidden size.")
    lines = run("explain", tmp_path, "tensor_model_parallel_size").lines
    assert lines[0] == "tensor_model_parallel_size (Megatron): caller"
    assert lines[2].startswith("  reason:    The caller's (parallelism). Over how many devices")
    lines = run("explain", tmp_path, "mup_width_mult").lines
    assert lines[0] == "mup_width_mult (Megatron): derived"
    # Both sides have it.
    assert [line for line in run("explain", tmp_path, "hidden_size").lines if line.startswith("hidden")] == [
        "hidden_size (Hugging Face): used",
        "hidden_size (Megatron): architecture",
    ]


def test_names_of_a_hybrid_and_of_a_deviation(tmp_path: Path) -> None:
    checkpoint(tmp_path / "a")
    assert "  from:      num_hidden_layers = 4" in run("explain", tmp_path / "a", "num_layers", "--hybrid").lines
    checkpoint(tmp_path / "b", "seed_oss")
    assert run("explain", tmp_path / "b", "residual_dropout").code == 0


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    result = run("explain", checkpoint(tmp_path), "num_hiden_layers")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "mcore-mappers: neither side of llama has a field 'num_hiden_layers' (did you mean 'num_hidden_layers'?)\n"
    )


def test_a_refused_checkpoint(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path, is_encoder_decoder=True)
    result = run("explain", folder, "is_encoder_decoder")
    assert result.code == 1
    assert result.err.startswith(f"{folder} has no equal Megatron config:\n  is_encoder_decoder = True: must be False")
    assert result.lines[:2] == ["is_encoder_decoder (Hugging Face): must be", "  value:     True"]
    data = run("explain", folder, "ffn_hidden_size", "--json").data
    assert [each["field"] for each in data["refusals"]] == ["is_encoder_decoder"]


def test_json(tmp_path: Path) -> None:
    data = run("explain", checkpoint(tmp_path), "dtype", "--json").data
    assert set(data) == {"path", "family", "refusals", "fields"}
    (field,) = data["fields"]
    assert set(field) == {"side", "field", "value", "verdict", "reason", "others", "documentation"}
    assert (field["side"], field["verdict"]) == ("Hugging Face", "used")
    assert set(field["others"]) == {"fp16", "bf16", "params_dtype", "pipeline_dtype"}


@pytest.mark.parametrize(
    "path",
    [
        "transformers.models.llama.configuration_llama.LlamaConfig",
        "transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig",
        "megatron.core.transformer.transformer_config.MLATransformerConfig",
        "megatron.training.models.gpt.GPTModelConfig",
    ],
)
def test_documentation_is_what_the_generator_reads(path: str) -> None:
    import importlib

    module, _, name = path.rpartition(".")
    cls = getattr(importlib.import_module(module), name)
    said = {field: documentation.text(f"{path}.{field}") for field in cls.__dataclass_fields__}
    assert sum(map(bool, said.values())) > 4
    assert {field: documented(cls, field) for field in said if said[field]} == {
        field: text for field, text in said.items() if text
    }
