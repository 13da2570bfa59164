"""Solar Open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.megatron.targets import GPT, HYBRID
from codegen.parts.attention.groups import GROUPED_QUERY
from codegen.parts.attention.heads import GIVEN_HEAD_DIM
from codegen.parts.decoder.archetype import DECODER
from codegen.parts.experts.balancing import BALANCED_BY_BIAS
from codegen.parts.experts.counted import COUNTED_SHARED_EXPERTS, ROUTED_EXPERTS
from codegen.parts.experts.groups import GROUPED_ROUTER, GROUPS_AT_ZERO
from codegen.parts.experts.placed import ALL_EXPERTS
from codegen.parts.experts.routers import ROUTER_LOGITS_UNDECLARED
from codegen.parts.files.lineages import DEEPSEEK
from codegen.parts.positions.rope import ROPE
from codegen.parts.stack.kinds import ONE_KIND_OF_LAYER
from codegen.table import Computed, Constant, Family, Ignored, Kind, NoInverse, Rename

if TYPE_CHECKING:
    from transformers.models.solar_open.configuration_solar_open import SolarOpenConfig


def ffn_hidden_size(hf: SolarOpenConfig) -> int:
    return hf.moe_intermediate_size


FAMILY = Family(
    config="transformers.models.solar_open.configuration_solar_open.SolarOpenConfig",
    covers="Solar Open.",
    parts=(
        DECODER,
        GROUPED_QUERY,
        ROPE,
        ALL_EXPERTS,
        GROUPED_ROUTER,
        COUNTED_SHARED_EXPERTS,
        BALANCED_BY_BIAS,
        GIVEN_HEAD_DIM,
        ROUTED_EXPERTS,
        ONE_KIND_OF_LAYER,
        DEEPSEEK,
    ),
    targets=(GPT, HYBRID),
    replaces=("intermediate_size",),
    rows=(
        Constant("add_bias_linear", False, "Query, key and value alone may have biases."),
        Rename("attention_bias", "add_qkv_bias"),
        Computed(
            "ffn_hidden_size",
            ffn_hidden_size,
            "No layer has a dense MLP.",
            NoInverse("moe_intermediate_size is read back from moe_ffn_hidden_size"),
        ),
        Ignored(
            "intermediate_size",
            Kind.INFERENCE,
            "the width of dense layers, of which the class has none; its shared MLP is given another",
        ),
    ),
    older=(ROUTER_LOGITS_UNDECLARED, GROUPS_AT_ZERO),
)
