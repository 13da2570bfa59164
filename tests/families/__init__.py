"""The proof of every family of the overrides table: one module each, named as the family is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from transformers import PreTrainedConfig

from codegen.project import load_table
from tests.families.proof import ABSENT, Keywords, Proof
from tests.numerics.weights import Layout


def _proof(family: str) -> Proof:
    name = f"{__name__}.{family}"
    if find_spec(name) is None:
        raise LookupError(
            f"nothing proves the family {family}: write tests/families/{family}.py with `PROOF = Proof(...)`; "
            "tests/families/proof.py says what its fields mean, and llama.py is an example"
        )
    proof: object = vars(import_module(name)).get("PROOF")
    if not isinstance(proof, Proof):
        raise TypeError(f"tests/families/{family}.py has no `PROOF = Proof(...)`")
    if missing := {"default", "combined"} - proof.cases.keys():
        raise ValueError(f"tests/families/{family}.py: there is no case {', '.join(sorted(missing))}")
    return proof


def _class(path: str) -> type[PreTrainedConfig]:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


PROOFS: Final[Mapping[str, Proof]] = {family.name: _proof(family.name) for family in load_table().families}

CLASSES: Final[Mapping[str, type[PreTrainedConfig]]] = {
    family.name: _class(family.config) for family in load_table().families
}
"""The config class of each family."""


def build(family: str, keywords: Keywords) -> PreTrainedConfig:
    """The family's config with these keywords, less the absent ones."""
    given: dict[str, Any] = {name: value for name, value in keywords.items() if value is not ABSENT}
    # transformers writes into dictionaries that it is given.
    return CLASSES[family](**copy.deepcopy(given))


def family_of(config: PreTrainedConfig) -> str:
    """The name of the family whose config this is."""
    return config.model_type.replace("-", "_")


def layout_of(config: PreTrainedConfig) -> Layout:
    """Which weight is which in the models of this config."""
    return PROOFS[family_of(config)].layout
