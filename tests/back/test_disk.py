"""`dump` and `load`: everything survives the disk, and a file cannot make loading import or call anything."""

from __future__ import annotations

import builtins
import copy
import importlib
import json
import math
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from megatron.core.transformer.enums import AttnBackend, CudaGraphModule, LayerType
from megatron.core.transformer.spec_utils import ModuleSpec
from torch.nn.functional import silu

from mcore_mappers import dump, dump_file, load, load_file
from mcore_mappers._symbols import SYMBOLS
from mcore_mappers_runtime import kernels, symbols
from tests.back.ways import accepted
from tests.families import PROOFS, mappers
from tests.numerics.cases import cases_of
from tests.numerics.emulation import emulated
from tests.numerics.runtime import CPU_FIELDS, build_megatron
from tests.properties.strategies import configs, examples, often
from tests.runtime.caller_fields import ALL, BF16
from tests.selection import draw, some
from tests.support.equality import differences
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import TABLES

YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
KERNELS = ["apply_rope_fusion", "moe_permute_fusion", "gradient_accumulation_fusion"]
TWO_STAGES = {"pipeline_model_parallel_size": 2}


def through_json(model: Any) -> Any:
    """Loaded from text, in which NaN would be no JSON."""
    return load(json.loads(json.dumps(dump(model), allow_nan=False)))


@pytest.mark.parametrize("family", some(FAMILIES, "test_every_mapped_config_survives"))
def test_every_mapped_config_survives(family: str) -> None:
    @given(configs(family))
    @examples(family, 50)
    def check(hf: Any) -> None:
        assume(accepted(hf))
        model = mapped(hf)
        before = copy.deepcopy(vars(model))
        assert differences(model, through_json(model)) == {}
        assert vars(model).keys() == before.keys()

    check()


@pytest.mark.filterwarnings("ignore::mcore_mappers.DeviationWarning")
@pytest.mark.parametrize("family", FAMILIES)
def test_every_structure_survives(family: str) -> None:
    """Where a model lacks something (a latent of queries, say), a field has a value that its type does not have."""
    for case in draw(cases_of(family), 3, f"structures of {family}"):
        model = mappers(family)[case.mapper](case.config())
        assert differences(model, through_json(model)) == {}, case


def test_a_field_that_asks_for_a_kernel_is_dumped_where_the_kernel_is_missing() -> None:
    caller = BF16 | {"defer_embedding_wgrad_compute": True, "gradient_accumulation_fusion": True}
    fields = dump(mapped(config("llama"), **caller))["transformer"]["fields"]
    assert fields["defer_embedding_wgrad_compute"] is fields["gradient_accumulation_fusion"] is True


@pytest.mark.parametrize("family", some(FAMILIES, "test_caller_fields_survive"))
def test_caller_fields_survive(family: str) -> None:
    """Every field that the suite's callers pass: enums, dtypes, layouts, lists, what __post_init__ normalises."""
    hf, survived = config(family), 0
    # Every family takes its share of them.
    for caller in draw(ALL[list(TABLES).index(family) % 2 :: 2], 4, f"fields of callers for {family}"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                model = mapped(hf, **caller)
            except Exception:  # Megatron's own: it does not take this for every family
                continue
            data = json.loads(json.dumps(dump(model), allow_nan=False))
            if caller.get("gradient_accumulation_fusion") and not kernels.installed().fused_weight_gradient:
                continue  # dumped all the same; loading is the test below
            assert differences(model, load(data)) == {}, caller
            survived += 1
    assert often(survived, 20)


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_files(tmp_path: Path, suffix: str) -> None:
    metadata = {"mine": [1, 2.5, math.inf, "1e-5", "no", None, {"$odd": (1, 2)}], "keys": {1: "a", None: 2}}
    model = mapped(config("deepseek_v3"), extra_checkpoint_metadata=metadata, attention_backend=AttnBackend.flash)
    path = tmp_path / f"run{suffix}"
    dump_file(model, path)
    assert differences(model, load_file(str(path))) == {}
    assert path.read_text().startswith("{") == (suffix == ".json")
    assert "format" in path.read_text()


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
@pytest.mark.parametrize("text", ["{", "[1]", "", "!!python/object/apply:os.system ['touch /tmp/pwned']"])
def test_files_of_something_else(tmp_path: Path, suffix: str, text: str) -> None:
    path = tmp_path / f"run{suffix}"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"run{suffix}"):
        load_file(path)


def test_names_not_code() -> None:
    """What a reviewer sees: functions, dtypes and members by name, and nothing that is only Megatron's default."""
    caller = {"attention_backend": AttnBackend.flash, "params_dtype": torch.bfloat16}
    data = dump(mapped(config("llama"), **caller))
    fields = data["transformer"]["fields"]
    assert data["format"] == 2
    assert fields["activation_func"] == {"$function": "torch.nn.functional.silu"}
    assert fields["params_dtype"] == {"$dtype": "bfloat16"}
    assert fields["attention_backend"] == {"$enum": "megatron.core.transformer.enums.AttnBackend.flash"}
    assert "tensor_model_parallel_size" not in fields
    assert "init_method" not in fields


@pytest.mark.parametrize(
    "layout",
    [
        "Ettt|tL",
        [["embedding", *["decoder"] * 3], ["decoder", "loss"]],
        [[LayerType.embedding, LayerType.decoder], [LayerType.decoder] * 3 + [LayerType.loss]],
        "Et|t|t|tL",
    ],
)
def test_pipeline_layouts(layout: Any) -> None:
    """Megatron makes an object of them, and derives the number of virtual stages; written is what the caller gave."""
    model = mapped(config("llama"), pipeline_model_parallel_layout=layout, **TWO_STAGES)
    written = dump(model)["transformer"]["fields"]["pipeline_model_parallel_layout"]
    assert written == layout if isinstance(layout, str) else written[0][0] == "embedding"
    assert differences(model, through_json(model)) == {}


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e-45, 12345678901234567890])
def test_numbers(value: float) -> None:
    model = mapped(config("llama"), extra_checkpoint_metadata={"number": value}, moe_z_loss_coeff=value)
    loaded = through_json(model)
    assert loaded.extra_checkpoint_metadata["number"] == value
    assert loaded.transformer.moe_z_loss_coeff == value


def test_nan() -> None:
    """The one value that is not itself: it survives, and nobody takes it for lost."""
    model = mapped(config("llama"), moe_z_loss_coeff=math.nan, extra_checkpoint_metadata={"numbers": [math.nan]})
    loaded = through_json(model)
    assert math.isnan(loaded.transformer.moe_z_loss_coeff)
    assert math.isnan(loaded.extra_checkpoint_metadata["numbers"][0])


def test_containers_keep_their_kind() -> None:
    caller = {"cuda_graph_impl": "local", "cuda_graph_modules": [CudaGraphModule.attn]}
    caller |= {"extra_checkpoint_metadata": {"t": (1, [2, (3,)]), "d": {"$tuple": [1]}, "b": [True, 1, 1.0]}}
    model = mapped(config("llama"), **caller)
    loaded = through_json(model)
    assert repr(loaded.extra_checkpoint_metadata) == repr(model.extra_checkpoint_metadata)
    window = mapped(config("qwen3_moe", use_sliding_window=True, sliding_window=5))
    assert through_json(window).transformer.window_size == (4, 0)


# ----- what has no name


def own_function(x: torch.Tensor) -> torch.Tensor:
    return x


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pre_wrap_hooks", [own_function]),
        ("transformer_layer_spec", ModuleSpec(module=torch.nn.Identity)),
        ("grad_scale_func", own_function),
        ("no_sync_func", lambda: None),
        ("init_method", own_function),
        ("init_method", partial(torch.nn.init.normal_, mean=0.0, std=0.5)),
        ("output_layer_init_method", own_function),
        ("extra_checkpoint_metadata", {"mine": object()}),
        ("extra_checkpoint_metadata", {"mine": {1, 2}}),
        ("extra_checkpoint_metadata", {"mine": builtins.eval}),
        ("timers", lambda name: name),
    ],
)
def test_what_has_no_name_is_refused_by_name(field: str, value: Any) -> None:
    model = mapped(config("llama"), **{field: value})
    with pytest.raises(TypeError, match=rf"\b{field}\b"):
        dump(model)


def test_every_nameless_field_is_named() -> None:
    model = mapped(config("llama"), no_sync_func=own_function, pre_wrap_hooks=[own_function])
    with pytest.raises(TypeError, match=r"pre_wrap_hooks.*no_sync_func|no_sync_func.*pre_wrap_hooks"):
        dump(model)


def test_attributes_that_no_class_declares_are_refused() -> None:
    """As Megatron's own code sets YaRN's, and as its config takes misspelt names: they would be lost without a word."""
    for part in ("transformer", "model"):
        model = mapped(config("llama"))
        vars(model if part == "model" else model.transformer)["yarn_mscale"] = 0.7
        with pytest.raises(TypeError, match="yarn_mscale"):
            dump(model)
    yarn = mapped(config("llama", rope_parameters=YARN))
    assert through_json(yarn).transformer.yarn_rotary_scaling_factor == 4.0


def test_only_known_classes_are_written() -> None:
    class Other(type(mapped(config("llama")))):  # pyright: ignore[reportUntypedBaseClass, reportGeneralTypeIssues]
        pass

    model = mapped(config("llama"))
    model.__class__ = Other
    with pytest.raises(TypeError, match="Other"):
        dump(model)


# ----- what a file may say


def data(**changes: Any) -> dict[str, Any]:
    """A dumped config, with changes at dotted places."""
    result = copy.deepcopy(DATA)
    for place, value in changes.items():
        *parents, last = place.split("__")
        inner = result
        for parent in parents:
            inner = inner[parent]
        inner[last] = value
    return result


DATA = dump(mapped(config("llama")))
ACTIVATION = "transformer__fields__activation_func"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *((ACTIVATION, {"$function": path}) for path in ("os.system", "builtins.eval", "torch.load", "", None, 3)),
        *((ACTIVATION, {"$function": path}) for path in ("torch.nn.functional.silu.__globals__", "antigravity.fly")),
        (ACTIVATION, "os.system"),
        (ACTIVATION, {"$tuple": ["os", "system"]}),
        (ACTIVATION, {"_target_": "os.system"}),
        (ACTIVATION, {"$function": "torch.nn.functional.silu", "args": [1]}),
        (ACTIVATION, {"$call": "torch.nn.functional.silu"}),
        ("transformer__fields__params_dtype", {"$dtype": "load"}),
        ("transformer__fields__params_dtype", {"$dtype": ["float32"]}),
        ("transformer__fields__attention_backend", {"$enum": "antigravity.Fly.flash"}),
        ("transformer__fields__attention_backend", {"$enum": "megatron.core.transformer.enums.AttnBackend.mro"}),
        ("transformer__fields__attention_backend", {"$enum": "megatron.core.transformer.enums.ModelType.gpt"}),
        ("model__class", "subprocess.Popen"),
        ("model__class", "transformers.LlamaConfig"),
        ("model__class", "megatron.core.transformer.transformer_config.TransformerConfig"),
        ("model__class", ["x"]),
        ("transformer__class", "megatron.training.models.gpt.GPTModelConfig"),
        ("transformer__class", "antigravity.Config"),
        ("model__fields__transformer", {"$function": "torch.nn.functional.silu"}),
        ("model__fields__transformer_layer_spec", "antigravity.spec"),
        ("model__fields__pre_wrap_hooks", ["os.system"]),
        ("model__fields__extra_checkpoint_metadata", {"a": {"$object": 1}}),
        ("model__fields__builder", "antigravity.Builder"),
        ("transformer__fields___cpu_offloading_context", "x"),
        ("transformer__fields__hidden_size", {"$float": "__import__('os')"}),
        ("transformer__fields__extra", {"$items": [1]}),
    ],
)
def test_a_tampered_file_imports_and_calls_nothing(place: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = {path.rpartition(".")[0] for path in (*SYMBOLS.classes, *SYMBOLS.functions)} | {
        "megatron.core.transformer.enums"
    }
    imported: list[str] = []

    def watch(name: str, package: str | None = None) -> Any:
        imported.append(name)
        return importlib.import_module(name, package)

    monkeypatch.setattr(symbols, "import_module", watch)
    modules = set(sys.modules)
    with pytest.raises(ValueError):
        load(data(**{place: value}))
    assert set(imported) <= allowed
    assert not {"antigravity", "subprocess.Popen"} & (set(sys.modules) - modules)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("transformer__fields__hiden_size", 4, "hidden_size"),
        ("model__fields__vocabsize", 4, "vocab_size"),
        ("modle", {}, "model"),
        ("model__clas", {}, "class"),
        ("format", 3, "newer"),
        ("format", 1, "Map the Hugging Face config again"),
        ("format", "2", "format '2'"),
        ("format", True, "format True"),
        ("model", None, "model"),
        ("transformer__fields", [], "transformer.fields"),
        ("transformer__fields__num_attention_heads", "four", "'four' is no int"),
        ("transformer__fields__tensor_model_parallel_size", 3, "does not take these fields together"),
    ],
)
def test_errors_say_what_is_wrong(place: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load(data(**{place: value}))


def test_missing_kernels_are_named_on_loading_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A config of a cluster can be written, read and changed where its kernels are not installed."""
    model = mapped(config("llama"), gradient_accumulation_fusion=True)
    stack = kernels.installed()
    lacking = type(stack)(**{**vars(stack), "fused_weight_gradient": False, "fused_rope": False})
    monkeypatch.setattr(kernels, "installed", lambda: lacking)
    written = dump(model)
    with pytest.raises(ValueError, match="gradient_accumulation_fusion"):
        load(written)
    written["transformer"]["fields"]["gradient_accumulation_fusion"] = False
    assert differences(model, load(written)).keys() == {"transformer.gradient_accumulation_fusion"}


@pytest.mark.parametrize("family", ["llama", "qwen3_moe", "gpt_oss"])
def test_what_is_mapped_for_workers_is_written_without_their_kernels(
    family: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And read on the workers, whose Megatron does construct it."""
    model = mapped(config(family), transformer_engine=True)
    path = tmp_path / "model.json"
    dump_file(model, path)
    with pytest.raises(ValueError, match="this machine lacks the kernels of"):
        load_file(path)
    everything = type(kernels.installed())(**dict.fromkeys(vars(kernels.installed()), True))
    monkeypatch.setattr(kernels, "installed", lambda: everything)
    engine = [f"megatron.core.transformer.moe.moe_utils.{name}" for name in kernels._FUSED_PERMUTE]
    for path_of_kernel in ("megatron.core.models.common.embeddings.rope_utils.fused_apply_rotary_pos_emb", *engine):
        monkeypatch.setattr(path_of_kernel, object())
    assert not differences(model, load_file(path))


@pytest.mark.parametrize("names", [[name] for name in KERNELS] + [KERNELS], ids=lambda names: "+".join(names))
def test_each_missing_kernel_has_its_name(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Megatron is asked, which names one at best."""
    lacking = type(kernels.installed())(**dict.fromkeys(vars(kernels.installed()), False))
    monkeypatch.setattr(kernels, "installed", lambda: lacking)
    with pytest.raises(ValueError, match="this machine lacks the kernels of") as caught:
        load(data(**{f"transformer__fields__{name}": True for name in names}))
    assert {name for name in KERNELS if name in str(caught.value)} == {*names}


# ----- the same model


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize(
    "family", draw(FAMILIES, 15, "families of files", always=lambda family: family == "nemotron_h")
)
def test_a_loaded_config_builds_the_same_model(family: str) -> None:
    proof = PROOFS[family]
    yarn = proof.cases.get("rope_yarn", {})
    model = mapped(config(family, dtype="float32", **yarn), **CPU_FIELDS)
    logits: list[torch.Tensor] = []
    for each in (model, through_json(model)):
        with emulated(), torch.no_grad():
            built = build_megatron(each).eval()
            generator = torch.Generator().manual_seed(3)
            for parameter in built.parameters():
                parameter.normal_(0.0, 0.1, generator=generator)
            tokens = torch.arange(16)[None]
            logits.append(built(tokens, tokens, None))
    assert logits[0].isfinite().all()
    assert torch.equal(*logits)


def test_functions_are_identical_objects() -> None:
    """Megatron and the kernels ask with `is`."""
    assert through_json(mapped(config("llama"))).transformer.activation_func is silu
