"""What a call of a mapper costs, beside the bare construction of the same dataclasses."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from math import inf
from typing import Any

import mcore_mappers
from tests.families import needing
from tests.support.hf import config


def least_of(*calls: Callable[[], object], rounds: int = 30, repeats: int = 50) -> list[float]:
    """Seconds of CPU of each call, the least of several rounds: the least disturbed one.

    In each round the calls take turns, so that they find the machine in the same state.
    """
    times = [inf] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            started = time.process_time()
            for _ in range(repeats):
                call()
            times[place] = min(times[place], (time.process_time() - started) / repeats)
    return times


def constructions(mapper: Any, hf: Any, **asked: Any) -> Callable[[], object]:
    """The bare construction of the dataclasses that a mapper constructs, with the very values that it passes."""
    recorded: dict[str, dict[str, Any]] = {}
    names = [name for name in vars(mapper) if name.endswith(("TransformerConfig", "ModelConfig"))]
    classes = {name: getattr(mapper, name) for name in names}

    def recorder(name: str) -> Callable[..., Any]:
        def construct(**values: Any) -> Any:
            recorded[name] = values
            return classes[name](**values)

        return construct

    for name in names:
        setattr(mapper, name, recorder(name))
    mapper.to_megatron(hf, **asked)
    for name, cls in classes.items():
        setattr(mapper, name, cls)
    (outer,) = (name for name in recorded if name.endswith("ModelConfig"))
    (inner,) = (name for name in recorded if name.endswith("TransformerConfig"))
    rest = {name: value for name, value in recorded[outer].items() if name != "transformer"}
    return lambda: classes[outer](transformer=classes[inner](**recorded[inner]), **rest)


def ratios() -> dict[str, float]:
    """Of each family, the cost of a call as a multiple of the bare construction, measured in turns."""
    warnings.simplefilter("ignore")
    found: dict[str, float] = {}
    print("mapper call / bare construction with the same values (aim: at most 1.5)")
    for name, family in mcore_mappers.families().items():
        if family.status != "mapped":
            continue
        hf = config(name)
        mapper = import_module(f"mcore_mappers.{name}")
        call = partial(mapper.to_megatron, hf, **needing(name))
        bare, mapped = least_of(constructions(mapper, hf, **needing(name)), call)
        print(f"  {name:16} {mapped * 1e6:7.1f} us / {bare * 1e6:7.1f} us = {mapped / bare:.2f}")
        found[name] = round(mapped / bare, 2)
    return found
