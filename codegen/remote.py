"""Model types whose code comes with the checkpoint, or did, and that are read as a native class of another type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from codegen.parts.files.lineages import LING, LING_2
from codegen.table import Guard, Remote, Scalar, Unread, hard_wired

LING_CONSTANTS: Final = tuple(row for row in LING.rows if isinstance(row, Guard))
LING_DROPPED: Final = tuple(row for row in LING.rows if isinstance(row, Unread))
LING_2_CONSTANTS: Final = tuple(row for row in LING_2.rows if isinstance(row, Guard))
LING_2_DROPPED: Final = tuple(row for row in LING_2.rows if isinstance(row, Unread))


def _ling_2(model_type: str, why: str, architectures: tuple[str, ...], defaults: Mapping[str, Scalar]) -> Remote:
    """The code of Ling 2 and what was made of it."""
    return Remote(
        model_type=model_type,
        native="glm4_moe",
        why=why,
        architectures=architectures,
        renamed={
            "num_experts": "n_routed_experts",
            "num_shared_experts": "n_shared_experts",
            "use_qkv_bias": "attention_bias",
            # Of each shared expert; the class makes them as wide as the others.
            "moe_shared_expert_intermediate_size": "moe_intermediate_size",
        },
        defaults=defaults,
        constants=(*LING_2_CONSTANTS, *LING_CONSTANTS),
        dropped=(
            Unread(
                "rotary_dim", "the code rotates partial_rotary_factor of each head, and does not look at this width"
            ),
            *LING_2_DROPPED,
            *LING_DROPPED,
        ),
    )


def _minicpm_v(version: float, native: str, why: str) -> Remote:
    """MiniCPM-V, whose files have the language model beside the keys of the whole; its version tells which that is."""
    return Remote(
        model_type="minicpmv",
        native=native,
        why=why,
        dropped=tuple(
            Unread(key, "belongs to what makes tokens of images")
            for key in (
                *("batch_vision_input", "drop_vision_last_layer", "image_size", "patch_size", "query_num"),
                *("slice_config", "slice_mode", "use_image_id", "vision_batch_size", "vision_config"),
            )
        ),
        # The first version says none.
        defaults={"version": None},
        constants=(hard_wired("version", version, "which version has which language model is known of 2.6 and 4"),),
        architectures=("MiniCPMV",),
    )


def _qwen(why: str, *, beyond: bool) -> Remote:
    """The first Qwen, which beyond the length of its training scales its rope and its queries, or does not.

    Args:
        why: what was compared.
        beyond: whether it does. Up to that length a rope of dynamic NTK is what it computes.
    """
    reason = "beyond the length of the training the base of the rope grows, and queries grow with their position"
    return Remote(
        model_type="qwen",
        native="qwen2",
        why=why,
        architectures=("QWenLMHeadModel",),
        renamed={
            "seq_length": "max_position_embeddings",
            "layer_norm_epsilon": "rms_norm_eps",
            "attn_dropout_prob": "attention_dropout",
            "rotary_emb_base": "rope_theta",
            "kv_channels": "head_dim",
        },
        # Both halves of the gated MLP.
        products={"intermediate_size": ("intermediate_size", 0.5)},
        scaling={"rope_type": "dynamic", "factor": 1.0} if beyond else {},
        defaults={
            "use_dynamic_ntk": True,
            "use_logn_attn": True,
            "rotary_emb_base": 10000,
            "num_key_value_heads": None,
            "kv_channels": 128,
            "tie_word_embeddings": False,
        },
        dropped=(
            Unread("max_position_embeddings", "how long texts may be; `seq_length` is how long those of training were"),
            *(Unread(key, "chooses a dtype, a kernel or a cache") for key in _KERNELS_OF_QWEN),
        ),
        constants=(
            hard_wired("use_dynamic_ntk", beyond, reason),
            hard_wired("use_logn_attn", beyond, reason),
            hard_wired("rotary_pct", 1.0, "the class rotates the whole head"),
            hard_wired("scale_attn_weights", True, "the class scales scores by the width of a head"),
            hard_wired("no_bias", True, "query, key and value of the class alone have biases"),
            hard_wired("emb_dropout_prob", 0.0, "the class has no dropout on embeddings"),
        ),
    )


_KERNELS_OF_QWEN: Final = (
    *("bf16", "fp16", "fp32", "onnx_safe", "use_flash_attn", "use_cache_quantization", "use_cache_kernel"),
    "softmax_in_fp32",
)

LING_DEFAULTS: Final[Mapping[str, Scalar]] = {
    "use_bias": True,
    "attention_dropout": 0.1,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 16384,
    "num_shared_experts": 0,
    "num_experts_per_tok": 2,
    "num_experts": 16,
}
LING_2_DEFAULTS: Final[Mapping[str, Scalar]] = {
    **LING_DEFAULTS,
    "use_qk_norm": False,
    "first_k_dense_replace": 0,
    "partial_rotary_factor": 1.0,
    "n_group": 8,
    "topk_group": 4,
    "routed_scaling_factor": 2.5,
}

_KERNELS_OF_GLM: Final = (
    *("apply_query_key_layer_scaling", "attention_softmax_in_fp32", "bias_dropout_fusion", "fp32_residual_connection"),
)

REMOTE: Final[tuple[Remote, ...]] = (
    Remote(
        model_type="baichuan",
        native="llama",
        why="Baichuan 7B: Llama with query, key and value in one weight, and as many keys as queries.",
        architectures=("BaiChuanForCausalLM",),
        named="Baichuan 2, which normalises the rows of its output layer, and the 13B models, which have ALiBi, are of "
        "this type too",
        defaults={"vocab_size": 64000, "max_position_embeddings": 4096},
    ),
    Remote(
        model_type="bailing_moe",
        native="aria_text",
        why="Ling: Llama's attention, and in every layer experts, whose normalised softmax scores weigh them, beside "
        "ungated shared ones.",
        architectures=("BailingMoeForCausalLM",),
        renamed={
            "num_experts": "moe_num_experts",
            "num_experts_per_tok": "moe_topk",
            "num_shared_experts": "moe_num_shared_experts",
            "moe_intermediate_size": "intermediate_size",
        },
        dropped=(
            Unread("intermediate_size", "the width of dense layers, of which there are none"),
            Unread("output_router_logits", "chooses whether the scores are returned beside the logits"),
            *LING_DROPPED,
        ),
        defaults=LING_DEFAULTS,
        constants=(
            hard_wired("score_function", "softmax", "the class scores experts with a softmax"),
            hard_wired("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
            hard_wired("first_k_dense_replace", 0, "the class has experts in every layer"),
            hard_wired("use_qkv_bias", False, "a bias of the class is on the output projection too"),
            hard_wired("use_qk_norm", False, "the class does not normalise queries and keys"),
            *LING_CONSTANTS,
        ),
    ),
    _ling_2(
        "bailing_moe",
        "Ling 2, which is published under the type of Ling: GLM-4.5 with query, key and value in one weight.",
        ("BailingMoeForCausalLM", "BailingMoeV2ForCausalLM"),
        {**LING_2_DEFAULTS, "score_function": "softmax"},
    ),
    _ling_2("bailing_moe_v2", "The same under a type of its own.", ("BailingMoeV2ForCausalLM",), LING_2_DEFAULTS),
    Remote(
        model_type="chatglm",
        native="glm",
        why="GLM-4-9B, ChatGLM2 and ChatGLM3: GLM, with query, key and value in one weight, under Megatron's names.",
        architectures=("ChatGLMModel", "ChatGLMForConditionalGeneration"),
        renamed={
            "num_layers": "num_hidden_layers",
            "padded_vocab_size": "vocab_size",
            "ffn_hidden_size": "intermediate_size",
            "kv_channels": "head_dim",
            "multi_query_group_num": "num_key_value_heads",
            "seq_length": "max_position_embeddings",
            "layernorm_epsilon": "rms_norm_eps",
            "add_qkv_bias": "attention_bias",
        },
        # The rope of these models starts from this base.
        products={"rope_theta": ("rope_ratio", 10000.0)},
        defaults={
            "num_layers": 28,
            "padded_vocab_size": 65024,
            "multi_query_attention": False,
            "multi_query_group_num": 1,
            "seq_length": 2048,
            "layernorm_epsilon": 1e-5,
            "add_qkv_bias": False,
            "rope_ratio": 1,
            "pad_token_id": None,
        },
        dropped=(
            Unread("quantization_bit", "how weights are stored"),
            Unread("prefix_projection", "belongs to the prefixes of P-tuning, which `pre_seq_len` must switch off"),
            Unread("attn_implementation", "which kernel computes attention"),
            *(Unread(key, "how it is computed, not what") for key in _KERNELS_OF_GLM),
        ),
        constants=(
            hard_wired("multi_query_attention", True, "keys without groups are those of the first ChatGLM"),
            hard_wired("position_encoding_2d", False, "the first ChatGLM has two positions for each token"),
            hard_wired("apply_residual_connection_post_layernorm", False, "the class adds to what its norms get"),
            hard_wired("post_layer_norm", True, "the class has a norm after its last layer"),
            hard_wired("rmsnorm", True, "the class has RMSNorm alone"),
            hard_wired("add_bias_linear", False, "query, key and value of the class alone have biases"),
            hard_wired("original_rope", True, "the class has one rope"),
            hard_wired("hidden_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
            hard_wired("pre_seq_len", None, "the class has no prefixes of P-tuning"),
            hard_wired("tie_word_embeddings", False, "the code never ties its output layer to the embeddings"),
        ),
    ),
    Remote(
        model_type="exaone",
        native="llama",
        why="EXAONE 3: Llama under GPT-2's names.",
        architectures=("ExaoneForCausalLM",),
        native_since="5.24.0",
    ),
    Remote(
        model_type="kimi_k2",
        native="deepseek_v3",
        why="Kimi K2 runs DeepSeek-V3's own code, under another name for its tokenizer.",
        architectures=("DeepseekV3ForCausalLM",),
    ),
    Remote(
        model_type="internlm2",
        native="llama",
        why="Llama with query, key and value in one weight; `bias` is that of all four projections of attention.",
        architectures=("InternLM2ForCausalLM",),
        renamed={"bias": "attention_bias"},
    ),
    Remote(
        model_type="mimo",
        native="qwen2",
        why="Qwen2, and layers that predict further tokens.",
        architectures=("MiMoForCausalLM",),
    ),
    _minicpm_v(2.6, "qwen2", "MiniCPM-V 2.6: Qwen2, with a resampler for images."),
    _minicpm_v(4.0, "llama", "MiniCPM-V 4: Llama, with a resampler for images."),
    _qwen(
        "Qwen 1.8B to 14B, as far as their training went: Qwen2, with query, key and value in one weight.", beyond=True
    ),
    _qwen("Qwen 72B: the same, and nothing begins after that.", beyond=False),
    Remote(
        model_type="sarvam_mla",
        native="deepseek_v3",
        why="Sarvam 105B: DeepSeek-V3 under other names.",
        architectures=("SarvamMLAForCausalLM",),
        dropped=(
            Unread("head_dim", "the class derives it"),
            Unread("q_head_dim", "the class derives it"),
        ),
        rope_types={"deepseek_yarn": "yarn"},
        native_since="5.24.0",
    ),
    Remote(
        model_type="sarvam_moe",
        native="glm4_moe",
        why="Sarvam 30B: GLM-4.5, with rope on whole heads.",
        architectures=("SarvamMoEForCausalLM",),
        native_since="5.24.0",
    ),
    Remote(
        model_type="xverse",
        native="llama",
        why="XVERSE 7B, 13B and 65B: Llama, with as many keys as queries.",
        architectures=("XverseForCausalLM",),
        constants=(
            hard_wired("num_experts", None, "XVERSE-MoE has the same type, and experts, which Llama does not have"),
        ),
        dropped=(Unread("max_tokenizer_truncation", "how long a text the tokenizer lets through"),),
    ),
)
