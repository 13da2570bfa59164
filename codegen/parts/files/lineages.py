"""Keys that files have because the code from which a class was made knew them."""

from __future__ import annotations

from typing import Final

from codegen.table import Part, Unread, hard_wired, restates


def when_built(key: str, field: str) -> Unread:
    """The row of a key from which the class makes a field that is not given.

    Args:
        key: what the class looks for beside its fields.
        field: what it makes of that.
    """
    return Unread(key, f"only fills in {field} where a config is built without; {field} decides")


NAMED_OTHERWISE: Final = "the code beside the first checkpoints reads this name, and the class the other"

MTP_IS_NOT_BUILT: Final = (
    "counts or describes the layers that predict further tokens, which transformers does not build; mtp_num_layers "
    "asks Megatron for them"
)

DEEPSEEK: Final = Part(
    rows=(
        Unread("ep_size", "over how many ranks DeepSeek's code spreads the experts"),
        *(
            Unread(key, "belongs to the auxiliary loss of DeepSeek's training, which transformers does not compute")
            for key in ("aux_loss_alpha", "seq_aux")
        ),
        Unread("num_nextn_predict_layers", MTP_IS_NOT_BUILT),
    )
)
"""Keys of DeepSeek's code."""

QWEN: Final = Part(
    rows=(
        Unread(
            "max_window_layers", "from which layer on Qwen's dense models have a window; the class has no such rule"
        ),
        Unread("use_mrope", "asks for the three-part positions of images, which on text are one"),
    )
)
"""Keys of Qwen's code."""

QWEN_HYBRID: Final = Part(
    includes=(QWEN,),
    rows=(
        when_built("full_attention_interval", "layer_types"),
        Unread("mamba_ssm_dtype", "the dtype in which the states of generation are kept"),
        *(Unread(key, MTP_IS_NOT_BUILT) for key in ("mtp_num_hidden_layers", "mtp_use_dedicated_embeddings")),
    ),
)
"""Keys of Qwen's models with Gated DeltaNet."""

GRANITE: Final = Part(
    rows=(
        Unread("init_method", "how new weights were drawn"),
        hard_wired("normalization_function", "rmsnorm", "the class has RMSNorm alone"),
    )
)
"""Keys of Granite's training code."""

LIQUID: Final = Part(
    rows=(
        *(
            Unread(key, "how new weights were drawn")
            for key in ("block_mlp_init_scale", "block_out_init_scale", "block_use_xavier_init", "conv_use_xavier_init")
        ),
        *(Unread(key, "belongs to convolutions, which no layer has") for key in ("conv_dim", "conv_dim_out")),
        hard_wired("block_use_swiglu", True, "the MLPs of the class have a gate always"),
        hard_wired("use_pos_enc", True, "the class has rotary embeddings in every layer"),
    )
)
"""Keys of Liquid's training code."""

_NO_DROPOUTS: Final = (
    hard_wired("embedding_dropout", 0.0, "the class has no dropout on embeddings"),
    hard_wired("output_dropout", 0.0, "the class has no dropout on what attention and MLP yield"),
)
_EXPERT_BIAS: Final = hard_wired("moe_router_enable_expert_bias", True, "the class chooses experts with a bias")

LING: Final = Part(
    rows=(
        *_NO_DROPOUTS,
        hard_wired("use_bias", False, "no class has the biases that this code has in all linear layers"),
        hard_wired("norm_head", False, "no class normalises the rows of its output layer"),
        hard_wired("norm_softmax", False, "no class normalises what goes into the last softmax"),
        hard_wired("use_sliding_window", False, "the attention of the class has no window"),
        Unread(
            "max_window_layers", "from which layer on attention has a window, which use_sliding_window must switch off"
        ),
    )
)
"""Keys of Ling's code."""

LING_2: Final = Part(
    includes=(LING,),
    rows=(
        _EXPERT_BIAS,
        hard_wired("score_function", "sigmoid", "the class scores experts with a sigmoid"),
        hard_wired("use_rmsnorm", True, "the class has RMSNorm alone"),
        Unread("using_split_qkv_in_self_attention", "whether queries, keys and values are stored as one weight"),
        Unread("router_dtype", "the class scores experts in float32 always"),
        Unread("mtp_loss_scaling_factor", "belongs to the loss of the training, which transformers does not compute"),
    ),
)
"""Keys of Ling 2's code."""

SARVAM: Final = Part(
    rows=(
        *_NO_DROPOUTS,
        _EXPERT_BIAS,
        hard_wired("use_qk_norm", True, "the class normalises the latents always"),
    )
)
"""Keys of the code beside Sarvam 105B."""

HUNYUAN: Final = Part(
    rows=(
        hard_wired("use_qk_norm", True, "the class norms queries and keys always"),
        hard_wired("use_cla", False, "no layer of the class takes keys and values from the one below"),
        hard_wired("use_mla", False, "the class has no latent attention"),
        hard_wired("use_rotary_pos_emb", True, "the class has rotary embeddings in every layer"),
        hard_wired("position_embedding_xdrope", False, "the class has one position for each token"),
        hard_wired("norm_type", "rms", "the class has RMSNorm alone"),
        hard_wired("mlp_bias", False, "the MLPs of the class have no biases"),
        restates("attention_head_dim", "head_dim", NAMED_OTHERWISE),
        Unread("org_vocab_size", "how many rows of the vocabulary are no padding"),
        Unread("cla_share_factor", "how many layers would share keys and values, if use_cla were true"),
        Unread("dense_list", "belongs to a head that classifies"),
        *(
            Unread(key, "belongs to latent attention, which no layer has")
            for key in ("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
        ),
        Unread("xdrope_section", "belongs to positions of several parts, which no token has"),
        Unread("pad_id", "the padding token, under another name"),
        *(
            Unread(key, "belongs to a head that classifies or embeds")
            for key in ("add_classification_head", "class_num", "pool_type", "skip_cls_token")
        ),
        *(
            Unread(key, "belongs to what reads images")
            for key in (
                *("anyres_pooling_size", "anyres_vit_max_image_size", "anyres_vit_two_views", "mask_init_id"),
                *("num_media_embeds", "im_start_id", "im_end_id", "im_newline_id", "image_token_id"),
                *("text_start_id", "text_end_id", "video_start_id", "video_end_id"),
                *("vit_add_patchemb_bias", "vit_input_resolution", "vit_mapping_type", "vit_norm_type", "vit_patch"),
                *("vit_path", "vit_remove_prenorm", "vit_token", "vit_type", "vit_used_rms_norm"),
            )
        ),
    )
)
"""Keys of Hunyuan's code."""
