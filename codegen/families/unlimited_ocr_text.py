"""The language model of Unlimited-OCR, as far as all of its layers attend to all earlier tokens."""

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
from codegen.parts.experts.routers import ROUTER_LOGITS
from codegen.parts.files.lineages import DEEPSEEK, when_built
from codegen.parts.positions.rope import ROPE
from codegen.table import Family, Ignored, Inverse, Kind, NoInverse, Since, require

if TYPE_CHECKING:
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig
    from transformers.models.unlimited_ocr.configuration_unlimited_ocr import UnlimitedOcrTextConfig

    from mcore_mappers_runtime.windows import window_types


def heads_are_derived(hf: UnlimitedOcrTextConfig) -> bool:
    return hf.head_dim is None or hf.num_attention_heads < 1 or hf.head_dim == hf.hidden_size // hf.num_attention_heads


def keys_fit_queries(hf: UnlimitedOcrTextConfig) -> bool:
    return hf.num_key_value_heads is None or hf.num_key_value_heads in (1, hf.num_attention_heads)


def every_layer_attends_to_all(hf: UnlimitedOcrTextConfig) -> bool:
    return hf.layer_types == ["full_attention"] * hf.num_hidden_layers


def layer_types_back(model: GPTModelConfig | HybridModelConfig) -> list[str]:
    return ["full_attention" for _ in window_types(model)]


FAMILY = Family(
    config="transformers.models.unlimited_ocr.configuration_unlimited_ocr.UnlimitedOcrTextConfig",
    body="transformers.models.unlimited_ocr.modeling_unlimited_ocr.UnlimitedOcrTextModel",
    covers="The language model of Unlimited-OCR without windows of what is generated; the published one has them.",
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
        ROUTER_LOGITS,
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
        require(
            "num_key_value_heads",
            keys_fit_queries,
            "must be num_attention_heads, or 1: the class's eager attention multiplies queries by keys as they come",
        ),
        require(
            "layer_types",
            every_layer_attends_to_all,
            "must be 'full_attention' for every layer: what another layer generates attends to all of the prompt and "
            "to a window of what was generated, with a cache, and Megatron tells neither from the other",
            inverse=(Inverse("layer_types", layer_types_back),),
        ),
        Ignored("sliding_window", Kind.INFERENCE, "belongs to layers with windows, of which there are none"),
        when_built("first_k_dense_replace", "mlp_layer_types"),
    ),
    since=Since("5.20.0", "There was no such class."),
)
