"""Llama-Nemotron: Llama, each layer of which has been searched for by itself."""

# Types are held against values when a config is built, which takes annotations that are evaluated.

from collections.abc import Mapping
from typing import Any, Final, cast

from huggingface_hub.dataclasses import strict
from transformers.configuration_utils import PreTrainedConfig
from transformers.modeling_rope_utils import RopeParameters

ATTENTION: Final[Mapping[str, object]] = {
    "n_heads_in_group": None,
    "no_op": False,
    "num_sink_tokens": None,
    "replace_with_linear": False,
    "sparsify": None,
    "unshifted_sink": False,
    "use_prefill_window_in_sink_attention": False,
    "window_length": None,
}
"""What a block says of its attention, and what it means where it does not."""

FFN: Final[Mapping[str, object]] = {"ffn_mult": None, "no_op": False, "replace_with_linear": False, "sparsify": None}
"""The same of its MLP."""

PLACES: Final = 6
"""Decimals to which `ffn_mult` is rounded before anything is computed with it."""


@strict
class NemotronNasConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]  # transformers gives no types there
    """What the code beside nvidia/Llama-3_3-Nemotron-Super-49B-v1 reads, with the defaults of its `DeciLMConfig`.

    `block_configs` has two mappings for each layer, `attention` and `ffn`. Attention is Llama's, with a key and a value
    for each `n_heads_in_group` heads of queries, all of them `hidden_size // num_attention_heads` wide; the MLP is
    Llama's, `ffn_mult * hidden_size * 2 / 3` wide, cut to a whole number and rounded up to a multiple of 256. In place
    of either there is one linear layer behind the norm (`replace_with_linear`, with the bias that `attention_bias` or
    `mlp_bias` says), or nothing, not even the norm (`no_op`). Other keys ask for windows, sinks and sparse weights.

    `intermediate_size` and `num_key_value_heads` stand in files and are None: each layer has its own. `head_dim` stands
    in some because `LlamaConfig`, which the code extends, derives it; nothing reads it.

    Source: "Puzzle: Distillation-Based NAS for Inference-Optimized LLMs" (arXiv:2411.19146), and
    `configuration_decilm.py`, `block_config.py` and `modeling_decilm.py` of that checkpoint.
    """

    model_type = "nemotron-nas"

    vocab_size: int = 32000
    hidden_size: int = 4096
    num_hidden_layers: int = 32
    num_attention_heads: int = 32
    block_configs: list[dict[str, Any]] | None = None
    intermediate_size: int | None = None
    num_key_value_heads: int | None = None
    head_dim: int | None = None
    hidden_act: str = "silu"
    max_position_embeddings: int = 2048
    initializer_range: float = 0.02
    rms_norm_eps: float = 1e-6
    use_cache: bool = True
    pad_token_id: int | None = None
    bos_token_id: int | None = 1
    eos_token_id: int | list[int] | None = 2
    pretraining_tp: int = 1
    tie_word_embeddings: bool = False
    rope_parameters: RopeParameters | dict[Any, Any] | None = None
    attention_bias: bool = False
    attention_dropout: float = 0.0
    mlp_bias: bool = False

    def __post_init__(self, **kwargs: Any) -> None:
        if self.head_dim is None and self.num_attention_heads:
            self.head_dim = self.hidden_size // self.num_attention_heads
        if self.block_configs is not None:
            self.block_configs = with_every_key(self.block_configs)
        # Nor there.
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType]


def with_every_key(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks with all keys that they can have; what is no mapping is left to be refused."""
    return [_block(each) for each in blocks]


def _block(block: dict[str, Any]) -> dict[str, Any]:
    attention, ffn = block.get("attention"), block.get("ffn")
    whole = {**block}
    if isinstance(attention, dict):
        whole["attention"] = {**ATTENTION, **cast("dict[str, object]", attention)}
    if isinstance(ffn, dict):
        stated = {**FFN, **cast("dict[str, object]", ffn)}
        mult = stated["ffn_mult"]
        whole["ffn"] = {**stated, "ffn_mult": round(mult, PLACES) if isinstance(mult, float) else mult}
    return whole
