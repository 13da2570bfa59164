"""Plain torch for the CUDA kernels that Megatron calls, with their signatures.

These follow the reference formulas of mamba-ssm and flash-linear-attention, not Hugging Face's modeling code: a kernel
copied from the other side of the comparison would prove nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


class GatedRMSNorm(torch.nn.Module):
    """`mamba_ssm.ops.triton.layernorm_gated.RMSNorm`: a norm per group, the gate applied before or after it."""

    def __init__(
        self, hidden_size: int, eps: float, group_size: int, norm_before_gate: bool, device: object, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(hidden_size, dtype=dtype))
        self.eps = eps
        self.group_size = group_size
        self.norm_before_gate = norm_before_gate

    def forward(self, x: Tensor, z: Tensor | None = None) -> Tensor:
        if z is not None and not self.norm_before_gate:
            x = x * functional.silu(z)
        groups = x.unflatten(-1, (-1, self.group_size))
        x = (groups * torch.rsqrt(groups.square().mean(-1, keepdim=True) + self.eps)).flatten(-2) * self.weight
        if z is not None and self.norm_before_gate:
            x = x * functional.silu(z)
        return x


def mamba_scan(
    x: Tensor,
    dt: Tensor,
    a: Tensor,
    b: Tensor,
    c: Tensor,
    chunk_size: int,
    D: Tensor | None = None,  # noqa: N803  passed by this name
    z: Tensor | None = None,
    dt_bias: Tensor | None = None,
    dt_softplus: bool = False,
    dt_limit: tuple[float, float] = (0.0, float("inf")),
    return_final_states: bool = False,
    initial_states: Tensor | None = None,
) -> Tensor:
    """`mamba_chunk_scan_combined` in its quadratic (attention-like) form, in which chunks do not exist.

    x is (batch, length, heads, head width), dt (batch, length, heads), b and c (batch, length, groups, state).
    """
    assert not return_final_states
    assert initial_states is None
    if dt_bias is not None:
        dt = dt + dt_bias
    if dt_softplus:
        dt = functional.softplus(dt)
    dt = dt.clamp(*dt_limit)
    heads_per_group = x.shape[2] // b.shape[2]
    b = b.repeat_interleave(heads_per_group, dim=2)
    c = c.repeat_interleave(heads_per_group, dim=2)

    # decay[t, s] = exp(sum of dt * a over s < r <= t), the share of input s that is left in the state at t. The sums
    # are taken over the masked differences themselves: subtracting two long cumulative sums would lose digits.
    length = x.shape[1]
    steps = (dt * a).transpose(1, 2)[..., :, None].expand(-1, -1, -1, length)
    below = torch.ones(length, length, dtype=torch.bool, device=x.device).tril(-1)
    sums = steps.masked_fill(~below, 0).cumsum(-2)
    decay = sums.exp().masked_fill(~below & ~torch.eye(length, dtype=torch.bool, device=x.device), 0)

    weights = torch.einsum("bthn,bshn->bhts", c, b) * decay
    y = torch.einsum("bhts,bsh,bshp->bthp", weights, dt, x)
    if D is not None:
        y = y + x * (D if D.dim() == 2 else D[:, None])
    return y if z is None else y * functional.silu(z)


def mamba_conv_scan(
    zxbcdt: Tensor,
    conv1d_weight: Tensor,
    conv1d_bias: Tensor | None,
    dt_bias: Tensor,
    a: Tensor,
    D: Tensor | None,  # noqa: N803  passed by this name
    chunk_size: int,
    seq_idx: Tensor | None = None,
    activation: str = "silu",
    headdim: int | None = None,
    ngroups: int = 1,
    norm_before_gate: bool = True,
) -> Tensor:
    """`mamba_split_conv1d_scan_combined` as Megatron calls it: without the norm and the output projection."""
    assert seq_idx is None
    assert headdim is not None
    assert activation in ("silu", "swish")
    assert not norm_before_gate
    heads = a.shape[0]
    inner = heads * headdim
    channels, width = conv1d_weight.shape
    z, mixed, dt = zxbcdt.split([inner, channels, heads], dim=-1)
    padded = functional.pad(mixed.transpose(1, 2), (width - 1, 0))
    mixed = functional.conv1d(padded, conv1d_weight[:, None], conv1d_bias, groups=channels)
    mixed = functional.silu(mixed).transpose(1, 2)
    state = (channels - inner) // (2 * ngroups)
    x, b, c = mixed.split([inner, ngroups * state, ngroups * state], dim=-1)
    y = mamba_scan(
        x.unflatten(-1, (heads, headdim)),
        dt,
        a,
        b.unflatten(-1, (ngroups, state)),
        c.unflatten(-1, (ngroups, state)),
        chunk_size,
        D=D,
        z=z.unflatten(-1, (heads, headdim)),
        dt_bias=dt_bias,
        dt_softplus=True,
    )
    return y.flatten(-2)


def l2_norm(x: Tensor, eps: float = 1e-6) -> Tensor:
    """`fla.modules.l2norm.l2norm`."""
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + eps)


def delta_conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    activation: str,
    initial_state: None,
    output_final_state: bool,
    cu_seqlens: None,
) -> tuple[Tensor, None]:
    """`fla.modules.convolution.causal_conv1d` on (batch, length, channels)."""
    assert activation in ("silu", "swish")
    assert initial_state is None
    assert cu_seqlens is None
    assert not output_final_state
    channels, width = weight.shape
    padded = functional.pad(x.transpose(1, 2), (width - 1, 0))
    return functional.silu(functional.conv1d(padded, weight[:, None], bias, groups=channels)).transpose(1, 2), None
