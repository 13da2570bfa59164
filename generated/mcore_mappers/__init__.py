"""Megatron configurations of the same model, for Hugging Face configs.

`to_megatron(hf)` finds the mapper by the class of `hf`; every family is also a module of this package, and so are those
of other installed packages that name theirs in the entry points of `mcore_mappers.families`. Importing the package
imports neither torch nor transformers: what needs them is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mcore_mappers_runtime.catalog import families
from mcore_mappers_runtime.dispatch import family_module, to_hf
from mcore_mappers_runtime.errors import (
    DefaultedFieldsWarning,
    DeviationWarning,
    NeedsWarning,
    NoFlag,
    NotComparedWarning,
    OtherReleaseWarning,
    Refusal,
    TableConflictError,
    TableWarning,
    UnknownArchitectureWarning,
    UnknownKeysWarning,
    UnsupportedArgumentError,
    UnsupportedConfigError,
    UpstreamVersionError,
    UpstreamVersionWarning,
)
from mcore_mappers_runtime.records import Family, Need
from mcore_mappers_runtime.registry import Registry, announce, known
from mcore_mappers_runtime.version import VERSION

from ._dispatch import to_megatron

if TYPE_CHECKING:
    from mcore_mappers_runtime.composite import text_config
    from mcore_mappers_runtime.diff import Difference, Owner, diff
    from mcore_mappers_runtime.disk import dump, dump_file, load, load_file
    from mcore_mappers_runtime.fields import fields
    from mcore_mappers_runtime.layers.run_configs import allow_in_run_configs
    from mcore_mappers_runtime.load_config import load_config
    from mcore_mappers_runtime.owned import FieldOwner
    from mcore_mappers_runtime.save_config import save_config
    from mcore_mappers_runtime.to_args import to_args

    from . import afmoe as afmoe
    from . import apertus as apertus
    from . import apertus1p5_text as apertus1p5_text
    from . import arcee as arcee
    from . import aria_text as aria_text
    from . import axk1 as axk1
    from . import bamba as bamba
    from . import biogpt as biogpt
    from . import codegen as codegen
    from . import cohere as cohere
    from . import cohere2 as cohere2
    from . import cosmos3_edge_text as cosmos3_edge_text
    from . import cpu as cpu
    from . import cwm as cwm
    from . import deepseek as deepseek
    from . import deepseek_ocr2_text as deepseek_ocr2_text
    from . import deepseek_v2 as deepseek_v2
    from . import deepseek_v3 as deepseek_v3
    from . import deepseek_v32 as deepseek_v32
    from . import dots1 as dots1
    from . import emu3_text_model as emu3_text_model
    from . import ernie4_5 as ernie4_5
    from . import ernie4_5_moe as ernie4_5_moe
    from . import exaone as exaone
    from . import exaone4 as exaone4
    from . import exaone_moe as exaone_moe
    from . import falcon as falcon
    from . import flex_olmo as flex_olmo
    from . import flint as flint
    from . import gemma as gemma
    from . import gemma2 as gemma2
    from . import gemma3_text as gemma3_text
    from . import glm as glm
    from . import glm4 as glm4
    from . import glm4_moe as glm4_moe
    from . import glm4_moe_lite as glm4_moe_lite
    from . import glm4v_moe_text as glm4v_moe_text
    from . import glm4v_text as glm4v_text
    from . import glm_moe_dsa as glm_moe_dsa
    from . import glm_ocr_text as glm_ocr_text
    from . import gpt2 as gpt2
    from . import gpt_bigcode as gpt_bigcode
    from . import gpt_neo as gpt_neo
    from . import gpt_neox as gpt_neox
    from . import gpt_oss as gpt_oss
    from . import gptj as gptj
    from . import granite as granite
    from . import granite4_vision_text as granite4_vision_text
    from . import granite_docling_text as granite_docling_text
    from . import granite_swa as granite_swa
    from . import granitemoe as granitemoe
    from . import granitemoe_swa as granitemoe_swa
    from . import granitemoehybrid as granitemoehybrid
    from . import granitemoeshared as granitemoeshared
    from . import helium as helium
    from . import hunyuan_v1_dense as hunyuan_v1_dense
    from . import hunyuan_v1_moe as hunyuan_v1_moe
    from . import hy_v3 as hy_v3
    from . import hyperclovax as hyperclovax
    from . import internlm3 as internlm3
    from . import iquestcoder as iquestcoder
    from . import jais2 as jais2
    from . import lara_mini as lara_mini
    from . import layers as layers
    from . import lfm2 as lfm2
    from . import lfm2_moe as lfm2_moe
    from . import lfm3 as lfm3
    from . import llama as llama
    from . import llama4_text as llama4_text
    from . import mamba2 as mamba2
    from . import mellum as mellum
    from . import mimo_v2_flash as mimo_v2_flash
    from . import minicpm as minicpm
    from . import minicpm3 as minicpm3
    from . import minimax_m2 as minimax_m2
    from . import minimax_m3_vl_text as minimax_m3_vl_text
    from . import ministral as ministral
    from . import ministral3 as ministral3
    from . import mistral as mistral
    from . import mistral4 as mistral4
    from . import mixtral as mixtral
    from . import molmo2_text as molmo2_text
    from . import nemotron as nemotron
    from . import nemotron_h as nemotron_h
    from . import nemotron_nas as nemotron_nas
    from . import olmo as olmo
    from . import olmo2 as olmo2
    from . import olmo3 as olmo3
    from . import olmoe as olmoe
    from . import opt as opt
    from . import paddleocr_vl_text as paddleocr_vl_text
    from . import persimmon as persimmon
    from . import phi as phi
    from . import phi3 as phi3
    from . import phimoe as phimoe
    from . import qwen2 as qwen2
    from . import qwen2_5_omni_text as qwen2_5_omni_text
    from . import qwen2_5_vl_text as qwen2_5_vl_text
    from . import qwen2_moe as qwen2_moe
    from . import qwen2_vl_text as qwen2_vl_text
    from . import qwen3 as qwen3
    from . import qwen3_5_moe_text as qwen3_5_moe_text
    from . import qwen3_5_text as qwen3_5_text
    from . import qwen3_moe as qwen3_moe
    from . import qwen3_next as qwen3_next
    from . import qwen3_omni_moe_text as qwen3_omni_moe_text
    from . import qwen3_vl_moe_text as qwen3_vl_moe_text
    from . import qwen3_vl_text as qwen3_vl_text
    from . import sarvam_mla as sarvam_mla
    from . import sarvam_moe as sarvam_moe
    from . import seed_oss as seed_oss
    from . import smollm3 as smollm3
    from . import solar_open as solar_open
    from . import stablelm as stablelm
    from . import starcoder2 as starcoder2
    from . import step3p5 as step3p5
    from . import typing as typing
    from . import unlimited_ocr_text as unlimited_ocr_text
    from . import vaultgemma as vaultgemma
    from . import youtu as youtu

__all__ = [
    "DefaultedFieldsWarning",
    "DeviationWarning",
    "Difference",
    "Family",
    "FieldOwner",
    "Need",
    "NeedsWarning",
    "NoFlag",
    "NotComparedWarning",
    "OtherReleaseWarning",
    "Owner",
    "Refusal",
    "TableConflictError",
    "TableWarning",
    "UnknownArchitectureWarning",
    "UnknownKeysWarning",
    "UnsupportedArgumentError",
    "UnsupportedConfigError",
    "UpstreamVersionError",
    "UpstreamVersionWarning",
    "allow_in_run_configs",
    "diff",
    "dump",
    "dump_file",
    "families",
    "fields",
    "load",
    "load_config",
    "load_file",
    "save_config",
    "text_config",
    "to_args",
    "to_hf",
    "to_megatron",
]

__version__ = VERSION

_HOMES = {
    "Difference": "diff",
    "FieldOwner": "owned",
    "Owner": "diff",
    "allow_in_run_configs": "layers.run_configs",
    "diff": "diff",
    "dump": "disk",
    "dump_file": "disk",
    "fields": "fields",
    "load": "disk",
    "load_config": "load_config",
    "load_file": "disk",
    "save_config": "save_config",
    "text_config": "composite",
    "to_args": "to_args",
}
_MODULES = ("cpu", "layers", "typing")


def _own() -> Registry:
    from ._registry import REGISTRY

    return REGISTRY


announce(__name__, __file__, _own)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return vars(import_module(f"mcore_mappers_runtime.{_HOMES[name]}"))[name]
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    return family_module(__name__, name)


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__", *_MODULES, *known().families})
