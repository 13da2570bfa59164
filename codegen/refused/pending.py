"""Classes that nobody has looked at yet."""

from __future__ import annotations

from typing import Final

from codegen.table import RefusedClass

_WHY: Final = "nobody has looked yet"


def _pending(model_type: str, config: str, package: str = "") -> RefusedClass:
    path = f"transformers.models.{package or model_type}.configuration_{package or model_type}.{config}"
    return RefusedClass(name=model_type, config_class=path, computation=path, why=_WHY)


PENDING: Final = (
    _pending("apertus1p5_text", "Apertus1p5TextConfig", "apertus1p5"),
    _pending("dory", "DoryConfig"),
    _pending("inkling2_loop_text", "Inkling2LoopTextConfig", "inkling2_loop"),
    _pending("lara_mini", "LaraMiniConfig"),
)
