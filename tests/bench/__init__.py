"""Claims about speed, each measured against its yardstick in the same run: `make bench`.

What is measured is for people to read, and not asserted: machines differ. Ratios go to `docs/bench.json`, and plots of
them to `docs/bench/`, where the pages show them.

- `calls`: a call of a mapper, beside the bare construction of the same dataclasses
- `commands`: whole commands
- `layers`: a layer with each field of `Layers`, beside the stock layer
- `growth`: the generator, by the number of families
- `figures`: the ratios as a file, and what others have recorded
- `plots`: figures as SVG
"""
