"""The language model of Qwen3-Omni's thinker."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import QK_NORM
from codegen.parts.decoder.ties import DECODER_IN_COMPOSITE
from codegen.parts.experts.balancing import BALANCED_BY_LOSS
from codegen.parts.experts.counted import NO_SHARED_EXPERTS
from codegen.parts.experts.placed import STEPPED_EXPERTS
from codegen.parts.experts.routers import NORMALISED_IF_SAID, NUMBERED_EXPERTS, SOFTMAX_SCORES
from codegen.parts.files.lineages import QWEN
from codegen.parts.positions.rope import ROPE
from codegen.parts.positions.sections import INTERLEAVED_SECTIONS
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Family, Ignored, Kind, must_be

FAMILY = Family(
    config="transformers.models.qwen3_omni_moe.configuration_qwen3_omni_moe.Qwen3OmniMoeTextConfig",
    body="transformers.models.qwen3_omni_moe.modeling_qwen3_omni_moe.Qwen3OmniMoeThinkerTextModel",
    covers="The language model of Qwen3-Omni's thinker.",
    parts=(
        DECODER_IN_COMPOSITE,
        GROUPED_QUERY,
        ROPE,
        INTERLEAVED_SECTIONS,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        STEPPED_EXPERTS,
        NUMBERED_EXPERTS,
        NO_SHARED_EXPERTS,
        SOFTMAX_SCORES,
        NORMALISED_IF_SAID,
        BALANCED_BY_LOSS,
        ONE_KIND_OF_LAYER,
        QWEN,
    ),
    targets=(GPT, HYBRID),
    rows=(
        must_be("sliding_window", (None,), "the cache of generation keeps as many tokens, and attention has no window"),
        *(
            Ignored(name, Kind.INFERENCE, "belongs to what makes sound of codes")
            for name in ("codebook_size", "num_quantizers")
        ),
    ),
)
