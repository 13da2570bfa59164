"""A caller's keywords: each of the type and range that Megatron declares, or one error that tells all that is wrong."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from megatron.core.transformer.enums import AttnBackend, CudaGraphModule

import mcore_mappers
from mcore_mappers_runtime.declared_types import described, fits, types_of
from mcore_mappers_runtime.needs import WorkerFields
from mcore_mappers_runtime.registry import registry_of
from mcore_mappers_runtime.sections import PositionFields
from mcore_mappers_runtime.symbols import symbol
from tests.back.ways import targets
from tests.selection import some
from tests.support.about import about
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import ONE_OF_EACH_TARGET
from tests.support.plans import described as plan_of

LLAMA = config("llama")
CLASSES = [symbol(path) for path in sorted(registry_of("llama").symbols.classes)]
HINT = " (did you mean 'tensor_model_parallel_size'?)"
PREDICTING = {"deepseek_v3", "glm4_moe", "nemotron_h", "qwen2", "sarvam_mla", "sarvam_moe"}


def refused(family: str = "llama", **caller: Any) -> str:
    with pytest.raises(TypeError) as caught:
        mapped(config(family), **caller)
    return str(caught.value)


@pytest.mark.parametrize(
    ("keyword", "value", "declared"),
    [
        ("tensor_model_parallel_size", "2", "int"),
        ("tensor_model_parallel_size", True, "int"),
        ("tensor_model_parallel_size", 2.0, "int"),
        ("tensor_model_parallel_size", np.int64(2), "int"),
        ("tensor_model_parallel_size", None, "int"),
        ("bf16", "true", "bool"),
        ("bf16", 0, "bool"),
        ("params_dtype", "bfloat16", "dtype"),
        ("pipeline_dtype", None, "dtype"),
        ("moe_token_dispatcher_type", "deepep", "'allgather' or 'alltoall' or 'flex'"),
        ("attention_backend", "flash", "AttnBackend"),
        ("hidden_dropout", "0.1", "float"),
        ("recompute_modules", ["mlp", 1], "a list of str or None"),
        ("recompute_modules", ("mlp",), "a list of str or None"),
        ("extra_checkpoint_metadata", [], "dict or None"),
        ("grad_scale_func", 1, "a function or None"),
        ("mtp_num_layers", "1", "int or None"),
        ("strict", "yes", "bool"),
        ("strict", 1, "bool"),
    ],
)
def test_another_type(keyword: str, value: Any, declared: str) -> None:
    assert refused(**{keyword: value}) == f"llama.to_megatron(): {keyword}={value!r} must be {declared}"


def test_every_keyword_of_every_target_is_checked() -> None:
    """No type lets everything pass, each can be said, and classes that share a field agree on it."""
    for family in ONE_OF_EACH_TARGET:
        for mapper in plan_of(family)[0].mappers:
            fields = vars(mcore_mappers.typing)[mapper.target.fields].__annotations__
            assert "tensor_model_parallel_size" in fields
            for name in fields:
                types = [types_of(cls)[name] for cls in (*CLASSES, WorkerFields) if name in types_of(cls)]
                assert types, name
                assert all(each == types[0] for each in types), name
                assert not fits(object(), types[0]), name
                assert described(types[0]), name
    for mapper in targets("llama"):
        for name in set(mcore_mappers.typing.TransformerFields.__annotations__) - {"strict"}:
            with (
                about(name),
                pytest.raises(TypeError, match=rf"llama.to_megatron\(\): {name}=<object object .* must be "),
            ):
                mapper(LLAMA, **{name: object()})


def test_what_is_of_the_type_passes() -> None:
    result = mapped(
        LLAMA,
        init_method_std=np.float64(0.5),  # a float for Python and type checkers
        hidden_dropout=0,
        attention_backend=AttnBackend.flash,
        cuda_graph_modules=[CudaGraphModule.attn],
        moe_aux_loss_coeff=[1e-3],
        params_dtype=torch.bfloat16,
        virtual_pipeline_model_parallel_size=None,
        extra_checkpoint_metadata=None,
        strict=True,
    )
    assert (result.init_method_std, result.hidden_dropout) == (0.5, 0)


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("tensor_model_parallel_size", 0, "must be above zero"),
        ("pipeline_model_parallel_size", -1, "must be above zero"),
        ("seq_length", 0, "must be above zero"),
        ("hidden_dropout", 1.0, "must be at least zero and below one"),
        ("mtp_num_layers", -1, "must be zero or above"),
    ],
)
def test_out_of_range(keyword: str, value: Any, words: str) -> None:
    assert refused(**{keyword: value}) == f"llama.to_megatron(): {keyword}={value} {words}"


def test_all_at_once_and_in_order() -> None:
    sizes: dict[str, Any] = {"tensor_model_paralell_size": 2, "tensor_model_parallel_size": 0}
    said = refused(bf16="yes", **sizes, num_layers=1, mtp_standalone=True, strict=None)
    assert said.removeprefix("llama.to_megatron(): ").split("; ") == [
        "bf16='yes' must be bool",
        f"'tensor_model_paralell_size' is no field of this family's Megatron config{HINT}",
        "tensor_model_parallel_size=0 must be above zero",
        "'num_layers' is decided by the Hugging Face config, and cannot be overridden: change num_hidden_layers there",
        "'mtp_standalone' is decided by the Hugging Face config or by Megatron, and cannot be overridden",
        "strict=None must be bool",
    ]
    assert len(refused(recompute_modules=[0] * 10_000)) < 400


def test_the_module_of_a_family_says_the_same() -> None:
    with pytest.raises(TypeError, match=r"llama.to_megatron\(\): bf16=1 must be bool"):
        targets("llama")[1](LLAMA, bf16=1)


def test_who_predicts() -> None:
    assert {name for name, family in mcore_mappers.families().items() if family.predicts} == PREDICTING


@pytest.mark.parametrize("family", some(FAMILIES, "families that predict"))
def test_prediction_is_asked_of_families_that_have_it(family: str) -> None:
    hf = config(family)
    for mapper in targets(family):
        for none in (None, 0):
            assert not mapper(hf, mtp_num_layers=none).transformer.mtp_num_layers
        if family in PREDICTING:
            assert mapper(hf, mtp_num_layers=3).transformer.mtp_num_layers == 3
        else:
            with pytest.raises(TypeError, match=f"the class of {family} has no multi-token prediction"):
                mapper(hf, mtp_num_layers=1)


@pytest.mark.parametrize(
    ("family", "name"), [("deepseek_v32", "num_nextn_predict_layers"), ("qwen3_next", "mtp_num_hidden_layers")]
)
def test_a_file_that_counts_layers_of_prediction_has_them(family: str, name: str) -> None:
    """Their class does not know the key, and their checkpoints have the weights."""
    hf = config(family, **{name: 1})
    assert mapped(hf).mtp_num_layers is None
    assert mapped(hf, mtp_num_layers=1).mtp_num_layers == 1
    assert "no multi-token prediction" in refused(family, mtp_num_layers=1)


def names_and_docs() -> Iterator[tuple[str, str, str]]:
    """Every keyword of every `TypedDict`, with what stands below it."""
    import ast
    from pathlib import Path

    source = Path(mcore_mappers.typing.__file__).read_text("utf-8")
    for cls in ast.parse(source).body:
        if isinstance(cls, ast.ClassDef):
            for field, doc in zip(cls.body, [*cls.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    said = doc.value.value if isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant) else ""
                    yield cls.name, field.target.id, " ".join(str(said).split())


def test_every_keyword_is_explained() -> None:
    found = list(names_and_docs())
    assert len({name for _, name, _ in found}) == len(
        mcore_mappers.typing.AnyFields.__annotations__.keys() - PositionFields.__annotations__.keys()
    )
    for cls, name, doc in found:
        with about(cls, name):
            assert doc.startswith(("The caller's (", "Suggested by the mapper (", "The mapper's, "))
            assert "Megatron's default: " in doc
            assert len(doc.split(". ")) >= 3
    docs = {name: doc for _, name, doc in found}
    assert docs["tensor_model_parallel_size"] == (
        "The caller's (parallelism). Over how many devices the model, the sequence and the experts are spread. "
        "Megatron's default: 1."
    )
    assert (
        docs["hidden_dropout"] == "Suggested by the mapper (dropout). Acts only in training. Megatron's default: 0.1."
    )
    assert docs["attention_backend"].endswith("Megatron's default: AttnBackend.auto.")


def test_typing_is_public() -> None:
    assert "typing" in dir(mcore_mappers)
    assert typing.is_typeddict(mcore_mappers.typing.GPTFields)
    assert "typing" not in mcore_mappers.__all__, "a star import would hide the standard library's"
    keywords: mcore_mappers.typing.GPTFields = {"tensor_model_parallel_size": 2}
    assert mcore_mappers.to_megatron(LLAMA, **keywords).transformer.tensor_model_parallel_size == 2


@pytest.mark.parametrize(
    ("said", "meant"),
    {
        "max_position_embeddings": "seq_length",
        "dtype": "params_dtype",
        "initializer_range": "init_method_std",
        "ep": "expert_model_parallel_size",
    }.items(),
)
def test_what_trainers_call_a_keyword_is_known(said: str, meant: str) -> None:
    """Also where the Hugging Face config has a field of that name, which is another thing."""
    keywords: dict[str, Any] = {said: 1}
    assert f"did you mean {meant!r}?" in refused(**keywords)
