"""What the models of an older release compute, compared with Megatron's: one case for each family and target."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from transformers import NemotronHConfig, PreTrainedConfig

from mcore_mappers import DeviationWarning, OtherReleaseWarning, UnsupportedConfigError
from mcore_mappers_runtime.cli.progress import Progress
from mcore_mappers_runtime.releases import is_before
from tests.families import CLASSES, PROOFS
from tests.matrix.recorded import Recorded, config_of, model_of
from tests.numerics.compare import TOKENS, compare, reference
from tests.numerics.device import CPU, processes
from tests.numerics.runtime import MegatronConfig

RIGHT_SCAN = "5.15.0"
"""Until then Nemotron-H's scan in plain torch, which no kernel of the same file shares, sums over the wrong chunks."""


@dataclass(frozen=True)
class Compared:
    """What came of a case."""

    name: str
    otherwise: tuple[str, ...] = ()
    """The fields by which this release computes something else, of which the mapper warns."""
    wrong: str = ""
    """What is not as it should be."""


def compared(recorded: Iterable[Recorded]) -> Iterator[Compared]:
    """Both models of one config for each family and target, with what is installed."""
    logging.disable(logging.WARNING)
    by_target = _by_target(recorded)
    with processes(CPU), Progress(len(by_target), lines=True) as progress:
        for cases in by_target:
            progress.next(f"logits of {cases[0].name}")
            try:
                yield _compared(cases)
            except Exception as error:  # the others are worth knowing all the same
                yield Compared(cases[0].name, wrong=f"{type(error).__name__}: {error}")


def _by_target(recorded: Iterable[Recorded]) -> list[list[Recorded]]:
    """The cases of each family and target: first the one in which most is not as usual, then that in which all is."""
    found: dict[tuple[str, str], list[Recorded]] = {}
    for each in recorded:
        if each.family:
            found.setdefault((each.family, each.mapper), []).append(each)
    first = ("default", "combined")
    return [
        sorted(cases, key=lambda each: -first.index(each.case) if each.case in first else 1) for cases in found.values()
    ]


def _compared(cases: Sequence[Recorded]) -> Compared:
    """The first case that this release reads, computes as the newest does, and can run."""
    otherwise: Compared | None = None
    for each in cases:
        try:
            both = _mapped(each)
        except UnsupportedConfigError:
            continue
        if both.otherwise:
            otherwise = otherwise or Compared(each.name, both.otherwise)
        elif _runs(each.family, both):
            return _difference(each, both)
    return otherwise or Compared(cases[0].name, wrong="no case runs")


@dataclass(frozen=True)
class _Both:
    """The configs of both models."""

    hf: PreTrainedConfig
    model: MegatronConfig
    deviations: tuple[str, ...]
    otherwise: tuple[str, ...]


def _mapped(recorded: Recorded) -> _Both:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hf = config_of(recorded)
        model = model_of(hf, recorded, **CPU.fields)
    told = [each.message for each in caught]
    deviations = [name for each in told if isinstance(each, DeviationWarning) for name in each.deviations]
    # What is said of a file is cured by the way in which it is read.
    mapped = [each for each in told if isinstance(each, OtherReleaseWarning) and each.file is None]
    return _Both(hf, model, tuple(deviations), tuple(name for each in mapped for name, *_ in each.differences))


def _runs(family: str, both: _Both) -> bool:
    """Whether transformers runs its own model: code of older releases stumbles, or is wrong without kernels."""
    if isinstance(both.hf, NemotronHConfig) and both.hf.chunk_size < TOKENS and is_before("transformers", RIGHT_SCAN):
        return False
    # What has an output layer in a composite alone is given one when the class is asked for.
    assert CLASSES[family] is type(both.hf)
    try:
        reference(both.hf, both.deviations)
    except Exception:
        return False
    return True


def _difference(recorded: Recorded, both: _Both) -> Compared:
    # Megatron prints how it pads the vocabulary.
    with contextlib.redirect_stdout(io.StringIO()):
        result = compare(both.hf, both.model, both.deviations, device=CPU)
    apart = max(result.max_difference_eval, result.max_difference_train)
    within = PROOFS[recorded.family].tolerance
    return Compared(recorded.name, wrong=f"logits differ by {apart:.1e}" if apart > within else "")
