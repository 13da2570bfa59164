"""EXAONE 3 and 3.5."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import Family, Since, hard_wired

FAMILY = Family(
    config="transformers.models.exaone.configuration_exaone.ExaoneConfig",
    covers="EXAONE 3 and 3.5.",
    parts=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, ONE_KIND_OF_LAYER, DENSE),
    targets=(GPT, HYBRID),
    rows=(
        hard_wired("embed_dropout", 0.0, "the class has no dropout on embeddings"),
        hard_wired("rope_interleaved", False, "the class rotates the halves of each head, and no pairs of neighbours"),
    ),
    since=Since("5.24.0", "There was no such class."),
)
