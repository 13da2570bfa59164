"""CodeGen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT
from codegen.parts.decoder.gptj import GPTJ_DECODER
from codegen.table import Family, Ignored, Kind, Lacks, require

if TYPE_CHECKING:
    from transformers.models.codegen.configuration_codegen import CodeGenConfig


def in_four_parts(hf: CodeGenConfig) -> bool:
    return hf.n_embd % 4 == 0


FAMILY = Family(
    config="transformers.models.codegen.configuration_codegen.CodeGenConfig",
    covers="CodeGen, of the first release.",
    lacks=Lacks("transformers.models.codegen.modeling_codegen.CodeGenBlock", "attention and MLP in parallel"),
    parts=(GPTJ_DECODER,),
    targets=(GPT,),
    rows=(
        require(
            "n_embd",
            in_four_parts,
            "must be a multiple of 4: the class has queries, values and keys in one projection, of four parts of each",
        ),
        Ignored(
            "n_ctx",
            Kind.INFERENCE,
            "the class reads n_positions; up to 5.23.0 a number follows from it that no layer takes",
        ),
    ),
)
