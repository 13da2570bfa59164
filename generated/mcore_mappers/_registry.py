"""Every family that the package knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mcore_mappers_runtime.records import Deviation, Family

GUARDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "biases": (
        (
            "attention_bias",
            "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly "
            "when every linear layer has one",
        ),
    ),
    "clamped_gate": (("swiglu_alpha", "Megatron's quick_gelu hard-wires it"),),
    "delta_net_sizes": (
        (
            "hidden_act",
            "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
        ),
        (
            "linear_num_value_heads",
            "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
        ),
    ),
    "derived_head_dim": (("num_attention_heads", "must divide hidden_size: the class has no other width of a head"),),
    "experts_after_dense": (("moe_layer_freq", "every layer after the dense ones has experts"),),
    "first_dense": (("first_k_dense_replace", "must be given: transformers compares it with every layer"),),
    "gpt2_decoder": (
        ("add_cross_attention", "there is nothing else to attend to, and Megatron has no such layers"),
        ("embd_pdrop", "must equal resid_pdrop: Megatron has one dropout for the embedding and the residual stream"),
        ("n_head", "must divide n_embd: the class has no other width of a head"),
    ),
    "granite_experts": (
        (
            "num_experts_per_tok",
            "must be two at least, and at most num_local_experts: Megatron rejects a softmax over the chosen "
            "experts if there is one",
        ),
    ),
    "grouped_query": (
        ("num_key_value_heads", "must divide num_attention_heads: every group serves the same number of query heads"),
    ),
    "grouped_router": (
        (
            "n_group",
            "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
        ),
        ("num_experts_per_tok", "must be at most n_routed_experts"),
    ),
    "language_model": (
        ("is_causal", "masks of attention to later tokens are what the language models of both sides are trained with"),
        ("is_encoder_decoder", "the causal language models of transformers are decoders, and so are Megatron's"),
    ),
    "latent": (
        (
            "attention_bias",
            "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
        ),
        ("num_key_value_heads", "must equal num_attention_heads: latent attention has keys and values for every head"),
    ),
    "layered_window": (
        (
            "sliding_window",
            "must be given: some layers are sliding_attention, which transformers cannot mask without it",
        ),
    ),
    "local_experts": (("num_experts_per_tok", "must be at most num_local_experts"),),
    "mamba": (
        ("chunk_size", "must be above zero; any such size computes the same"),
        ("conv_kernel", "must be 4, which Megatron's Mamba layers hard-wire"),
        (
            "layer_norm_epsilon",
            "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
        ),
        ("mamba_hidden_act", "must be 'silu', which Megatron's Mamba layers hard-wire"),
        ("mamba_proj_bias", "the class has no such bias, whatever a checkpoint's own code had"),
        ("n_groups", "must divide mamba_num_heads"),
        ("use_bias", "must be False: Megatron's Mamba projections have no biases"),
        ("use_conv_bias", "must be True, which Megatron's Mamba layers hard-wire"),
    ),
    "mixer": (
        ("hidden_act", "must be 'silu' in a model with Mamba layers, in which Megatron hard-wires that"),
        ("mamba_chunk_size", "must be above zero; any such size computes the same"),
        ("mamba_chunk_size", "must be given: transformers cannot build a model without it"),
        ("mamba_conv_bias", "must be True, which Megatron's Mamba layers hard-wire"),
        ("mamba_d_conv", "must be 4, which Megatron's Mamba layers hard-wire"),
        ("mamba_d_conv", "must be given: transformers cannot build a model without it"),
        ("mamba_d_head", "must be an integer above zero, which transformers makes of 'auto' when it builds a config"),
        ("mamba_d_head", "must be given: transformers cannot build a model without it"),
        ("mamba_expand", "must be given: transformers cannot build a model without it"),
        (
            "mamba_expand",
            "must be how many times wider than hidden_size all Mamba heads together are: transformers builds no "
            "other model",
        ),
        ("mamba_n_groups", "must divide mamba_n_heads"),
        ("mamba_proj_bias", "must be False: Megatron's Mamba projections have no biases"),
        ("rms_norm_eps", "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that"),
        ("time_step_limit", "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere"),
    ),
    "mlp_dropout": (
        (
            "hidden_dropout",
            "above zero, the class drops what an MLP adds, and Megatron would drop the embedding and what "
            "attention adds too",
        ),
    ),
    "no_attention_bias": (
        (
            "attention_bias",
            "it biases the output projection too, and Megatron has that bias only together with biases of every "
            "linear layer",
        ),
    ),
    "normalised": (
        (
            "num_experts_per_tok",
            "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
        ),
    ),
    "normalised_if_said": (
        (
            "norm_topk_prob",
            "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
        ),
    ),
    "numbered_experts": (("num_experts_per_tok", "must be at most num_experts"),),
    "remote_router": (
        ("scoring_func", "the class scores experts with a sigmoid"),
        ("topk_method", "the class chooses experts by groups and a bias"),
    ),
    "rope_interleave": (("rope_interleave", "Megatron's latent attention always rotates interleaved pairs"),),
    "rope_keys": (
        ("original_max_position_embeddings", "must be what rope_parameters says: transformers prefers it to that"),
        ("partial_rotary_factor", "belongs in rope_parameters, where transformers moves it when it builds a config"),
        ("rope_theta", "belongs in rope_parameters, where transformers moves it when it builds a config"),
    ),
    "rope_width": (
        (
            "head_dim",
            "must be hidden_size // num_attention_heads: only rope looks here, and the attention has no other width",
        ),
    ),
    "router_of_groups": (
        (
            "norm_topk_prob",
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
            "leave the score of a single one as it is",
        ),
        ("topk_group", "must be at most n_group"),
        (
            "topk_group",
            "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its "
            "num_experts_per_tok // topk_group best experts, and transformers by that of two",
        ),
    ),
    "scales": (
        (
            "residual_multiplier",
            "it must be given as Megatron hard-wires it, which adds what attention and MLP yield as it is",
        ),
    ),
    "sequential": (
        (
            "use_parallel_residual",
            "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both "
            "read the same",
        ),
    ),
    "sigmoid_scores": (
        (
            "norm_topk_prob",
            "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and "
            "leave the score of a single one as it is",
        ),
    ),
    "sparse": (
        ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
        ("index_head_dim", "must be at least qk_rope_head_dim: so much of it is rotated"),
        (
            "layer_types",
            "must be indexed_attention in every layer: the class has no other, and keeps what the indexer needs "
            "for it",
        ),
    ),
    "unbiased_experts": (
        (
            "mlp_bias",
            "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
        ),
    ),
    "undeclared_rope_dim": (
        ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
    ),
    "whole_layers": (
        ("layerdrop", "above zero, whole layers are left out of training at random, and Megatron has no such training"),
    ),
    "window_switch": (
        (
            "use_sliding_window",
            "must be True where sliding_window is set: the model has a window exactly when that is set",
        ),
    ),
}
"""What the parts of families refuse, by part: fields, each with the reason."""

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "apertus": Family(
            name="apertus",
            config_class="transformers.models.apertus.configuration_apertus.ApertusConfig",
            covers="Apertus with a fixed activation; the published ones have xIELU, whose shape is learned.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "arcee": Family(
            name="arcee",
            config_class="transformers.models.arcee.configuration_arcee.ArceeConfig",
            covers="Arcee's AFM 4.5B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "aria_text": Family(
            name="aria_text",
            config_class="transformers.models.aria.configuration_aria.AriaTextConfig",
            covers="The language model of Aria.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                (
                    "hidden_act",
                    "must be 'silu' or 'swish': it is the activation of the shared experts alone, and the others have "
                    "that always",
                ),
                ("mlp_bias", "it biases the shared experts alone, and Megatron has no such bias"),
                ("moe_topk", "must be at most moe_num_experts"),
                ("moe_topk", "must be two or more: Megatron rejects a softmax over the chosen experts if there is one"),
            ),
            deviations=(),
        ),
        "axk1": Family(
            name="axk1",
            config_class="transformers.models.axk1.configuration_axk1.AXK1Config",
            covers="A.X K1 without experts; the published one has them.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["rope_interleave"],
                *GUARDS["rope_keys"],
                *GUARDS["undeclared_rope_dim"],
                (
                    "mlp_layer_types",
                    "must be 'dense' for every layer: experts of the class have a norm after them, before the residual, "
                    "and Megatron's have none",
                ),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "bamba": Family(
            name="bamba",
            config_class="transformers.models.bamba.configuration_bamba.BambaConfig",
            covers="Bamba: Mamba-2 or attention, and an MLP, in every layer.",
            targets=("megatron.training.models.hybrid.HybridModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["mixer"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                ("mlp_bias", "Megatron has biases on every linear layer or on none"),
                ("z_loss_coefficient", "must be zero: Megatron's loss has no such term"),
            ),
            deviations=(),
        ),
        "biogpt": Family(
            name="biogpt",
            config_class="transformers.models.biogpt.configuration_biogpt.BioGptConfig",
            covers="BioGPT's class, without the multiplier of its published embedding.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["language_model"],
                *GUARDS["whole_layers"],
                ("activation_dropout", "above zero, an MLP drops a part of itself, and Megatron's does not"),
                (
                    "scale_embedding",
                    "transformers multiplies the embedding of a token before it adds that of its position, and Megatron "
                    "could multiply the sum only",
                ),
            ),
            deviations=(),
        ),
        "cwm": Family(
            name="cwm",
            config_class="transformers.models.cwm.configuration_cwm.CwmConfig",
            covers="Meta's Code World Model, 32B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                ("mlp_bias", "attention has no biases, and Megatron has those of the MLP only with biases there"),
            ),
            deviations=(),
        ),
        "deepseek_v2": Family(
            name="deepseek_v2",
            config_class="transformers.models.deepseek_v2.configuration_deepseek_v2.DeepseekV2Config",
            covers="DeepSeek-V2's class, for routers that Megatron has (not those of the two published models).",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["experts_after_dense"],
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["rope_keys"],
                *GUARDS["unbiased_experts"],
                (
                    "head_dim",
                    "must be given, and be qk_rope_head_dim, to which transformers sets it: rope is that wide",
                ),
                ("n_group", "must be given, and divide n_routed_experts, where topk_method is group_limited_greedy"),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                ("scoring_func", "the class scores experts with a softmax"),
                ("topk_group", "must be given, and be at most n_group, where topk_method is group_limited_greedy"),
                (
                    "topk_group",
                    "must be n_group, or fit once into num_experts_per_tok: Megatron ranks a group by the sum of its "
                    "num_experts_per_tok // topk_group best experts, and transformers by the best alone",
                ),
                (
                    "topk_group",
                    "must be so many groups that they have num_experts_per_tok experts: transformers gives others a "
                    "weight of zero, and Megatron one below all numbers",
                ),
                ("topk_method", "transformers knows no other"),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "deepseek_v3": Family(
            name="deepseek_v3",
            config_class="transformers.models.deepseek_v3.configuration_deepseek_v3.DeepseekV3Config",
            covers="DeepSeek-V3 and R1, and what is published in their class.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["experts_after_dense"],
                *GUARDS["first_dense"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["remote_router"],
                *GUARDS["rope_interleave"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                *GUARDS["undeclared_rope_dim"],
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "deepseek_v32": Family(
            name="deepseek_v32",
            config_class="transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config",
            covers="DeepSeek-V3.2.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["experts_after_dense"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["remote_router"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                *GUARDS["sparse"],
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "dots1": Family(
            name="dots1",
            config_class="transformers.models.dots1.configuration_dots1.Dots1Config",
            covers="dots.llm1.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["first_dense"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
            ),
            deviations=(),
        ),
        "ernie4_5": Family(
            name="ernie4_5",
            config_class="transformers.models.ernie4_5.configuration_ernie4_5.Ernie4_5Config",
            covers="ERNIE 4.5's dense model of 0.3B.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "exaone_moe": Family(
            name="exaone_moe",
            config_class="transformers.models.exaone_moe.configuration_exaone_moe.ExaoneMoeConfig",
            covers="K-EXAONE.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                (
                    "n_group",
                    "must divide num_experts into groups of two or more: a group is ranked by its two best experts",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
            ),
            deviations=(),
        ),
        "falcon": Family(
            name="falcon",
            config_class="transformers.models.falcon.configuration_falcon.FalconConfig",
            covers="Falcon with rotary positions and an MLP after attention; in the published ones they are at once, or "
            "ALiBi.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                ("alibi", "Megatron has no ALiBi"),
                ("attention_dropout", "must be given: transformers cannot build a model without it"),
                (
                    "attention_dropout",
                    "must equal hidden_dropout: it drops out what attention adds to the residual stream, as that does for "
                    "the MLP, and Megatron has one for both",
                ),
                (
                    "new_decoder_architecture",
                    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both "
                    "read the same",
                ),
                (
                    "num_kv_heads",
                    "must be num_attention_heads where multi_query is not True: only the new architecture has others",
                ),
                (
                    "parallel_attn",
                    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both "
                    "read the same",
                ),
            ),
            deviations=(),
        ),
        "flint": Family(
            name="flint",
            config_class="transformers.models.flint.configuration_flint.FlintConfig",
            covers="Flint.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
                *GUARDS["sigmoid_scores"],
            ),
            deviations=(),
        ),
        "gemma": Family(
            name="gemma",
            config_class="transformers.models.gemma.configuration_gemma.GemmaConfig",
            covers="Gemma's first release, 2B and 7B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                (
                    "use_bidirectional_attention",
                    "must not be True: Megatron's language models do not attend to later tokens",
                ),
            ),
            deviations=(),
        ),
        "glm": Family(
            name="glm",
            config_class="transformers.models.glm.configuration_glm.GlmConfig",
            covers="GLM-4-9B and what came before it in the same class.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "glm4_moe": Family(
            name="glm4_moe",
            config_class="transformers.models.glm4_moe.configuration_glm4_moe.Glm4MoeConfig",
            covers="GLM-4.5, 4.6 and 4.7, and their Air versions.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
            ),
            deviations=(),
        ),
        "glm4_moe_lite": Family(
            name="glm4_moe_lite",
            config_class="transformers.models.glm4_moe_lite.configuration_glm4_moe_lite.Glm4MoeLiteConfig",
            covers="GLM-4.7-Flash.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["experts_after_dense"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["remote_router"],
                *GUARDS["rope_interleave"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "glm_moe_dsa": Family(
            name="glm_moe_dsa",
            config_class="transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig",
            covers="GLM-5.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["experts_after_dense"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["remote_router"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                *GUARDS["sparse"],
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "gpt2": Family(
            name="gpt2",
            config_class="transformers.models.gpt2.configuration_gpt2.GPT2Config",
            covers="GPT-2, Cerebras-GPT and GPT-SW3.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["gpt2_decoder"],
                *GUARDS["language_model"],
                (
                    "scale_attn_by_inverse_layer_idx",
                    "it scales the softmax of every layer differently, and Megatron has one scale for all layers",
                ),
            ),
            deviations=(),
        ),
        "gpt_bigcode": Family(
            name="gpt_bigcode",
            config_class="transformers.models.gpt_bigcode.configuration_gpt_bigcode.GPTBigCodeConfig",
            covers="StarCoder and SantaCoder.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["gpt2_decoder"],
                *GUARDS["language_model"],
            ),
            deviations=(),
        ),
        "gpt_neox": Family(
            name="gpt_neox",
            config_class="transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig",
            covers="GPT-NeoX and Pythia, where a layer's MLP comes after its attention.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["language_model"],
                *GUARDS["rope_width"],
                *GUARDS["sequential"],
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                ("attention_bias", "the MLP has biases always, and Megatron has them everywhere or nowhere"),
                ("partial_rotary_factor", "must be what rope_parameters says, if it is said again: only that is read"),
                ("rope_theta", "must be what rope_parameters says, if it is said again: only that is read"),
            ),
            deviations=(),
        ),
        "gpt_oss": Family(
            name="gpt_oss",
            config_class="transformers.models.gpt_oss.configuration_gpt_oss.GptOssConfig",
            covers="gpt-oss 20b and 120b.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["clamped_gate"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["local_experts"],
                *GUARDS["normalised"],
                *GUARDS["rope_keys"],
                (
                    "attention_bias",
                    "experts and routers have biases always, and Megatron has those only together with biases of attention",
                ),
                ("sliding_window", "must be given: transformers makes a mask with it, whether a layer uses it or not"),
            ),
            deviations=(),
        ),
        "granite": Family(
            name="granite",
            config_class="transformers.models.granite.configuration_granite.GraniteConfig",
            covers="Granite's dense models whose residual multiplier is one; that of the published ones is not.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
            ),
            deviations=(),
        ),
        "granite_swa": Family(
            name="granite_swa",
            config_class="transformers.models.granite_swa.configuration_granite_swa.GraniteSWAConfig",
            covers="Granite with sinks and windows where the residual multiplier is one, as it is by default.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
            ),
            deviations=(),
        ),
        "granitemoe": Family(
            name="granitemoe",
            config_class="transformers.models.granitemoe.configuration_granitemoe.GraniteMoeConfig",
            covers="Granite with experts where the residual multiplier is one.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["granite_experts"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
            ),
            deviations=(),
        ),
        "granitemoe_swa": Family(
            name="granitemoe_swa",
            config_class="transformers.models.granitemoe_swa.configuration_granitemoe_swa.GraniteMoeSWAConfig",
            covers="Granite with experts, sinks and windows where the residual multiplier is one, as it is by default.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["granite_experts"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
            ),
            deviations=(),
        ),
        "granitemoehybrid": Family(
            name="granitemoehybrid",
            config_class="transformers.models.granitemoehybrid.configuration_granitemoehybrid.GraniteMoeHybridConfig",
            covers="Granite 4 where the residual multiplier is one; that of the published ones is not.",
            targets=("megatron.training.models.hybrid.HybridModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["mixer"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
                ("intermediate_size", "must be above zero in a model with experts, which are so wide"),
                (
                    "num_experts_per_tok",
                    "must be two at least, and at most num_local_experts, unless that is zero: Megatron rejects a softmax "
                    "over the chosen experts if there is one",
                ),
            ),
            deviations=(),
        ),
        "granitemoeshared": Family(
            name="granitemoeshared",
            config_class="transformers.models.granitemoeshared.configuration_granitemoeshared.GraniteMoeSharedConfig",
            covers="Granite with experts and a shared MLP where the residual multiplier is one.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["granite_experts"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
            ),
            deviations=(),
        ),
        "helium": Family(
            name="helium",
            config_class="transformers.models.helium.configuration_helium.HeliumConfig",
            covers="Kyutai's Helium 2B.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                (
                    "head_dim",
                    "must be hidden_size / num_attention_heads: the output projection of the class takes hidden_size",
                ),
                (
                    "mlp_bias",
                    "the output projection of attention has no bias, and Megatron has those of the MLP only with one there",
                ),
            ),
            deviations=(),
        ),
        "hy_v3": Family(
            name="hy_v3",
            config_class="transformers.models.hy_v3.configuration_hy_v3.HYV3Config",
            covers="Hunyuan 3.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["unbiased_experts"],
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "num_experts_per_tok",
                    "must be two or more: the class makes the score of a single expert one, and Megatron leaves it as it is",
                ),
            ),
            deviations=(),
        ),
        "hyperclovax": Family(
            name="hyperclovax",
            config_class="transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig",
            covers="HyperCLOVA X without norms after attention and MLP; the published ones have them.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["scales"],
                ("use_post_norm", "Megatron has no norms between attention or MLP and the residual stream"),
            ),
            deviations=(),
        ),
        "internlm3": Family(
            name="internlm3",
            config_class="transformers.models.internlm3.configuration_internlm3.InternLM3Config",
            covers="InternLM3 8B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "iquestcoder": Family(
            name="iquestcoder",
            config_class="transformers.models.iquestcoder.configuration_iquestcoder.IQuestCoderConfig",
            covers="IQuest-Coder V1.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "jais2": Family(
            name="jais2",
            config_class="transformers.models.jais2.configuration_jais2.Jais2Config",
            covers="Jais 2.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "lfm2": Family(
            name="lfm2",
            config_class="transformers.models.lfm2.configuration_lfm2.Lfm2Config",
            covers="LFM2 with attention in every layer; the published ones have convolutions in most.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                ("layer_types", "must be 'full_attention' for every layer: Megatron has no gated short convolutions"),
            ),
            deviations=(),
        ),
        "lfm2_moe": Family(
            name="lfm2_moe",
            config_class="transformers.models.lfm2_moe.configuration_lfm2_moe.Lfm2MoeConfig",
            covers="LFM2 with experts, with attention in every layer and one expert for each token; published ones have "
            "convolutions in most.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
                ("layer_types", "must be 'full_attention' for every layer: Megatron has no gated short convolutions"),
                (
                    "norm_topk_prob",
                    "must be False, and num_experts_per_tok 1, where a layer has experts: transformers adds 1e-6 to the "
                    "sum by which it normalises scores, and Megatron next to nothing; it normalises those of several "
                    "always",
                ),
            ),
            deviations=(),
        ),
        "lfm3": Family(
            name="lfm3",
            config_class="transformers.models.lfm3.configuration_lfm3.Lfm3Config",
            covers="LFM3 with attention in every layer, one rope, no gates and no norms after attention and MLP; "
            "published ones have all of these.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                ("use_attention_gate", "it is one for each head, and Megatron's one for each channel"),
                ("use_sandwich_norm", "Megatron has no norms after attention and MLP, before the residual"),
            ),
            deviations=(),
        ),
        "llama": Family(
            name="llama",
            config_class="transformers.models.llama.configuration_llama.LlamaConfig",
            covers="Llama 2 to 3.3, and the many checkpoints that use its class.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "llama4_text": Family(
            name="llama4_text",
            config_class="transformers.models.llama4.configuration_llama4.Llama4TextConfig",
            covers="The language model of Llama 4 without chunks and with one expert for each token; published ones have "
            "chunks.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                (
                    "attention_chunk_size",
                    "must be given: transformers makes the mask of chunks even if no layer has them",
                ),
                (
                    "attn_temperature_tuning",
                    "must be False where a layer has no rope: Megatron does not scale queries by their position",
                ),
                ("layer_types", "must be 'full_attention' for every layer: its attention has no chunks"),
                ("num_experts_per_tok", "Megatron hard-wires it where a score multiplies what an expert gets"),
                (
                    "use_qk_norm",
                    "must be False where some layers have rope and some have none: transformers normalises in the former "
                    "alone, and Megatron in all layers",
                ),
            ),
            deviations=(),
        ),
        "mamba2": Family(
            name="mamba2",
            config_class="transformers.models.mamba2.configuration_mamba2.Mamba2Config",
            covers="Mamba-2, as Codestral Mamba has it.",
            targets=("megatron.training.models.hybrid.HybridModelConfig",),
            status="mapped",
            refusals=(
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                ("chunk_size", "must be above zero; any such size computes the same"),
                ("conv_kernel", "Megatron's Mamba layers hard-wire that"),
                (
                    "expand",
                    "must be how many times wider than hidden_size all heads together are: transformers builds no other model",
                ),
                ("layer_norm_epsilon", "Megatron hard-wires that in the gated norm of its Mamba layers"),
                ("n_groups", "must divide num_heads"),
                ("time_step_limit", "must be (0.0, inf): Megatron's Mamba layers bound time steps nowhere"),
                ("use_bias", "Megatron's Mamba projections have no biases"),
                ("use_conv_bias", "Megatron's Mamba layers hard-wire that"),
            ),
            deviations=(),
        ),
        "mellum": Family(
            name="mellum",
            config_class="transformers.models.mellum.configuration_mellum.MellumConfig",
            covers="Mellum 2, where all types of layers have one rope.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["no_attention_bias"],
                *GUARDS["normalised_if_said"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "mimo_v2_flash": Family(
            name="mimo_v2_flash",
            config_class="transformers.models.mimo_v2_flash.configuration_mimo_v2_flash.MiMoV2FlashConfig",
            covers="MiMo V2 Flash with one kind of layer, and values as wide as keys and not scaled; the published one "
            "has two kinds and narrower values.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
                ("attention_value_scale", "must be None or 1: a factor of values is hard-wired to one in Megatron"),
                (
                    "layer_types",
                    "must be the same for every layer: layers with a window have sinks and twice the query groups, and "
                    "Megatron's layers have as many each, and all have sinks or none",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads, twice if layers have a window: every group serves the same number "
                    "of query heads",
                ),
                ("v_head_dim", "must be head_dim: Megatron's values are as wide as its keys"),
            ),
            deviations=(),
        ),
        "minimax_m3_vl_text": Family(
            name="minimax_m3_vl_text",
            config_class="transformers.models.minimax_m3_vl.configuration_minimax_m3_vl.MiniMaxM3VLTextConfig",
            covers="The language model of MiniMax-M3 where no layer has sparse attention.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["clamped_gate"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                (
                    "layer_types",
                    "must be 'full_attention' for every layer: its attention chooses single tokens, not blocks of them",
                ),
                (
                    "num_experts_per_tok",
                    "must be two at least, and at most num_local_experts: Megatron does not normalise the score of a "
                    "single expert",
                ),
            ),
            deviations=(),
        ),
        "ministral": Family(
            name="ministral",
            config_class="transformers.models.ministral.configuration_ministral.MinistralConfig",
            covers="Ministral 8B of 2024.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "ministral3": Family(
            name="ministral3",
            config_class="transformers.models.ministral3.configuration_ministral3.Ministral3Config",
            covers="Devstral 2, whose queries keep their scale at every position; those of Ministral 3 do not.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "mistral": Family(
            name="mistral",
            config_class="transformers.models.mistral.configuration_mistral.MistralConfig",
            covers="Mistral 7B and Nemo, Codestral, Mistral Small.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "mixtral": Family(
            name="mixtral",
            config_class="transformers.models.mixtral.configuration_mixtral.MixtralConfig",
            covers="Mixtral 8x7B and 8x22B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["local_experts"],
                *GUARDS["normalised"],
                *GUARDS["rope_keys"],
                (
                    "router_jitter_noise",
                    "it scales what router and experts read in training, and Megatron's jitter scales what the router reads",
                ),
            ),
            deviations=(),
        ),
        "nemotron": Family(
            name="nemotron",
            config_class="transformers.models.nemotron.configuration_nemotron.NemotronConfig",
            covers="Nemotron-3 8B, Nemotron-4 and Minitron.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
            ),
            deviations=(),
        ),
        "nemotron_h": Family(
            name="nemotron_h",
            config_class="transformers.models.nemotron_h.configuration_nemotron_h.NemotronHConfig",
            covers="Nemotron-H, Nemotron Nano 2 and Nemotron 3.",
            targets=("megatron.training.models.hybrid.HybridModelConfig",),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["mamba"],
                *GUARDS["router_of_groups"],
                ("attention_bias", "the class has no such bias, whatever a checkpoint's own code had"),
                (
                    "mlp_bias",
                    "must be False in a model with attention or experts, on which Megatron would put biases too",
                ),
                (
                    "tie_word_embeddings",
                    "the class keeps an output layer of its own whatever this says, so a checkpoint that ties them "
                    "computes something else",
                ),
            ),
            deviations=(
                Deviation(
                    "mamba_dt_clamp",
                    "time_step_min",
                    "transformers never lets a Mamba time step be shorter than time_step_min, and Megatron does: the more "
                    "steps of a checkpoint are shorter, the more they differ. Published checkpoints have 0.001",
                ),
            ),
        ),
        "opt": Family(
            name="opt",
            config_class="transformers.models.opt.configuration_opt.OPTConfig",
            covers="OPT, but for its 350M, which has norms after the residual and a narrower embedding.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["language_model"],
                *GUARDS["whole_layers"],
                ("_remove_final_layer_norm", "Megatron has a norm after the last layer"),
                (
                    "do_layer_norm_before",
                    "Megatron has norms before attention and before the MLP, and none on the residual stream",
                ),
                ("layer_norm_elementwise_affine", "Megatron's LayerNorm has a weight and a bias"),
                ("word_embed_proj_dim", "must be given: transformers cannot build a model without it"),
                (
                    "word_embed_proj_dim",
                    "must be hidden_size: Megatron has no projection between the embedding and the layers",
                ),
            ),
            deviations=(
                Deviation(
                    "embedding_dropout",
                    "dropout",
                    "in training, transformers drops a part of what attention and MLPs add, and Megatron of the embedding "
                    "as well; without dropout they are equal. Published checkpoints have 0.1",
                ),
            ),
        ),
        "persimmon": Family(
            name="persimmon",
            config_class="transformers.models.persimmon.configuration_persimmon.PersimmonConfig",
            covers="Persimmon 8B, and the language model of Fuyu.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["language_model"],
                *GUARDS["mlp_dropout"],
                *GUARDS["rope_keys"],
                *GUARDS["rope_width"],
            ),
            deviations=(),
        ),
        "phi3": Family(
            name="phi3",
            config_class="transformers.models.phi3.configuration_phi3.Phi3Config",
            covers="Phi-3 with 4k tokens, and Phi-4; not those with longer sequences, which have longrope.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                ("rope_theta", "belongs in rope_parameters, where transformers moves it when it builds a config"),
                ("attention_bias", "the class has no such bias"),
                ("full_attn_mod", "the class has one kind of attention, with rope as it is"),
                ("interpolate_factor", "the class has one kind of attention, with rope as it is"),
                ("lm_head_bias", "the class has no such bias"),
                ("mlp_bias", "the class has no such bias"),
                ("partial_rotary_factor", "must be what rope_parameters says: transformers takes it from there"),
            ),
            deviations=(),
        ),
        "qwen2": Family(
            name="qwen2",
            config_class="transformers.models.qwen2.configuration_qwen2.Qwen2Config",
            covers="Qwen2 and Qwen2.5, and what is distilled into them.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["rope_keys"],
                *GUARDS["window_switch"],
            ),
            deviations=(),
        ),
        "qwen2_moe": Family(
            name="qwen2_moe",
            config_class="transformers.models.qwen2_moe.configuration_qwen2_moe.Qwen2MoeConfig",
            covers="Qwen1.5-MoE and Qwen2 57B-A14B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["normalised_if_said"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
                ("sliding_window", "must be above zero, or zero if no layer is sliding_attention"),
                ("sliding_window", "must be given: transformers makes a mask with it, whether a layer uses it or not"),
                (
                    "use_sliding_window",
                    "must be True where sliding_window is a number of tokens: else the class sets that to 0 when it is built",
                ),
            ),
            deviations=(),
        ),
        "qwen3": Family(
            name="qwen3",
            config_class="transformers.models.qwen3.configuration_qwen3.Qwen3Config",
            covers="Qwen3's dense models.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                *GUARDS["window_switch"],
            ),
            deviations=(),
        ),
        "qwen3_5_moe_text": Family(
            name="qwen3_5_moe_text",
            config_class="transformers.models.qwen3_5_moe.configuration_qwen3_5_moe.Qwen3_5MoeTextConfig",
            covers="The language models of Qwen3.5's models with experts.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["delta_net_sizes"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["normalised"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
                ("attn_output_gate", "the class gates the output of its attention always"),
                ("decoder_sparse_step", "the class has experts in every layer"),
                ("norm_topk_prob", "the class makes the weights of a token's experts add up to one always"),
            ),
            deviations=(),
        ),
        "qwen3_5_text": Family(
            name="qwen3_5_text",
            config_class="transformers.models.qwen3_5.configuration_qwen3_5.Qwen3_5TextConfig",
            covers="The language models of Qwen3.5's dense models.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["delta_net_sizes"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                ("attn_output_gate", "the class gates the output of its attention always"),
            ),
            deviations=(),
        ),
        "qwen3_moe": Family(
            name="qwen3_moe",
            config_class="transformers.models.qwen3_moe.configuration_qwen3_moe.Qwen3MoeConfig",
            covers="Qwen3 with experts: 30B-A3B, 235B-A22B, Coder.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["normalised_if_said"],
                *GUARDS["rope_keys"],
                *GUARDS["window_switch"],
                ("num_experts_per_tok", "must be at most num_experts"),
                ("qkv_bias", "the class has no such bias"),
                ("shared_expert_intermediate_size", "the class has no shared expert"),
                ("use_qk_norm", "the class normalises queries and keys always"),
            ),
            deviations=(),
        ),
        "qwen3_next": Family(
            name="qwen3_next",
            config_class="transformers.models.qwen3_next.configuration_qwen3_next.Qwen3NextConfig",
            covers="Qwen3-Next 80B-A3B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["delta_net_sizes"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["normalised_if_said"],
                *GUARDS["numbered_experts"],
                *GUARDS["rope_keys"],
                ("use_sliding_window", "the attention of the class has no window"),
            ),
            deviations=(),
        ),
        "seed_oss": Family(
            name="seed_oss",
            config_class="transformers.models.seed_oss.configuration_seed_oss.SeedOssConfig",
            covers="Seed-OSS 36B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                (
                    "attention_bias",
                    "must be True where mlp_bias is: Megatron has biases of query, key and value when every other has one",
                ),
                (
                    "attention_out_bias",
                    "must equal mlp_bias: Megatron has a bias on the output projection exactly when every linear layer "
                    "has one",
                ),
            ),
            deviations=(),
        ),
        "smollm3": Family(
            name="smollm3",
            config_class="transformers.models.smollm3.configuration_smollm3.SmolLM3Config",
            covers="SmolLM3 3B.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["biases"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["layered_window"],
                *GUARDS["rope_keys"],
                (
                    "use_sliding_window",
                    "must be True where a layer is sliding_attention: transformers makes the mask of a window all the "
                    "same, but some of its attentions ask this field",
                ),
            ),
            deviations=(),
        ),
        "solar_open": Family(
            name="solar_open",
            config_class="transformers.models.solar_open.configuration_solar_open.SolarOpenConfig",
            covers="Solar Open.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["grouped_router"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                *GUARDS["router_of_groups"],
            ),
            deviations=(),
        ),
        "stablelm": Family(
            name="stablelm",
            config_class="transformers.models.stablelm.configuration_stablelm.StableLmConfig",
            covers="StableLM 3B, StableLM 2 1.6B and Zephyr, and Stable Code.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["derived_head_dim"],
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["mlp_dropout"],
                *GUARDS["rope_keys"],
                *GUARDS["rope_width"],
                *GUARDS["sequential"],
                ("qk_layernorm", "every head has a norm of its own, and Megatron has one for all heads"),
            ),
            deviations=(),
        ),
        "starcoder2": Family(
            name="starcoder2",
            config_class="transformers.models.starcoder2.configuration_starcoder2.Starcoder2Config",
            covers="StarCoder2.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["rope_keys"],
                (
                    "embedding_dropout",
                    "must equal residual_dropout: Megatron has one dropout for the embedding and the residual stream",
                ),
            ),
            deviations=(),
        ),
        "vaultgemma": Family(
            name="vaultgemma",
            config_class="transformers.models.vaultgemma.configuration_vaultgemma.VaultGemmaConfig",
            covers="VaultGemma without soft caps; the published one has them.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["grouped_query"],
                *GUARDS["language_model"],
                *GUARDS["no_attention_bias"],
                *GUARDS["rope_keys"],
                ("attn_logit_softcapping", "Megatron has no soft cap on scores"),
                ("final_logit_softcapping", "Megatron has no soft cap on logits"),
            ),
            deviations=(),
        ),
        "youtu": Family(
            name="youtu",
            config_class="transformers.models.youtu.configuration_youtu.YoutuConfig",
            covers="Youtu-LLM: latent attention without experts.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                *GUARDS["language_model"],
                *GUARDS["latent"],
                *GUARDS["rope_interleave"],
                *GUARDS["rope_keys"],
                *GUARDS["undeclared_rope_dim"],
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron "
                    "with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
    }
)
