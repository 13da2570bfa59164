"""Threads that import families at once, and map."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.families import PROOFS
from tests.families.proof import ABSENT
from tests.selection import ROOT, sample
from tests.support.plans import TABLES

pytestmark = pytest.mark.costly

THREADS: Final = 16

PROGRAM: Final = """
import json, sys, threading, traceback
from importlib import import_module

families = json.loads(open(sys.argv[1]).read())
together, failed = threading.Barrier(len(families)), []

def use(family, config, keywords):
    together.wait()
    try:
        module = import_module(f"mcore_mappers.{family}")
        module.to_megatron(vars(module)[config](**keywords), layers=True)
    except BaseException:
        failed.append(f"{family}: {traceback.format_exc()}")

threads = [threading.Thread(target=use, args=each) for each in families]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit("\\n".join(failed) or 0)
"""


def test_many_threads_import_families_at_once(tmp_path: Path) -> None:
    """Megatron's modules import one another in circles, which threads must not enter at different places."""
    families = sample(TABLES, THREADS, "families of threads")[:THREADS]
    file = tmp_path / "families.json"
    keywords = {
        name: {key: value for key, value in PROOFS[name].config().items() if value is not ABSENT} for name in families
    }
    file.write_text(json.dumps([(name, TABLES[name].config_name, keywords[name]) for name in families]))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
