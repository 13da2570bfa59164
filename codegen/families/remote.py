"""Model types whose code comes with the checkpoint, and what becomes of them: read as a native class, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from codegen.table import Remote

REMOTE: Final[tuple[Remote, ...]] = (
    Remote(
        model_type="kimi_k2",
        native="deepseek_v3",
        why="Kimi K2 runs DeepSeek-V3's own code, under another name for its tokenizer.",
    ),
    Remote(
        model_type="internlm2",
        native="llama",
        why="Llama with query, key and value in one weight; `bias` is that of all four projections of attention.",
        renamed={"bias": "attention_bias"},
    ),
    Remote(
        model_type="mimo",
        native="qwen2",
        why="Qwen2, and layers that predict further tokens.",
    ),
)

REFUSED: Final[Mapping[str, str]] = {
    "baichuan": "the type of 7B models with rope and of 13B models with ALiBi alike",
    "bailing_moe": "experts by softmax beside shared ones without a gate, which no native class has with its keys",
    "bailing_moe_v2": "no native class has been compared with its code",
    "chatglm": "no native class reads its keys; GLM-4 checkpoints in native form are read as glm",
    "deepseek": "experts by softmax beside shared ones without a gate, which no native class has with its keys",
    "exaone": "no native class reads its keys",
    "hunyuan": "no native class reads its keys; native checkpoints normalise queries and keys after rope",
    "minicpm": "residual branches are scaled by the number of layers",
    "nemotron-nas": "attention and MLP differ from layer to layer, or are left out",
    "phi3small": "attention is sparse by blocks in most layers",
    "qwen": "scales queries by the logarithm of their position beyond the training length",
    "sarvam_mla": "no native class has been compared with its code",
    "sarvam_moe": "no native class has been compared with its code",
    "xverse": "no native class has been compared with its code",
}
"""Types of remote code that are known and not read, and why."""
