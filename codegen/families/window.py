"""The releases of upstream for which the mappers are right."""

from __future__ import annotations

from typing import Final

from codegen.window import Window

WINDOW: Final = Window({"megatron-core": "0.19.0", "transformers": "5.12.1"})
