"""Windows that a config must have, even if no layer uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from codegen.families.attention import LAYERED_WINDOW, LayeredWindowConfig, layered_window_of
from codegen.table import Computed, Inverse, Local, Rows, positive

if TYPE_CHECKING:
    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.windows import window_reach


def sliding_window(hf: LayeredWindowConfig, check: Check) -> int:
    return check.given(
        "sliding_window", hf.sliding_window, "transformers makes the mask of a window even if no layer has one"
    )


def window_size(sliding_window: int, sliding: list[int]) -> tuple[int, int] | None:
    return window_reach(sliding_window, sliding)


GIVEN_WINDOW: Final = Rows(
    module=__name__,
    extends=(LAYERED_WINDOW,),
    drop=("window_size", "sliding_window"),
    rows=(
        Local("sliding_window", sliding_window),
        Computed(
            "window_size",
            window_size,
            "Megatron counts the tokens before the current one.",
            inverse=(Inverse("sliding_window", layered_window_of),),
        ),
        *positive("sliding_window"),
    ),
)
"""`LAYERED_WINDOW` of a class that cannot do without a number."""
