"""The archetype of decoders with rotary attention, a gated MLP and RMSNorm before both: what llama began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codegen.families.activations import ACTIVATIONS
from codegen.families.base import BASE, TOKENS
from codegen.table import (
    Bundle,
    Choice,
    Constant,
    Ignored,
    Inverse,
    Kind,
    Local,
    MustBe,
    NoInverse,
    Rename,
    Require,
    Row,
    Rows,
    Wrap,
    not_negative,
    positive,
    probability,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from transformers.modeling_rope_utils import RopeParameters

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.kernels import CallerKernelFields, KernelFields, kernels
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope, rope_key, rope_parameters_of
    from mcore_mappers_runtime.rope_back import gpt_rope_parameters
    from mcore_mappers_runtime.yarn import with_yarn


NO_MODEL = "transformers cannot build a model without it"
"""Why None is refused, most often."""


class GroupedQueryConfig(Protocol):
    """A config with grouped query attention."""

    num_attention_heads: int
    num_key_value_heads: int | None


class RopeConfig(Protocol):
    """A config whose rope is in `rope_parameters`."""

    max_position_embeddings: int
    rope_parameters: RopeParameters | dict[str, object] | None


def heads_fill_groups(hf: GroupedQueryConfig) -> bool:
    return not hf.num_key_value_heads or hf.num_attention_heads % hf.num_key_value_heads == 0


def rope(hf: RopeConfig, check: Check) -> GPTRope:
    return gpt_rope(check, rope_parameters_of(hf), max_position_embeddings=hf.max_position_embeddings)


def rope_parameters_back(model: GPTModelConfig) -> dict[str, object]:
    return gpt_rope_parameters(model)


def original_length_agrees(hf: RopeConfig, check: Check) -> bool:
    return check.undeclared("original_max_position_embeddings") in (
        None,
        rope_key(rope_parameters_of(hf), "original_max_position_embeddings"),
    )


def yarn(transformer: TransformerConfig, rope: GPTRope) -> TransformerConfig:
    return with_yarn(transformer, rope.yarn)


DENSE_KERNELS = (
    "gradient_accumulation_fusion",
    "cross_entropy_loss_fusion",
    "deallocate_pipeline_outputs",
    "attention_softmax_in_fp32",
    "masked_softmax_fusion",
    "persist_layer_norm",
    "bias_activation_fusion",
    "bias_dropout_fusion",
    "apply_rope_fusion",
)
EXPERT_KERNELS = (
    "use_fused_weighted_squared_relu",
    "moe_token_dispatcher_type",
    "moe_grouped_gemm",
    "moe_permute_fusion",
)
KERNELS_WHY = "Kernels that the installed stack has, for the same function."
SEQUENCE_IS_THE_CALLERS = NoInverse("seq_length is what a training run chose, not what the checkpoint was made for")
NO_KERNELS_BACK = NoInverse("Hugging Face configs do not choose kernels")

SIZES = Rows(
    module=__name__,
    extends=(BASE, TOKENS),
    rows=(
        Rename("num_hidden_layers", "num_layers"),
        Rename("hidden_size", "hidden_size"),
        Rename("intermediate_size", "ffn_hidden_size"),
        Rename("num_attention_heads", "num_attention_heads"),
        Rename("tie_word_embeddings", "share_embeddings_and_output_weights"),
        Rename("max_position_embeddings", "seq_length", back=SEQUENCE_IS_THE_CALLERS),
        Rename("initializer_range", "init_method_std"),
        Rename("attention_dropout", "attention_dropout", required="transformers cannot train without a number here"),
        Constant("hidden_dropout", 0.0, "Hugging Face has no dropout on the residual stream."),
        *positive("vocab_size", "num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads"),
        *positive("max_position_embeddings"),
        *not_negative("initializer_range"),
        *probability("attention_dropout"),
    ),
)
"""What neither attention nor the kind of norm or MLP decides."""

RMS_NORM = Rows(
    module=__name__,
    rows=(
        Rename("rms_norm_eps", "layernorm_epsilon"),
        Constant("normalization", "RMSNorm", "Hugging Face has no flag: the class is RMSNorm."),
        *positive("rms_norm_eps"),
    ),
)


def gated_mlp(activation: str) -> tuple[Row, ...]:
    """The rows of an MLP with a gate, whose activation is in the field `activation`."""
    return (
        Constant("gated_linear_unit", True, "gate_proj and up_proj: Hugging Face has no flag."),
        Choice(activation, "activation_func", ACTIVATIONS),
    )


GATED_MLP = Rows(module=__name__, rows=gated_mlp("hidden_act"))

DECODER = Rows(module=__name__, extends=(SIZES, RMS_NORM, GATED_MLP), rows=())
"""What attention does not decide, as Llama has it."""


def dense_kernels(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor], rope: GPTRope
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=True,
        bias=False,
        experts=False,
        rope=rope.position_embedding_type == "rope",
    )


def expert_kernels(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor], rope: GPTRope
) -> KernelFields:
    return kernels(
        caller,
        activation_func=activation_func,
        gated=True,
        bias=False,
        experts=True,
        rope=rope.position_embedding_type == "rope",
    )


def latent_expert_kernels(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]
) -> KernelFields:
    return kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=True, rope=False)


KERNELS = Rows(module=__name__, rows=(Bundle(DENSE_KERNELS, dense_kernels, KERNELS_WHY, NO_KERNELS_BACK),))
"""For gated MLPs without biases."""


def dense_kernels_without_rope(
    caller: CallerKernelFields, activation_func: Callable[[torch.Tensor], torch.Tensor]
) -> KernelFields:
    return kernels(caller, activation_func=activation_func, gated=True, bias=False, experts=False, rope=False)


KERNELS_WITHOUT_ROPE = Rows(
    module=__name__, rows=(Bundle(DENSE_KERNELS, dense_kernels_without_rope, KERNELS_WHY, NO_KERNELS_BACK),)
)
"""The same, where no kernel rotates as the attention does: neighbours, or behind latents."""

KERNELS_OF_EXPERTS = Rows(
    module=__name__,
    rows=(Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), expert_kernels, KERNELS_WHY, NO_KERNELS_BACK),),
)
"""For gated experts without biases."""

KERNELS_OF_LATENT_EXPERTS = Rows(
    module=__name__,
    rows=(Bundle((*DENSE_KERNELS, *EXPERT_KERNELS), latent_expert_kernels, KERNELS_WHY, NO_KERNELS_BACK),),
)
"""The same, behind latent attention."""

GROUPED_QUERY = Rows(
    module=__name__,
    rows=(
        Rename("num_key_value_heads", "num_query_groups", required=NO_MODEL),
        Constant("multi_latent_attention", False, "Keys and values are projected from the hidden state itself."),
        *positive("num_key_value_heads"),
        Require(
            "num_key_value_heads",
            heads_fill_groups,
            "must divide num_attention_heads: every group serves the same number of query heads",
        ),
    ),
)
"""Attention with query groups."""

ROPE_KEYS = Rows(
    module=__name__,
    rows=(
        *(
            MustBe(name, (None,), "belongs into rope_parameters, where transformers moves it when it builds a config")
            for name in ("rope_theta", "partial_rotary_factor")
        ),
        Require(
            "original_max_position_embeddings",
            original_length_agrees,
            "must be what rope_parameters says: transformers prefers it to that",
        ),
    ),
)
"""What transformers' rope reads beside `rope_parameters`."""

ONE_RANK = Ignored("pretraining_tp", Kind.DEAD, "the class computes as one rank, whatever the training did")

ONE_KIND_OF_LAYER = Ignored(
    "layer_types",
    Kind.INFERENCE,
    "this class has one kind of layer; only the cache of generation and a nested rope_parameters look here",
)

ROPE = Rows(
    module=__name__,
    extends=(ROPE_KEYS,),
    rows=(
        Local(
            "rope",
            rope,
            gives=(
                "position_embedding_type",
                "rotary_percent",
                "rotary_base",
                "rope_scaling",
                "rope_scaling_factor",
                "seq_len_interpolation_factor",
            ),
            inverse=(Inverse("rope_parameters", rope_parameters_back),),
        ),
        Wrap(
            (
                "yarn_rotary_scaling_factor",
                "yarn_original_max_position_embeddings",
                "yarn_beta_fast",
                "yarn_beta_slow",
                "yarn_mscale",
                "yarn_mscale_all_dim",
                "yarn_correction_range_round_to_int",
            ),
            yarn,
        ),
    ),
)
"""Rotary positions of a GPTModel without latent attention."""
