"""What families share about stack.

numbered_layers:
- is_hybrid_model: num_layers counts symbols of the pattern, which initialisation must know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check


ONE_KIND_OF_LAYER_UNREAD: tuple[str, ...] = ()
"""Not read:

- layer_types: metadata or inference: this class has one kind of layer; only the cache of generation and a
  nested rope_parameters look here
"""


class _MlpDropout(Protocol):
    @property
    def hidden_dropout(self) -> object: ...


def mlp_dropout(check: Check, hf: _MlpDropout) -> None:
    """A dropout of the MLP alone."""
    check.must_be(
        "hidden_dropout",
        hf.hidden_dropout,
        (0.0,),
        "above zero, the class drops what an MLP adds, and Megatron would drop the embedding and what "
        "attention adds too",
    )


class _NumberedLayers(Protocol):
    @property
    def num_hidden_layers(self) -> float | None: ...


def numbered_layers(check: Check, hf: _NumberedLayers) -> None:
    """As many layers as `num_hidden_layers`."""
    check.positive(num_hidden_layers=hf.num_hidden_layers)


class _Sequential(Protocol):
    @property
    def use_parallel_residual(self) -> object: ...


def sequential(check: Check, hf: _Sequential) -> None:
    """Attention and MLP one after the other."""
    check.must_be(
        "use_parallel_residual",
        hf.use_parallel_residual,
        (False,),
        "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both "
        "read the same",
    )


class _WholeLayers(Protocol):
    @property
    def layerdrop(self) -> object: ...


def whole_layers(check: Check, hf: _WholeLayers) -> None:
    """Layers that are left out in training."""
    check.must_be(
        "layerdrop",
        hf.layerdrop,
        (0.0,),
        "above zero, whole layers are left out of training at random, and Megatron has no such training",
    )
