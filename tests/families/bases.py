"""Whether the base config of a family is good for anything; what is wrong with it is one message."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests import families
from tests.families import PROOFS, build

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

_said: set[str] = set()


@cache
def problem(family: str, run: bool) -> str:
    """Why nothing can start from the base config; empty if all is well.

    Args:
        family: of which the base is.
        run: whether transformers must be able to run the model, too.
    """
    # Only now, because conftest.py imports this file.
    import mcore_mappers

    if said := families.problem(family):
        return said
    base = PROOFS[family].base
    where = f"tests/families/{family}.py: `base`"
    try:
        hf = build(family, base)
    except Exception as error:
        return f"{where}: transformers does not take it: {error}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
            mcore_mappers.to_megatron(hf, **families.asking(family))
    except Exception as error:
        return f"{where}: it does not map: {error}"
    try:
        if run:
            return _drawn(hf, where)
    except Exception as error:
        return f"{where}: transformers cannot run its model: {type(error).__name__}: {error}"
    return ""


def _drawn(hf: PreTrainedConfig, where: str) -> str:
    """What is wrong if the model draws masks in train mode, which no other model draws alike."""
    import torch

    from tests.numerics.compare import reference
    from tests.numerics.dropouts import with_fixed_samples

    found = reference(hf)
    with torch.no_grad(), with_fixed_samples():
        again = found.model.train()(input_ids=found.tokens, use_cache=False).logits
    if torch.equal(again, found.training):
        return ""
    dropouts = [f"{name} = {value!r}" for name, value in hf.to_dict().items() if "drop" in name and value]
    return f"{where}: in train mode the model gives other logits each time; set to 0: {', '.join(dropouts) or 'noise'}"


def require(family: str, run: bool) -> None:
    """Fail the first test of a family that has no proof or a wrong base, and skip the others."""
    if not (said := problem(family, run)):
        return
    if said in _said:
        pytest.skip(f"the base config of {family} is wrong")
    _said.add(said)
    pytest.fail(said, pytrace=False)
