"""Widths that follow from other numbers."""

from __future__ import annotations

import pytest

from mcore_mappers_runtime.widths import channels_of_share, share_of_channels


@pytest.mark.parametrize("width", range(2, 257))
def test_megatron_takes_the_channels_of_a_share(width: int) -> None:
    """`RotaryEmbedding` multiplies a share below one and cuts off, and rotates whole heads otherwise."""
    for channels in range(2, width + 1, 2):
        share = share_of_channels(channels, width)
        assert channels_of_share(share, width) == channels
        assert channels == (int(width * share) if share < 1.0 else width)
