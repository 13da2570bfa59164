"""Introspection of upstream: facts about real classes. `test_introspect_toys.py` has each feature by itself."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import sys
import textwrap
from pathlib import Path
from typing import Any, Literal, Optional, Union, cast

import pytest

from codegen.diagnostics import IntrospectionError
from codegen.introspect import huggingface, megatron, snapshot
from codegen.introspect.canonical import import_class, import_path, symbol_path, to_json, type_name
from codegen.introspect.documentation import text
from codegen.schemas import REQUIRED, HfClass, HfField, MegatronClass

for package in ("torch", "transformers", "megatron"):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"introspection reads {package}", allow_module_level=True)

MODELS = "transformers.models"
CONFIGS = {
    "llama": f"{MODELS}.llama.configuration_llama.LlamaConfig",
    "qwen3_moe": f"{MODELS}.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig",
    "deepseek_v3": f"{MODELS}.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config",
    "nemotron_h": f"{MODELS}.nemotron_h.configuration_nemotron_h.NemotronHConfig",
}
TRANSFORMER = "megatron.core.transformer.transformer_config"


@pytest.fixture(scope="module")
def real() -> dict[str, HfClass]:
    return {name: huggingface.introspect(path) for name, path in CONFIGS.items()}


def field(kind: HfClass, name: str) -> HfField:
    return next(found for found in kind.fields if found.name == name)


def undeclared(kind: HfClass) -> set[str]:
    return {found.name for found in kind.undeclared}


def build(path: str, *args: object, **kwargs: object) -> Any:
    return cast(Any, import_class(path))(*args, **kwargs)


# Real configs.


@pytest.mark.parametrize("name", CONFIGS)
def test_fields_are_in_the_order_of_the_class(name: str, real: dict[str, HfClass]) -> None:
    declared = [each.name for each in dataclasses.fields(cast(Any, import_class(CONFIGS[name])))]
    assert declared != sorted(declared)
    found = [each.name for each in real[name].fields]
    assert found[: len(declared)] == declared
    assert found[len(declared) :] == sorted(each.name for each in real[name].fields if not each.declared)


def test_a_field_has_the_documentation_that_its_class_has_at_run_time(real: dict[str, HfClass]) -> None:
    for kind in real.values():
        whole = " ".join(str(base.__doc__) for base in import_class(kind.path).__mro__)
        words = " ".join(whole.split())
        documented = [each.name for each in kind.fields if each.doc]
        assert {"hidden_size", "vocab_size", "initializer_range"} <= {*documented}
        for field_name in documented:
            said = text(f"{kind.path}.{field_name}")
            assert said
            assert said in words, field_name


def test_where_a_config_and_its_model_are(real: dict[str, HfClass]) -> None:
    llama = real["llama"]
    assert (llama.name, llama.path, llama.model_type) == ("LlamaConfig", CONFIGS["llama"], "llama")
    assert llama.causal_lm == f"{MODELS}.llama.modeling_llama.LlamaForCausalLM"


def test_stored_name_follows_the_attribute_map(real: dict[str, HfClass]) -> None:
    experts = field(real["qwen3_moe"], "num_experts")
    assert experts.stored == "num_local_experts"
    assert "Qwen3MoeExperts" in experts.read_in
    # Read as `config.layer_types`, which the map calls `layers_block_type`.
    assert "NemotronHMamba2Mixer" in field(real["nemotron_h"], "layers_block_type").read_in


@pytest.mark.parametrize("name", CONFIGS)
def test_stored_names_are_the_keys_of_to_dict(name: str, real: dict[str, HfClass]) -> None:
    keys = set(build(CONFIGS[name]).to_dict())
    added_by_to_dict = {"model_type", "output_attentions", "_name_or_path"}
    assert {found.stored for found in real[name].fields} == keys - added_by_to_dict


def test_undeclared_attributes(real: dict[str, HfClass]) -> None:
    (head_dim,) = [found for found in real["qwen3_moe"].undeclared if found.name == "head_dim"]
    assert head_dim.default == REQUIRED, "the default of the getattr is computed"
    assert {"Qwen3MoeAttention", "Qwen3MoeRotaryEmbedding"} <= set(head_dim.read_in)
    assert "head_dim" not in undeclared(real["llama"]) | undeclared(real["deepseek_v3"])
    # Not rope's: Nemotron-H has none, so the shared rope code is out of its reach.
    assert undeclared(real["nemotron_h"]) == {"gradient_checkpointing", "is_causal", "tie_last_hidden_states"}
    rope = {"layer_types", "original_max_position_embeddings", "partial_rotary_factor", "rope_theta"}
    assert undeclared(real["llama"]) == undeclared(real["nemotron_h"]) | rope


def test_a_bidirectional_llama_would_not_go_unnoticed(real: dict[str, HfClass]) -> None:
    (is_causal,) = [found for found in real["llama"].undeclared if found.name == "is_causal"]
    assert "masking_utils.create_causal_mask" in is_causal.read_in


def test_what_other_code_than_the_forward_pass_reads_makes_nothing_undeclared(real: dict[str, HfClass]) -> None:
    assert not undeclared(real["llama"]) & {"sliding_window", "attention_chunk_size", "kv_sharing_modes"}
    assert "cache_utils.get_layer_types_and_kwargs" in field(real["nemotron_h"], "sliding_window").read_in
    assert "NemotronHForCausalLM" in field(real["nemotron_h"], "num_logits_to_keep").read_in


def test_dead_fields(real: dict[str, HfClass]) -> None:
    assert field(real["llama"], "pretraining_tp").read_in == ()
    assert field(real["nemotron_h"], "attention_bias").read_in == ()
    for name in ("hidden_size", "tie_word_embeddings", "use_cache", "output_hidden_states"):
        assert field(real["llama"], name).read_in, name


def test_attributes_that_only_post_init_sets(real: dict[str, HfClass]) -> None:
    qk_head_dim = field(real["deepseek_v3"], "qk_head_dim")
    assert (qk_head_dim.declared, qk_head_dim.set_in_post_init) == (False, True)
    assert (qk_head_dim.default, qk_head_dim.after_init, qk_head_dim.type) == (192, 192, "int")
    assert qk_head_dim.origin == "DeepseekV3Config"
    assert not [found.name for kind in real.values() for found in kind.fields if found.name.startswith("_")]


def test_declared_fields_that_post_init_sets(real: dict[str, HfClass]) -> None:
    head_dim = field(real["llama"], "head_dim")
    assert (head_dim.default, head_dim.after_init, head_dim.set_in_post_init) == (None, 128, True)
    # By a method that the base class calls, and by the setter of a property.
    assert field(real["llama"], "rope_parameters").set_in_post_init
    assert field(real["llama"], "label2id").set_in_post_init
    assert not field(real["llama"], "hidden_size").set_in_post_init


def test_types_and_ranges(real: dict[str, HfClass]) -> None:
    llama = real["llama"]
    assert field(llama, "num_key_value_heads").type == "int | None"
    assert field(llama, "rope_parameters").type == "transformers.modeling_rope_utils.RopeParameters | dict | None"
    assert field(llama, "dtype").type == "str | torch.dtype | None"
    assert field(llama, "problem_type").type.startswith('Literal["regression", ')
    assert field(llama, "initializer_range").range == "[0.0, 1.0]"
    assert field(llama, "architectures").origin == "PreTrainedConfig"


def test_properties(real: dict[str, HfClass]) -> None:
    found = {each.name: each for each in real["nemotron_h"].properties}
    assert set(found) == {"hybrid_override_pattern", "mtp_hybrid_override_pattern", "num_hidden_layers"}
    assert (found["num_hidden_layers"].type, found["num_hidden_layers"].settable) == ("int", True)
    assert "NemotronHModel" in found["num_hidden_layers"].read_in
    assert not found["hybrid_override_pattern"].settable
    assert real["llama"].properties == ()


def test_infinity_is_json(real: dict[str, HfClass]) -> None:
    assert field(real["nemotron_h"], "time_step_limit").default == {"$tuple": [0.0, {"$float": "inf"}]}
    json.dumps([each.default for kind in real.values() for each in kind.fields], allow_nan=False)


TINY: dict[str, dict[str, object]] = {
    "llama": {"num_hidden_layers": 2},
    "qwen3_moe": {"num_hidden_layers": 2, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16},
    "deepseek_v3": {
        "num_hidden_layers": 2,
        "num_key_value_heads": 4,
        "n_routed_experts": 4,
        "n_group": 2,
        "topk_group": 1,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 16,
        "kv_lora_rank": 8,
        "q_lora_rank": 8,
        "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 8,
        "v_head_dim": 8,
        "first_k_dense_replace": 1,
    },
    "nemotron_h": {
        "head_dim": 8,
        "mamba_num_heads": 4,
        "mamba_head_dim": 8,
        "n_groups": 2,
        "ssm_state_size": 8,
        "n_routed_experts": 4,
        "moe_intermediate_size": 16,
        "moe_shared_expert_intermediate_size": 16,
    },
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_running_model_reads_nothing_else(
    name: str, real: dict[str, HfClass], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second opinion on reading source: watch what is read while a tiny model is built and run."""
    import torch
    from transformers import PreTrainedConfig

    common = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 4}
    config = build(CONFIGS[name], **{**common, "num_key_value_heads": 2, **TINY[name]})
    seen: set[str] = set()
    plain = PreTrainedConfig.__getattribute__

    def watch(self: PreTrainedConfig, key: str) -> object:
        file = Path(sys._getframe(1).f_code.co_filename)
        own = file.name.startswith("configuration_") or file.name == "copy.py"
        if not own and file.name != "cache_utils.py" and file.parent.name != "generation":
            seen.add(key)
        return plain(self, key)

    monkeypatch.setattr(PreTrainedConfig, "__getattribute__", watch)
    model = build(real[name].causal_lm, config)
    ids = torch.arange(8)[None]
    model.train()
    model(ids, labels=ids, use_cache=True)
    monkeypatch.undo()

    kind = real[name]
    listed = {key for each in kind.fields if each.read_in for key in (each.name, each.stored)}
    listed |= {key for key, stored in kind.attribute_map.items() if stored in listed}
    listed |= {each.name for each in kind.properties if each.read_in} | undeclared(kind)
    # Asked of every model by name, from a list, in case it is one that has vision.
    of_vision = {"vision_aspect_ratio", "vision_feature_layer", "vision_feature_select_strategy"}
    unexpected = {key for key in seen - listed - of_vision if not key.startswith("_")}
    assert not {key for key in unexpected if not hasattr(PreTrainedConfig, key)}


@pytest.mark.costly
def test_every_causal_lm_can_be_introspected() -> None:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    # A spread of them, and those with something of their own: composite, refusing their defaults, borrowing a model.
    sample = {*list(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)[::6], "emu3", "gemma4_assistant", "internlm3"}
    for model_type in sorted(sample):
        kind = CONFIG_MAPPING[model_type]
        found = huggingface.introspect(f"{kind.__module__}.{kind.__qualname__}")
        assert found.fields, model_type
        assert found.causal_lm, model_type
        json.dumps([(each.default, each.after_init) for each in found.fields], allow_nan=False)


# Megatron.


@pytest.fixture(scope="module")
def mla() -> MegatronClass:
    return megatron.introspect(f"{TRANSFORMER}.MLATransformerConfig")


def test_megatron_fields(mla: MegatronClass) -> None:
    fields = {each.name: each for each in mla.fields}
    assert mla.bases == ("TransformerConfig", "ModelParallelConfig")
    declared = [each.name for each in dataclasses.fields(cast(Any, import_class(mla.path)))]
    assert [each.name for each in mla.fields] == declared != sorted(declared)
    assert (fields["num_layers"].type, fields["num_layers"].default) == ("int", 0), "the default of a field() call"
    assert (fields["num_layers"].origin, fields["q_lora_rank"].origin) == (
        "TransformerConfig",
        "MLATransformerConfig",
    )
    assert fields["params_dtype"].origin == "ModelParallelConfig"
    assert fields["params_dtype"].default == {"$symbol": "torch.float32"}
    assert fields["activation_func"].default == {"$symbol": "torch.nn.functional.gelu"}
    assert fields["activation_func"].type == "Callable[[torch.Tensor], torch.Tensor]"
    assert fields["moe_router_dtype"].type == 'Literal["fp32", "fp64"] | None'
    assert fields["attention_backend"].type == "megatron.core.transformer.enums.AttnBackend"
    assert fields["attention_backend"].default == {"$enum": "megatron.core.transformer.enums.AttnBackend.auto"}
    assert not [each.name for each in mla.fields if not each.doc]


def test_megatron_fields_without_default() -> None:
    gpt = megatron.introspect("megatron.training.models.gpt.GPTModelConfig")
    fields = {each.name: each for each in gpt.fields}
    assert fields["transformer"].default == REQUIRED
    assert fields["pre_wrap_hooks"].default == []


def test_snapshot_is_sorted_and_refuses_what_upstream_lacks() -> None:
    layer = "transformers.models.olmo2.modeling_olmo2.Olmo2DecoderLayer"
    wanted = [f"{layer}.post_feedforward_layernorm", layer, f"{layer}.pre_norm", "transformers.nowhere.Layer", "x.y"]
    symbols = ["torch.nn.functional.silu", "torch.bfloat16", "torch.bfloat16"]
    found = snapshot({CONFIGS["llama"]: ""}, [], symbols, wanted)
    assert found.computations == (layer, f"{layer}.post_feedforward_layernorm")
    assert found.causal_lm["llama"] == CONFIGS["llama"]
    assert len(found.causal_lm) > 180
    assert set(found.versions) == {"megatron-core", "transformers"}
    assert found.symbols == ("torch.bfloat16", "torch.nn.functional.silu")
    # What upstream lacks is left out, and the resolver names the row that wants it.
    assert snapshot({}, [], ["torch.nn.functional.siluu"], []).symbols == ()
    with pytest.raises(IntrospectionError, match="no PreTrainedConfig"):
        snapshot({"collections.OrderedDict": ""}, [], [], [])


# Values.


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (None, "None"),
        (Optional[int], "int | None"),  # noqa: UP045
        (Union[None, int, str], "None | int | str"),  # noqa: UP007
        (Optional[Literal["a", 'b"']], 'Literal["a", "b\\""] | None'),  # noqa: UP045
        (Literal[2, None, True], "Literal[2, None, True]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Path, "pathlib.Path"),
        ("later", "later"),
    ],
)
def test_type_names(annotation: object, name: str) -> None:
    assert type_name(annotation) == name


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (1.5, 1.5),
        (float("-inf"), {"$float": "-inf"}),
        (float("nan"), {"$float": "nan"}),
        ((1, [2, (3,)]), {"$tuple": [1, [2, {"$tuple": [3]}]]}),
        ({"a": (1,)}, {"a": {"$tuple": [1]}}),
        ({0: "a"}, {"$repr": "{0: 'a'}"}),
        ({"b", "a"}, {"$repr": "{'a', 'b'}"}),
        (textwrap.dedent, {"$symbol": "textwrap.dedent"}),
        (Path, {"$symbol": "pathlib.Path"}),
        (object(), {"$repr": "object()"}),
    ],
)
def test_values(value: object, encoded: object) -> None:
    assert to_json(value) == encoded


def test_public_names_of_private_functions() -> None:
    silu, gelu = import_path("torch.nn.functional.silu"), import_path("torch.nn.functional.gelu")
    assert (symbol_path(silu), symbol_path(gelu)) == ("torch.nn.functional.silu", "torch.nn.functional.gelu")
    with pytest.raises(LookupError, match="no module nowhere_to_be_found"):
        import_path("nowhere_to_be_found.x")
