"""The language model of Emu3, whose vocabulary holds images too."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.dropouts import Dropout, Place, Published, hidden_dropouts
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, must_be

FAMILY = Family(
    config="transformers.models.emu3.configuration_emu3.Emu3TextConfig",
    body="transformers.models.emu3.modeling_emu3.Emu3TextModel",
    covers="The language model of Emu3, whose vocabulary holds images too.",
    parts=(DECODER, GROUPED_QUERY, ROPE, UNDECLARED_HEAD_DIM, NO_ATTENTION_BIAS, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    replaces=("hidden_dropout",),
    rows=(
        *hidden_dropouts(
            Dropout("attention_dropout", Place.ADDED, Published(0.1, "BAAI/Emu3-Chat-hf"), in_attention=True)
        ),
        must_be(
            "mlp_bias", (False,), "it biases MLPs and no projection of attention; Megatron biases all linear layers"
        ),
    ),
)
