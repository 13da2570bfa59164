"""Classes that nobody has looked at yet."""

from __future__ import annotations

from typing import Final

from codegen.table import Pending

PENDING: Final[tuple[Pending, ...]] = tuple(
    Pending(name, f"transformers.models.{package}.configuration_{package}.{config}")
    for name, package, config in (
        ("cosmos3_edge_text", "cosmos3_edge", "Cosmos3EdgeTextConfig"),
        ("deepseek_ocr2_text", "deepseek_ocr2", "DeepseekOcr2TextConfig"),
        ("emu3_text_model", "emu3", "Emu3TextConfig"),
        ("granite4_vision_text", "granite4_vision", "Granite4VisionTextConfig"),
    )
)
