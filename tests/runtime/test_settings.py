"""Training-time fields: the caller's win, dtype is one decision, metadata has a place, patterns follow prediction."""

from __future__ import annotations

import copy
import json
from importlib.metadata import version
from itertools import product
from typing import Any

import pytest
import torch

import mcore_mappers
from mcore_mappers_runtime import kernels
from mcore_mappers_runtime.needs import INPUTS
from mcore_mappers_runtime.settings import PROVENANCE
from tests.runtime.bare import recorded
from tests.runtime.test_suggestions import PERMUTE_KERNELS, ROPE_KERNELS
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import ONE_OF_EACH_TARGET

LAYERS = {"layers_block_type": ["linear_attention", "moe", "full_attention", "mlp"]}
PATTERN = "ME*-"

SWITCHES = (
    *("gradient_accumulation_fusion", "cross_entropy_loss_fusion", "masked_softmax_fusion", "persist_layer_norm"),
    *("bias_activation_fusion", "bias_dropout_fusion", "apply_rope_fusion", "use_fused_weighted_squared_relu"),
    *("moe_grouped_gemm", "moe_permute_fusion"),
)
# Another legal value for every field that any mapper suggests.
OTHERWISE: dict[str, dict[str, Any]] = {
    "fp16": {"fp16": True},
    "bf16": {"bf16": True},
    "params_dtype": {"params_dtype": torch.float16},
    "pipeline_dtype": {"pipeline_dtype": torch.float16, "fp16": True},
    "hidden_dropout": {"hidden_dropout": 0.3},
    "fp32_residual_connection": {"fp32_residual_connection": False},
    "attention_dropout": {"attention_dropout": 0.3},
    "init_method_std": {"init_method_std": 0.5},
    "seq_length": {"seq_length": 17},
    "should_pad_vocab": {"should_pad_vocab": False},
    "mtp_num_layers": {"mtp_num_layers": 2},
    "moe_router_dtype": {"moe_router_dtype": "fp64"},
    "moe_router_load_balancing_type": {"moe_router_load_balancing_type": "global_aux_loss"},
    "moe_aux_loss_coeff": {"moe_aux_loss_coeff": 0.7},
    "moe_token_dispatcher_type": {"moe_token_dispatcher_type": "allgather"},
    "deallocate_pipeline_outputs": {"deallocate_pipeline_outputs": False, "pipeline_model_parallel_size": 2},
    "attention_softmax_in_fp32": {"attention_softmax_in_fp32": True},
    **{name: {name: False} for name in SWITCHES},
}


@pytest.fixture
def everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all that can be suggested is; `__post_init__` looks for some kernels itself."""
    flags = kernels.Installed(*[True] * 5)
    monkeypatch.setattr(kernels, "installed", lambda: flags)
    for module, names in (
        ("models.common.embeddings.rope_utils", ROPE_KERNELS),
        ("transformer.moe.moe_utils", PERMUTE_KERNELS),
    ):
        for name in names:
            monkeypatch.setattr(f"megatron.core.{module}.{name}", object())


@pytest.mark.usefixtures("everything_installed")
@pytest.mark.parametrize("family", FAMILIES)
def test_caller_wins_over_every_suggestion(family: str) -> None:
    hf = config(family, **({"num_nextn_predict_layers": 1} if family == "nemotron_h" else {}))
    pipelined = {"pipeline_model_parallel_size": 2}
    suggested = recorded(hf, pipelined).suggested
    assert suggested.keys() >= {"bf16", "hidden_dropout", "deallocate_pipeline_outputs"}
    # With learned positions its place is among the sizes, and without any nobody says how long a text may be.
    positions = mapped(hf).position_embedding_type
    assert ("seq_length" in suggested) == (positions not in ("learned_absolute", "none") or family == "nemotron_h")
    assert suggested.keys() <= OTHERWISE.keys(), "a new suggestion needs a value here"
    for field in suggested:
        caller = OTHERWISE[field]
        if field == "pipeline_dtype" and "fp32_residual_connection" in suggested:
            # With it Megatron sends float32 from stage to stage, whatever anybody says.
            caller = {**caller, "fp32_residual_connection": False}
        if field == "mtp_num_layers":
            assert mcore_mappers.families()[family].predicts
        assert caller[field] != suggested[field], field
        assert getattr(mapped(hf, **caller), field) == caller[field], field
        # What was suggested can be said as well.
        again = pipelined | {field: suggested[field]}
        assert getattr(mapped(hf, **again), field) == suggested[field]


ABSENT = object()
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16, None: torch.float32}


@pytest.mark.parametrize("family", [*ONE_OF_EACH_TARGET, "mamba2"])
@pytest.mark.parametrize("name", DTYPES)
def test_dtype_is_one_decision(family: str, name: str | None) -> None:
    """Every combination of the four fields: one dtype that nothing contradicts, or an error that names two of them.

    Mamba-2 has a residual stream in float32, which decides what stages send to each other.
    """
    hf = config(family, dtype=name)
    flags = (ABSENT, True, False)
    dtypes = (ABSENT, torch.float32, torch.bfloat16, torch.float16)
    for values in product(flags, flags, dtypes, dtypes):
        fields = dict(zip(("bf16", "fp16", "params_dtype", "pipeline_dtype"), values, strict=True))
        caller = {field: value for field, value in fields.items() if value is not ABSENT}
        if caller.get("bf16") and caller.get("fp16"):
            with pytest.raises(ValueError, match="Only one of"):
                mapped(hf, **caller)
            continue
        decision = _decision(caller, DTYPES[name])
        residual = torch.float32 if family == "mamba2" else decision
        follows = {"bf16": decision is torch.bfloat16, "fp16": decision is torch.float16, "params_dtype": decision}
        wrong = {field for field in follows.keys() & caller.keys() if caller[field] != follows[field]}
        wrong |= {"pipeline_dtype"} if caller.get("pipeline_dtype", decision) not in (decision, residual) else set()
        if wrong:
            with pytest.raises(TypeError, match=rf"({'|'.join(wrong)})=.* contradicts \w+=.*") as caught:
                mapped(hf, **caller)
            assert "params_dtype" in str(caught.value) or "bf16=" in str(caught.value) or "fp16=" in str(caught.value)
            continue
        result = mapped(hf, **caller)
        assert {field: getattr(result, field) for field in fields} == {**follows, "pipeline_dtype": residual}, caller


def _decision(caller: dict[str, Any], checkpoint: torch.dtype) -> torch.dtype:
    if "params_dtype" in caller:
        return caller["params_dtype"]
    for field, dtype in (("bf16", torch.bfloat16), ("fp16", torch.float16)):
        if caller.get(field):
            return dtype
    off = {"bf16": torch.bfloat16, "fp16": torch.float16}
    return (
        torch.float32 if any(caller.get(field) is False and off[field] is checkpoint for field in off) else checkpoint
    )


def test_stages_may_send_the_residual_stream() -> None:
    hf = config("llama", dtype="bfloat16")
    for dtype in (torch.bfloat16, torch.float32):
        # Megatron makes float32 of either.
        assert mapped(hf, fp32_residual_connection=True, pipeline_dtype=dtype).pipeline_dtype is torch.float32
    assert mapped(hf, fp32_residual_connection=True).params_dtype is torch.bfloat16
    with pytest.raises(TypeError, match=r"pipeline_dtype=torch.float16 contradicts params_dtype=torch.bfloat16, which"):
        mapped(hf, fp32_residual_connection=True, pipeline_dtype=torch.float16)
    with pytest.raises(TypeError, match=r"pipeline_dtype=torch.float32 contradicts bf16=True"):
        mapped(config("mamba2"), bf16=True, pipeline_dtype=torch.float32, fp32_residual_connection=False)


def test_autocast_is_no_part_of_it() -> None:
    """It computes in another dtype than the parameters have, which is what it is for."""
    result = mapped(config("llama", dtype="float32"), enable_autocast=True, autocast_dtype=torch.bfloat16)
    assert (result.params_dtype, result.bf16, result.autocast_dtype) == (torch.float32, False, torch.bfloat16)


@pytest.mark.parametrize("field", ["bf16", "fp16"])
def test_flag_over_a_checkpoint_of_another_dtype(field: str) -> None:
    result = mapped(config("llama", dtype="float16" if field == "bf16" else "bfloat16"), **{field: True})
    dtype = torch.bfloat16 if field == "bf16" else torch.float16
    assert (result.bf16, result.fp16) == (field == "bf16", field == "fp16")
    assert (result.params_dtype, result.pipeline_dtype, result.autocast_dtype) == (dtype, dtype, dtype)


@pytest.mark.parametrize("family", FAMILIES)
def test_metadata_keeps_the_callers_keys(family: str) -> None:
    theirs: dict[str, Any] = {"run": {"id": 7}, PROVENANCE: "not theirs to say"}
    given = copy.deepcopy(theirs)
    metadata = mapped(config(family), extra_checkpoint_metadata=theirs).extra_checkpoint_metadata
    assert theirs == given, "the caller's dict is not written to"
    assert metadata.keys() == {"run", PROVENANCE}
    assert metadata["run"] == {"id": 7}
    assert metadata[PROVENANCE] == mapped(config(family)).extra_checkpoint_metadata[PROVENANCE]
    assert mapped(config(family), extra_checkpoint_metadata=None).extra_checkpoint_metadata.keys() == {PROVENANCE}


@pytest.mark.parametrize("family", FAMILIES)
def test_provenance(family: str) -> None:
    origin = mapped(config(family)).extra_checkpoint_metadata[PROVENANCE]
    known = mcore_mappers.families()[family]
    said = {"needs"} if {*INPUTS} & {*known.needs} else set()
    assert origin.keys() == {"family", "deviations", "versions", "huggingface", "transformer_engine", *said}
    assert origin["family"] == family
    assert set(origin["deviations"]) <= {each.identifier for each in known.deviations}
    assert origin["deviations"] == ["mamba_dt_clamp"] or family != "nemotron_h"
    assert origin["versions"].keys() == {"megatron-core", "transformers"}
    assert json.loads(json.dumps(origin)) == origin
    origin["versions"]["transformers"] = "changed"
    assert mapped(config(family)).extra_checkpoint_metadata[PROVENANCE]["versions"]["transformers"] != "changed"


def test_versions_are_those_that_are_tested() -> None:
    origin = mapped(config("llama")).extra_checkpoint_metadata[PROVENANCE]
    assert origin["versions"] == {name: version(name) for name in ("megatron-core", "transformers")}


@pytest.mark.parametrize("restated", [PATTERN, "M|E|*|-", "|ME*-|", "ME|*-"])
def test_pattern_with_pipeline_marks(restated: str) -> None:
    hf = config("nemotron_h", **LAYERS)
    assert mapped(hf).hybrid_layer_pattern == PATTERN
    assert mapped(hf, hybrid_layer_pattern=None).hybrid_layer_pattern == PATTERN
    result = mapped(hf, hybrid_layer_pattern=restated)
    assert result.hybrid_layer_pattern == restated
    assert (result.num_layers, result.num_moe_experts) == (4, 8)


@pytest.mark.parametrize("restated", ["", "ME*", "ME*--", "*EM-", "ME*-/*E", "M E*-"])
def test_another_pattern(restated: str) -> None:
    with pytest.raises(TypeError, match=r"hybrid_layer_pattern=.*is not the pattern of this config, 'ME\*-'"):
        mapped(config("nemotron_h", **LAYERS), hybrid_layer_pattern=restated)


def test_prediction_layers_decide_the_end_of_the_pattern() -> None:
    hf = config("nemotron_h", num_nextn_predict_layers=1, mtp_layers_block_type=["full_attention", "mlp"], **LAYERS)
    for count, pattern in ((None, PATTERN), (0, PATTERN), (1, f"{PATTERN}/*-"), (3, f"{PATTERN}/*-/*-/*-")):
        result = mapped(hf, mtp_num_layers=count)
        assert (result.mtp_num_layers, result.hybrid_layer_pattern) == (count, pattern)
    assert mapped(hf).hybrid_layer_pattern == f"{PATTERN}/*-"
    assert mapped(hf, hybrid_layer_pattern="ME|*-/*-").hybrid_layer_pattern == "ME|*-/*-"
    with pytest.raises(TypeError, match="is not the pattern"):
        mapped(hf, hybrid_layer_pattern=PATTERN)
    assert mapped(hf, hybrid_layer_pattern="ME|*-", mtp_num_layers=None).hybrid_layer_pattern == "ME|*-"


def test_experts_in_prediction_layers_alone_are_experts() -> None:
    dense = {"layers_block_type": ["linear_attention", "mlp"], "num_nextn_predict_layers": 1}
    hf = config("nemotron_h", **dense)
    asked = mapped(hf, mtp_num_layers=1)
    assert (asked.hybrid_layer_pattern, asked.num_moe_experts) == ("M-/*E", 8)
    # They are not suggested: Megatron would treat a dense model as one of experts.
    without = mapped(hf)
    assert (without.hybrid_layer_pattern, without.num_moe_experts, without.moe_ffn_hidden_size) == ("M-", None, None)


PIPELINE: dict[str, Any] = {"pipeline_model_parallel_size": 2}


@pytest.mark.parametrize(
    ("layout", "count"),
    [
        ("Ettt|tL", None),
        ("Ettt|tmL", 1),
        ("Et,t,t|t,m,L", 1),
        ("Ettt|tmmL", 2),
        ("Et*3|tm*2L", 2),
        ("Et*3|t(m)*2L", 2),
    ],
)
@pytest.mark.parametrize("checkpoint", [0, 1, 2])
def test_prediction_layers_follow_a_layout(layout: str, count: int | None, checkpoint: int) -> None:
    """A layout that places another number of them is an error of Megatron, which the suggestion must not cause."""
    hf = config("deepseek_v3", num_mtp_layers=checkpoint)
    assert mapped(hf, pipeline_model_parallel_layout=layout, **PIPELINE).mtp_num_layers == count


def test_prediction_layers_of_a_layout_that_is_a_list() -> None:
    hf = config("deepseek_v3", num_mtp_layers=1)
    stages = [["embedding", *["decoder"] * 3], ["decoder", "loss"]]
    assert mapped(hf, pipeline_model_parallel_layout=stages, **PIPELINE).mtp_num_layers is None
    stages[1].insert(1, "mtp")
    assert mapped(hf, pipeline_model_parallel_layout=stages, **PIPELINE).mtp_num_layers == 1


def test_layout_and_the_callers_number_of_prediction_layers() -> None:
    with pytest.raises(AssertionError, match="mtp layers in layout"):
        mapped(config("deepseek_v3"), pipeline_model_parallel_layout="Ettt|tmL", mtp_num_layers=2, **PIPELINE)


@pytest.mark.parametrize("family", ["qwen3_moe", "deepseek_v3", "nemotron_h"])
def test_balancing_without_a_coefficient(family: str) -> None:
    """A coefficient for a way of balancing that has none is an error in training, or a lie."""
    for kind in ("sinkhorn", "none", "quantile_balancing"):
        result = mapped(config(family), moe_router_load_balancing_type=kind)
        assert (result.moe_router_load_balancing_type, result.moe_aux_loss_coeff) == (kind, 0.0)
    assert mapped(config(family), moe_router_load_balancing_type="global_aux_loss").moe_aux_loss_coeff > 0
