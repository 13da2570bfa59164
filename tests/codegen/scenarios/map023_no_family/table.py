"""A causal language model that is neither mapped nor refused; one that is both; one that is not there."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import RefusedClass
from tests.codegen.scenarios.toys import HF_CLASS, family, snapshot

PATH = "toy_transformers.configuration_toy"
SNAPSHOT = replace(
    snapshot((), inner=()),
    causal_lm={"toy": HF_CLASS, "toy_new": f"{PATH}.NewConfig", "toy_old": f"{PATH}.OldConfig"},
    computations=(HF_CLASS, f"{PATH}.OldConfig", "toy_transformers.modeling_toy.ToyGate"),
)
OWNERS = ()
FAMILY = family()
REFUSED_CLASSES = (
    RefusedClass("toy", HF_CLASS, "toy_transformers.modeling_toy.ToyGate", "a gate"),
    RefusedClass("toy_old", f"{PATH}.OldConfig", "toy_transformers.modeling_toy.ToyGate", "a gate"),
    RefusedClass("toy_lost", f"{PATH}.OldConfigs", "toy_transformers.modeling_toy.ToyGate", "a gate"),
)
