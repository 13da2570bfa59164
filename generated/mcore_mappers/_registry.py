"""Every family that the package knows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ._family import Deviation, Family

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
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
                ("mlp_bias", "it biases the shared experts alone, and Megatron has no such bias"),
                ("hidden_act", "it is the activation of the shared experts alone, and the others have SiLU always"),
                ("moe_topk", "must be two or more: Megatron rejects a softmax over the chosen experts if there is one"),
                ("moe_topk", "must be at most moe_num_experts"),
            ),
            deviations=(),
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
                ("first_k_dense_replace", "must be a number: transformers compares it with every layer"),
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
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
                (
                    "num_key_value_heads",
                    "must equal num_attention_heads: latent attention has keys and values for every head",
                ),
                ("head_dim", "must be qk_rope_head_dim, to which transformers sets it: rope is that wide"),
                ("rope_interleave", "Megatron's latent attention always rotates interleaved pairs"),
                (
                    "attention_bias",
                    "it biases the projections to the latents and from the attention, and Megatron has no biases there alone",
                ),
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
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "norm_topk_prob",
                    "must say what Megatron does with sigmoid scores: normalise them if a token has several experts, and leave the score of a single one as it is",
                ),
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
                ("num_experts_per_tok", "must be at most num_local_experts"),
                (
                    "num_experts_per_tok",
                    "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                (
                    "attention_bias",
                    "experts and routers have biases always, and Megatron has those only together with biases of attention",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens: transformers makes a mask with it, whether a layer uses it or not",
                ),
                ("swiglu_alpha", "Megatron's quick_gelu hard-wires it"),
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
                ("num_experts_per_tok", "must be at most num_local_experts"),
                (
                    "num_experts_per_tok",
                    "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                (
                    "router_jitter_noise",
                    "it scales what router and experts read in training, and Megatron's jitter scales what the router reads",
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
                ("num_experts_per_tok", "must be at most n_routed_experts"),
                (
                    "n_group",
                    "must divide n_routed_experts into groups of two or more: a group is ranked by its two best experts",
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
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "norm_topk_prob",
                    "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                (
                    "sliding_window",
                    "must be a number of tokens, or 0 if no layer is sliding_attention: transformers makes both masks always",
                ),
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
                    "linear_num_value_heads",
                    "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
                ),
                (
                    "hidden_act",
                    "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "num_experts_per_tok",
                    "must be two or more: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                ("attn_output_gate", "the class gates the output of its attention always"),
                ("norm_topk_prob", "the class makes the weights of a token's experts add up to one always"),
                ("decoder_sparse_step", "the class has experts in every layer"),
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
                    "linear_num_value_heads",
                    "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
                ),
                (
                    "hidden_act",
                    "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
                ),
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
                    "linear_num_value_heads",
                    "must be a multiple of linear_num_key_heads: every key head serves the same number of value heads",
                ),
                (
                    "hidden_act",
                    "must be 'silu' or 'swish' in a model with Gated DeltaNet, whose gate transformers hard-wires to that",
                ),
                ("num_experts_per_tok", "must be at most num_experts"),
                (
                    "norm_topk_prob",
                    "must be False for a single expert: Megatron rejects a softmax over the chosen experts if there is one",
                ),
                ("use_sliding_window", "the attention of the class has no window"),
            ),
            deviations=(),
        ),
    }
)


def families() -> Mapping[str, Family]:
    """The families by name: their classes, targets, and what is refused or deviates."""
    return FAMILIES
