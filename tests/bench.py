"""Claims about speed, each measured against its yardstick in the same run: `make bench`.

Nothing here is asserted: machines differ, and ratios are for people to read.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


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


def constructions(mapper: Any, hf: Any) -> Callable[[], object]:
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
    mapper.to_megatron(hf)
    for name, cls in classes.items():
        setattr(mapper, name, cls)
    (outer,) = (name for name in recorded if name.endswith("ModelConfig"))
    (inner,) = (name for name in recorded if name.endswith("TransformerConfig"))
    rest = {name: value for name, value in recorded[outer].items() if name != "transformer"}
    return lambda: classes[outer](transformer=classes[inner](**recorded[inner]), **rest)


def mappers() -> None:
    """A mapper call against the bare construction of the same dataclasses."""
    import mcore_mappers
    from tests.support.hf import config

    warnings.simplefilter("ignore")
    print("mapper call / bare construction with the same values (aim: at most 1.5)")
    for name, family in mcore_mappers.families().items():
        if family.status != "mapped":
            continue
        hf = config(name)
        mapper = import_module(f"mcore_mappers.{name}")
        bare, mapped = least_of(constructions(mapper, hf), lambda mapper=mapper, hf=hf: mapper.to_megatron(hf))
        print(f"  {name:16} {mapped * 1e6:7.1f} us / {bare * 1e6:7.1f} us = {mapped / bare:.2f}")


PATH = os.pathsep.join(("generated", "runtime"))


def cpu_seconds(*command: str, runs: int = 5) -> float:
    """User and system seconds of a command, the least of several runs."""
    times: list[float] = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONPATH": PATH})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def commands() -> None:
    """CPU time of whole commands."""
    nothing = cpu_seconds(sys.executable, "-c", "pass")
    check = cpu_seconds(sys.executable, "-m", "codegen", "check")
    imported = cpu_seconds(sys.executable, "-c", "import mcore_mappers")
    print(f"codegen check: {check:.2f} s of CPU (aim: 2 s for four families and 0.05 s for each further one)")
    told = {name: cpu_seconds(sys.executable, "-m", "mcore_mappers", name) for name in ("--help", "families")}
    print(f"mcore-mappers {', '.join(f'{name}: {spent:.2f} s' for name, spent in told.items())} of CPU (aim: 0.3 s)")
    print(f"import mcore_mappers: {(imported - nothing) * 1e3:.0f} ms of CPU beyond the interpreter (aim: 50 ms)")


if __name__ == "__main__":
    commands()
    mappers()
