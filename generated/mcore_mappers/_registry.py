"""Every family that the package knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ._family import Deviation, Family

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                (
                    "head_dim",
                    "must be given, and be qk_rope_head_dim, to which transformers sets it: rope is that wide",
                ),
                (
                    "mlp_bias",
                    "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
                ),
                ("topk_method", "transformers knows no other"),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                ("n_group", "must be given, and divide n_routed_experts, where topk_method is group_limited_greedy"),
                ("topk_group", "must be given, and be at most n_group, where topk_method is group_limited_greedy"),
                (
                    "topk_group",
                    "must be n_group, or fit once into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by the best alone",
                ),
                (
                    "topk_group",
                    "must be so many groups that they have num_experts_per_tok experts: transformers gives others a weight of zero, and Megatron one below all numbers",
                ),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                ("first_k_dense_replace", "must be given: transformers compares it with every layer"),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
                ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
                ("rope_interleave", "Megatron's latent attention always rotates interleaved pairs"),
                ("scoring_func", "the class scores experts with a sigmoid"),
                ("topk_method", "the class chooses experts by groups and a bias"),
                ("moe_layer_freq", "every layer after the dense ones has experts"),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "deepseek_v32": Family(
            name="deepseek_v32",
            config_class="transformers.models.deepseek_v32.configuration_deepseek_v32.DeepseekV32Config",
            covers="DeepSeek-V3.2.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                ("index_head_dim", "must be at least qk_rope_head_dim: so much of it is rotated"),
                ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
                (
                    "layer_types",
                    "must be indexed_attention in every layer: the class has no other, and keeps what the indexer needs for it",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens: some layers are sliding_attention, which transformers cannot mask without one",
                ),
                ("first_k_dense_replace", "must be given: transformers compares it with every layer"),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "n_group",
                    "must divide num_experts into groups of two or more: a group is ranked by its two best experts",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
                ("rope_interleave", "Megatron's latent attention always rotates interleaved pairs"),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
        "glm_moe_dsa": Family(
            name="glm_moe_dsa",
            config_class="transformers.models.glm_moe_dsa.configuration_glm_moe_dsa.GlmMoeDsaConfig",
            covers="GLM-5.",
            targets=("megatron.training.models.gpt.GPTModelConfig",),
            status="mapped",
            refusals=(
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                ("index_head_dim", "must be at least qk_rope_head_dim: so much of it is rotated"),
                ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
                (
                    "layer_types",
                    "must be indexed_attention in every layer: the class has no other, and keeps what the indexer needs for it",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
                ),
                (
                    "residual_multiplier",
                    "Megatron adds the output of attention and MLP to the residual stream as it is",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "residual_multiplier",
                    "Megatron adds the output of attention and MLP to the residual stream as it is",
                ),
                (
                    "num_experts_per_tok",
                    "must be two at least, and at most num_local_experts: Megatron rejects a softmax over the chosen experts if there is one",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "residual_multiplier",
                    "Megatron adds the output of attention and MLP to the residual stream as it is",
                ),
                (
                    "num_experts_per_tok",
                    "must be two at least, and at most num_local_experts: Megatron rejects a softmax over the chosen experts if there is one",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "mlp_bias",
                    "it biases dense and shared MLPs but no expert, and Megatron's biases are in all linear layers or in none",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "num_experts_per_tok",
                    "must be two or more: the class makes the score of a single expert one, and Megatron leaves it as it is",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
            ),
            deviations=(),
        ),
        "ministral3": Family(
            name="ministral3",
            config_class="transformers.models.ministral3.configuration_ministral3.Ministral3Config",
            covers="Ministral 3's architecture without its scale of queries, which every published checkpoint has.",
            targets=(
                "megatron.training.models.gpt.GPTModelConfig",
                "megatron.training.models.hybrid.HybridModelConfig",
            ),
            status="mapped",
            refusals=(
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
                ("n_groups", "must divide mamba_num_heads"),
                ("conv_kernel", "must be 4, which Megatron's Mamba layers hard-wire"),
                ("use_conv_bias", "must be True, which Megatron's Mamba layers hard-wire"),
                ("use_bias", "must be False: Megatron's Mamba projections have no biases"),
                ("mamba_hidden_act", "must be 'silu', which Megatron's Mamba layers hard-wire"),
                (
                    "layer_norm_epsilon",
                    "must be 1e-05 in a model with Mamba layers, in whose gated norm Megatron hard-wires that",
                ),
                ("chunk_size", "must be above zero; any such size computes the same"),
                ("mamba_proj_bias", "the class has no such bias, whatever a checkpoint's own code had"),
                (
                    "tie_word_embeddings",
                    "the class keeps an output layer of its own whatever this says, so a checkpoint that ties them computes something else",
                ),
                ("attention_bias", "the class has no such bias, whatever a checkpoint's own code had"),
                (
                    "mlp_bias",
                    "must be False in a model with attention or experts, on which Megatron would put biases too",
                ),
            ),
            deviations=(
                Deviation(
                    "mamba_dt_clamp",
                    "time_step_min",
                    "transformers never lets a Mamba time step be shorter than time_step_min, and Megatron does: the more steps of a checkpoint are shorter, the more they differ. Published checkpoints have 0.001",
                ),
            ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                ("partial_rotary_factor", "must be what rope_parameters says: transformers takes it from there"),
                (
                    "rope_parameters",
                    "has a rope_type that the config class refuses to be built with: it has 'default' and 'longrope'",
                ),
                ("attention_bias", "the class has no such bias"),
                ("mlp_bias", "the class has no such bias"),
                ("lm_head_bias", "the class has no such bias"),
                ("full_attn_mod", "the class has one kind of attention, with rope as it is"),
                ("interpolate_factor", "the class has one kind of attention, with rope as it is"),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens: some layers are sliding_attention, which transformers cannot mask without one",
                ),
                (
                    "use_sliding_window",
                    "must be True where sliding_window is set: the model has a window exactly when that is set",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens: some layers are sliding_attention, which transformers cannot mask without one",
                ),
                (
                    "use_sliding_window",
                    "must be True where sliding_window is set: the model has a window exactly when that is set",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_bias",
                    "it biases the output projection too, and Megatron has that bias only together with biases of every linear layer",
                ),
                (
                    "use_sliding_window",
                    "must be True where sliding_window is set: the model has a window exactly when that is set",
                ),
                (
                    "norm_topk_prob",
                    "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
                ("qkv_bias", "the class has no such bias"),
                ("use_qk_norm", "the class normalises queries and keys always"),
                ("shared_expert_intermediate_size", "the class has no shared expert"),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "attention_out_bias",
                    "must equal mlp_bias: Megatron has a bias on the output projection exactly when every linear layer has one",
                ),
                (
                    "attention_bias",
                    "must be True where mlp_bias is: Megatron has biases of query, key and value when every other has one",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens: some layers are sliding_attention, which transformers cannot mask without one",
                ),
                (
                    "attention_bias",
                    "must equal mlp_bias: it puts a bias on the output projection too, and Megatron has that bias exactly when every linear layer has one",
                ),
                (
                    "use_sliding_window",
                    "must be True where a layer is sliding_attention: transformers makes the mask of a window all the same, but some of its attentions ask this field",
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                (
                    "num_key_value_heads",
                    "must divide num_attention_heads: every group serves the same number of query heads",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                ("topk_group", "must be at most n_group"),
                (
                    "topk_group",
                    "must be n_group, or fit twice into num_experts_per_tok: Megatron ranks a group by the sum of its num_experts_per_tok // topk_group best experts, and transformers by that of two",
                ),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
                ),
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
                (
                    "is_encoder_decoder",
                    "the causal language models of transformers are decoders, and so are Megatron's",
                ),
                (
                    "is_causal",
                    "masks of attention to later tokens are what the language models of both sides are trained with",
                ),
                ("rope_theta", "belongs into rope_parameters, where transformers moves it when it builds a config"),
                (
                    "partial_rotary_factor",
                    "belongs into rope_parameters, where transformers moves it when it builds a config",
                ),
                (
                    "original_max_position_embeddings",
                    "must be what rope_parameters says: transformers prefers it to that",
                ),
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
                ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
                ("rope_interleave", "Megatron's latent attention always rotates interleaved pairs"),
            ),
            deviations=(
                Deviation(
                    "mla_latent_norm_eps",
                    "rms_norm_eps",
                    "transformers normalises the latents with an epsilon of 1e-6 whatever rms_norm_eps is, and Megatron with layernorm_epsilon; published checkpoints have 1e-5 at most",
                ),
            ),
        ),
    }
)
