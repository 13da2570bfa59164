"""What composite classes want to fit a language model of the proofs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.hf import config

SIZE = config("qwen3").hidden_size
FITTING: Mapping[str, Mapping[str, Any]] = {
    # Tokens of images, then those of audio, within the vocabulary.
    "apertus1p5": {
        "vision_config": {"codebook_size": 24},
        "audio_config": {"model_type": "wavtokenizer_encoder", "codebook_size": 16},
        "image_token_offset": 100,
        "audio_token_offset": 124,
    },
    "granite_docling": {"vision_config": {"out_hidden_size": SIZE}},
    "fun_asr_nano": {"adaptor_config": {"hidden_size": SIZE, "intermediate_size": SIZE // 4, "num_attention_heads": 4}},
}
"""By type, what stands beside a language model that is so wide."""
