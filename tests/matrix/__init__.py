"""Configs, mapped in the window of releases: `make matrix`.

In the environment of the pins, `record` writes down what every case of every family and every published config maps to.
In an environment with older releases, `compare` reads the same files and maps them, there and back, and compares both
models of one case for each family and target. `page` sums up what all of them found.
"""
