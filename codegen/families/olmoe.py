"""OLMoE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM_OVER_HEADS
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.olmo import OLMO_EXPERTS
from codegen.parts.experts.routers import experts_alone
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Lacks, must_be, positive, require

if TYPE_CHECKING:
    from transformers.models.olmoe.configuration_olmoe import OlmoeConfig


def norms_fit(hf: OlmoeConfig, head_dim: int | None) -> bool:
    derived = hf.hidden_size // hf.num_attention_heads if hf.num_attention_heads else 0
    return hf.hidden_size == derived * hf.num_attention_heads and head_dim in (None, derived)


FAMILY = Family(
    config="transformers.models.olmoe.configuration_olmoe.OlmoeConfig",
    covers="OLMoE.",
    lacks=Lacks(
        "transformers.models.olmoe.modeling_olmoe.OlmoeAttention.q_norm",
        "norms of queries and keys over all heads together; Megatron has them by head",
    ),
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        ATTENTION_BIAS,
        QK_NORM_OVER_HEADS,
        OLMO_EXPERTS,
        ONE_KIND_OF_LAYER,
    ),
    targets=(GPT, HYBRID),
    replaces=("ffn_hidden_size",),
    rows=(
        *experts_alone("intermediate_size"),
        require(
            "head_dim",
            norms_fit,
            "must be hidden_size // num_attention_heads: the norm of queries is as wide as the hidden state",
        ),
        must_be("clip_qkv", (None,), "Megatron does not clamp queries, keys and values"),
        *positive("clip_qkv"),
        must_be(
            "sliding_window", (None,), "the class makes no mask of a window, and some of its attentions have one of it"
        ),
    ),
)
