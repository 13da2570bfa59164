"""Classes without a mapper, types of remote code, and the keys that are read beside fields."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import (
    Absence,
    Pending,
    RefusedClass,
    Remote,
    Rename,
    Unread,
    hard_wired,
    must_be,
    positive,
    restates,
)
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

PATH = "toy_transformers.configuration_toy"
GATE = "toy_transformers.modeling_toy.ToyGate"
SNAPSHOT = replace(
    snapshot((hf("width"),), inner=(megatron("width"),)),
    causal_lm={"toy_gated": f"{PATH}.GatedConfig", "toy-new": f"{PATH}.NewConfig"},
    computations=(f"{PATH}.GatedConfig", GATE),
)
OWNERS = (architecture(Absence("width", 0)),)
FAMILY = family(
    (
        Rename("width", "width"),
        *positive("width"),
        hard_wired("gated", False, "the class has no gate"),
        restates("breadth", "width", "the first files have the first name"),
        Unread("tool_version", "a tool says here that it wrote the file"),
        Unread("width", "says nothing of a class that has it"),
    )
)
REFUSED_CLASSES = (
    RefusedClass(
        "toy_gated",
        f"{PATH}.GatedConfig",
        GATE,
        "a gate that Megatron does not have",
        fields=(must_be("cap", (None, 0.0), "Megatron has no cap"),),
    ),
    Pending("toy_new", f"{PATH}.NewConfig"),
)
REMOTE = (
    Remote(
        "toy_remote",
        "toy",
        why="The same code.",
        architectures=("RemoteForCausalLM",),
        renamed={"size": "width"},
        dropped=(Unread("gate_type", "that of the gate, which it has not"),),
        defaults={"size": 3},
        constants=(hard_wired("norm", "rms", "the class has RMSNorm"),),
    ),
)
REFUSED_REMOTE = {"toy_strange": "its layers are not all alike"}
SHOWS = ("_refused.py", "_keys.py")
