"""The language model of DeepSeek-OCR 2: plain attention, and DeepSeek-V2's experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import NO_ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.decoder.sizes import ONE_RANK
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS, UNBIASED_EXPERTS
from codegen.parts.experts.limited import LIMITED_ROUTER
from codegen.parts.experts.placed import LISTED_EXPERTS
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import ByDefault, Family, NoInverse, Otherwise, Since, require

if TYPE_CHECKING:
    from transformers.models.deepseek_ocr2.configuration_deepseek_ocr2 import DeepseekOcr2TextConfig


def heads_are_derived(hf: DeepseekOcr2TextConfig) -> bool:
    return hf.head_dim is None or hf.num_attention_heads < 1 or hf.head_dim == hf.hidden_size // hf.num_attention_heads


FAMILY = Family(
    config="transformers.models.deepseek_ocr2.configuration_deepseek_ocr2.DeepseekOcr2TextConfig",
    body="transformers.models.deepseek_ocr2.modeling_deepseek_ocr2.DeepseekOcr2TextModel",
    covers="The language model of DeepSeek-OCR 2.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        HEAD_DIM,
        NO_ATTENTION_BIAS,
        LISTED_EXPERTS,
        LIMITED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        UNBIASED_EXPERTS,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        ONE_RANK,
        DEEPSEEK,
    ),
    targets=(GPT, HYBRID),
    rows=(
        require(
            "head_dim",
            heads_are_derived,
            "must be hidden_size // num_attention_heads, to which the class sets it whenever a config is built",
            inverse=NoInverse("it is read back from kv_channels"),
        ),
    ),
    since=Since("5.11.0", "There was no such class."),
    older=(ROUTER_LOGITS_UNDECLARED, Otherwise("vocab_size", "5.16.0", "the default was 32000", ByDefault(102400))),
)
