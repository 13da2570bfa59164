"""The owner of every Megatron field is honest.

A field that a mapper leaves to the caller, or only suggests, must leave the model alone: change it, and parameters and
logits stay, or it is listed with the reason. A field that only the mapper decides must be worth that: change it, and
parameters or logits change, or it is listed too. A field that is listed and need not be is an error, so that the lists,
in `known_fields.py`, stay short and true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pytest

from codegen.table import Owner
from tests.numerics.known_fields import (
    ARCHETYPES,
    ARCHITECTURE_LISTED,
    ARCHITECTURE_TOGETHER,
    LISTED,
    TOGETHER,
    TOLD_THOUGH_SAME,
    Kind,
    Listed,
)
from tests.numerics.perturbations import SAME, Setting, Trial, owners, try_fields
from tests.selection import draw, whole
from tests.support.plans import schemas

pytestmark = [pytest.mark.usefixtures("process"), pytest.mark.costly]

# 16-bit weights for 32-bit ones, with which a token may get another expert. Other functions differ by 1 and more.
ROUNDING = 0.5

Trials = Mapping[str, Sequence[Trial]]


SOME_FIELDS = 15
"""How many a slice tries of each fixture, beside one of each kind that is listed and those that show a wrong entry."""


def _names(*kinds: Owner) -> set[str]:
    """The fields of these owners in the archetypes."""
    found = [owners(setting.family, schemas()) for setting in ARCHETYPES]
    owned = [owned for each in found for owned in (*each.transformer.values(), *each.model.values())]
    return {each.field.name for each in owned if each.owner in kinds}


def _by_field(settings: Sequence[Setting], *kinds: Owner) -> Trials:
    shown = {name for names in WRONG.values() for name in names}
    names = draw(
        sorted(_names(*kinds)),
        SOME_FIELDS,
        f"fields of {kinds}",
        always=shown.__contains__,
        kinds=lambda name: [ENTRIES[name].kind] if name in ENTRIES else [],
    )
    trials: dict[str, list[Trial]] = defaultdict(list)
    for setting in settings:
        for trial in try_fields(setting, schemas(), names, *kinds):
            trials[trial.field].append(trial)
    return trials


@pytest.fixture(scope="module")
def choices(process: None) -> Trials:
    """Of every field that is not architecture."""
    return _by_field(ARCHETYPES + TOGETHER, Owner.SUGGESTED, Owner.CALLER)


@pytest.fixture(scope="module")
def architecture(process: None) -> Trials:
    return _by_field(ARCHETYPES + ARCHITECTURE_TOGETHER, Owner.ARCHITECTURE)


def _broken(field: str, trials: Sequence[Trial], entry: Listed | None) -> str:
    """What is not as the list says of a field that is not architecture; empty if all is."""
    changed = [trial for trial in trials if not trial.raised and not trial.same]
    if entry is None:
        if not _tried(trials):
            return "raises wherever it would be read"
        return "changes the model" if changed else ""
    match entry.kind:
        case Kind.FUNCTION:
            return "" if any(trial.difference > SAME for trial in changed) else "does not change the function"
        case Kind.ROUNDING:
            kept = all(not trial.parameters and trial.difference <= ROUNDING for trial in changed)
            return "" if changed and kept else "is not a matter of rounding"
        case Kind.PARAMETERS:
            kept = all(trial.parameters and trial.difference <= SAME for trial in changed)
            return "" if changed and kept else "does not only change what is beside the model's parameters"
        case Kind.PROCESSES:
            # Some sizes build in one process, where there is nothing for them to do; that says nothing of two.
            seen = field.endswith("_parallel_size") or any(trial.raised or trial.parameters for trial in trials)
            kept = all("without" in trial.parameters for trial in changed)
            return "" if seen and kept else "can be tried in one process"
        case Kind.RAISES:
            if _tried(trials) or changed:
                return "can be tried"
            return "" if any(trial.raised.startswith(entry.raises) for trial in trials) else "raises something else"
        case Kind.ELSEWHERE:
            return "changes the model" if changed else ""


def _tried(trials: Sequence[Trial]) -> bool:
    """Whether the model stands another value in the settings that were made for the field, or where it reads it.

    A model that has no experts takes any field of experts, so that it takes one says nothing if others raise.
    """
    by_setting: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_setting[trial.setting].append(trial)
    archetypes = {str(setting) for setting in ARCHETYPES}
    if any(not trial.raised and (trial.read or trial.setting not in archetypes) for trial in trials):
        return True
    return not any(all(trial.raised for trial in found) for found in by_setting.values())


def _shown(broken: Mapping[str, str], trials: Trials) -> str:
    """Each field with what is wrong, and one trial of each kind of outcome."""
    lines: list[str] = []
    for field, what in broken.items():
        outcomes = {(bool(each.raised), each.same, each.read): str(each) for each in trials.get(field, ())}
        lines += [f"{field} {what}:", *(f"    {outcome}" for outcome in outcomes.values())]
    return "\n".join(lines)


ENTRIES: Mapping[str, Listed] = {field: entry for entry in LISTED for field in entry.fields}


def test_a_field_of_the_caller_leaves_the_model_alone(choices: Trials, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = {field: _broken(field, trials, ENTRIES.get(field)) for field, trials in choices.items()}
    broken = {field: what for field, what in verdicts.items() if what}
    kinds = Counter(ENTRIES[field].kind for field in choices if field in ENTRIES)
    unlisted = [field for field in choices if field not in ENTRIES]
    read = [field for field in unlisted if any(trial.read and trial.same for trial in choices[field])]
    with capsys.disabled():
        print(f"\nfields of Megatron that are not architecture: {len(choices)}, other values tried: {_values(choices)}")
        print(f"  {len(unlisted)} change nothing ({len(read)} of them are read by a model that runs on a CPU)")
        for kind in Kind:
            print(f"  {kinds[kind]} {kind.value}")
    assert not broken, _shown(broken, choices)


def test_an_architecture_field_decides_the_model(architecture: Trials, capsys: pytest.CaptureFixture[str]) -> None:
    changing = {field for field, trials in architecture.items() if any(_changes(trial) for trial in trials)}
    raising = {field for field, trials in architecture.items() if any(trial.raised for trial in trials)} - changing
    idle = architecture.keys() - changing - raising
    with capsys.disabled():
        print(f"\narchitecture fields of Megatron: {len(architecture)}, other values tried: {_values(architecture)}")
        print(f"  {len(changing)} change parameters or logits, {len(raising)} only raise, {len(idle)} listed")
    broken = dict.fromkeys(sorted(idle - ARCHITECTURE_LISTED.keys()), "changes nothing")
    listed = ARCHITECTURE_LISTED.keys() & architecture.keys()
    broken |= dict.fromkeys(sorted(listed - idle), "is listed as changing nothing")
    assert not broken, _shown(broken, architecture)


def test_what_changes_the_model_is_told_and_nothing_else(architecture: Trials) -> None:
    """By `diff` and by `to_hf`: equal models are never called different, and others never equal."""
    tried = [trial for trials in architecture.values() for trial in trials if not trial.raised]
    # A pipeline mark, which is the caller's, leaves this process a part of the layers.
    silent = [trial for trial in tried if not trial.same and not trial.told and "|" not in trial.value]
    assert [str(trial) for trial in silent] == []
    assert [str(trial) for trial in tried if trial.same and trial.told and trial.field not in TOLD_THOUGH_SAME] == []


def _changes(trial: Trial) -> bool:
    return not trial.raised and not trial.same


def _values(trials: Trials) -> int:
    return sum(len({trial.value for trial in found}) for found in trials.values())


def test_every_field_is_tried(choices: Trials, architecture: Trials) -> None:
    """And a list names no field that is gone, or that another list is for."""
    callers, decided = _names(Owner.SUGGESTED, Owner.CALLER), _names(Owner.ARCHITECTURE)
    assert callers >= ENTRIES.keys()
    assert decided >= ARCHITECTURE_LISTED.keys()
    if whole():
        assert choices.keys() == callers
        assert architecture.keys() == decided
    assert len(ENTRIES) == sum(len(entry.fields) for entry in LISTED), "a field is listed twice"


# Fields that do not belong under a kind, each for another reason; the last two are what a wrong owner would look like.
WRONG: Mapping[Kind | None, tuple[str, ...]] = {
    None: (
        "hidden_dropout",
        "params_dtype",
        "should_pad_vocab",
        "moe_permute_fusion",
        "layernorm_epsilon",
        "num_layers",
    ),
    Kind.FUNCTION: ("barrier_with_L1_time", "should_pad_vocab", "moe_permute_fusion"),
    Kind.ROUNDING: ("barrier_with_L1_time", "should_pad_vocab", "hidden_dropout", "layernorm_epsilon"),
    Kind.PARAMETERS: ("barrier_with_L1_time", "hidden_dropout", "num_layers"),
    Kind.PROCESSES: ("barrier_with_L1_time", "hidden_dropout", "layernorm_epsilon"),
    Kind.RAISES: ("barrier_with_L1_time", "should_pad_vocab", "hidden_dropout", "moe_permute_fusion"),
    Kind.ELSEWHERE: ("should_pad_vocab", "hidden_dropout", "layernorm_epsilon"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_entry_is_seen(kind: Kind | None, choices: Trials, architecture: Trials) -> None:
    entry = kind and Listed(kind, (), "", raises="TypeError: not what it says")
    trials = {**architecture, **choices}
    assert [field for field in WRONG[kind] if not _broken(field, trials[field], entry)] == []
