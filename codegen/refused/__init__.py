"""Language models of transformers that no family maps.

Most are refused: no Megatron config can be such a model, and the computation that decides it was looked up in the
modeling code of the class. Others, whose rules nobody has written yet, are rows `Pending(...)` below; there are none.

- `causal`: decoders with a computation that Megatron does not have
- `form`: how a row is written
- `in_composites`: classes for text that composites hold
- `others`: encoders and composites that transformers lists among causal language models
- `remote_types`: model types of remote code that are not read
"""

from __future__ import annotations

from typing import Final

from codegen.refused.causal import DECODERS
from codegen.refused.in_composites import ENCODERS_IN_COMPOSITES, LANGUAGE_MODELS
from codegen.refused.others import COMPOSITES, ENCODERS
from codegen.refused.remote_types import REFUSED
from codegen.table import Unmapped

REFUSED_CLASSES: Final[tuple[Unmapped, ...]] = (
    *DECODERS,
    *ENCODERS,
    *COMPOSITES,
    *LANGUAGE_MODELS,
    *ENCODERS_IN_COMPOSITES,
)

__all__ = ["REFUSED", "REFUSED_CLASSES"]
