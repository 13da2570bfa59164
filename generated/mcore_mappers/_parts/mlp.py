"""What families share about mlp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._check import Check


LFM_UNREAD = (
    "conv_L_cache",
    "conv_bias",
)
"""Not read:

- conv_bias, conv_L_cache: metadata or inference: belongs to convolutions, which no layer has
"""


class _ClampedGate(Protocol):
    @property
    def swiglu_alpha(self) -> object: ...
    @property
    def swiglu_limit(self) -> float | None: ...


def clamped_gate(check: Check, hf: _ClampedGate) -> None:
    """The gate of MLPs and experts, which clamps both of its inputs."""
    check.positive(swiglu_limit=hf.swiglu_limit)
    check.must_be("swiglu_alpha", hf.swiglu_alpha, (1.702,), "Megatron's quick_gelu hard-wires it")


class _Lfm(Protocol):
    @property
    def norm_eps(self) -> float | None: ...


def lfm(check: Check, hf: _Lfm) -> None:
    """The norms and MLPs of Liquid's models, and their convolutions, which no layer may have."""
    check.positive(norm_eps=hf.norm_eps)
