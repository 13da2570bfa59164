"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.apertus import APERTUS
from codegen.families.arcee import ARCEE
from codegen.families.aria_text import ARIA_TEXT
from codegen.families.axk1 import AXK1
from codegen.families.bamba import BAMBA
from codegen.families.biogpt import BIOGPT
from codegen.families.cwm import CWM
from codegen.families.deepseek_v2 import DEEPSEEK_V2
from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.deepseek_v32 import DEEPSEEK_V32
from codegen.families.dots1 import DOTS1
from codegen.families.ernie4_5 import ERNIE4_5
from codegen.families.exaone_moe import EXAONE_MOE
from codegen.families.falcon import FALCON
from codegen.families.flint import FLINT
from codegen.families.gemma import GEMMA
from codegen.families.glm import GLM
from codegen.families.glm4_moe import GLM4_MOE
from codegen.families.glm4_moe_lite import GLM4_MOE_LITE
from codegen.families.glm_moe_dsa import GLM_MOE_DSA
from codegen.families.gpt2 import GPT2
from codegen.families.gpt_bigcode import GPT_BIGCODE
from codegen.families.gpt_neox import GPT_NEOX
from codegen.families.gpt_oss import GPT_OSS
from codegen.families.granite import GRANITE
from codegen.families.granite_swa import GRANITE_SWA
from codegen.families.granitemoe import GRANITEMOE
from codegen.families.granitemoe_swa import GRANITEMOE_SWA
from codegen.families.granitemoehybrid import GRANITEMOEHYBRID
from codegen.families.granitemoeshared import GRANITEMOESHARED
from codegen.families.helium import HELIUM
from codegen.families.hy_v3 import HY_V3
from codegen.families.hyperclovax import HYPERCLOVAX
from codegen.families.internlm3 import INTERNLM3
from codegen.families.iquestcoder import IQUESTCODER
from codegen.families.jais2 import JAIS2
from codegen.families.lfm2 import LFM2
from codegen.families.lfm2_moe import LFM2_MOE
from codegen.families.lfm3 import LFM3
from codegen.families.llama import LLAMA
from codegen.families.llama4_text import LLAMA4_TEXT
from codegen.families.mamba2 import MAMBA2
from codegen.families.mellum import MELLUM
from codegen.families.mimo_v2_flash import MIMO_V2_FLASH
from codegen.families.minimax_m3_vl_text import MINIMAX_M3_VL_TEXT
from codegen.families.ministral import MINISTRAL
from codegen.families.ministral3 import MINISTRAL3
from codegen.families.mistral import MISTRAL
from codegen.families.mixtral import MIXTRAL
from codegen.families.nemotron import NEMOTRON
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.opt import OPT
from codegen.families.persimmon import PERSIMMON
from codegen.families.phi3 import PHI3
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen2_moe import QWEN2_MOE
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_5_moe_text import QWEN3_5_MOE_TEXT
from codegen.families.qwen3_5_text import QWEN3_5_TEXT
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.families.qwen3_next import QWEN3_NEXT
from codegen.families.seed_oss import SEED_OSS
from codegen.families.smollm3 import SMOLLM3
from codegen.families.solar_open import SOLAR_OPEN
from codegen.families.stablelm import STABLELM
from codegen.families.starcoder2 import STARCODER2
from codegen.families.vaultgemma import VAULTGEMMA
from codegen.families.youtu import YOUTU
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    APERTUS,
    ARCEE,
    ARIA_TEXT,
    AXK1,
    BAMBA,
    BIOGPT,
    CWM,
    DEEPSEEK_V2,
    DEEPSEEK_V3,
    DEEPSEEK_V32,
    DOTS1,
    ERNIE4_5,
    EXAONE_MOE,
    FALCON,
    FLINT,
    GEMMA,
    GLM,
    GLM4_MOE,
    GLM4_MOE_LITE,
    GLM_MOE_DSA,
    GPT2,
    GPT_BIGCODE,
    GPT_NEOX,
    GPT_OSS,
    GRANITE,
    GRANITEMOE,
    GRANITEMOEHYBRID,
    GRANITEMOESHARED,
    GRANITEMOE_SWA,
    GRANITE_SWA,
    HELIUM,
    HYPERCLOVAX,
    HY_V3,
    INTERNLM3,
    IQUESTCODER,
    JAIS2,
    LFM2,
    LFM2_MOE,
    LFM3,
    LLAMA,
    LLAMA4_TEXT,
    MAMBA2,
    MELLUM,
    MIMO_V2_FLASH,
    MINIMAX_M3_VL_TEXT,
    MINISTRAL,
    MINISTRAL3,
    MISTRAL,
    MIXTRAL,
    NEMOTRON,
    NEMOTRON_H,
    OPT,
    PERSIMMON,
    PHI3,
    QWEN2,
    QWEN2_MOE,
    QWEN3,
    QWEN3_5_MOE_TEXT,
    QWEN3_5_TEXT,
    QWEN3_MOE,
    QWEN3_NEXT,
    SEED_OSS,
    SMOLLM3,
    SOLAR_OPEN,
    STABLELM,
    STARCODER2,
    VAULTGEMMA,
    YOUTU,
)
