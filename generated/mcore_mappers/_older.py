"""What config classes were in older releases of transformers: spelt otherwise, or something else."""

from __future__ import annotations

from mcore_mappers_runtime.records import (
    Also,
    Always,
    Attribute,
    Beside,
    ByDefault,
    Dense,
    Every,
    Fixed,
    From,
    Older,
    Otherwise,
    Replaced,
    Throughout,
    Words,
)

OLDER: tuple[tuple[Older | Otherwise, frozenset[str]], ...] = (
    (
        Otherwise(
            "attention_chunk_size",
            "5.24.0",
            "the mask of chunks was made even if no layer had them, and cannot be made without their size",
            cure=Replaced(value=None, by=8192),
        ),
        frozenset({"llama4_text"}),
    ),
    (
        Older("first_k_dense_replace", "5.11.0", Attribute(name="first_k_dense_replace", absent=3)),
        frozenset({"glm_moe_dsa"}),
    ),
    (Older("head_dim", "5.11.0", Attribute(name="qk_rope_head_dim", absent=64)), frozenset({"glm_moe_dsa"})),
    (
        Otherwise(
            "hidden_act",
            "5.18.0",
            "gelu was computed exactly, and not as the tanh approximation for which it stands in Gemma's files",
            cure=Replaced(value="gelu", by="gelu_pytorch_tanh"),
        ),
        frozenset({"gemma"}),
    ),
    (
        Otherwise("index_head_dim", "5.13.0", "the indexer rotates the halves of a head, and not pairs of neighbours"),
        frozenset({"glm_moe_dsa"}),
    ),
    (Older("index_skip_topk_offset", "5.11.0", Always(value=2)), frozenset({"glm_moe_dsa"})),
    (Older("index_topk_freq", "5.6.0", Always(value=1)), frozenset({"glm_moe_dsa"})),
    (Older("index_topk_pattern", "5.6.0", Always(value=None)), frozenset({"glm_moe_dsa"})),
    (Older("indexer_types", "5.6.0", Every(entry="full")), frozenset({"glm_moe_dsa"})),
    (Older("layer_types", "5.11.0", Every(entry="indexed_attention")), frozenset({"glm_moe_dsa"})),
    (
        Older("layer_types", "5.13.0", Words(older=(("mamba", "linear_attention"), ("attention", "full_attention")))),
        frozenset({"granitemoehybrid"}),
    ),
    (
        Older("layer_types", "5.18.0", Words(older=(("deepseek_sparse_attention", "indexed_attention"),))),
        frozenset({"deepseek_v32", "glm_moe_dsa"}),
    ),
    (
        Otherwise(
            "layer_types",
            "5.24.0",
            "layers with rope had chunks even where these had no size",
            cure=Throughout(entry="full_attention", without="attention_chunk_size"),
        ),
        frozenset({"llama4_text"}),
    ),
    (
        Older(
            "layers_block_type", "5.13.0", Words(older=(("mamba", "linear_attention"), ("attention", "full_attention")))
        ),
        frozenset({"nemotron_h"}),
    ),
    (
        Otherwise(
            "mamba_n_groups", "5.23.0", "the gated norm spans the channels of all groups, and not of each", unless=(1,)
        ),
        frozenset({"bamba", "granitemoehybrid"}),
    ),
    (Older("mlp_bias", "5.11.0", Always(value=False)), frozenset({"glm_moe_dsa"})),
    (Older("mlp_layer_types", "5.20.0", Dense(name="first_k_dense_replace")), frozenset({"axk1"})),
    (Older("mtp_layer_types", "5.20.0", Attribute(name="mtp_layer_types", absent=None)), frozenset({"mellum"})),
    (
        Older(
            "mtp_layers_block_type",
            "5.13.0",
            Words(older=(("mamba", "linear_attention"), ("attention", "full_attention"))),
        ),
        frozenset({"nemotron_h"}),
    ),
    (Older("mtp_mlp_layer_types", "5.20.0", Attribute(name="mtp_mlp_layer_types", absent=None)), frozenset({"mellum"})),
    (
        Otherwise(
            "n_group",
            "5.6.0",
            "experts outside of the chosen groups count as zero, which is more than the biased score of some that "
            "are chosen",
            unless=(None, 1),
        ),
        frozenset(
            {
                "deepseek_v3",
                "dots1",
                "exaone_moe",
                "glm4_moe",
                "glm4_moe_lite",
                "glm4v_moe_text",
                "glm_moe_dsa",
                "nemotron_h",
                "solar_open",
            }
        ),
    ),
    (
        Otherwise(
            "n_groups", "5.23.0", "the gated norm spans the channels of all groups, and not of each", unless=(1,)
        ),
        frozenset({"mamba2"}),
    ),
    (Older("n_routed_experts", "5.13.0", Also(name="num_experts")), frozenset({"deepseek_v32"})),
    (
        Otherwise("n_routed_experts", "5.13.0", "num_experts was not read", cure=From(key="num_experts", more=0)),
        frozenset({"glm_moe_dsa"}),
    ),
    (
        Older("num_mtp_layers", "5.14.0", Attribute(name="num_nextn_predict_layers", absent=1)),
        frozenset({"deepseek_v3", "glm4_moe"}),
    ),
    (Older("num_mtp_layers", "5.20.0", Attribute(name="num_nextn_predict_layers", absent=None)), frozenset({"mellum"})),
    (
        Older("output_router_logits", "5.19.0", Attribute(name="output_router_logits", absent=False)),
        frozenset(
            {
                "axk1",
                "deepseek_v2",
                "deepseek_v3",
                "deepseek_v32",
                "dots1",
                "exaone_moe",
                "glm4_moe",
                "glm4_moe_lite",
                "glm4v_moe_text",
                "glm_moe_dsa",
                "lfm2_moe",
                "mimo_v2_flash",
                "nemotron_h",
                "qwen3_vl_moe_text",
                "solar_open",
            }
        ),
    ),
    (
        Older("partial_rotary_factor", "5.20.0", Beside(dictionary="rope_parameters")),
        frozenset(
            {
                "afmoe",
                "apertus",
                "arcee",
                "aria_text",
                "axk1",
                "bamba",
                "cohere",
                "cohere2",
                "cwm",
                "deepseek",
                "deepseek_v2",
                "deepseek_v3",
                "deepseek_v32",
                "dots1",
                "ernie4_5",
                "ernie4_5_moe",
                "exaone4",
                "exaone_moe",
                "falcon",
                "flex_olmo",
                "gemma",
                "glm",
                "glm4",
                "glm4_moe",
                "glm4_moe_lite",
                "glm4v_moe_text",
                "glm4v_text",
                "glm_moe_dsa",
                "gpt_oss",
                "granite",
                "granite_swa",
                "granitemoe",
                "granitemoe_swa",
                "granitemoehybrid",
                "granitemoeshared",
                "helium",
                "hy_v3",
                "hyperclovax",
                "jais2",
                "lfm2",
                "lfm2_moe",
                "llama",
                "llama4_text",
                "mellum",
                "mimo_v2_flash",
                "minicpm",
                "minimax_m2",
                "minimax_m3_vl_text",
                "ministral",
                "ministral3",
                "mistral",
                "mixtral",
                "nemotron",
                "olmo",
                "olmo2",
                "olmoe",
                "paddleocr_vl_text",
                "persimmon",
                "phi",
                "qwen2",
                "qwen2_5_omni_text",
                "qwen2_5_vl_text",
                "qwen2_moe",
                "qwen2_vl_text",
                "qwen3",
                "qwen3_5_moe_text",
                "qwen3_5_text",
                "qwen3_moe",
                "qwen3_next",
                "qwen3_omni_moe_text",
                "qwen3_vl_moe_text",
                "qwen3_vl_text",
                "seed_oss",
                "smollm3",
                "solar_open",
                "stablelm",
                "starcoder2",
                "vaultgemma",
                "youtu",
            }
        ),
    ),
    (Older("partial_rotary_factor", "5.20.0", Fixed(value=0.5)), frozenset({"bamba"})),
    (
        Otherwise("qk_rope_head_dim", "5.11.0", "attention rotates the halves of a head, and not pairs of neighbours"),
        frozenset({"glm_moe_dsa"}),
    ),
    (
        Otherwise(
            "rope_parameters.partial_rotary_factor",
            "5.17.0",
            "half of each head is rotated, whatever it says",
            unless=(0.5, None),
        ),
        frozenset({"bamba"}),
    ),
    (
        Otherwise(
            "rope_parameters.rope_type",
            "5.15.0",
            "the default rope rotates whole heads, whatever partial_rotary_factor says",
            unless=("linear", "dynamic", "yarn", "longrope", "llama3"),
        ),
        frozenset({"bamba"}),
    ),
    (
        Otherwise("router_aux_loss_coef", "5.6.0", "the default was 0.9", cure=ByDefault(value=0.001)),
        frozenset({"gpt_oss"}),
    ),
    (
        Otherwise("sliding_window", "5.20.0", "the default was 128", cure=ByDefault(value=129)),
        frozenset({"mimo_v2_flash"}),
    ),
    (
        Otherwise(
            "sliding_window", "5.20.0", "sliding_window_size was not read", cure=From(key="sliding_window_size", more=1)
        ),
        frozenset({"mimo_v2_flash"}),
    ),
    (Older("swiglu_alpha", "5.19.0", Always(value=1.702)), frozenset({"gpt_oss"})),
    (Older("swiglu_limit", "5.19.0", Always(value=7.0)), frozenset({"gpt_oss"})),
    (
        Otherwise("vocab_size", "5.16.0", "the default was 32000", cure=ByDefault(value=102400)),
        frozenset({"deepseek_v2"}),
    ),
)
