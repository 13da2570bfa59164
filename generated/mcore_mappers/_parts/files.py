"""What families share about files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


def granite(check: Check) -> None:
    """Keys of Granite's training code."""
    check.if_set("normalization_function", ("rmsnorm",), "the class has RMSNorm alone")


def hunyuan(check: Check) -> None:
    """Keys of Hunyuan's code."""
    check.restates(
        "attention_head_dim",
        "head_dim",
        "the code beside the first checkpoints reads this name, and the class the other",
    )
    check.if_set("mlp_bias", (False,), "the MLPs of the class have no biases")
    check.if_set("norm_type", ("rms",), "the class has RMSNorm alone")
    check.if_set("position_embedding_xdrope", (False,), "the class has one position for each token")
    check.if_set("use_cla", (False,), "no layer of the class takes keys and values from the one below")
    check.if_set("use_mla", (False,), "the class has no latent attention")
    check.if_set("use_qk_norm", (True,), "the class norms queries and keys always")
    check.if_set("use_rotary_pos_emb", (True,), "the class has rotary embeddings in every layer")


def ling(check: Check) -> None:
    """Keys of Ling's code."""
    check.if_set("embedding_dropout", (0.0,), "the class has no dropout on embeddings")
    check.if_set("norm_head", (False,), "no class normalises the rows of its output layer")
    check.if_set("norm_softmax", (False,), "no class normalises what goes into the last softmax")
    check.if_set("output_dropout", (0.0,), "the class has no dropout on what attention and MLP yield")
    check.if_set("use_bias", (False,), "no class has the biases that this code has in all linear layers")
    check.if_set("use_sliding_window", (False,), "the attention of the class has no window")


def ling_2(check: Check) -> None:
    """Keys of Ling 2's code."""
    check.if_set("moe_router_enable_expert_bias", (True,), "the class chooses experts with a bias")
    check.if_set("score_function", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("use_rmsnorm", (True,), "the class has RMSNorm alone")


def liquid(check: Check) -> None:
    """Keys of Liquid's training code."""
    check.if_set("block_use_swiglu", (True,), "the MLPs of the class have a gate always")
    check.if_set("use_pos_enc", (True,), "the class has rotary embeddings in every layer")


def sarvam(check: Check) -> None:
    """Keys of the code beside Sarvam 105B."""
    check.if_set("embedding_dropout", (0.0,), "the class has no dropout on embeddings")
    check.if_set("moe_router_enable_expert_bias", (True,), "the class chooses experts with a bias")
    check.if_set("output_dropout", (0.0,), "the class has no dropout on what attention and MLP yield")
    check.if_set("use_qk_norm", (True,), "the class normalises the latents always")
