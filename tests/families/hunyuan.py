"""Building blocks of proofs: Hunyuan's rope, whose base an `alpha` stretches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tests.families.proof import Keywords, Refused
from tests.families.ropes import GPT_ROPE, ROPES, rope
from tests.numerics.layouts import LLAMA
from tests.numerics.transforms import joined
from tests.numerics.weights import Layout, Row

ALPHA_ROPES: Mapping[str, Keywords] = {
    **ROPES,
    "rope_alpha": rope("dynamic", alpha=50.0, factor=1.0),
    "rope_alpha_beside_factor": rope("dynamic", alpha=7, factor=4.0),
    "rope_no_alpha": rope("dynamic", alpha=0, factor=2.5),
}
ALPHA_ROPE: Final = replace(GPT_ROPE, types={**GPT_ROPE.types, "dynamic": ("alpha",)})
_ALPHA = rope("dynamic", alpha=50.0, factor=1.0)
ALPHA_REFUSED: Sequence[Refused] = (
    Refused("alpha_below_zero", "rope_parameters.alpha", rope("dynamic", alpha=-2.0, factor=1.0), nearest=(_ALPHA,)),
    Refused("alpha_too_large", "rope_parameters.alpha", rope("dynamic", alpha=1e300, factor=1.0), nearest=(_ALPHA,)),
    Refused("alpha_of_two_channels", "head_dim", {"head_dim": 2}, start=_ALPHA),
)
HUNYUAN: Final = Layout(
    LLAMA.layers,
    LLAMA.model,
    (
        *LLAMA.layer,
        Row("mlp.router.weight", ("mlp.gate.wg.weight",)),
        Row(
            "mlp.shared_experts.linear_fc1.weight",
            ("mlp.shared_mlp.gate_proj.weight", "mlp.shared_mlp.up_proj.weight"),
            joined,
        ),
        Row("mlp.shared_experts.linear_fc2.weight", ("mlp.shared_mlp.down_proj.weight",)),
    ),
)
