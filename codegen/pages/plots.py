"""Plots as the site shows them: one for light pages and one for dark ones, whatever the system is set to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

Theme = Literal["light", "dark"]
_DARK: Final = re.compile(r"@media \(prefers-color-scheme: dark\) \{\n(.*?)\n\}\n(?=</style>)", re.DOTALL)
"""What a plot says of dark systems, at the end of its style."""


def page(plots: Sequence[Path]) -> str:
    """The page that shows the plots."""
    shown = "\n".join(_shown(plot.stem) for plot in plots)
    return f"# What it costs\n\n`make bench` times the generator and the mappers, and draws this.\n\n{shown}"


def _shown(name: str) -> str:
    alt = name.replace("-", " ")
    return "\n".join(
        f"```{{image}} bench/{name}-{theme}.svg\n:alt: {alt}\n:class: only-{theme}\n```\n"
        for theme in ("light", "dark")
    )


def write(plots: Sequence[Path], folder: Path) -> None:
    """Write each plot twice."""
    folder.mkdir(parents=True)
    for plot in plots:
        for theme, text in themes(plot.read_text(encoding="utf-8")):
            (folder / f"{plot.stem}-{theme}.svg").write_text(text, encoding="utf-8")


def themes(plot: str) -> Iterator[tuple[Theme, str]]:
    """A plot for light and for dark pages.

    Raises:
        ValueError: it says nothing of dark ones.
    """
    if _DARK.search(plot) is None:
        raise ValueError("the plot has no colours for dark pages")
    yield "light", _DARK.sub("", plot)
    yield "dark", _DARK.sub(lambda dark: f"{dark[1]}\n", plot)
