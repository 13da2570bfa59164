"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.bamba import BAMBA
from codegen.families.biogpt import BIOGPT
from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.gpt2 import GPT2
from codegen.families.gpt_bigcode import GPT_BIGCODE
from codegen.families.gpt_neox import GPT_NEOX
from codegen.families.jais2 import JAIS2
from codegen.families.llama import LLAMA
from codegen.families.mamba2 import MAMBA2
from codegen.families.mistral import MISTRAL
from codegen.families.nemotron import NEMOTRON
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.opt import OPT
from codegen.families.persimmon import PERSIMMON
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.families.stablelm import STABLELM
from codegen.families.starcoder2 import STARCODER2
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    BAMBA,
    BIOGPT,
    DEEPSEEK_V3,
    GPT2,
    GPT_BIGCODE,
    GPT_NEOX,
    JAIS2,
    LLAMA,
    MAMBA2,
    MISTRAL,
    NEMOTRON,
    NEMOTRON_H,
    OPT,
    PERSIMMON,
    QWEN2,
    QWEN3,
    QWEN3_MOE,
    STABLELM,
    STARCODER2,
)
