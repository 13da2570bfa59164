"""Meta's Code World Model."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.attention.windows import GIVEN_WINDOW
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.pattern import DENSE
from codegen.table import Constant, Family, must_be

FAMILY = Family(
    config="transformers.models.cwm.configuration_cwm.CwmConfig",
    covers="Meta's Code World Model, 32B.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, GIVEN_WINDOW, ONE_RANK, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Constant("add_bias_linear", False, "No linear layer has a bias when mlp_bias is False."),
        must_be(
            "mlp_bias", (False,), "attention has no biases, and Megatron has those of the MLP only with biases there"
        ),
    ),
)
