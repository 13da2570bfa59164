"""Figures as SVG, drawn by hand: two plots need no library, and a browser needs none to show them.

Both are readable on light and on dark pages: each brings its own background, and colours for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from tests.bench.figures import WALK, Figures

FOLDER: Final = Path(__file__).parents[2] / "docs" / "bench"
STYLE: Final = """\
svg { background: #ffffff; color: #1f2328; font: 13px system-ui, sans-serif; }
text { fill: currentColor; }
.title { font-size: 16px; font-weight: 600; }
.quiet { fill: #59636e; }
.grid { stroke: #d1d9e0; }
.bare { fill: #818b98; }
.ours { fill: #0969da; stroke: #0969da; }
.second { fill: #8250df; stroke: #8250df; }
.third { fill: #1a7f37; stroke: #1a7f37; }
.theirs { fill: #bc4c00; stroke: #bc4c00; }
polyline { fill: none !important; stroke-width: 2; }
.words { stroke: none !important; }
@media (prefers-color-scheme: dark) {
svg { background: #0d1117; color: #e6edf3; }
.quiet { fill: #9198a1; }
.grid { stroke: #3d444d; }
.ours { fill: #4493f8; stroke: #4493f8; }
.second { fill: #ab7df8; stroke: #ab7df8; }
.third { fill: #3fb950; stroke: #3fb950; }
.theirs { fill: #f0883e; stroke: #f0883e; }
}"""


def write(figures: Figures) -> None:
    """All plots, where the pages find them."""
    FOLDER.mkdir(exist_ok=True)
    for name, plot in plots(figures).items():
        (FOLDER / name).write_text(plot, "utf-8")


def plots(figures: Figures) -> Mapping[str, str]:
    """The plots by file."""
    return {"cost-of-a-call.svg": calls(figures.calls), "growth.svg": growth(figures.growth)}


def calls(ratios: Mapping[str, float]) -> str:
    """A bar for each family, the dearest first, beside the bare construction and a table that is walked.

    The family of which that was recorded stands next to it.
    """
    ordered = sorted(ratios, key=lambda name: (name != WALK.family, -ratios[name], name))
    rows = [("bare construction", 1.0, "bare"), ("walked at run time", WALK.ratio, "theirs")]
    rows += [(name, ratios[name], "ours") for name in ordered]
    left, top, row, wide = 170.0, 96.0, 15.0, 660.0
    height = row * len(rows)

    def x(ratio: float) -> float:
        return left + wide * ratio / 5

    def bars() -> Iterator[str]:
        yield from ruler(((x(tick), f"{tick}") for tick in range(6)), top, height)
        for place, (name, ratio, kind) in enumerate(rows):
            y = top + row * place
            yield text(left - 8, y + 11, name, anchor="end")
            size = f'width="{x(ratio) - left:.1f}" height="{row - 5:g}"'
            yield f'<rect class="{kind}" x="{left:g}" y="{y + 2:g}" {size}/>'
            yield text(x(ratio) + 6, y + 11, f"{ratio:.2f}", "quiet")

    return svg(
        left + wide + 30,
        top + height + 16,
        "What a call of to_megatron costs",
        (
            "As a multiple of the bare construction of the same configs with the same values, measured in turns.",
            f"Orange: {WALK.what}: {WALK.call:g} µs a call, {WALK.floor:g} µs bare.",
        ),
        bars(),
    )


def growth(parts: Mapping[str, Sequence[float]]) -> str:
    """A line for each command, by the number of families."""
    counts = parts["families"]
    left, top, wide, high = 70.0, 96.0, 640.0, 300.0

    def x(count: float) -> float:
        return left + wide * count / counts[-1]

    def y(share: float) -> float:
        return top + high * (1 - share)

    def lines() -> Iterator[str]:
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            yield f'<line class="grid" x1="{left:g}" x2="{left + wide:g}" y1="{y(tick):g}" y2="{y(tick):g}"/>'
            yield text(left - 8, y(tick) + 4, f"{tick:g}", "quiet", "end")
        for count in counts:
            yield text(x(count), top + high + 20, f"{count:g}", "quiet", "middle")
        yield text(left + wide / 2, top + high + 42, "families in the table", "quiet", "middle")
        for kind, name in zip(("ours", "second", "third"), ("regen", "emit", "check"), strict=True):
            points = [(x(count), y(share)) for count, share in zip(counts, parts[name], strict=True)]
            joined = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
            yield f'<polyline class="{kind}" points="{joined}"/>'
            yield from (
                f'<circle class="{kind}" cx="{across:.1f}" cy="{down:.1f}" r="3.5"/>' for across, down in points
            )
            # Two lines that end close together have their names above and below.
            end = points[-1][1] + {"regen": 4, "emit": -3, "check": 12}[name]
            yield text(left + wide + 12, end, f"{name} {parts[name][-1]:.2f}", f"{kind} words")

    return svg(
        left + wide + 110,
        top + high + 60,
        "What the generator costs, by the number of families",
        (
            "Processor time, as a part of what regen of the whole table takes, which reads upstream and writes anew.",
            "emit and check need the committed snapshot alone, and find that all is up to date.",
        ),
        lines(),
    )


def svg(width: float, height: float, title: str, words: Sequence[str], body: Iterable[str]) -> str:
    """A picture with a title, and what it shows below that."""
    head = [
        text(20, 30, title, "title"),
        *(text(20, 52 + 18 * place, each, "quiet") for place, each in enumerate(words)),
    ]
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{STYLE}\n</style>",
        *head,
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def ruler(ticks: Iterable[tuple[float, str]], top: float, height: float) -> Iterator[str]:
    """Lines down the plot, each with its number above."""
    for x, name in ticks:
        yield f'<line class="grid" x1="{x:g}" x2="{x:g}" y1="{top:g}" y2="{top + height:g}"/>'
        yield text(x, top - 6, name, "quiet", "middle")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """A line of words."""
    kinds = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kinds}>{escape(words)}</text>'
