"""CPU time of whole commands."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATH = os.pathsep.join((str(ROOT), "generated", "runtime"))


def cpu_seconds(*command: str, runs: int = 5) -> float:
    """User and system seconds of a command, the least of several runs."""
    times: list[float] = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONPATH": PATH})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def report() -> None:
    """Print what users and maintainers wait for."""
    nothing = cpu_seconds(sys.executable, "-c", "pass")
    check = cpu_seconds(sys.executable, "-m", "codegen", "check")
    imported = cpu_seconds(sys.executable, "-c", "import mcore_mappers")
    print(f"codegen check: {check:.2f} s of CPU (aim: 2 s for four families and 0.05 s for each further one)")
    told = {name: cpu_seconds(sys.executable, "-m", "mcore_mappers", name) for name in ("--help", "families")}
    print(f"mcore-mappers {', '.join(f'{name}: {spent:.2f} s' for name, spent in told.items())} of CPU (aim: 0.3 s)")
    print(f"import mcore_mappers: {(imported - nothing) * 1e3:.0f} ms of CPU beyond the interpreter (aim: 50 ms)")
