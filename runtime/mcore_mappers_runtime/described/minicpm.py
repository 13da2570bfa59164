"""MiniCPM: dense models with scales by their depth and width."""

# Types are held against values when a config is built, which takes annotations that are evaluated.

from typing import Any

from huggingface_hub.dataclasses import strict
from transformers.configuration_utils import PreTrainedConfig
from transformers.modeling_rope_utils import RopeParameters


@strict
class MiniCPMConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]  # transformers gives no types there
    """What the code beside openbmb/MiniCPM-2B-sft-bf16 and MiniCPM4-8B reads, with the defaults of its `MiniCPMConfig`.

    Layers are Llama's, with biases on all four projections of attention if on any. Embeddings are multiplied by
    `scale_emb`; what attention and MLP add to the residual stream, by `scale_depth` over the root of
    `num_hidden_layers`; and hidden states are divided by `hidden_size / dim_model_base` before the output layer.
    MiniCPM4 has LongRoPE, with the same factors for all lengths of texts.

    Source: "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies"
    (arXiv:2404.06395), and `configuration_minicpm.py` and `modeling_minicpm.py` of those checkpoints.
    """

    model_type = "minicpm"

    vocab_size: int = 32000
    hidden_size: int = 4096
    intermediate_size: int = 11008
    num_hidden_layers: int = 32
    num_attention_heads: int = 32
    num_key_value_heads: int | None = None
    hidden_act: str = "silu"
    max_position_embeddings: int = 2048
    initializer_range: float = 0.02
    rms_norm_eps: float = 1e-6
    use_cache: bool = True
    pad_token_id: int | None = None
    bos_token_id: int | None = 1
    eos_token_id: int | list[int] | None = 2
    pretraining_tp: int = 1
    tie_word_embeddings: bool = True
    rope_parameters: RopeParameters | dict[Any, Any] | None = None
    attention_bias: bool = False
    attention_dropout: float = 0.0
    scale_emb: int | float = 1
    dim_model_base: int = 1
    scale_depth: int | float = 1

    def __post_init__(self, **kwargs: Any) -> None:
        if self.num_key_value_heads is None:
            self.num_key_value_heads = self.num_attention_heads
        # Nor there.
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType]
