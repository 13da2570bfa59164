"""The language models of Qwen3.5's models with experts: Gated DeltaNet in three layers of four."""

from __future__ import annotations

from codegen.families.decoder import KERNELS_OF_EXPERTS
from codegen.families.delta_net import DELTA_NET, HYBRID_EXPERTS, IN_PATTERN_TOO
from codegen.families.experts import ALL_EXPERTS, BALANCED_BY_LOSS, SOFTMAX_SCORES
from codegen.families.hybrid import as_hybrid
from codegen.families.routers import EXPERTS_ALONE, GATED_SHARED_EXPERT, NORMALISED, NUMBERED_EXPERTS
from codegen.families.targets import GPT
from codegen.table import Family, HardWired, Rows

TABLE = Rows(
    module=__name__,
    extends=(
        *(DELTA_NET, ALL_EXPERTS, NUMBERED_EXPERTS, GATED_SHARED_EXPERT),
        *(SOFTMAX_SCORES, NORMALISED, BALANCED_BY_LOSS, KERNELS_OF_EXPERTS),
    ),
    drop=("intermediate_size",),
    rows=(
        EXPERTS_ALONE,
        HardWired("attn_output_gate", True, "the class gates the output of its attention always"),
        HardWired("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
        HardWired("decoder_sparse_step", 1, "the class has experts in every layer"),
    ),
)

QWEN3_5_MOE_TEXT = Family(
    name="qwen3_5_moe_text",
    config_class="transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeTextConfig",
    target=GPT,
    table=TABLE,
    covers="The language models of Qwen3.5's models with experts.",
    hybrid=as_hybrid(TABLE, *HYBRID_EXPERTS, without=IN_PATTERN_TOO),
)
