"""Families of classes that the snapshot does not have yet; the other families are looked at all the same."""

from __future__ import annotations

from dataclasses import replace

from codegen.table import Rename, Rows
from tests.codegen.scenarios.toys import HF_CLASS, TARGET, family, snapshot

SNAPSHOT = snapshot((), inner=())
OWNERS = ()
FAMILIES = (
    family(Rows(__name__, ()), config_class=HF_CLASS.replace("ToyConfig", "ToysConfig")),
    family(Rows(__name__, (Rename("gone", "gone"),)), name="toy_sound"),
    family(
        Rows(__name__, ()),
        replace(TARGET, model_class="elsewhere.Hybrid", transformer_class="elsewhere.Latent"),
        name="toy_target",
    ),
)
