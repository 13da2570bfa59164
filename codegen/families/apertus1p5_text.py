"""The language model of Apertus 1.5, as far as its activation is not xIELU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.norms import RMS_NORM
from codegen.parts.decoder.sizes import SIZES
from codegen.parts.mlp.gates import plain_mlp
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Inverse, Since, positive, require

if TYPE_CHECKING:
    from transformers.models.apertus1p5.configuration_apertus1p5 import Apertus1p5TextConfig


def head_is_whole(hf: Apertus1p5TextConfig) -> bool:
    return hf.output_vocab_size is None or hf.output_vocab_size == hf.vocab_size


def output_vocab_size_of() -> None:
    return None


FAMILY = Family(
    config="transformers.models.apertus1p5.configuration_apertus1p5.Apertus1p5TextConfig",
    covers="The language model of Apertus 1.5 with a fixed activation; the published ones have xIELU, whose shape is "
    "learned.",
    parts=(
        SIZES,
        RMS_NORM,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        ONE_KIND_OF_LAYER,
        DENSE,
    ),
    targets=(GPT, HYBRID),
    rows=(
        *plain_mlp("hidden_act"),
        *positive("output_vocab_size"),
        require(
            "output_vocab_size",
            head_is_whole,
            "must be None or vocab_size: Megatron's output layer has a row for every token that is embedded",
            inverse=(Inverse("output_vocab_size", output_vocab_size_of),),
        ),
    ),
    since=Since("5.24.0", "There was no such class."),
)
