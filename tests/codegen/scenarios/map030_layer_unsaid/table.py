"""Layers of which nothing says what is refused without them, or which weights they have; and words about none."""

from __future__ import annotations

from codegen.table import Absence, Constant, Lacks, Rename, Weight, positive
from tests.codegen.scenarios.toys import architecture, family, hf, layers, megatron, snapshot

SNAPSHOT = snapshot((hf("width"), hf("scale", "float", 1.0)), inner=(megatron("width"),))
OWNERS = (architecture(Absence("width", 0)), layers())
ROWS = (Rename("width", "width"), *positive("width", "scale"), Rename("scale", "residual_multiplier"))
FAMILIES = (
    family((*ROWS, Constant("post_mlp_layernorm", True, "Toys norm what the MLP gives.")), name="unsaid"),
    family(
        ROWS,
        lacks=Lacks("toy_transformers.modeling_toy.ToyLayer.norm", ""),
        weights=(Weight("mlp_bda.post_layernorm.weight", "toys.{layer}.norm.weight"),),
        name="without",
    ),
)
