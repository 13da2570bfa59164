"""Causal language models of transformers that no Megatron config can be, each with the computation that decides it.

Looked up in the modeling code of each class.
"""

from __future__ import annotations

from typing import Final

from codegen.families.unmapped.decoders import DECODERS
from codegen.families.unmapped.others import COMPOSITES, ENCODERS
from codegen.table import Unmapped

UNMAPPED: Final[tuple[Unmapped, ...]] = (*DECODERS, *ENCODERS, *COMPOSITES)
