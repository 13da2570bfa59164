"""Reasons that put off what they should say: only a class can be left for later, and there is a row for that."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import (
    Absence,
    Constant,
    Group,
    Ignored,
    Kind,
    Owner,
    RefusedClass,
    Remote,
    Since,
    Unread,
    hard_wired,
    must_be,
)
from tests.codegen.scenarios.toys import INNER, architecture, family, hf, megatron, snapshot

PATH = "toy_transformers.configuration_toy"
GATE = "toy_transformers.modeling_toy.ToyGate"
SNAPSHOT = replace(
    snapshot((hf("cache", "bool"), hf("epsilon", "float")), inner=(megatron("window"), megatron("parallel"))),
    causal_lm={"toy_gated": f"{PATH}.GatedConfig"},
    computations=(f"{PATH}.GatedConfig", GATE),
)
OWNERS = (
    architecture(Absence("window", 0)),
    Group("parallelism", INNER, Owner.CALLER, "To be decided.", ("parallel",)),
)
FAMILY = replace(
    family(
        (
            Constant("window", 8, "TODO"),
            Ignored("cache", Kind.INFERENCE, "not looked at yet"),
            must_be("epsilon", (0.5,), "no one has looked at other values"),
        )
    ),
    since=Since("5.9.0", "TBD"),
)
REFUSED_CLASSES = (
    RefusedClass(
        "toy_gated",
        f"{PATH}.GatedConfig",
        GATE,
        "PENDING: nobody has looked yet",
        fields=(must_be("cap", (None,), "fixme"),),
    ),
)
REMOTE = (
    Remote(
        "toy_remote",
        "toy",
        why="Undecided.",
        architectures=("RemoteForCausalLM",),
        dropped=(Unread("gate_type", "nobody looked"),),
        constants=(hard_wired("norm", "rms", " "),),
    ),
)
REFUSED_REMOTE = {"toy_strange": "nobody has looked at its code", "toy_plain": "nobody computes it so"}
