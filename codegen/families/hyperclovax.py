"""HyperCLOVA X, as far as it has no norms after attention and MLP, and a residual multiplier of one."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.multipliers import SCALES
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Rename, Since, must_be

FAMILY = Family(
    config="transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig",
    covers="HyperCLOVA X without norms after attention and MLP; the published ones have them.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, SCALES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        Rename("logits_scaling", "mup_output_mult"),
        must_be("use_post_norm", (False,), "Megatron has no norms between attention or MLP and the residual stream"),
    ),
    since=Since("5.9.0", "There was no such class."),
)
