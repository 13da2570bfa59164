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
