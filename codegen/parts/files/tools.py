"""Keys that tools write into the files of any class."""

from __future__ import annotations

from typing import Final

from codegen.table import Part, Unread

TOOLS: Final = Part(
    rows=(
        *(
            Unread(key, "Unsloth marks the files that it wrote or repaired")
            for key in ("unsloth_fixed", "unsloth_version")
        ),
        Unread("transformers.js_config", "settings of Transformers.js, which runs models in a browser"),
        Unread("quantization", "MLX says here how it stores the weights, as quantization_config does"),
        Unread("compression_config", "an older name of quantization_config, which is about the checkpoint's storage"),
        Unread("for_llm_compressor", "a switch of LLM Compressor, which stores weights in fewer bits"),
        *(
            Unread(key, "asks for a kernel of attention, and all kernels compute the same")
            for key in ("use_flash_attn", "_flash_attn_2_enabled")
        ),
        *(
            Unread(key, "how long a text tokenizers and trainers let through; the model reads max_position_embeddings")
            for key in ("model_max_length", "max_sequence_length", "max_seq_len", "max_seq_length")
        ),
        Unread("pretraining_tp", "the number of ranks of the training; the class computes as one"),
        Unread("_num_labels", "belongs to classification heads, which a language model does not have"),
        Unread("_from_model_config", "a mark of transformers on the settings of generation"),
        Unread("output_past", "an older name of use_cache: keys and values are kept for generation only"),
    )
)
"""Marks and settings of tools."""
