"""Owners of fields that are gone or listed twice, and groups that mix up who says what absence means."""

from __future__ import annotations

from codegen.table import Absence, Group, Owner
from tests.codegen.scenarios.toys import INNER, architecture, caller, family, megatron, snapshot, suggested

SNAPSHOT = snapshot((), inner=(megatron("window"), megatron("fusion", "bool", False), megatron("parallel")))
OWNERS = (
    architecture(Absence("window", 0), Absence("windows", 0)),
    architecture(Absence("window", 0), classes=("ToyTransformerConfig", "ToyModelConfig")),
    Group("plain", INNER, Owner.ARCHITECTURE, "Without saying what absence means.", ("parallel",)),
    Group("absent", INNER, Owner.SUGGESTED, "Nothing suggested is absent.", (Absence("fusion", False),)),
    suggested("gone"),
    caller("window"),
)
FAMILY = family()
