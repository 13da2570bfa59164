"""What becomes of a config: an equal model, a clear refusal, or something that is wrong."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Final, Literal

from transformers import PreTrainedConfig

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers_runtime.layered import layers_of
from tests.families import PROOFS, asking, mappers
from tests.fuzz.draw import Drawn
from tests.numerics.compare import compare, reference
from tests.numerics.mapping import warned
from tests.numerics.runtime import MegatronConfig
from tests.support.equality import differences

Outcome = Literal["not built", "refused", "equal", "wrong"]

SEEDS: Final = (1, 2, 3)
"""Of weights and tokens. Where two experts score nearly the same, rounding chooses: that happens with one seed."""


@dataclass(frozen=True)
class Judged:
    """What became of a config."""

    outcome: Outcome
    what: str = ""
    """What is wrong."""


def judged(drawn: Drawn) -> Judged:
    """What becomes of a config on both targets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            hf = drawn.config()
        except Exception:  # whatever the validators of transformers raise
            return Judged("not built")
        try:
            return _judged(drawn.family, hf)
        except Exception as error:
            return Judged("wrong", f"{type(error).__name__}: {str(error)[:300]}")


def _judged(family: str, hf: PreTrainedConfig) -> Judged:
    found: dict[str, tuple[MegatronConfig, tuple[str, ...]]] = {}
    refused: dict[str, UnsupportedConfigError] = {}
    for name, mapper in mappers(family).items():
        try:
            found[name] = warned(mapper, hf)
        except UnsupportedConfigError as error:
            refused[name] = error
    if found and any(not _of_this_target(error) for error in refused.values()):
        told = "; ".join(str(each) for error in refused.values() for each in error.refusals)
        return Judged("wrong", f"{', '.join(found)} maps what the other target refuses: {told}")
    for name in mappers(family) if asking(family) else ():
        wrong = _unasked(family, name, hf, found.get(name))
        if wrong:
            return Judged("wrong", f"{name}: {wrong}")
    for name, (model, deviations) in found.items():
        wrong = _different(family, hf, model, deviations)
        if wrong:
            return Judged("wrong", f"{name}: {wrong}")
    return Judged("equal" if found else "refused")


def _unasked(family: str, name: str, hf: PreTrainedConfig, asked: tuple[MegatronConfig, tuple[str, ...]] | None) -> str:
    """What is wrong with what a caller gets who asks for no layers: the same model, or one of which less is said."""
    try:
        stock, deviations = warned(getattr(getattr(mcore_mappers, family), name), hf)
    except UnsupportedConfigError:
        return ""
    if asked is None:
        return "who asks for layers is refused what is mapped without"
    present = layers_of(asked[0]).present()
    if not present:
        return f"without layers it is another model: {found}" if (found := differences(stock, asked[0])) else ""
    return "" if {*deviations} - {*asked[1]} else f"maps without {', '.join(present)}, and says nothing"


def _of_this_target(error: UnsupportedConfigError) -> bool:
    """Whether it is the kind of model that lacks something, as the reason says."""
    return all("hybrid" in each.reason.lower() for each in error.refusals)


def _different(family: str, hf: PreTrainedConfig, model: MegatronConfig, deviations: tuple[str, ...]) -> str:
    """How the models differ with most seeds; a model that cannot be run is another one."""
    tolerance = PROOFS[family].tolerance
    told: list[str] = []
    for seed in SEEDS:
        try:
            reference(hf, deviations, seed)
        except Exception as error:
            return f"transformers cannot run it: {type(error).__name__}: {str(error)[:200]}"
        found = compare(hf, model, deviations, seed)
        if max(found.max_difference_eval, found.max_difference_train) <= tolerance:
            if not told:
                return ""
        else:
            told.append(f"eval {found.max_difference_eval:.1e}, train {found.max_difference_train:.1e}")
        if len(told) == 2:
            return ", ".join(told)
    return ""


def smallest(drawn: Drawn) -> Drawn:
    """The fewest changes with which it is still wrong."""
    for each in drawn.changes:
        fewer = replace(drawn, changes=tuple(other for other in drawn.changes if other is not each))
        if judged(fewer).outcome == "wrong":
            return smallest(fewer)
    return drawn
