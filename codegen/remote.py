"""Model types whose code comes with the checkpoint, and that are read as a native class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from codegen.table import Remote, Scalar, Unread, hard_wired

NO_NORMALISED_HEAD: Final = hard_wired("norm_head", False, "no class normalises the rows of its output layer")
NO_BIAS_IN_MLP: Final = hard_wired("use_bias", False, "no class has the biases that this code has in all linear layers")
LING_CONSTANTS: Final = (
    NO_BIAS_IN_MLP,
    NO_NORMALISED_HEAD,
    hard_wired("norm_softmax", False, "no class normalises what goes into the last softmax"),
    hard_wired("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
    hard_wired("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
)
WINDOW_IS_OFF: Final = "from which layer on attention has a window, which use_sliding_window must switch off"


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
        },
        defaults=defaults,
        constants=(
            hard_wired("score_function", "sigmoid", "the class scores experts with a sigmoid"),
            hard_wired("use_rmsnorm", True, "the class has RMSNorm alone"),
            hard_wired("use_sliding_window", False, "the attention of the class has no window"),
            hard_wired("moe_router_enable_expert_bias", True, "the class chooses experts with a bias"),
            *LING_CONSTANTS,
        ),
        dropped=(
            Unread("using_split_qkv_in_self_attention", "whether queries, keys and values are stored as one weight"),
            Unread("router_dtype", "the class scores experts in float32 always"),
            Unread(
                "mtp_loss_scaling_factor", "belongs to the loss of the training, which transformers does not compute"
            ),
            Unread("max_window_layers", WINDOW_IS_OFF),
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

REMOTE: Final[tuple[Remote, ...]] = (
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
            Unread("max_window_layers", WINDOW_IS_OFF),
        ),
        defaults=LING_DEFAULTS,
        constants=(
            hard_wired("score_function", "softmax", "the class scores experts with a softmax"),
            hard_wired("norm_topk_prob", True, "the class makes the weights of a token's experts add up to one always"),
            hard_wired("first_k_dense_replace", 0, "the class has experts in every layer"),
            hard_wired("use_qkv_bias", False, "a bias of the class is on the output projection too"),
            hard_wired("use_qk_norm", False, "the class does not normalise queries and keys"),
            hard_wired("use_sliding_window", False, "the attention of the class has no window"),
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
        model_type="exaone",
        native="llama",
        why="EXAONE 3: Llama under GPT-2's names.",
        architectures=("ExaoneForCausalLM",),
        renamed={
            "num_layers": "num_hidden_layers",
            "activation_function": "hidden_act",
            "layer_norm_epsilon": "rms_norm_eps",
        },
        constants=(hard_wired("embed_dropout", 0.0, "the class has no dropout on embeddings"),),
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
    _ling_2(
        "sarvam_moe",
        "Sarvam 30B: Ling 2's code with other defaults, which rotates the whole head.",
        ("SarvamMoEForCausalLM",),
        {
            "use_qk_norm": True,
            "partial_rotary_factor": 1.0,
            "rms_norm_eps": 1e-6,
            "num_experts_per_tok": 6,
            "max_position_embeddings": 4096,
            "routed_scaling_factor": 2.5,
            "head_dim": 256,
        },
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
