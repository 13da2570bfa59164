"""Families of classes that the snapshot does not have yet; the other families are looked at all the same."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import Rename
from tests.codegen.scenarios.toys import HF_CLASS, TARGET, family, snapshot

SNAPSHOT = snapshot((), inner=())
OWNERS = ()
FAMILIES = (
    family(config=HF_CLASS.replace("ToyConfig", "ToysConfig")),
    family((Rename("gone", "gone"),), name="toy_sound"),
    family(
        targets=(replace(TARGET, model_class="elsewhere.Hybrid", transformer_class="elsewhere.Latent"),),
        name="toy_target",
    ),
)
