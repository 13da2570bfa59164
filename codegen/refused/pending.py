"""Classes that nobody has looked at yet."""

from __future__ import annotations

from typing import Final

from codegen.table import Pending

PENDING: Final[tuple[Pending, ...]] = (
    Pending("exaone", "transformers.models.exaone.configuration_exaone.ExaoneConfig"),
    Pending("sarvam_mla", "transformers.models.sarvam_mla.configuration_sarvam_mla.SarvamMLAConfig"),
    Pending("sarvam_moe", "transformers.models.sarvam_moe.configuration_sarvam_moe.SarvamMoEConfig"),
)
