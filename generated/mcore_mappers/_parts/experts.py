"""What families share about experts.

balanced:
- moe_router_load_balancing_type, moe_aux_loss_coeff: Training only; left out where the caller balances in a
  way that has no coefficient.

balanced_by_bias:
- moe_router_load_balancing_type, moe_aux_loss_coeff: Training only; left out where the caller balances in a
  way that has no coefficient.

balanced_by_loss:
- moe_router_load_balancing_type, moe_aux_loss_coeff: Training only; left out where the caller balances in a
  way that has no coefficient.

chosen_groups:
- moe_shared_expert_gate: Shared experts are added as they are.

counted_shared_experts:
- moe_shared_expert_intermediate_size: One shared MLP, as wide as all shared experts together.

expert_layers:
- moe_layer_freq: The pattern says which layers have experts.

gated_shared_expert:
- moe_shared_expert_gate: shared_expert_gate: Hugging Face has no flag.

given_shared_experts:
- moe_shared_expert_intermediate_size: One shared MLP, as wide as all shared experts together.

granite_shared_mlp:
- moe_shared_expert_gate: The shared MLP is added as it is.
- moe_shared_expert_intermediate_size: None where there is no shared MLP.

limited_router:
- moe_router_group_score_topk: A group ranks by its best expert.
- moe_router_load_balancing_type, moe_aux_loss_coeff: Training only; left out where the caller balances in a
  way that has no coefficient.
- moe_router_num_groups: Read where topk_method says so.
- moe_router_pre_softmax: The weights are of a softmax over all experts, never normalised.
- moe_shared_expert_gate: Shared experts are added as they are.

no_shared_experts:
- moe_shared_expert_gate: There are no shared experts.
- moe_shared_expert_intermediate_size: There are no shared experts.

normalised:
- moe_router_norm_min: Where a token has one expert.
- moe_router_pre_softmax: A softmax over the chosen experts alone, which of one is its score divided by
  itself.

normalised_if_said:
- moe_router_norm_min: Where a token has one expert, whose score is divided by itself.
- moe_router_pre_softmax: Softmax over all experts, or over the chosen ones: the latter is the former,
  normalised.

normalised_several:
- moe_router_pre_softmax: A softmax over the chosen experts alone: Hugging Face has no flag.

num_shared_experts:
- moe_shared_expert_intermediate_size: One shared MLP, as wide as all shared experts together.

on_hidden_state:
- moe_latent_size: Experts work on the hidden state itself.

router_of_groups:
- moe_router_enable_expert_bias: e_score_correction_bias, which every such router has.

scored_by_sigmoid:
- moe_router_dtype: Both sides score in float32, whatever dtype the weights have; in Megatron that is
  params_dtype.
- moe_router_pre_softmax: There is no softmax.
- moe_router_score_function: Hugging Face has no flag: the class scores with a sigmoid.

several_normalised_if_said:
- moe_router_pre_softmax: Softmax over all experts, or over the chosen ones: the latter is the former,
  normalised.

sigmoid_scores:
- moe_router_enable_expert_bias: The router has no bias.
- moe_router_norm_topk_prob: None, where it is as Megatron has it.
- moe_router_topk_scaling_factor: Weights of experts are not scaled.

softmax_scores:
- moe_router_dtype: Close scores are easier to tell apart; transformers takes at least the softmax in float32.
- moe_router_enable_expert_bias: The router has no bias.
- moe_router_score_function: Hugging Face has no flag: the class scores with a softmax.
- moe_router_topk_scaling_factor: Weights of experts are not scaled.

ungrouped:
- moe_router_group_topk: All experts compete.
- moe_router_num_groups: All experts compete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check


ROUTER_LOGITS_UNREAD = ("output_router_logits",)
"""Not read:

- output_router_logits: metadata or inference: chooses whether the scores are returned beside the logits
"""


class _AfterDense(Protocol):
    @property
    def first_k_dense_replace(self) -> float | None: ...


def after_dense(check: Check, hf: _AfterDense) -> None:
    """Experts in all layers but the first."""
    check.not_negative(first_k_dense_replace=hf.first_k_dense_replace)


class _Balanced(Protocol):
    @property
    def router_aux_loss_coef(self) -> float | None: ...


def balanced(check: Check, hf: _Balanced) -> None:
    """An auxiliary loss whose coefficient may be None."""
    check.not_negative(router_aux_loss_coef=hf.router_aux_loss_coef)


class _BalancedByLoss(Protocol):
    @property
    def router_aux_loss_coef(self) -> float | None: ...


def balanced_by_loss(check: Check, hf: _BalancedByLoss) -> None:
    """The auxiliary loss of which Hugging Face has the coefficient."""
    check.not_negative(router_aux_loss_coef=hf.router_aux_loss_coef)


class _ChosenGroups(Protocol):
    @property
    def n_group(self) -> int | None: ...
    @property
    def num_experts_per_tok(self) -> float | None: ...
    @property
    def routed_scaling_factor(self) -> float | None: ...
    @property
    def topk_group(self) -> int | None: ...


def chosen_groups(check: Check, hf: _ChosenGroups) -> None:
    """The best experts of the best groups, with a scale, but for how they are scored."""
    check.positive(
        n_group=hf.n_group,
        num_experts_per_tok=hf.num_experts_per_tok,
        routed_scaling_factor=hf.routed_scaling_factor,
        topk_group=hf.topk_group,
    )
    check.require(
        not hf.topk_group or not hf.n_group or hf.topk_group <= hf.n_group,
        "topk_group",
        hf.topk_group,
        "must be at most n_group",
    )


class _CountedSharedExperts(Protocol):
    @property
    def moe_intermediate_size(self) -> float | None: ...
    @property
    def n_shared_experts(self) -> float | None: ...


def counted_shared_experts(check: Check, hf: _CountedSharedExperts) -> None:
    """As many shared experts as `n_shared_experts` says, each as wide as another."""
    check.positive(moe_intermediate_size=hf.moe_intermediate_size)
    check.not_negative(n_shared_experts=hf.n_shared_experts)


def experts_after_dense(check: Check) -> None:
    """A key of remote code: experts in every layer after the dense ones."""
    check.if_set("moe_layer_freq", (1,), "every layer after the dense ones has experts")


class _FirstDense(Protocol):
    @property
    def first_k_dense_replace(self) -> int | None: ...


def first_dense(check: Check, hf: _FirstDense) -> None:
    """Experts in all layers but the first, whose number may be None by its type."""
    check.require(
        hf.first_k_dense_replace is not None,
        "first_k_dense_replace",
        hf.first_k_dense_replace,
        "must be given: transformers compares it with every layer",
    )


class _GivenSharedExperts(Protocol):
    @property
    def moe_intermediate_size(self) -> float | None: ...
    @property
    def n_shared_experts(self) -> float | None: ...


def given_shared_experts(check: Check, hf: _GivenSharedExperts) -> None:
    """As many shared experts as `n_shared_experts` says, which may be None by its type."""
    check.positive(moe_intermediate_size=hf.moe_intermediate_size)
    check.not_negative(n_shared_experts=hf.n_shared_experts)


class _GraniteExperts(Protocol):
    @property
    def num_experts_per_tok(self) -> int | None: ...
    @property
    def num_local_experts(self) -> int | None: ...


def granite_experts(check: Check, hf: _GraniteExperts) -> None:
    """Granite's experts."""
    check.positive(num_experts_per_tok=hf.num_experts_per_tok, num_local_experts=hf.num_local_experts)
    check.require(
        not hf.num_experts_per_tok or not hf.num_local_experts or hf.num_experts_per_tok <= hf.num_local_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_local_experts",
    )


class _GraniteSharedMlp(Protocol):
    @property
    def shared_intermediate_size(self) -> float | None: ...


def granite_shared_mlp(check: Check, hf: _GraniteSharedMlp) -> None:
    """Granite's experts, and an MLP that all tokens share."""
    check.not_negative(shared_intermediate_size=hf.shared_intermediate_size)


class _GroupsOfTwo(Protocol):
    @property
    def n_group(self) -> int | None: ...
    @property
    def n_routed_experts(self) -> int | None: ...
    @property
    def num_experts_per_tok(self) -> int | None: ...
    @property
    def topk_group(self) -> int | None: ...


def groups_of_two(check: Check, hf: _GroupsOfTwo) -> None:
    """Groups of `n_routed_experts` that are ranked by their two best."""
    check.positive(n_routed_experts=hf.n_routed_experts)
    check.require(
        (
            not hf.n_group
            or not hf.n_routed_experts
            or (hf.n_routed_experts % hf.n_group == 0 and hf.n_routed_experts >= 2 * hf.n_group)
        ),
        "n_group",
        hf.n_group,
        "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
    )
    check.require(
        not hf.num_experts_per_tok or not hf.n_routed_experts or hf.num_experts_per_tok <= hf.n_routed_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most n_routed_experts",
    )
    check.require(
        (
            not hf.num_experts_per_tok
            or not hf.topk_group
            or not hf.n_group
            or not hf.n_routed_experts
            or hf.n_routed_experts % hf.n_group != 0
            or hf.n_routed_experts < 2 * hf.n_group
            or hf.num_experts_per_tok > hf.n_routed_experts
            or hf.num_experts_per_tok <= hf.topk_group * (hf.n_routed_experts // hf.n_group)
        ),
        "topk_group",
        hf.topk_group,
        "must be so many groups that they have num_experts_per_tok experts: of the others none is better than "
        "another",
    )


class _LimitedRouter(Protocol):
    @property
    def n_group(self) -> int | None: ...
    @property
    def n_routed_experts(self) -> int: ...
    @property
    def num_experts_per_tok(self) -> int | None: ...
    @property
    def routed_scaling_factor(self) -> float | None: ...
    @property
    def topk_group(self) -> int | None: ...
    @property
    def topk_method(self) -> object: ...


def limited_router(check: Check, hf: _LimitedRouter, grouped: bool, ranked_alike: bool) -> None:
    """The best experts of all, or of the best groups, by a softmax over all experts; not normalised."""
    check.positive(
        n_group=hf.n_group,
        n_routed_experts=hf.n_routed_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
        routed_scaling_factor=hf.routed_scaling_factor,
        topk_group=hf.topk_group,
    )
    check.require(
        not grouped or (hf.n_group is not None and hf.n_group > 0 and hf.n_routed_experts % hf.n_group == 0),
        "n_group",
        hf.n_group,
        "must be given, and divide n_routed_experts, where topk_method is group_limited_greedy",
    )
    check.require(
        not hf.num_experts_per_tok or hf.num_experts_per_tok <= hf.n_routed_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most n_routed_experts",
    )
    check.if_set("scoring_func", ("softmax",), "the class scores experts with a softmax")
    check.require(
        (
            not grouped
            or not hf.num_experts_per_tok
            or not hf.topk_group
            or not hf.n_group
            or hf.num_experts_per_tok <= hf.topk_group * (hf.n_routed_experts // hf.n_group)
        ),
        "topk_group",
        hf.topk_group,
        "must be so many groups that they have num_experts_per_tok experts: transformers gives others a "
        "weight of zero, and Megatron one below all numbers",
    )
    check.require(
        not grouped
        or (hf.topk_group is not None and hf.topk_group > 0 and (not hf.n_group or hf.topk_group <= hf.n_group)),
        "topk_group",
        hf.topk_group,
        "must be given, and be at most n_group, where topk_method is group_limited_greedy",
    )
    check.require(
        ranked_alike,
        "topk_group",
        hf.topk_group,
        "must be n_group, or fit once into num_experts_per_tok: Megatron ranks a group by the sum of its "
        "num_experts_per_tok // topk_group best experts, and transformers by the best alone",
        layers=("moe_router_group_score_topk",),
    )
    check.must_be("topk_method", hf.topk_method, ("greedy", "group_limited_greedy"), "transformers knows no other")


class _LocalExperts(Protocol):
    @property
    def num_experts_per_tok(self) -> int: ...
    @property
    def num_local_experts(self) -> int: ...


def local_experts(check: Check, hf: _LocalExperts) -> None:
    """Experts in Mixtral's words."""
    check.positive(num_experts_per_tok=hf.num_experts_per_tok, num_local_experts=hf.num_local_experts)
    check.require(
        hf.num_experts_per_tok <= hf.num_local_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_local_experts",
    )


class _NoJitter(Protocol):
    @property
    def router_jitter_noise(self) -> object: ...


def no_jitter(check: Check, hf: _NoJitter) -> None:
    """No noise on what experts read."""
    check.must_be(
        "router_jitter_noise",
        hf.router_jitter_noise,
        (0.0,),
        "it scales what router and experts read in training, and Megatron's jitter scales what the router reads",
    )


class _Normalised(Protocol):
    @property
    def num_experts_per_tok(self) -> int | None: ...


def normalised(check: Check, hf: _Normalised) -> None:
    """Softmax scores that are normalised over a token's experts, always."""
    check.require(
        hf.num_experts_per_tok != 1,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
        layers=("moe_router_norm_min",),
    )


class _NormalisedIfSaid(Protocol):
    @property
    def norm_topk_prob(self) -> bool: ...
    @property
    def num_experts_per_tok(self) -> int: ...


def normalised_if_said(check: Check, hf: _NormalisedIfSaid) -> None:
    """Softmax scores that are normalised over a token's experts where the config says so."""
    check.require(
        not (hf.norm_topk_prob and hf.num_experts_per_tok == 1),
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
        layers=("moe_router_norm_min",),
    )


class _NormalisedSeveral(Protocol):
    @property
    def num_experts_per_tok(self) -> int | None: ...


def normalised_several(check: Check, hf: _NormalisedSeveral) -> None:
    """The same, in models that cannot have layers of this project."""
    check.require(
        hf.num_experts_per_tok != 1,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
    )


class _NumSharedExperts(Protocol):
    @property
    def moe_intermediate_size(self) -> float | None: ...
    @property
    def num_shared_experts(self) -> float | None: ...


def num_shared_experts(check: Check, hf: _NumSharedExperts) -> None:
    """As many shared experts as `num_shared_experts` says."""
    check.positive(moe_intermediate_size=hf.moe_intermediate_size)
    check.not_negative(num_shared_experts=hf.num_shared_experts)


class _NumberedExperts(Protocol):
    @property
    def moe_intermediate_size(self) -> float | None: ...
    @property
    def num_experts(self) -> int: ...
    @property
    def num_experts_per_tok(self) -> int: ...


def numbered_experts(check: Check, hf: _NumberedExperts) -> None:
    """Experts in Qwen's words."""
    check.positive(
        moe_intermediate_size=hf.moe_intermediate_size,
        num_experts=hf.num_experts,
        num_experts_per_tok=hf.num_experts_per_tok,
    )
    check.require(
        hf.num_experts_per_tok <= hf.num_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_experts",
    )


class _OlmoExperts(Protocol):
    @property
    def num_experts(self) -> int: ...
    @property
    def num_experts_per_tok(self) -> int: ...


def olmo_experts(check: Check, hf: _OlmoExperts) -> None:
    """Experts in every layer."""
    check.positive(num_experts=hf.num_experts, num_experts_per_tok=hf.num_experts_per_tok)
    check.require(
        hf.num_experts_per_tok <= hf.num_experts,
        "num_experts_per_tok",
        hf.num_experts_per_tok,
        "must be at most num_experts",
    )


def remote_router(check: Check) -> None:
    """Keys of the remote code beside DeepSeek's checkpoints that tell the router."""
    check.if_set("scoring_func", ("sigmoid",), "the class scores experts with a sigmoid")
    check.if_set("topk_method", ("noaux_tc",), "the class chooses experts by groups and a bias")


class _RouterOfGroups(Protocol):
    @property
    def n_group(self) -> int | None: ...
    @property
    def norm_topk_prob(self) -> bool | None: ...
    @property
    def num_experts_per_tok(self) -> int | None: ...
    @property
    def topk_group(self) -> int | None: ...


def router_of_groups(check: Check, hf: _RouterOfGroups) -> None:
    """DeepSeek-V3's router, but for what depends on the number of experts."""
    check.require(
        not hf.num_experts_per_tok or bool(hf.norm_topk_prob) == (hf.num_experts_per_tok > 1),
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
        "leave the score of a single one as it is",
    )
    check.require(
        (
            not hf.num_experts_per_tok
            or not hf.topk_group
            or not hf.n_group
            or hf.topk_group == hf.n_group
            or hf.num_experts_per_tok // hf.topk_group == 2
        ),
        "topk_group",
        hf.topk_group,
        "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
        "num_experts_per_tok // topk_group best experts, and transformers by that of two",
    )


class _SeveralNormalisedIfSaid(Protocol):
    @property
    def norm_topk_prob(self) -> bool: ...
    @property
    def num_experts_per_tok(self) -> int: ...


def several_normalised_if_said(check: Check, hf: _SeveralNormalisedIfSaid) -> None:
    """The same, in models that cannot have layers of this project."""
    check.require(
        not (hf.norm_topk_prob and hf.num_experts_per_tok == 1),
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
    )


class _SharedExpertWidth(Protocol):
    @property
    def shared_expert_intermediate_size(self) -> float | None: ...


def shared_expert_width(check: Check, hf: _SharedExpertWidth) -> None:
    """The width of a shared expert."""
    check.positive(shared_expert_intermediate_size=hf.shared_expert_intermediate_size)


class _SigmoidScores(Protocol):
    @property
    def norm_topk_prob(self) -> bool: ...
    @property
    def num_experts_per_tok(self) -> int: ...


def sigmoid_scores(check: Check, hf: _SigmoidScores) -> None:
    """Sigmoid scores without a bias."""
    check.require(
        hf.norm_topk_prob == (hf.num_experts_per_tok > 1),
        "norm_topk_prob",
        hf.norm_topk_prob,
        "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
        "leave the score of a single one as it is",
        layers=("moe_router_norm_topk_prob",),
    )


class _SteppedExperts(Protocol):
    @property
    def decoder_sparse_step(self) -> float | None: ...


def stepped_experts(check: Check, hf: _SteppedExperts) -> None:
    """Experts every few layers, except those that are listed."""
    check.positive(decoder_sparse_step=hf.decoder_sparse_step)


class _UnbiasedExperts(Protocol):
    @property
    def mlp_bias(self) -> object: ...


def unbiased_experts(check: Check, hf: _UnbiasedExperts) -> None:
    """MLPs without biases, in classes whose `mlp_bias` leaves experts without."""
    check.must_be(
        "mlp_bias",
        hf.mlp_bias,
        (False,),
        "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
    )


def chosen_groups_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What chosen_groups reads back."""
    return {
        "n_group": (1 if transformer.moe_router_num_groups is None else transformer.moe_router_num_groups),
        "num_experts_per_tok": transformer.moe_router_topk,
        "routed_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "topk_group": (1 if transformer.moe_router_group_topk is None else transformer.moe_router_group_topk),
    }


def granite_experts_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What granite_experts reads back."""
    return {
        "intermediate_size": transformer.moe_ffn_hidden_size,
        "num_experts_per_tok": transformer.moe_router_topk,
        "num_local_experts": transformer.num_moe_experts,
    }


def limited_router_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What limited_router reads back."""
    return {
        "num_experts_per_tok": transformer.moe_router_topk,
        "routed_scaling_factor": (
            1.0 if transformer.moe_router_topk_scaling_factor is None else transformer.moe_router_topk_scaling_factor
        ),
        "topk_method": "group_limited_greedy" if transformer.moe_router_group_topk else "greedy",
    }


def local_experts_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What local_experts reads back."""
    return {
        "num_experts_per_tok": transformer.moe_router_topk,
        "num_local_experts": transformer.num_moe_experts,
    }


def numbered_experts_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What numbered_experts reads back."""
    return {
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "num_experts": transformer.num_moe_experts,
        "num_experts_per_tok": transformer.moe_router_topk,
    }


def olmo_experts_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What olmo_experts reads back."""
    return {
        "num_experts": transformer.num_moe_experts,
        "num_experts_per_tok": transformer.moe_router_topk,
    }


def routed_experts_back(transformer: TransformerConfig) -> dict[str | tuple[str, ...], object]:
    """What routed_experts reads back."""
    return {
        "moe_intermediate_size": transformer.moe_ffn_hidden_size,
        "n_routed_experts": transformer.num_moe_experts,
    }
