"""Several fields at once: `make fuzz`, and a slice of it among the tests.

- `draw`: configs near a family's bases, by a seed
- `judge`: what becomes of a config, and what is wrong with that
- `run`: goes through what is drawn, until the time is over
- `cases`: what was found, as small as it can be, and stays
"""
