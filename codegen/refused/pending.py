"""Classes that nobody has looked at yet."""

from __future__ import annotations

from typing import Final

from codegen.table import Pending

PENDING: Final[tuple[Pending, ...]] = (
    Pending("apertus1p5_text", "transformers.models.apertus1p5.configuration_apertus1p5.Apertus1p5TextConfig"),
    Pending("dory", "transformers.models.dory.configuration_dory.DoryConfig"),
    Pending("exaone", "transformers.models.exaone.configuration_exaone.ExaoneConfig"),
    Pending(
        "inkling2_loop_text",
        "transformers.models.inkling2_loop.configuration_inkling2_loop.Inkling2LoopTextConfig",
    ),
    Pending("lara_mini", "transformers.models.lara_mini.configuration_lara_mini.LaraMiniConfig"),
    Pending("sarvam_mla", "transformers.models.sarvam_mla.configuration_sarvam_mla.SarvamMLAConfig"),
    Pending("sarvam_moe", "transformers.models.sarvam_moe.configuration_sarvam_moe.SarvamMoEConfig"),
)
