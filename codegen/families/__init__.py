"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.arcee import ARCEE
from codegen.families.cwm import CWM
from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.ernie4_5 import ERNIE4_5
from codegen.families.gemma import GEMMA
from codegen.families.granite import GRANITE
from codegen.families.granitemoe import GRANITEMOE
from codegen.families.granitemoeshared import GRANITEMOESHARED
from codegen.families.helium import HELIUM
from codegen.families.internlm3 import INTERNLM3
from codegen.families.iquestcoder import IQUESTCODER
from codegen.families.llama import LLAMA
from codegen.families.ministral import MINISTRAL
from codegen.families.ministral3 import MINISTRAL3
from codegen.families.mistral import MISTRAL
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.phi3 import PHI3
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.families.seed_oss import SEED_OSS
from codegen.families.smollm3 import SMOLLM3
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    ARCEE,
    CWM,
    DEEPSEEK_V3,
    ERNIE4_5,
    GEMMA,
    GRANITE,
    GRANITEMOE,
    GRANITEMOESHARED,
    HELIUM,
    INTERNLM3,
    IQUESTCODER,
    LLAMA,
    MINISTRAL,
    MINISTRAL3,
    MISTRAL,
    NEMOTRON_H,
    PHI3,
    QWEN2,
    QWEN3,
    QWEN3_MOE,
    SEED_OSS,
    SMOLLM3,
)
