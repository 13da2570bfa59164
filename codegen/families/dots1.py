"""dots.llm1."""

from __future__ import annotations

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.biases import ATTENTION_BIAS
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import UNDECLARED_HEAD_DIM
from codegen.parts.attention.windows import LAYERED_WINDOW, QK_NORM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import GIVEN_SHARED_EXPERTS, ON_HIDDEN_STATE
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import FIRST_DENSE
from codegen.parts.experts.routers import EXPERTS_AFTER_DENSE, ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.positions.rope import ROPE
from codegen.table import Family, Ignored, Kind, Rename, hard_wired

FAMILY = Family(
    config="transformers.models.dots1.configuration_dots1.Dots1Config",
    covers="dots.llm1.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        UNDECLARED_HEAD_DIM,
        QK_NORM,
        ATTENTION_BIAS,
        LAYERED_WINDOW,
        FIRST_DENSE,
        GROUPED_ROUTER,
        GIVEN_SHARED_EXPERTS,
        BALANCED_BY_BIAS,
        ON_HIDDEN_STATE,
        EXPERTS_AFTER_DENSE,
        DEEPSEEK,
    ),
    targets=(GPT, HYBRID),
    rows=(
        Rename("n_routed_experts", "num_moe_experts", required=True),
        Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
        hard_wired(
            "scoring_func",
            "sigmoid",
            "the class scores experts with a sigmoid, and files say here too that a bias chooses them",
            also=("noaux_tc",),
        ),
        hard_wired(
            "use_sliding_window",
            False,
            "the class has a window in the layers that layer_types names, whatever this says",
        ),
        Ignored(
            "max_window_layers",
            Kind.DEAD,
            "only fills in layer_types where a config is built without them; layer_types decides",
        ),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, GROUPS_AT_ZERO),
)
