"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.aria_text import ARIA_TEXT
from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.flint import FLINT
from codegen.families.gpt_oss import GPT_OSS
from codegen.families.llama import LLAMA
from codegen.families.mistral import MISTRAL
from codegen.families.mixtral import MIXTRAL
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen2_moe import QWEN2_MOE
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_5_moe_text import QWEN3_5_MOE_TEXT
from codegen.families.qwen3_5_text import QWEN3_5_TEXT
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.families.qwen3_next import QWEN3_NEXT
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    ARIA_TEXT,
    DEEPSEEK_V3,
    FLINT,
    GPT_OSS,
    LLAMA,
    MISTRAL,
    MIXTRAL,
    NEMOTRON_H,
    QWEN2,
    QWEN2_MOE,
    QWEN3,
    QWEN3_5_MOE_TEXT,
    QWEN3_5_TEXT,
    QWEN3_MOE,
    QWEN3_NEXT,
)
