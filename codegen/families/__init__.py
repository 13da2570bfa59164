"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.llama import LLAMA
from codegen.families.mistral import MISTRAL
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.qwen2 import QWEN2
from codegen.families.qwen3 import QWEN3
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (
    DEEPSEEK_V3,
    LLAMA,
    MISTRAL,
    NEMOTRON_H,
    QWEN2,
    QWEN3,
    QWEN3_MOE,
)
