"""Claims about speed, each measured against its yardstick in the same run: `make bench`.

Nothing here is asserted: machines differ, and ratios are for people to read.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def best_of(call: Callable[[], object], rounds: int = 15, calls: int = 200) -> float:
    """Seconds of one call: the best of several rounds, which is the least disturbed one."""
    call()
    times: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(calls):
            call()
        times.append((time.perf_counter() - started) / calls)
    return min(times)


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
        bare = best_of(constructions(mapper, hf))
        mapped = best_of(lambda mapper=mapper, hf=hf: mapper.to_megatron(hf))
        print(f"  {name:16} {mapped * 1e6:7.1f} us / {bare * 1e6:7.1f} us = {mapped / bare:.2f}")


def cpu_seconds(*command: str, runs: int = 5) -> float:
    """User and system seconds of a command, the least of several runs."""
    times: list[float] = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONPATH": "generated"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def commands() -> None:
    """CPU time of whole commands."""
    nothing = cpu_seconds(sys.executable, "-c", "pass")
    check = cpu_seconds(sys.executable, "-m", "codegen", "check")
    imported = cpu_seconds(sys.executable, "-c", "import mcore_mappers")
    print(f"codegen check: {check:.2f} s of CPU (aim: 2 s for four families and 0.05 s for each further one)")
    print(f"import mcore_mappers: {(imported - nothing) * 1e3:.0f} ms of CPU beyond the interpreter (aim: 50 ms)")


if __name__ == "__main__":
    commands()
    mappers()
