"""A class of which every model has a layer: none is mapped unless the caller asks for it."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import Absence, Constant, Lacks, Rename, Weight, positive
from tests.codegen.scenarios.toys import architecture, family, hf, layers, megatron, snapshot

NORM = "toy_transformers.modeling_toy.ToyLayer.norm"
SNAPSHOT = replace(snapshot((hf("width"),), inner=(megatron("width"),)), computations=(NORM,))
OWNERS = (architecture(Absence("width", 0)), layers())
FAMILY = family(
    (
        Rename("width", "width"),
        *positive("width"),
        Constant("post_mlp_layernorm", True, "Toys norm what the MLP gives."),
        Constant("residual_multiplier", 1.0, "Toys add it as it is."),
    ),
    lacks=Lacks(NORM, "norms after the MLP"),
    weights=(Weight("mlp_bda.post_layernorm.weight", "toys.{layer}.norm.weight"),),
)
SHOWS = ("toy.py", "_dispatch.py", "_families.py")
