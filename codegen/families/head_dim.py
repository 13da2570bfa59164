"""The width of a head as the config declares it."""

from __future__ import annotations

from typing import Final

from codegen.families.decoder import NO_MODEL
from codegen.table import Rename, Rows, positive

HEAD_DIM: Final = Rows(
    module=__name__, rows=(Rename("head_dim", "kv_channels", required=NO_MODEL), *positive("head_dim"))
)
