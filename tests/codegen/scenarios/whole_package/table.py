"""Two families: every module that speaks of all of them."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import Absence, Rename, positive
from tests.codegen.scenarios.toys import (
    HF_CLASS,
    OUTER,
    TARGET,
    architecture,
    caller,
    computed_by_megatron,
    family,
    hf,
    megatron,
    snapshot,
    suggested,
)

SNAPSHOT = snapshot(
    (hf("hidden_size"),),
    inner=(
        megatron("hidden_size"),
        megatron("activation", "Callable | None", None),
        megatron("backend", "toy_megatron.enums.Backend | list[toy_megatron.enums.Backend]"),
        megatron("hooks", "dict | None", None),
        megatron("tensor_parallel", "int", 1),
        megatron("dropout", "float", 0.1),
        megatron("shards"),
    ),
    outer=(megatron("pattern", "str | None", None),),
)
OWNERS = (
    architecture(Absence("hidden_size", 0)),
    architecture(Absence("pattern", None), classes=OUTER),
    caller("tensor_parallel", "activation", "backend", "hooks"),
    suggested("dropout"),
    computed_by_megatron("shards"),
)
ROWS = (Rename("hidden_size", "hidden_size"), *positive("hidden_size"))
FAMILIES = (
    family(ROWS, name="toy_two", targets=(replace(TARGET, restated=("pattern",)),)),
    family(ROWS, name="toy_one", config=HF_CLASS, targets=(replace(TARGET, restated=("pattern",)),)),
)
SHOWS = ("__init__.py", "_dispatch.py", "typing.py", "_families.py", "_explained.py", "_registry.py", "_releases.py")
