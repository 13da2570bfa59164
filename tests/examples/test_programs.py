"""The examples run, on two processes of a CPU, and what they print is what they promise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcore_mappers import cpu
from tests.cli.support import run as called

pytestmark = pytest.mark.costly

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TINY = EXAMPLES / "tiny"
BRIDGE = os.environ.get("BRIDGE_PYTHON")
# Seconds, against ranks that wait for ever: a slow machine takes minutes.
LIMIT = 600
LINES = 120


def environment() -> dict[str, str]:
    """A user's: without what makes tests faster, and without a GPU."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    packages = os.pathsep.join(map(str, (ROOT, ROOT / "generated", ROOT / "runtime")))
    tests = {"TORCHDYNAMO_DISABLE", "ATEN_CPU_CAPABILITY"}
    kept = {name: value for name, value in os.environ.items() if name not in tests}
    alone = {"CUDA_VISIBLE_DEVICES": "", "GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return {**kept, "PATH": path, "PYTHONPATH": packages, **alone}


def torchrun(out: Path, calls: Mapping[str, Sequence[str]], python: str = sys.executable) -> None:
    """Run the examples in two processes. Where one fails, what it printed is the message."""
    command = [python, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    command += ["--nproc-per-node", "2", "-m", "tests.examples.worker", str(out), json.dumps(calls)]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=LIMIT)
        failed = f"exit status {done.returncode}\n{done.stderr[-2000:]}" if done.returncode else ""
    except subprocess.TimeoutExpired:
        failed = f"not done after {LIMIT} seconds"
    if failed:
        texts = [f"--- {file.name}\n{file.read_text()}" for file in sorted(out.glob("*.[01]"))]
        pytest.fail("\n".join((failed, *texts)), pytrace=False)


@dataclass(frozen=True)
class Run:
    """What all examples printed, each on both ranks, and the patches that they needed."""

    folder: Path

    def lines(self, name: str, rank: int = 0) -> list[str]:
        """Without what Megatron says."""
        lines = (self.folder / f"{name}.{rank}").read_text().splitlines()
        return [line for line in lines if not line.startswith(" > ")]

    def numbers(self, name: str, what: str, rank: int = 0) -> list[float]:
        """Of each step."""
        found = (re.fullmatch(rf"step \d+: .*{what} (-?[\d.]+).*", line) for line in self.lines(name, rank))
        return [float(each[1]) for each in found if each]

    def ran(self) -> set[str]:
        return {name for rank in (0, 1) for name in json.loads((self.folder / f"ran.{rank}").read_text())}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("examples")
    names = sorted(file.stem for file in EXAMPLES.glob("*.py"))
    torchrun(folder, {name: [str(folder / "exported")] if name == "export" else [] for name in names})
    return Run(folder)


@pytest.mark.parametrize(
    "file", sorted(file for file in EXAMPLES.iterdir() if file.is_file()), ids=lambda file: file.name
)
def test_an_example_is_short_and_says_how_it_is_run(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= LINES
    assert f"examples/{file.name} " in text[:600]
    assert f"examples/{file.name}" in (ROOT / "README.md").read_text("utf-8")


def assert_falls(numbers: Sequence[float]) -> None:
    assert len(numbers) == 5
    assert list(numbers) == sorted(numbers, reverse=True)
    assert numbers[-1] < numbers[0] - 0.1


def test_training_on_split_tensors_lowers_the_loss(run: Run) -> None:
    assert_falls(run.numbers("train_tiny", "loss"))
    assert run.lines("train_tiny", 1) == []


def test_training_in_stages_lowers_the_loss_and_says_what_is_not_as_on_gpus(run: Run) -> None:
    # The last stage has the loss.
    assert_falls(run.numbers("train_gpu", "loss", 1))
    first, *lines = run.lines("train_gpu")
    assert first.startswith("no GPU: the model and its stages are the same, and this is not:")
    said = {name.strip(): words for name, _, words in (line.partition(": ") for line in lines)}
    assert said["transformer_impl"] == "local, on GPUs default"
    assert said["moe_token_dispatcher_type"] == "default, on GPUs alltoall"
    assert said["moe_grouped_gemm"] == said["bf16"] == "default, on GPUs True"
    assert not said.keys() & {"num_moe_experts", "pipeline_model_parallel_size", "moe_router_topk"}


def test_a_critic_learns_values_and_a_policy_what_is_rewarded(run: Run) -> None:
    assert_falls(run.numbers("policy_and_critic", "error of values"))
    assert_falls([-each for each in run.numbers("policy_and_critic", "what is rewarded")])


def test_an_export_is_read_on_both_ranks(run: Run) -> None:
    for rank in (0, 1):
        read = [line for line in run.lines("export", rank) if line.startswith("process")]
        said = "is the model that was trained, a LlamaConfig"
        assert read == [f"process {rank}: {folder} {said}" for folder in ("hf", "hf-4.57")]
    exported = {folder: run.folder / "exported" / folder / "config.json" for folder in ("hf", "hf-4.57")}
    new, old = (json.loads(file.read_text()) for file in exported.values())
    start = json.loads((TINY / "llama" / "config.json").read_text())
    assert {name: new[name] for name in start} == start
    assert (old["rope_theta"], old["torch_dtype"]) == (start["rope_parameters"]["rope_theta"], start["dtype"])
    assert "rope_parameters" not in old


def test_without_megatron_bridge_one_way_is_gone(run: Run) -> None:
    built, other = run.lines("from_bridge")
    assert built.endswith(" parameters on each of two ranks")
    assert other.startswith("Megatron-Bridge is not installed")


@pytest.mark.skipif(BRIDGE is None, reason="BRIDGE_PYTHON names no interpreter that has megatron-bridge 0.6.2")
def test_both_ways_give_one_model(tmp_path: Path) -> None:
    torchrun(tmp_path, {"from_bridge": []}, str(BRIDGE))
    lines = Run(tmp_path).lines("from_bridge")
    assert "Megatron-Bridge's provider: the same parameters" in lines
    assert "with the same weights the logits differ by 0.0" in lines


def test_no_patch_is_idle(run: Run) -> None:
    """Each is for something that the examples show, but for the one that cannot say so."""
    assert run.ran() == {patch.name for patch in cpu.PATCHES} - {"compiled_helpers"}


def checked_script(folder: Path, change: str = "", **programs: str) -> subprocess.CompletedProcess[str]:
    """A run of `check_script.sh` with the script that goes with the tiny Llama, where these programs are others."""
    for name, text in programs.items():
        program = folder / "bin" / name.replace("_", "-")
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    script = folder / "pretrain.sh"
    script.write_text((TINY / "pretrain.sh").read_text().replace(":-500000}", change or ":-500000}"))
    env = environment()
    env["PATH"] = os.pathsep.join((str(folder / "bin"), env["PATH"]))
    command = [str(EXAMPLES / "check_script.sh"), str(TINY / "llama"), str(script), "--exit-interval", "7"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_script_of_another_model_is_not_started(tmp_path: Path) -> None:
    done = checked_script(tmp_path, ":-10000}", torchrun="echo started")
    assert done.returncode == 1, done.stderr
    assert "--rotary-base" in done.stdout
    assert "started" not in done.stdout
    assert f"not started: {tmp_path / 'pretrain.sh'}\nall of them: mcore-mappers args " in done.stderr


def test_a_script_of_the_same_model_is_started(tmp_path: Path) -> None:
    """That its flags are right the command has said, here: it takes seconds to start."""
    assert called("check-args", TINY / "llama", TINY / "pretrain.sh").code == 0
    done = checked_script(tmp_path, mcore_mappers='test "$1" = check-args', torchrun='echo torchrun "$@"')
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("torchrun --nproc-per-node 2 pretrain_gpt.py --num-layers 2 ")
    assert done.stdout.endswith(" --exit-interval 7\n")


def test_a_call_without_a_script_says_how_it_is_called() -> None:
    done = subprocess.run([str(EXAMPLES / "check_script.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "examples/check_script.sh CHECKPOINT SCRIPT [ARGUMENT...]" in done.stderr
