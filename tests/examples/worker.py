"""Runs examples one after the other, as `python EXAMPLE ARGUMENTS` would: importing Megatron takes longer than they do.

`torchrun --nproc-per-node 2 -m tests.examples.worker OUT JSON`, where JSON has the arguments of each example by name.
Each rank writes what an example prints to a file, as it is printed, and in the end which patches have run. A rank stops
at its first error, which is in that file, too: the other one may wait for a message that nobody sends.
"""

from __future__ import annotations

import json
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import torch
from torch import distributed

from mcore_mappers import cpu
from tests.back.bridge_provider import Finder

EXAMPLES = Path(__file__).parents[2] / "examples"


def main(out: Path, calls: Mapping[str, Sequence[str]]) -> int:
    """The exit status: 1 after an error."""
    torch.set_num_threads(1)
    # Megatron says at length how gradients lie in memory.
    logging.disable(logging.INFO)
    if find_spec("megatron.bridge") is not None:
        # It imports Transformer Engine whatever it does.
        sys.meta_path.append(Finder())
    rank, ranks = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    ran: set[str] = set()
    for name, arguments in calls.items():
        program = str(EXAMPLES / f"{name}.py")
        # torchrun's own meeting point is good for one process group in the life of a process.
        store = distributed.FileStore(str(out / f"{name}.store"), ranks)  # pyright: ignore[reportPrivateImportUsage]
        meet = partial(distributed.init_process_group, store=store, rank=rank, world_size=ranks)
        with (out / f"{name}.{rank}").open("w", buffering=1) as file, redirect_stdout(file):
            try:
                with (
                    patch.object(sys, "argv", [program, *arguments]),
                    patch.object(distributed, "init_process_group", meet),
                ):
                    runpy.run_path(program, run_name="__main__")
            except BaseException:
                traceback.print_exc(file=file)
                return 1
        ran |= cpu.ran
    (out / f"ran.{rank}").write_text(json.dumps(sorted(ran)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
