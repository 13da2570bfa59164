"""What a run is about: which families, and all that there is to check of them or a slice of it.

A slice is drawn where tests are parametrised and inside tests that go through many values, by `draw`, so that a whole
run and a slice are the same code. Which slice it is, a seed says: the same seed in the same tree gives the same one.
Where nothing is chosen (programs that import the tests), it is all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DECIDING = ("codegen/families/**/*.py", "generated/schemas/**/*.json", "tests/**/*.py")
"""The table, the snapshot and the tests."""
FEW = 16
"""How many families a slice has of a test that is much the same for all."""

COSTLY = 8
"""A slice has one in so many of the tests that are marked as costly."""

MANY = 48
"""Where a test is about more families than so many, not all of them have their turn in a slice."""

TURN = 3
"""They have it in one of so many files."""


@dataclass(frozen=True)
class Selection:
    family: str = ""
    """The one family that is checked; empty for all."""
    seed: str = ""
    """Which slice; empty for everything."""

    @property
    def whole(self) -> bool:
        """All variants, all processes and all pairs."""
        return not self.seed

    def rank(self, about: str, index: int) -> bytes:
        """The place of an item in the order in which the seed draws."""
        return hashlib.sha256(f"{self.seed} {about} {index}".encode()).digest()


_chosen = [Selection()]


def choose(selection: Selection) -> None:
    """Said once, before tests are imported."""
    _chosen[0] = selection


def chosen() -> Selection:
    return _chosen[0]


def whole() -> bool:
    """Whether everything is checked."""
    return chosen().whole


def draw[Item](
    items: Iterable[Item],
    count: int,
    about: str,
    *,
    always: Callable[[Item], bool] = lambda item: False,
    kinds: Callable[[Item], Iterable[Hashable]] = lambda item: (),
) -> tuple[Item, ...]:
    """All items in a whole run; of a slice, a `sample`."""
    return tuple(items) if whole() else sample(items, count, about, always=always, kinds=kinds)


def some(families: Iterable[str], about: str) -> tuple[str, ...]:
    """Of a slice, a few of the families: for tests of what does not differ by family but in what it is given."""
    return draw(families, FEW, f"families of {about}")


def in_turn(names: Iterable[str]) -> frozenset[str]:
    """Of a slice, which of the costly tests have their turn; at least one where there are any."""
    found = tuple(dict.fromkeys(names))
    return frozenset(draw(found, max(1, len(found) // COSTLY), "costly tests"))


def families_in_turn(families: Iterable[str], file: str) -> frozenset[str]:
    """Of a slice, which families have their turn in a file; other files have others."""
    found = sorted(families)
    return frozenset(draw(found, len(found) // TURN, f"families in {file}"))


def sample[Item](
    items: Iterable[Item],
    count: int,
    about: str,
    *,
    always: Callable[[Item], bool] = lambda item: False,
    kinds: Callable[[Item], Iterable[Hashable]] = lambda item: (),
) -> tuple[Item, ...]:
    """A part of the items, in the same order.

    Args:
        items: among which to choose.
        count: how many are kept beside those that are kept in any case.
        about: what they are, so that two draws do not go together.
        always: whether an item is kept in any case.
        kinds: what an item is an example of; there is one of each kind in any case.
    """
    found = tuple(items)
    order = sorted(range(len(found)), key=lambda index: chosen().rank(about, index))
    kept = {index for index in order if always(found[index])}
    seen = {kind for index in kept for kind in kinds(found[index])}
    for index in order:
        if new := {*kinds(found[index])} - seen:
            kept.add(index)
            seen |= new
    kept.update([index for index in order if index not in kept][:count])
    return tuple(item for index, item in enumerate(found) if index in kept)


def seed_of(root: Path = ROOT) -> str:
    """A digest of what decides which checks there are: needs no git, and is the same for the same tree."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in DECIDING for path in root.glob(pattern)}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]
