"""Classes of the project's own: read, mapped and written as any other, imported late, and registered nowhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub.errors import StrictDataclassFieldValidationError
from transformers import AutoConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

import mcore_mappers as m
from codegen.project import RUNTIME, load_table
from mcore_mappers_runtime import described
from mcore_mappers_runtime.described.deepseek import DeepseekConfig
from mcore_mappers_runtime.described.nemotron_nas import NemotronNasConfig
from mcore_mappers_runtime.heterogeneous import width
from tests.back.ways import bare
from tests.families.nemotron_nas import LINEAR, NO_OP, block, blocks
from tests.support.hf import config, mapped

FAMILIES = {family.name: family for family in load_table().families if described.__name__ in family.config}
FOLDER = Path(described.__file__).parent


def written(folder: Path, file: dict[str, Any]) -> Path:
    (folder / "config.json").write_text(json.dumps(file))
    return folder


def test_every_module_is_a_familys() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__"} == FAMILIES.keys()
    assert described.__doc__
    assert all(f"- `{name}`:" in described.__doc__ for name in FAMILIES)


def test_they_are_imported_late() -> None:
    """Neither the package nor what lists its families needs transformers for them."""
    code = (
        "import sys, mcore_mappers as m, mcore_mappers_runtime.described; m.families(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers')))"
    )
    paths = {"PYTHONPATH": f"{RUNTIME}:{Path(m.__file__).parents[1]}"}
    assert subprocess.run([sys.executable, "-c", code], env=paths, check=False).returncode == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_a_file_gives_the_class_and_comes_back(family: str, tmp_path: Path) -> None:
    hf = config(family, architectures=[*FAMILIES[family].architectures])
    names = {"AutoConfig": "configuration_x.XConfig"}
    file = {**json.loads(m.save_config(hf, tmp_path).read_text()), "auto_map": names}
    loaded = m.load_config(written(tmp_path, file))
    assert type(loaded) is type(hf)
    assert hf.model_type not in CONFIG_MAPPING
    back = m.to_hf(m.to_megatron(loaded), base=loaded)
    assert type(back) is type(hf)
    assert back.architectures == [*FAMILIES[family].architectures]
    # It is code of this very class.
    assert back.auto_map == names
    assert m.families()[family].status == "mapped"


@pytest.mark.parametrize("family", FAMILIES)
def test_transformers_does_not_know_it(family: str, tmp_path: Path) -> None:
    m.load_config(m.save_config(config(family), tmp_path))
    with pytest.raises((ValueError, KeyError)):
        AutoConfig.from_pretrained(tmp_path)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_found_in_a_composite_that_nobody_knows(family: str, tmp_path: Path) -> None:
    inner = json.loads(m.save_config(config(family), tmp_path).read_text())
    loaded = m.load_config(written(tmp_path, {"model_type": "wrapper", "llm_config": inner}))
    assert m.text_config(loaded) is loaded
    assert m.diff(m.to_megatron(loaded), config(family)) == ()


def test_files_are_for_the_code_beside_checkpoints(tmp_path: Path) -> None:
    """Which is older than transformers 5, and knows no `rope_parameters`."""
    rope = {"rope_type": "linear", "factor": 2.0, "rope_theta": 5000.0}
    file = json.loads(m.save_config(config("deepseek", rope_parameters=rope), tmp_path).read_text())
    assert (file["rope_theta"], file["rope_scaling"]) == (
        5000.0,
        {"rope_type": "linear", "type": "linear", "factor": 2.0},
    )
    assert "rope_parameters" not in file


def test_types_are_looked_at() -> None:
    text: Any = "64"
    with pytest.raises(StrictDataclassFieldValidationError, match="hidden_size"):
        DeepseekConfig(hidden_size=text)
    with pytest.raises(StrictDataclassFieldValidationError, match="block_configs"):
        NemotronNasConfig(block_configs=[text])


# --- Layers that differ -----------------------------------------------------------------------------------------------


def test_blocks_are_written_in_one_spelling() -> None:
    """Of what Megatron reads; what is left out has no size."""
    given = blocks(block({**NO_OP, "n_heads_in_group": 4}, 1.00000049), block(2, LINEAR), block())
    model = mapped(config("nemotron_nas", **given))
    assert json.loads(model.transformer.heterogeneous_layers_config_encoded_json) == {
        "block_configs": [
            {
                "attention": {"n_heads_in_group": None, "no_op": True, "replace_with_linear": False},
                "ffn": {"ffn_mult": 1.0, "no_op": False, "replace_with_linear": False},
            },
            {
                "attention": {"n_heads_in_group": 2, "no_op": False, "replace_with_linear": False},
                "ffn": {"ffn_mult": None, "no_op": False, "replace_with_linear": True},
            },
            {
                "attention": {"n_heads_in_group": 2, "no_op": False, "replace_with_linear": False},
                "ffn": {"ffn_mult": 1.0, "no_op": False, "replace_with_linear": False},
            },
        ]
    }
    assert "per_block_parameters" not in m.fields(model, owners=("architecture", "suggested", "caller"))
    assert "per_block_parameters" not in m.dump(model)["transformer"]["fields"]


def test_megatron_reads_its_own_form_of_no_such_config() -> None:
    """Its `as_dict` has what its constructor does not take; `dump` and `load` do what they do of any config."""
    model = mapped(config("nemotron_nas"))
    with pytest.raises(TypeError, match="per_block_parameters"):
        type(model).from_dict(model.as_dict())
    loaded: Any = m.load(m.dump(model))
    assert m.diff(loaded, config("nemotron_nas")) == ()
    assert loaded.transformer.per_block_parameters == model.transformer.per_block_parameters


@pytest.mark.parametrize(
    ("attention", "ffn", "same"),
    [
        ({"num_query_groups": 2}, {"ffn_hidden_size": 256}, True),
        ({"num_query_groups": 4}, {"ffn_hidden_size": 256}, False),
        ({"num_query_groups": 2}, {"ffn_hidden_size": 512}, False),
        ({"n_heads_in_group": 2, "window_length": None}, {"ffn_mult": 3.9}, True),
    ],
)
def test_megatrons_own_words_are_another_spelling(attention: Any, ffn: Any, same: bool) -> None:
    """Of a model of four heads and 96 channels, whose MLPs are 256 wide."""
    hf = config("nemotron_nas", **blocks(block(2, 1.0), block(2, 1.0), block(2, 1.0)))
    model = mapped(hf)
    other = mapped(hf)
    text = json.dumps({"block_configs": [{"attention": attention, "mlp": ffn}] * 3})
    other.transformer.heterogeneous_layers_config_encoded_json = text
    assert [each.field for each in m.diff(other, hf)] == ([] if same else ["heterogeneous_layers_config_encoded_json"])
    back = m.to_hf(bare(other), family="nemotron_nas")
    assert (m.diff(model, back) == ()) == same
    assert m.diff(other, back) == ()


def test_what_is_no_json_has_no_way_back() -> None:
    model = bare(mapped(config("nemotron_nas")))
    for text in ("", "[]", "{", '{"block_configs": [1]}'):
        model.transformer.heterogeneous_layers_config_encoded_json = text
        with pytest.raises(m.UnsupportedConfigError, match=r"heterogeneous_layers_config_encoded_json|block"):
            m.to_hf(model, family="nemotron_nas")


@pytest.mark.parametrize("keywords", [{"transformer_impl": "inference_optimized"}, {"restore_modelopt_state": True}])
def test_layers_of_one_kind_cannot_be_asked_for(keywords: Any) -> None:
    with pytest.raises(TypeError, match="layers of one kind"):
        mapped(config("nemotron_nas"), **keywords)


def test_every_wrong_block_is_named_once() -> None:
    wrong = blocks(block(3), block(ffn=0.0), block(3), block(0))
    with pytest.raises(m.UnsupportedConfigError) as caught:
        mapped(config("nemotron_nas", **wrong))
    assert [(each.field, each.reason) for each in caught.value.refusals] == [
        ("block_configs[0]", "attention.n_heads_in_group must divide num_attention_heads, 4, as in 1 more"),
        ("block_configs[1]", "ffn.ffn_mult must be a number above zero"),
        ("block_configs[3]", "attention.n_heads_in_group must be a whole number above zero"),
    ]


def test_widths_are_those_of_super_49b() -> None:
    """Of a hidden size of 8192, as its weights are shaped."""
    assert [width(mult, 8192) for mult in (1.0, 1.3125, 2.625, 5.25)] == [5632, 7168, 14336, 28672]
