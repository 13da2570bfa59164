"""A causal language model without a verdict; some with two; some that are not there."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import Pending, RefusedClass
from tests.codegen.scenarios.toys import HF_CLASS, family, snapshot

PATH = "toy_transformers.configuration_toy"
SNAPSHOT = replace(
    snapshot((), inner=()),
    causal_lm={
        "toy": HF_CLASS,
        "toy_new": f"{PATH}.NewConfig",
        "toy_old": f"{PATH}.OldConfig",
        "toy-later": f"{PATH}.LaterConfig",
    },
    computations=(HF_CLASS, f"{PATH}.OldConfig", "toy_transformers.modeling_toy.ToyGate"),
)
OWNERS = ()
FAMILY = family()
REFUSED_CLASSES = (
    RefusedClass("toy", HF_CLASS, "toy_transformers.modeling_toy.ToyGate", "a gate"),
    RefusedClass("toy_old", f"{PATH}.OldConfig", "toy_transformers.modeling_toy.ToyGate", "a gate"),
    RefusedClass("toy_lost", f"{PATH}.OldConfigs", "toy_transformers.modeling_toy.ToyGate", "a gate"),
    Pending("toy", HF_CLASS),
    Pending("toy_old", f"{PATH}.OldConfig"),
    Pending("toy_next", f"{PATH}.NextConfig"),
    Pending("toy_later", f"{PATH}.LaterConfig"),
    Pending("toy_last", f"{PATH}.LaterConfig"),
)
