"""Widths that follow from other numbers."""

from __future__ import annotations

import math


def two_thirds(width: int, *, times: float, multiple_of: int) -> int:
    """As wide as an MLP with a gate must be to have the weights of one without: two thirds, a factor, rounded up."""
    adjusted = int(times * int(2 * width / 3))
    return multiple_of * -(-adjusted // multiple_of)


def share_of_channels(channels: int, width: int) -> float:
    """The share of a head of this width that Megatron takes for an even number of its channels.

    Megatron multiplies the two and cuts off what is behind the point, which is one too few where a float rounds down.
    """
    share = channels / width
    return share if int(width * share) == channels else math.nextafter(share, 1.0)


def channels_of_share(share: float, width: int | None) -> int:
    """How many channels of a head Megatron takes for such a share."""
    return int((width or 0) * share)
