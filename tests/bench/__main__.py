"""`make bench`: measure, print, and draw."""

from __future__ import annotations

from tests.bench import calls, commands, growth, layers, plots
from tests.bench.figures import Figures, relative, write

if __name__ == "__main__":
    commands.report()
    figures = Figures(layers=layers.ratios(), calls=calls.ratios(), growth=relative(growth.measure()))
    write(figures)
    plots.write(figures)
