"""A class that is refused for what upstream does not compute any more, and one that is refused for no reason."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import RefusedClass, must_be
from tests.codegen.scenarios.toys import family, snapshot

PATH = "toy_transformers.configuration_toy"
SNAPSHOT = replace(
    snapshot((), inner=()),
    causal_lm={"toy_gated": f"{PATH}.GatedConfig", "toy_capped": f"{PATH}.CappedConfig"},
    computations=(f"{PATH}.GatedConfig", f"{PATH}.CappedConfig", "toy_transformers.modeling_toy.ToyCap"),
)
OWNERS = ()
FAMILY = family()
REFUSED_CLASSES = (
    RefusedClass("toy_gated", f"{PATH}.GatedConfig", "toy_transformers.modeling_toy.ToyGate", "a gate"),
    RefusedClass(
        "toy_capped",
        f"{PATH}.CappedConfig",
        "toy_transformers.modeling_toy.ToyCap",
        "a cap",
        fields=(must_be("cap", (None,), ""),),
    ),
)
