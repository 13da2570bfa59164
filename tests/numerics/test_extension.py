"""What stands in for Transformer Engine's compiled extension has every name, and computes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.numerics.engine import KERNELS
from tests.numerics.extension import Extension

FILES = {
    "__init__.py": """
import transformer_engine.common
try:
    from . import pytorch
except FileNotFoundError:
    pass
""",
    "common.py": """
import os
assert os.environ["NVTE_PROJECT_BUILDING"] == "1"
def load_framework_extension(framework):
    raise FileNotFoundError(framework)
""",
    "pytorch/__init__.py": """
from transformer_engine.common import load_framework_extension
load_framework_extension("torch")
""",
    "pytorch/kernels.py": "from transformer_engine_torch import *",
    "pytorch/layers.py": """
from transformer_engine.pytorch import kernels
from transformer_engine.pytorch.kernels import DType
def read():
    return int(DType.kFloat32), kernels.get_cudnn_version() >= 91200
""",
}

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import tests.numerics
from transformer_engine.pytorch import layers
print(layers.read())
"""


def test_members_of_an_enumeration_are_those_that_were_asked_for() -> None:
    layout = Extension().NVTE_QKV_Layout
    assert (layout.NVTE_SBHD, layout.NVTE_THD, layout.NVTE_SBHD) == (0, 1, 0)
    assert str(layout.NVTE_THD) == "NVTE_QKV_Layout.NVTE_THD"
    assert isinstance(layout.NVTE_THD, layout)
    assert {*layout.__members__} == {"NVTE_SBHD", "NVTE_THD"}


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_without_its_emulation_is_an_error(kernel: str) -> None:
    with pytest.raises(NotImplementedError, match=rf"transformer_engine_torch\.{kernel} is compiled"):
        getattr(Extension(), kernel)(1, scale=2)


def test_a_package_without_its_extension_is_imported(tmp_path: Path) -> None:
    """As Transformer Engine's is: its package tries for its layers, whose modules take names over from one another."""
    package = tmp_path / "transformer_engine"
    for name, text in FILES.items():
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(text)
    root = Path(__file__).resolve().parents[2]
    code = PROGRAM.format(folder=str(tmp_path))
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert said.stdout == "(0, True)\n"
