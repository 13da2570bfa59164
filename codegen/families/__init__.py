"""The overrides table: every family, and the owners of Megatron's fields."""

from __future__ import annotations

from typing import Final

from codegen.families.deepseek_v3 import DEEPSEEK_V3
from codegen.families.llama import LLAMA
from codegen.families.nemotron_h import NEMOTRON_H
from codegen.families.qwen3_moe import QWEN3_MOE
from codegen.table import Family

FAMILIES: Final[tuple[Family, ...]] = (DEEPSEEK_V3, LLAMA, NEMOTRON_H, QWEN3_MOE)
