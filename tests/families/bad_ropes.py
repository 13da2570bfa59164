"""Values of `rope_parameters` that nobody can map, and the keys that the refusals name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

NAN, INF = math.nan, math.inf

Bad = tuple[Any, set[str]]

YARN: Mapping[str, Any] = {
    "rope_type": "yarn",
    "rope_theta": 1e4,
    "factor": 4.0,
    "original_max_position_embeddings": 32,
}
LLAMA3: Mapping[str, Any] = {
    "rope_type": "llama3",
    "rope_theta": 1e4,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
_SHARED: Sequence[Bad] = [
    (None, {""}),
    ({}, {""}),
    ({"full_attention": {"rope_type": "default", "rope_theta": 1e4}}, {""}),
    ({"rope_theta": 1e4}, {".rope_type"}),
    ({"rope_type": "default"}, {".rope_theta"}),
    ({"type": "default"}, {".rope_type", ".rope_theta"}),
    ({1: 2}, {".rope_type", ".rope_theta"}),
    *(({"rope_type": kind, "rope_theta": 1e4}, {".rope_type"}) for kind in ("nonsense", "", 5, None, True, [], "Yarn")),
    *(({"rope_type": kind, "rope_theta": 1e4}, {".rope_type"}) for kind in ("longrope", "proportional")),
    *(
        ({"rope_type": "dynamic", "rope_theta": 1e4, **keys}, {".factor"})
        for keys in ({}, *({"factor": f} for f in ("2", None, 0, -2, NAN)))
    ),
    *(
        ({"rope_type": "default", "rope_theta": theta}, {".rope_theta"})
        for theta in ("10000", True, None, 0, -1.0, NAN, INF, [1e4])
    ),
    *(({**YARN} | {"factor": factor}, {".factor"}) for factor in ("4", True, 0, -4.0, NAN, INF, [4.0])),
    *(
        ({**YARN} | {"original_max_position_embeddings": length}, {".original_max_position_embeddings"})
        for length in ("32", None, 0, -32, 32.5, True, NAN)
    ),
    *(({**YARN} | {"attention_factor": value}, {".attention_factor"}) for value in ("1", False, -1.0, 0, NAN)),
    *(({**YARN} | {key: "x"}, {f".{key}"}) for key in ("beta_fast", "beta_slow", "mscale", "mscale_all_dim")),
    *(({**YARN} | {key: -1.0}, {f".{key}"}) for key in ("beta_fast", "beta_slow")),
    *(({**YARN} | {"truncate": value}, {".truncate"}) for value in ("yes", 1, [])),
    ({**YARN} | {"partial_rotary_factor": 0.5}, {".partial_rotary_factor"}),
    ({"rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": None}, {".partial_rotary_factor"}),
    ({**YARN} | {"rope_theta": 1.0}, {".rope_theta"}),
    ({key: value for key, value in YARN.items() if key != "factor"}, {".factor"}),
    ({**YARN} | {"rope_theta": "x", "factor": "x", "truncate": "x"}, {".rope_theta", ".factor", ".truncate"}),
]
_GPT: Sequence[Bad] = [
    ({"rope_type": "linear", "rope_theta": 1e4}, {".factor"}),
    *(({"rope_type": "linear", "rope_theta": 1e4, "factor": value}, {".factor"}) for value in ("2", None, 0, -2, NAN)),
    *(({**LLAMA3} | {key: 3}, {f".{key}"}) for key in ("low_freq_factor", "high_freq_factor")),
    *(({k: v for k, v in LLAMA3.items() if k != key}, {f".{key}"}) for key in LLAMA3),
    *(({**LLAMA3} | {key: "x"}, {f".{key}"}) for key in LLAMA3),
]
_MLA: Sequence[Bad] = [
    ({"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}, {".rope_type"}),
    (LLAMA3, {".rope_type"}),
    ({**YARN} | {"truncate": False}, {".truncate"}),
    ({**YARN} | {"factor": None, "mscale_all_dim": 1.0}, {".factor"}),
]

BAD_GPT_ROPES = tuple((value, frozenset(keys)) for value, keys in (*_SHARED, *_GPT))
BAD_MLA_ROPES = tuple((value, frozenset(keys)) for value, keys in (*_SHARED, *_MLA))
