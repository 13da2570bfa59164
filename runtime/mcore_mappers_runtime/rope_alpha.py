"""Reads a rope whose base an `alpha` beside it stretches, as Hunyuan's, which calls that "dynamic"."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .rope import rope_key
from .rope_values import is_number

if TYPE_CHECKING:
    from transformers.modeling_rope_utils import RopeParameters

    from .check import Check


def without_alpha(
    check: Check, rope_parameters: RopeParameters | dict[str, object] | None, head_dim: object
) -> RopeParameters | dict[str, object] | None:
    """The same rope as a plain one of another base, for the readers of `rope`.

    `HunYuanDenseV1RotaryEmbedding.compute_ntk_alpha_rope_parameters`: a base of `rope_theta * alpha ** (d / (d - 2))`
    for heads of d channels, at every length. Where `alpha` is absent, None or zero, "dynamic" is the usual dynamic NTK.

    Args:
        check: takes an `alpha` that is of no use.
        rope_parameters: the field of the Hugging Face config.
        head_dim: how many channels a head has, an integer; what is refused as none changes nothing here.
    """
    alpha, theta = rope_key(rope_parameters, "alpha"), rope_key(rope_parameters, "rope_theta")
    if not isinstance(rope_parameters, dict) or rope_key(rope_parameters, "rope_type") != "dynamic" or not alpha:
        return rope_parameters
    plain: dict[str, object] = {**rope_parameters, "rope_type": "default"}
    if not is_number(alpha) or alpha < 0:
        check.refuse("rope_parameters.alpha", alpha, "must be a finite number above zero, or zero for none")
    elif head_dim == 2:
        check.refuse("head_dim", head_dim, "transformers divides by how many channels there are beyond two")
    elif is_number(theta) and theta > 0 and isinstance(head_dim, int) and head_dim > 2:
        exponent = head_dim / (head_dim - 2)
        if math.log2(theta) + math.log2(alpha) * exponent >= 1023:
            check.refuse("rope_parameters.alpha", alpha, "makes a base that is no finite number")
        else:
            plain["rope_theta"] = theta * alpha**exponent
    return plain
