"""Llama 2 to 3.3, and the many checkpoints that use its class."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import BIASES
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.parts.stack.pattern import DENSE
from codegen.table import (
    Family,
    Unread,
    hard_wired,
)

FAMILY = Family(
    config="transformers.models.llama.configuration_llama.LlamaConfig",
    covers="Llama 2 to 3.3, and the many checkpoints that use its class.",
    parts=(DECODER, DENSE, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, ONE_KIND_OF_LAYER, ONE_RANK),
    targets=(GPT, HYBRID),
    rows=(
        Unread("is_llama_config", "Nanotron says here that the file is one of this class"),
        Unread("internal_version", "ALLaM's own name of the checkpoint"),
        hard_wired("rope_interleaved", False, "the class rotates the halves of each head, and no pairs of neighbours"),
    ),
)
