"""Building blocks of proofs: Granite's models with sinks, windows, and a rope base for each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.families.llama_like import LAYER_TYPES_REFUSED, layer_types
from tests.families.proof import Keywords, Refused

WINDOW: Keywords = {"sliding_window": 5}

SINKS: Mapping[str, Keywords] = {
    "window_below": layer_types(1, 1, 0),
    "window_everywhere": layer_types(1, 1, 1),
    "window_nowhere": layer_types(0, 0, 0),
    "window_of_one": {"sliding_window": 1},
    "thetas": {"layer_rope_theta": [900.0, 900.0, 900.0]},
    "thetas_are_integers": {"layer_rope_theta": [900, 900, 900]},
    "thetas_of_more_layers": {"layer_rope_theta": [900.0, 900.0, 900.0, 7.0]},
    "no_rope_below": {"layer_rope_theta": [0, 900.0, 900.0]},
    "no_rope_above_and_another_base": {
        "layer_rope_theta": [900.0, 900.0, 0.0],
        "rope_parameters": {"rope_type": "linear", "rope_theta": 700.0, "factor": 2.5},
    },
    "no_rope_anywhere": {"layer_rope_theta": [0, 0, 0]},
}
COMBINED: Keywords = {**layer_types(1, 0, 1), "sliding_window": 7, "layer_rope_theta": [900.0, 0, 900.0]}

SINKS_REFUSED: Sequence[Refused] = (
    *LAYER_TYPES_REFUSED,
    Refused("window_of_none", "sliding_window", {"sliding_window": 0}),
    Refused("window_unsaid", "sliding_window", {"sliding_window": None}),
    Refused(
        "two_bases",
        "layer_rope_theta",
        {"layer_rope_theta": [900.0, 700.0, 900.0]},
        nearest=({"layer_rope_theta": [900.0] * 3}, {"layer_rope_theta": [700.0] * 3}),
    ),
    Refused("bases_too_few", "layer_rope_theta", {"layer_rope_theta": [900.0, 900.0]}),
    Refused("no_bases", "layer_rope_theta", {}, {"layer_rope_theta": None}),
    Refused("base_below_zero", "layer_rope_theta", {"layer_rope_theta": [-900.0] * 3}),
)
THETAS: Mapping[str, Sequence[Any]] = {
    "layer_rope_theta": (
        *([900.0] * 3, [900.0, 0.0, 900.0], [0, 0, 0], [900.0, 700.0, 900.0], [900.0], [-1.0] * 3, [], None),
    )
}
SPELLINGS: Final = frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "layer_rope_theta"})
