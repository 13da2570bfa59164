"""Training-time choices for which the Hugging Face config or the family has a good value: set, but overridable.

A suggestion must not change the function that the model computes beyond rounding (dropout, which acts only in training,
and the auxiliary heads and losses aside), and must not raise, whatever the caller adds. Where that depends on what is
installed or on the caller's other fields, the rule that makes the suggestion asks; a field whose condition a model
config cannot see at all belongs to `caller.py`.

Two of these fields are bound under a condition. `seq_length` is the height of a parameter, and so architecture, in a
model with learned positions: a bound group of `architecture.py` has it in the targets of such models. A hybrid
pattern's multi-token-prediction part must repeat what `mtp_num_layers` says.
"""

from __future__ import annotations

from codegen.table import Group, Owner

_INNER = ("TransformerConfig",)
_OUTER = ("GPTModelConfig", "HybridModelConfig")

SUGGESTED: tuple[Group, ...] = (
    Group(
        section="precision",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "One decision, the dtype of parameters, activations and what pipeline stages send. The Hugging Face "
            "config has it as dtype."
        ),
        fields=("params_dtype", "bf16", "fp16", "pipeline_dtype"),
    ),
    Group(
        section="precision",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why="Adds residuals in float32, as some Mamba configs ask (residual_in_fp32). Only rounding changes.",
        fields=("fp32_residual_connection",),
    ),
    Group(
        section="precision",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Computes the router, or the norm of the sparse-attention indexer, in a wider dtype. Only rounding "
            "changes, but a close choice of experts or keys can turn on it."
        ),
        fields=("moe_router_dtype", "dsa_indexer_k_norm_fp32"),
    ),
    Group(
        section="precision",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Softmax in float32, where the local attention has 16-bit scores; TransformerEngine always does so and "
            "reads no field. Only rounding changes."
        ),
        fields=("attention_softmax_in_fp32",),
    ),
    Group(
        section="dropout",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Acts only in training. Megatron's default is 0.1 for both; a Hugging Face model has none unless its "
            "config says so."
        ),
        fields=("hidden_dropout", "attention_dropout"),
    ),
    Group(
        section="initialisation",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Standard deviation of new weights. Hugging Face configs have it as initializer_range; it does nothing to "
            "weights that are loaded."
        ),
        fields=("init_method_std",),
    ),
    Group(
        section="multi-token prediction",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Extra heads that are trained beside the model and leave its own logits alone: how many, whether one "
            "block serves all, and the weight of their loss. The last two are read only when there are any."
        ),
        fields=("mtp_num_layers", "mtp_use_repeated_layer", "mtp_loss_scaling_factor"),
    ),
    Group(
        section="load balancing",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "How training keeps experts equally busy. The auxiliary losses and the update of expert biases do not "
            'touch the forward pass; "sinkhorn" and "quantile_balancing" do choose other experts, and are never '
            "suggested."
        ),
        fields=("moe_router_load_balancing_type", "moe_aux_loss_coeff", "moe_router_bias_update_rate"),
    ),
    Group(
        section="expert kernels",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "How tokens get to experts and how experts are multiplied: the same function, and what every large MoE is "
            "trained with, but not Megatron's defaults. Grouped experts store the same parameters under other names."
        ),
        fields=(
            "moe_token_dispatcher_type",
            "moe_grouped_gemm",
            "moe_permute_fusion",
            "moe_shared_expert_overlap",
        ),
    ),
    Group(
        section="fusions",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Several operations in one kernel, off by default. Whether one computes the same function, or runs at "
            "all, depends on the model's activation, biases and positions."
        ),
        fields=(
            "bias_activation_fusion",
            "use_fused_weighted_squared_relu",
            "bias_dropout_fusion",
            "apply_rope_fusion",
        ),
    ),
    Group(
        section="fusions",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Kernels of Apex and of Megatron's old extensions for the local implementation, where they raise without "
            "those packages; TransformerEngine's layers read neither."
        ),
        fields=("masked_softmax_fusion", "persist_layer_norm"),
    ),
    Group(
        section="fusions",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Adds weight gradients in place into the buffer of Megatron's data-parallel wrapper; a training loop with "
            "another wrapper turns it off. The forward pass is the same."
        ),
        fields=("gradient_accumulation_fusion",),
    ),
    Group(
        section="loss",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why="Cross entropy in fewer kernels: the same loss. Logits are not touched.",
        fields=("cross_entropy_loss_fusion", "cross_entropy_fusion_impl"),
    ),
    Group(
        section="pipeline memory",
        classes=_INNER,
        owner=Owner.SUGGESTED,
        why=(
            "Frees a stage's output once it is sent to the next. It costs nothing, and without pipeline stages there "
            "is nothing to free."
        ),
        fields=("deallocate_pipeline_outputs",),
    ),
    Group(
        section="sequence length",
        classes=_OUTER,
        owner=Owner.SUGGESTED,
        why=(
            "The longest sequence. The model keeps it for its position embedding, if that is learned, and otherwise "
            "computes nothing with it; the Hugging Face config has max_position_embeddings."
        ),
        fields=("seq_length",),
    ),
    Group(
        section="vocabulary",
        classes=_OUTER,
        owner=Owner.SUGGESTED,
        why=(
            "Adds rows to the vocabulary until tensor parallelism divides it, which Megatron leaves off by default "
            "and most vocabularies need. The added rows are no part of the model."
        ),
        fields=("should_pad_vocab",),
    ),
)
