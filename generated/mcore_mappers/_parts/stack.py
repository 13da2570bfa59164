"""What families share about stack.

counted_symbols:
- is_hybrid_model: num_layers counts symbols of the pattern, which initialisation must know.

one_norm:
- parallel_mlp: The MLP of the class reads what attention reads.
- shared_layernorm: The class has one norm before both.

one_norm_if_at_once:
- shared_layernorm: With one norm before both.
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


class _AtOnceIfSaid(Protocol):
    @property
    def use_parallel_residual(self) -> object: ...


def at_once_if_said(check: Check, hf: _AtOnceIfSaid) -> None:
    """Attention and MLP one after the other, or at once with a norm before each, which a GPTModel alone can have."""
    check.must_be(
        "use_parallel_residual",
        hf.use_parallel_residual,
        (False,),
        "attention and MLP are layers of their own in Megatron's hybrid models, one after the other",
    )


class _NumberedLayers(Protocol):
    @property
    def num_hidden_layers(self) -> float | None: ...


def numbered_layers(check: Check, hf: _NumberedLayers) -> None:
    """As many layers as `num_hidden_layers`."""
    check.positive(num_hidden_layers=hf.num_hidden_layers)


class _OneNormIfAtOnce(Protocol):
    @property
    def use_parallel_residual(self) -> object: ...


def one_norm_if_at_once(check: Check, hf: _OneNormIfAtOnce) -> None:
    """Attention and MLP one after the other, or at once with one norm before both, which a GPTModel alone can have."""
    check.must_be(
        "use_parallel_residual",
        hf.use_parallel_residual,
        (False,),
        "attention and MLP are layers of their own in Megatron's hybrid models, one after the other",
    )


class _UndeclaredLayerTypes(Protocol):
    @property
    def num_hidden_layers(self) -> int: ...


def undeclared_layer_types(check: Check, hf: _UndeclaredLayerTypes) -> None:
    """One kind of layer, in classes whose attention looks for a list that they do not declare."""
    check.require(
        (
            not check.is_set("layer_types")
            or check.undeclared("layer_types") == ["full_attention"] * hf.num_hidden_layers
        ),
        "layer_types",
        check.undeclared("layer_types"),
        "must be 'full_attention' for every layer, or be left out: attention looks its own up, and has one kind",
    )
