"""Classes whose layers may compute otherwise than one half after the other."""

from __future__ import annotations

from typing import Final

from codegen.table import Part, must_be

PARALLEL: Final = (
    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both read the same"
)

SEQUENTIAL: Final = Part(rows=(must_be("use_parallel_residual", (False,), PARALLEL),))
"""Attention and MLP one after the other."""

MLP_DROPOUT: Final = Part(
    rows=(
        must_be(
            "hidden_dropout",
            (0.0,),
            "above zero, the class drops what an MLP adds, and Megatron would drop the embedding and what attention "
            "adds too",
        ),
    )
)
"""A dropout of the MLP alone."""

WHOLE_LAYERS: Final = Part(
    rows=(
        must_be(
            "layerdrop",
            (0.0,),
            "above zero, whole layers are left out of training at random, and Megatron has no such training",
        ),
    )
)
"""Layers that are left out in training."""
