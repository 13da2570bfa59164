"""Rows about mixtures of experts that families share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from codegen.table import (
    Bundle,
    Computed,
    Constant,
    HardWired,
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
    not_negative,
    positive,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from megatron.core.transformer.transformer_config import TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    from mcore_mappers_runtime.carried import NOT_CARRIED, NotCarried
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.experts import LoadBalancingFields, load_balancing
    from mcore_mappers_runtime.hybrid import experts_by_layer
    from mcore_mappers_runtime.patterns import dense_first, every_step, layer_indices


class LayersConfig(Protocol):
    """A config with a number of layers."""

    num_hidden_layers: int


class SteppedExpertsConfig(LayersConfig, Protocol):
    """A config with experts in every so many layers, but for some that it lists."""

    decoder_sparse_step: int
    mlp_only_layers: list[int] | None


class FirstDenseConfig(LayersConfig, Protocol):
    """A config whose first layers have no experts."""

    first_k_dense_replace: int | None


def moe_layer_freq(expert_layers: list[int]) -> list[int]:
    return expert_layers


FREQ: Final = Computed(
    "moe_layer_freq",
    moe_layer_freq,
    "",
    inverse=NoInverse("what it follows from is read back where the layers are computed"),
)
"""Needs a local `expert_layers`: 1 for each layer with experts, 0 for each without."""


def all_layers(hf: LayersConfig) -> list[int]:
    return [1] * hf.num_hidden_layers


ALL_EXPERTS: Final = Rows(module=__name__, rows=(Local("expert_layers", all_layers), FREQ))
"""Experts in every layer."""


def mlp_only_layers(hf: SteppedExpertsConfig, check: Check) -> Sequence[int]:
    return layer_indices(check, "mlp_only_layers", hf.mlp_only_layers, hf.num_hidden_layers)


def stepped_layers(hf: SteppedExpertsConfig, mlp_only_layers: Sequence[int]) -> list[int]:
    return every_step(hf.num_hidden_layers, hf.decoder_sparse_step, mlp_only_layers)


def mlp_only_layers_back(model: GPTModelConfig | HybridModelConfig) -> list[int]:
    return [layer for layer, experts in enumerate(experts_by_layer(model)) if not experts]


def decoder_sparse_step_of() -> int:
    return 1


STEPPED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Local("mlp_only_layers", mlp_only_layers),
        Local(
            "expert_layers",
            stepped_layers,
            inverse=(
                Inverse("mlp_only_layers", mlp_only_layers_back),
                Inverse("decoder_sparse_step", decoder_sparse_step_of),
            ),
        ),
        FREQ,
        *positive("decoder_sparse_step"),
    ),
)
"""Qwen's choice of the layers that have experts."""


def layers_after_dense(hf: FirstDenseConfig) -> list[int]:
    return dense_first(hf.num_hidden_layers, hf.first_k_dense_replace or 0)


def says_where_experts_begin(hf: FirstDenseConfig) -> bool:
    return hf.first_k_dense_replace is not None


def first_k_dense_replace_back(model: GPTModelConfig | HybridModelConfig) -> int:
    return experts_by_layer(model).count(0)


AFTER_DENSE: Final = Rows(
    module=__name__,
    rows=(
        Local(
            "expert_layers",
            layers_after_dense,
            inverse=(Inverse("first_k_dense_replace", first_k_dense_replace_back),),
        ),
        FREQ,
        *not_negative("first_k_dense_replace"),
    ),
)
"""DeepSeek's choice: all but the first."""

FIRST_DENSE: Final = Rows(
    module=__name__,
    extends=(AFTER_DENSE,),
    rows=(
        Require(
            "first_k_dense_replace",
            says_where_experts_begin,
            "must be given: transformers compares it with every layer",
        ),
    ),
)
"""The same, where the number may be None by its type."""

NO_SHARED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Constant("moe_shared_expert_intermediate_size", None, "There are no shared experts."),
        Constant("moe_shared_expert_gate", False, "There are no shared experts."),
    ),
)

ON_HIDDEN_STATE: Final = Constant("moe_latent_size", None, "Experts work on the hidden state itself.")

ROUTED_EXPERTS: Final[tuple[Row, ...]] = (
    Rename("n_routed_experts", "num_moe_experts"),
    Rename("moe_intermediate_size", "moe_ffn_hidden_size"),
    ON_HIDDEN_STATE,
)
"""Experts in DeepSeek's words."""

EXPERTS_AFTER_DENSE: Final = HardWired("moe_layer_freq", 1, "every layer after the dense ones has experts")
REMOTE_ROUTER: Final[tuple[Row, ...]] = (
    HardWired("scoring_func", "sigmoid", "the class scores experts with a sigmoid"),
    HardWired("topk_method", "noaux_tc", "the class chooses experts by groups and a bias"),
    EXPERTS_AFTER_DENSE,
)
"""What the code beside DeepSeek's checkpoints knows of the router."""

UNGROUPED: Final[tuple[Row, ...]] = (
    Constant("moe_router_num_groups", None, "All experts compete."),
    Constant("moe_router_group_topk", None, "All experts compete."),
)

ROUTER_LOGITS: Final = Ignored(
    "output_router_logits", Kind.INFERENCE, "chooses whether the scores are returned beside the logits"
)

SCORED_BY_SIGMOID: Final[tuple[Row, ...]] = (
    Constant("moe_router_score_function", "sigmoid", "Hugging Face has no flag: the class scores with a sigmoid."),
    Constant("moe_router_pre_softmax", False, "There is no softmax."),
    Constant("moe_router_dtype", "fp32", "Both sides score in float32, whatever the weights are."),
    ROUTER_LOGITS,
)

UNBIASED_EXPERTS: Final = MustBe(
    "mlp_bias",
    (False,),
    "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
)


class SharedExpertsConfig(Protocol):
    """A config that counts shared experts, each as wide as another expert."""

    moe_intermediate_size: int
    n_shared_experts: int


def shared_experts(hf: SharedExpertsConfig) -> int | None:
    return hf.moe_intermediate_size * hf.n_shared_experts or None


def n_shared_experts_of(transformer: TransformerConfig) -> int:
    shared, width = transformer.moe_shared_expert_intermediate_size, transformer.moe_ffn_hidden_size
    return shared // width if shared and width else 0


COUNTED_SHARED_EXPERTS: Final = Rows(
    module=__name__,
    rows=(
        Computed(
            "moe_shared_expert_intermediate_size",
            shared_experts,
            "One shared MLP, as wide as all shared experts together.",
            inverse=(Inverse("n_shared_experts", n_shared_experts_of),),
        ),
        *positive("moe_intermediate_size"),
        *not_negative("n_shared_experts"),
    ),
)

SOFTMAX_SCORES: Final = Rows(
    module=__name__,
    rows=(
        Constant("moe_router_score_function", "softmax", "Hugging Face has no flag: the class scores with a softmax."),
        Constant("moe_router_topk_scaling_factor", None, "Weights of experts are not scaled."),
        Constant("moe_router_enable_expert_bias", False, "The router has no bias."),
        *UNGROUPED,
        Constant(
            "moe_router_dtype",
            "fp32",
            "Close scores are told apart better; transformers takes at least the softmax in float32.",
        ),
        ROUTER_LOGITS,
    ),
)


class NormalisedConfig(Protocol):
    """A config that says whether the weights of a token's experts are made to add up to one."""

    norm_topk_prob: bool
    num_experts_per_tok: int


def pre_softmax(hf: NormalisedConfig) -> bool:
    return not hf.norm_topk_prob


def softmax_normalised_of(transformer: TransformerConfig) -> bool:
    return not transformer.moe_router_pre_softmax


def several_if_normalised(hf: NormalisedConfig) -> bool:
    return not (hf.norm_topk_prob and hf.num_experts_per_tok == 1)


NORMALISED_IF_SAID: Final = Rows(
    module=__name__,
    rows=(
        Computed(
            "moe_router_pre_softmax",
            pre_softmax,
            "Softmax over all experts, or over the chosen ones: the latter is the former, normalised.",
            inverse=(Inverse("norm_topk_prob", softmax_normalised_of),),
        ),
        Require(
            "norm_topk_prob",
            several_if_normalised,
            "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
        ),
    ),
)
"""Softmax scores, normalised or not."""


class AuxiliaryLossConfig(Protocol):
    """A config with the coefficient of a loss that keeps experts equally busy."""

    router_aux_loss_coef: float


def balancing_by_loss(hf: AuxiliaryLossConfig, caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="aux_loss", coefficient=hf.router_aux_loss_coef)


BALANCING: Final = ("moe_router_load_balancing_type", "moe_aux_loss_coeff")
BALANCING_WHY: Final = "Training only; left out where the caller balances in a way that has no coefficient."
NO_BALANCING_BACK: Final = NoInverse("DeepSeek's way of balancing is no field of the Hugging Face config")

BALANCED_BY_LOSS: Final = Rows(
    module=__name__,
    rows=(
        Bundle(
            BALANCING,
            balancing_by_loss,
            BALANCING_WHY,
            NoInverse("a training choice that callers override; what the checkpoint had is no part of the model"),
        ),
        *not_negative("router_aux_loss_coef"),
    ),
)
"""The auxiliary loss of which Hugging Face has the coefficient."""


def balancing_by_bias(caller: LoadBalancingFields) -> LoadBalancingFields:
    return load_balancing(caller, kind="seq_aux_loss", coefficient=1e-4)


BALANCED_BY_BIAS: Final = Rows(
    module=__name__, rows=(Bundle(BALANCING, balancing_by_bias, BALANCING_WHY, NO_BALANCING_BACK),)
)
"""DeepSeek's balancing: by the bias of each expert, and a small loss in each sequence."""


class GroupedRouterConfig(Protocol):
    """A config with DeepSeek-V3's router: the best experts of the best groups, by sigmoid scores and a bias."""

    n_group: int | None
    topk_group: int | None
    num_experts_per_tok: int | None
    norm_topk_prob: bool | None


class GroupedExpertsConfig(GroupedRouterConfig, Protocol):
    """The same, with the number of experts."""

    n_routed_experts: int


def groups_fit(hf: GroupedExpertsConfig) -> bool:
    return not hf.n_group or (hf.n_routed_experts % hf.n_group == 0 and hf.n_routed_experts >= 2 * hf.n_group)


def topk_fits(hf: GroupedExpertsConfig) -> bool:
    return not hf.num_experts_per_tok or hf.num_experts_per_tok <= hf.n_routed_experts


def groups_rank_alike(hf: GroupedRouterConfig) -> bool:
    return (
        not hf.num_experts_per_tok
        or not hf.topk_group
        or hf.topk_group == hf.n_group
        or hf.num_experts_per_tok // hf.topk_group == 2
    )


def topk_group_fits(hf: GroupedRouterConfig) -> bool:
    return not hf.topk_group or not hf.n_group or hf.topk_group <= hf.n_group


def normalised_if_several(hf: GroupedRouterConfig) -> bool:
    return not hf.num_experts_per_tok or bool(hf.norm_topk_prob) == (hf.num_experts_per_tok > 1)


def norm_topk_prob_of(transformer: TransformerConfig) -> bool | NotCarried:
    return NOT_CARRIED if transformer.num_moe_experts is None else transformer.moe_router_topk > 1


ROUTER_OF_GROUPS = Rows(
    module=__name__,
    rows=(
        Rename(
            "num_experts_per_tok",
            "moe_router_topk",
            required="the number of experts of a token has no default",
        ),
        *SCORED_BY_SIGMOID,
        Rename("routed_scaling_factor", "moe_router_topk_scaling_factor"),
        Constant("moe_router_enable_expert_bias", True, "e_score_correction_bias, which every such router has."),
        Rename("n_group", "moe_router_num_groups", required="transformers cannot route without it"),
        Rename("topk_group", "moe_router_group_topk", required="transformers cannot route without it"),
        Constant("moe_shared_expert_gate", False, "Shared experts are added as they are."),
        *positive("num_experts_per_tok", "n_group", "topk_group", "routed_scaling_factor"),
        Require("topk_group", topk_group_fits, "must be at most n_group"),
        Require(
            "topk_group",
            groups_rank_alike,
            "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
            "num_experts_per_tok // topk_group best experts, and transformers by that of two",
        ),
        Require(
            "norm_topk_prob",
            normalised_if_several,
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave "
            "the score of a single one as it is",
            inverse=(Inverse("norm_topk_prob", norm_topk_prob_of),),
        ),
    ),
)
"""DeepSeek-V3's router, but for what depends on the number of experts."""

GROUPED_ROUTER = Rows(
    module=__name__,
    extends=(ROUTER_OF_GROUPS,),
    rows=(
        *positive("n_routed_experts"),
        Require("num_experts_per_tok", topk_fits, "must be at most n_routed_experts"),
        Require(
            "n_group",
            groups_fit,
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        ),
    ),
)
"""DeepSeek-V3's router, of `n_routed_experts`."""
