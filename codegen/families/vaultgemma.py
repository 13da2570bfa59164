"""VaultGemma."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.decoder.gemma import GEMMA
from codegen.parts.positions.rope import ROPE
from codegen.table import Family, Rename, layered, must_be

FAMILY = Family(
    config="transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig",
    covers="VaultGemma.",
    parts=(GEMMA, ROPE),
    targets=(GPT, HYBRID),
    rows=(
        *layered(
            Rename("attn_logit_softcapping", "attn_logit_softcapping"),
            otherwise=must_be("attn_logit_softcapping", (None,), "Megatron has no soft cap on scores"),
        ),
        *layered(
            Rename("final_logit_softcapping", "final_logit_softcapping"),
            otherwise=must_be("final_logit_softcapping", (None,), "Megatron has no soft cap on logits"),
        ),
    ),
)
