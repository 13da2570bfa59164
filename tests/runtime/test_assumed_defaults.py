"""What the runtime takes for a field that a caller leaves out is what Megatron takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from megatron.core.transformer.transformer_config import MLATransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig

import mcore_mappers_runtime

RUNTIME = Path(mcore_mappers_runtime.__file__).parent
DEFAULTS = {
    field.name: field.default
    for cls in (GPTModelConfig, HybridModelConfig, MLATransformerConfig)
    for field in fields(cls)
}


def assumed() -> Iterator[tuple[str, str, object]]:
    """Where, for which field and what: every `caller.get(field, default)`."""
    for file in sorted(RUNTIME.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("caller"), attr="get"),
                    args=[ast.Constant(str(name)), ast.Constant(default)],
                ):
                    yield file.stem, name, default


ASSUMED = tuple(assumed())


@pytest.mark.parametrize(("file", "field", "default"), ASSUMED)
def test_a_default_is_megatrons(file: str, field: str, default: object) -> None:
    assert DEFAULTS[field] == default, file


def test_some_are_assumed() -> None:
    assert {"pipeline_model_parallel_size", "transformer_impl", "cuda_graph_impl"} <= {name for _, name, _ in ASSUMED}
