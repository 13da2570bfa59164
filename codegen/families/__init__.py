"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.deepseek_v2 import DEEPSEEK_V2
from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.dots1 import DOTS1
from codegen.families.exaone_moe import EXAONE_MOE
from codegen.families.glm import GLM
from codegen.families.glm4_moe import GLM4_MOE
from codegen.families.glm4_moe_lite import GLM4_MOE_LITE
from codegen.families.hy_v3 import HY_V3
from codegen.families.llama import LLAMA
from codegen.families.mistral import MISTRAL
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.families.solar_open import SOLAR_OPEN
from codegen.families.youtu import YOUTU
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    DEEPSEEK_V2,
    DEEPSEEK_V3,
    DOTS1,
    EXAONE_MOE,
    GLM,
    GLM4_MOE,
    GLM4_MOE_LITE,
    HY_V3,
    LLAMA,
    MISTRAL,
    NEMOTRON_H,
    QWEN2,
    QWEN3,
    QWEN3_MOE,
    SOLAR_OPEN,
    YOUTU,
)
