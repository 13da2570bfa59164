"""GPT-J."""

from __future__ import annotations

from codegen.megatron.targets import GPT
from codegen.parts.decoder.gptj import GPTJ_DECODER
from codegen.parts.decoder.language_model import NO_PADDING_ROW
from codegen.table import Family, Lacks

FAMILY = Family(
    config="transformers.models.gptj.configuration_gptj.GPTJConfig",
    covers="GPT-J.",
    lacks=Lacks("transformers.models.gptj.modeling_gptj.GPTJBlock", "attention and MLP in parallel"),
    parts=(GPTJ_DECODER, NO_PADDING_ROW),
    targets=(GPT,),
)
