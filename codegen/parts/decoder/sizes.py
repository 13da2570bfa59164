"""What neither attention nor the kind of norm or MLP decides."""

from __future__ import annotations

from typing import Final

from codegen.parts.decoder.dropouts import attention_dropout, hidden_dropouts
from codegen.parts.decoder.language_model import LANGUAGE_MODEL, PADDING_TOKEN, TOKENS
from codegen.parts.stack.pattern import NUMBERED_LAYERS
from codegen.table import Ignored, Kind, NoInverse, Part, Rename, not_negative, positive

NO_MODEL: Final = "transformers cannot build a model without it"
"""Why None is refused, most often."""

SEQUENCE_IS_THE_CALLERS: Final = NoInverse(
    "seq_length is what a training run chose, not what the checkpoint was made for"
)

SIZES_WITHOUT_PADDING: Final = Part(
    includes=(LANGUAGE_MODEL, TOKENS, NUMBERED_LAYERS),
    rows=(
        Rename("hidden_size", "hidden_size"),
        Rename("intermediate_size", "ffn_hidden_size"),
        Rename("num_attention_heads", "num_attention_heads"),
        Rename("tie_word_embeddings", "share_embeddings_and_output_weights"),
        Rename("max_position_embeddings", "seq_length", inverse=SEQUENCE_IS_THE_CALLERS),
        Rename("initializer_range", "init_method_std"),
        *attention_dropout("attention_dropout"),
        *hidden_dropouts(),
        *positive("hidden_size", "intermediate_size", "num_attention_heads"),
        *positive("max_position_embeddings"),
        *not_negative("initializer_range"),
    ),
)
"""Sizes, dropouts and initialisation, in models without a padding row."""

SIZES: Final = Part(includes=(SIZES_WITHOUT_PADDING, PADDING_TOKEN))
"""Sizes, dropouts and initialisation."""

ONE_RANK: Final = Part(
    rows=(Ignored("pretraining_tp", Kind.DEAD, "the class computes as one rank, whatever the training did"),)
)
"""A number of ranks that decides nothing."""
