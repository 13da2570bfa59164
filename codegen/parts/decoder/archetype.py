"""The archetype of decoders with a gated MLP and RMSNorm before both halves of a layer: what llama began."""

from __future__ import annotations

from typing import Final

from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import GATED_MLP
from codegen.table import Part

DECODER: Final = Part(includes=(SIZES, RMS_NORM, GATED_MLP))
"""A decoder with a gated MLP and RMSNorm before both halves of a layer, but for its attention."""
