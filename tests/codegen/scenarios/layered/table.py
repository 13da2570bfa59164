"""What stock Megatron refuses and a layer computes: some models have it, and the caller has to ask for it."""

from __future__ import annotations

from codegen.table import Absence, Part, Rename, Weight, layered, must_be, positive
from tests.codegen.scenarios.toys import architecture, family, hf, layers, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("width"), hf("scale", "float | None", 1.0), hf("normed", "bool", False)), inner=(megatron("width"),)
)
OWNERS = (architecture(Absence("width", 0)), layers())
SCALE = Part(
    rows=layered(
        Rename("scale", "residual_multiplier", required="toys multiply by it"),
        otherwise=must_be("scale", (1.0,), "Megatron adds branches as they are"),
    ),
)
"""A multiplier of branches."""
FAMILY = family(
    (
        Rename("width", "width"),
        *positive("width", "scale"),
        *layered(
            Rename("normed", "post_mlp_layernorm"), otherwise=must_be("normed", (False,), "Megatron has no such norm")
        ),
    ),
    parts=(SCALE,),
    weights=(Weight("mlp_bda.post_layernorm.weight", "toys.{layer}.norm.weight"),),
)
SHOWS = ("toy.py", "_parts/layered.py", "_dispatch.py", "_families.py", "_explained.py")
