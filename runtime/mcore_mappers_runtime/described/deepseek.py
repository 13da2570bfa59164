"""DeepSeek-MoE, the first of DeepSeek's models with experts."""

# Types are held against values when a config is built, which takes annotations that are evaluated.

from typing import Any

from huggingface_hub.dataclasses import strict
from transformers.configuration_utils import PreTrainedConfig
from transformers.modeling_rope_utils import RopeParameters


@strict
class DeepseekConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]  # transformers gives no types there
    """What the code beside deepseek-ai/deepseek-moe-16b-base reads, with the defaults of its `DeepseekConfig`.

    Layers are Llama's, with biases on all four projections of attention if on any. Layer `i` has experts where `i` is
    at least `first_k_dense_replace` and a multiple of `moe_layer_freq`: each token goes through those of its
    `num_experts_per_tok` highest softmax scores over all experts, weighed by the scores as they are or, with
    `norm_topk_prob`, made to add up to one, and through one MLP that all tokens share, `n_shared_experts` times as
    wide as an expert. Without `n_routed_experts` every layer has an MLP alone.

    Source: "DeepSeekMoE: Towards Ultimate Expert Specialization in Mixture-of-Experts Language Models"
    (arXiv:2401.06066), and `configuration_deepseek.py` and `modeling_deepseek.py` of that checkpoint.
    """

    model_type = "deepseek"

    vocab_size: int = 102400
    hidden_size: int = 4096
    intermediate_size: int = 11008
    moe_intermediate_size: int = 1407
    num_hidden_layers: int = 30
    num_attention_heads: int = 32
    num_key_value_heads: int | None = 32
    n_shared_experts: int | None = None
    n_routed_experts: int | None = None
    num_experts_per_tok: int | None = None
    moe_layer_freq: int = 1
    first_k_dense_replace: int = 0
    norm_topk_prob: bool = False
    scoring_func: str = "softmax"
    aux_loss_alpha: float = 0.001
    seq_aux: bool = True
    hidden_act: str = "silu"
    max_position_embeddings: int = 2048
    initializer_range: float = 0.02
    rms_norm_eps: float = 1e-6
    use_cache: bool = True
    pad_token_id: int | None = None
    bos_token_id: int | None = 100000
    eos_token_id: int | list[int] | None = 100001
    pretraining_tp: int = 1
    tie_word_embeddings: bool = False
    rope_parameters: RopeParameters | dict[Any, Any] | None = None
    attention_bias: bool = False
    attention_dropout: float = 0.0

    def __post_init__(self, **kwargs: Any) -> None:
        if self.num_key_value_heads is None:
            self.num_key_value_heads = self.num_attention_heads
        # Nor there.
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType]
