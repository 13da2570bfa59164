"""New Megatron fields without an owner: the message has what it takes to place them."""

from __future__ import annotations

from codegen.table import Absence, Rename, positive
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SNAPSHOT = snapshot(
    (hf("hidden_size"),),
    inner=(
        megatron("hidden_size"),
        megatron("tensor_parallel", "int", 1, documented=True),
        megatron("activation", "Callable", {"$symbol": "torch.nn.functional.gelu"}),
        megatron("limit", "float", {"$float": "inf"}),
        megatron("betas", "tuple[float, float]", {"$tuple": [0.9, 0.95]}),
        megatron("backend", "toy_megatron.enums.Backend", {"$enum": "toy_megatron.enums.Backend.auto"}),
    ),
    outer=(megatron("needed", "str", {"$required": True}), megatron("kind", "str", "rope")),
)
OWNERS = (architecture(Absence("hidden_size", 0)),)
FAMILY = family((Rename("hidden_size", "hidden_size"), *positive("hidden_size")))
