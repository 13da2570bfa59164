"""Writes the `config.json` of a trained model, also as older releases of transformers read it.

    torchrun --nproc-per-node 2 examples/export.py OUT [FOLDER]

FOLDER holds the `config.json` that training started from; without it there is a tiny one beside this file. OUT gets
three files: `run/model.json`, which a training run keeps beside its checkpoints; `hf/config.json`, of which
`AutoConfig` makes the same model; and `hf-4.57/config.json`, which transformers 4.57 reads, and what has its spelling.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from torch import distributed
from transformers import AutoConfig

import mcore_mappers as m

TINY = Path(__file__).parent / "tiny" / "llama"


def train(folder: Path, run: Path) -> None:
    """What training leaves for the export: its Megatron config, as data. How it split the model is in there, too."""
    config = m.to_megatron(m.load_config(folder), tensor_model_parallel_size=distributed.get_world_size())
    m.dump_file(config, run / "model.json")


def export(folder: Path, run: Path, out: Path, older: Path) -> None:
    """Where only the run's file is left, the model is in it; what Megatron has no field for is from the base."""
    config = m.load_file(run / "model.json")
    hf = m.to_hf(config, base=m.load_config(folder))
    m.save_config(hf, out)
    m.save_config(hf, older, spelling="4.57")


def check(run: Path, out: Path, older: Path) -> None:
    """Every process reads the files as a user does, and finds the model that was trained."""
    config = m.load_file(run / "model.json")
    for folder in (out, older):
        hf = AutoConfig.from_pretrained(folder)
        if differences := m.diff(config, hf):
            raise SystemExit(f"{folder}: " + "; ".join(map(str, differences)))
        print(f"process {distributed.get_rank()}: {folder.name} is the model that was trained, a {type(hf).__name__}")


def show(out: Path, older: Path) -> None:
    """Which keys older releases want otherwise."""
    new, old = (json.loads((folder / "config.json").read_text("utf-8")) for folder in (out, older))
    for name in sorted(name for name in new | old if new.get(name) != old.get(name)):
        print(f"  {name}: {new.get(name, 'absent')}, in 4.57 {old.get(name, 'absent')}")


def main(out: Path, folder: Path) -> None:
    """One process writes, and all read."""
    run, hf, older = out / "run", out / "hf", out / "hf-4.57"
    if distributed.get_rank() == 0:
        for each in (run, hf, older):
            each.mkdir(parents=True, exist_ok=True)
        train(folder, run)
        export(folder, run, hf, older)
        show(hf, older)
    distributed.barrier()
    check(run, hf, older)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    distributed.init_process_group("gloo")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else TINY)
    distributed.destroy_process_group()
