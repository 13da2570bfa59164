"""Configs that differ from one of a family's cases in two or three things at once."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from transformers import PreTrainedConfig

from codegen.schemas import HfField, HfProperty, Undeclared
from tests.families import PROOFS, build
from tests.numerics.compare import TOKENS
from tests.numerics.hf_values import MISSING, UNSTARTED, candidates, rope_values
from tests.properties.odd import SMALL
from tests.support.plans import described, hard_wired, verdicts
from tests.support.ways import STORING, WAYS, Way, changed_by

BASES: Final = ("default", "combined")
"""From which every other config starts; the rest from any case."""
ODD: Final = 0.05
"""How often a field that decides something gets a value that it never has."""
_OF_THE_CALL: Final = frozenset({"return_dict", "output_hidden_states", "output_attentions", "use_cache"})
"""What decides how a forward call answers, and not what."""
ROPES: Final = ("rope_parameters", "rope_scaling")


@dataclass(frozen=True)
class Change:
    """One thing in which a config differs from its base."""

    field: str
    value: Any
    way: Way

    def __str__(self) -> str:
        return f"{self.field} = {self.value!r} ({self.way})"


@dataclass(frozen=True)
class Drawn:
    """A config, by its changes."""

    family: str
    base: str
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return f"{self.family} {self.base}: {'; '.join(map(str, self.changes))}"

    def config(self) -> PreTrainedConfig:
        """The config.

        Raises:
            Exception: whatever transformers raises that builds no such config.
        """
        proof = PROOFS[self.family]
        given = {each.field: each.value for each in self.changes if each.way == "constructor"}
        keywords = {**proof.base, **proof.cases[self.base], **given}
        config = build(self.family, {name: value for name, value in keywords.items() if value is not MISSING})
        for each in self.changes:
            if each.way != "constructor":
                config = changed_by(each.way, config, each.field, copy.deepcopy(each.value))
        return config


def drawn(family: str, seed: str) -> Iterator[Drawn]:
    """Configs without end; the same for the same seed."""
    chance = random.Random(f"{family} {seed}")
    while True:
        base = chance.choice(BASES if chance.random() < 0.5 else [*PROOFS[family].cases])
        names = chance.sample([*fields(family)], k=chance.choice((2, 2, 3)))
        changes = tuple(_change(family, base, name, chance) for name in names)
        yield Drawn(family, base, tuple(each for each in changes if each is not None))


@cache
def fields(family: str) -> Mapping[str, HfField | HfProperty | Undeclared | str]:
    """Everything that can be stored in a config of the class, under every name."""
    plan, known = described(family)
    found: dict[str, HfField | HfProperty | Undeclared | str] = {each.name: each for each in known.attributes}
    found |= {alias: alias for alias in known.attribute_map if alias not in found}
    found |= {name: name for name in hard_wired(plan)}
    return {name: each for name, each in found.items() if name not in _OF_THE_CALL and (family, name) not in UNSTARTED}


@cache
def _bases(family: str, base: str) -> PreTrainedConfig:
    config = Drawn(family, base, ()).config()
    # What all layers have is asked, also of a config that gives some layers values of their own.
    config.allow_global_per_layer_attribute_access = True
    return config


def _change(family: str, base: str, name: str, chance: random.Random) -> Change | None:
    if verdicts(family).get(name) != "ignored" and chance.random() < ODD:
        return Change(name, SMALL[chance.choice([*SMALL])](), chance.choice(WAYS))
    current = getattr(_bases(family, base), name, MISSING)
    values = _values(family, name, current, chance)
    if not values:
        return None
    known = fields(family)[name]
    stored = not isinstance(known, HfField) or known.set_in_post_init or not known.declared
    way: Way = chance.choice(STORING) if stored and chance.random() < 0.5 else "constructor"
    value = chance.choice(values)
    return Change(name, value, "constructor" if value is MISSING else way)


def _values(family: str, name: str, current: Any, chance: random.Random) -> Sequence[Any]:
    plan, known_class = described(family)
    known = fields(family)[name]
    if name in ROPES and isinstance(current, dict):
        return _ropes(current, chance)
    if isinstance(current, list) and current and all(isinstance(each, (str, int)) for each in current):
        return [*_lists(current, chance), None]
    constants = hard_wired(plan)
    if isinstance(known, str) and name in constants:
        return [constants[name], None]
    stored = known_class.attribute_map.get(name)
    meant = next((each for each in known_class.fields if stored and each.stored == stored), known)
    try:
        found = [*candidates(meant, current, PROOFS[family].values)]
    except KeyError:
        return []
    return [value for value in found if not is_degenerate(name, value)]


def is_degenerate(name: str, value: object) -> bool:
    """A width or a length with which models still run, and of which comparisons say nothing.

    A norm over a few numbers turns rounding into signs; with one token all positions score alike; a sequence of the
    comparisons is longer than a few positions; and where scores are multiplied so that a position attends to one other
    alone, rounding decides which (with 8, logits of transformers in single precision are 1e-3 from those in double).
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    narrow = (name.endswith(WIDTHS) and 0 < value < 8) or (name == "vocab_size" and value == 1)
    return narrow or (name in LENGTHS and 0 < value < TOKENS) or (name in FACTORS_OF_SCORES and value >= 8)


WIDTHS: Final = ("hidden_size", "key_head_dim", "value_head_dim", "_rank", "n_embd")
FACTORS_OF_SCORES: Final = ("attention_multiplier",)
LENGTHS: Final = ("max_position_embeddings", "n_positions", "max_length", "n_ctx")


def _ropes(current: Mapping[str, Any], chance: random.Random) -> list[Any]:
    """Ropes that differ in two keys, or in type and a key."""
    first = [each for each in rope_values(current) if isinstance(each, dict) and each]
    return [*rope_values(chance.choice(first))]


def _lists(current: list[Any], chance: random.Random) -> Iterator[list[Any]]:
    """Lists with an entry for each layer: of the same kinds in another order, and too short or too long."""
    kinds = sorted({*current}, key=str)
    if all(isinstance(each, int) for each in current):
        kinds = [*range(max(current) + 2)]
    for _ in range(4):
        yield [chance.choice(kinds) for _ in current]
    yield current[:-1]
    yield [*current, chance.choice(kinds)]
    yield []
