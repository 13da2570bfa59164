"""Building blocks of proofs: windows in some layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.families.proof import Keywords, Refused

QWEN_WINDOWS: Mapping[str, Keywords] = {
    "window_above": {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1},
    "window_below": {
        "use_sliding_window": True,
        "sliding_window": 5,
        "layer_types": ["sliding_attention", "full_attention", "full_attention"],
    },
    "window_everywhere": {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 0},
    "window_of_one": {"use_sliding_window": True, "sliding_window": 1, "max_window_layers": 1},
    "window_nowhere": {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 3},
}
"""Of a model with three layers."""

WINDOW_SPELLINGS = ("sliding_window", "use_sliding_window")
"""Fields that say nothing where no layer has a window."""
UNUSED_WINDOW: Mapping[str, str] = dict.fromkeys(WINDOW_SPELLINGS, "no layer has a window, and so it has no width")

_WINDOW: Keywords = {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}

LAYER_TYPES_REFUSED: Sequence[Refused] = (
    Refused("layers_too_few", "layer_types", {}, {"layer_types": ["full_attention"]}),
    Refused(
        "layers_of_another_type",
        "layer_types",
        {},
        {"layer_types": ["full_attention", "chunked_attention", "full_attention"]},
    ),
)

QWEN_WINDOWS_REFUSED: Sequence[Refused] = (
    *LAYER_TYPES_REFUSED,
    Refused("window_of_none", "sliding_window", {**_WINDOW, "sliding_window": 0}, start=_WINDOW),
    Refused("window_unsaid", "sliding_window", {}, {"sliding_window": None}, start=_WINDOW),
    Refused(
        "window_unused",
        "use_sliding_window",
        {},
        {"use_sliding_window": False},
        start=_WINDOW,
        equal="set after construction it does nothing here, but whoever wrote it meant something",
    ),
)
