"""The proof of keys that remote code alone knows, which the table gives: what each must say, and another value.

They decide nothing of the native model, which is therefore the same whatever they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from codegen.rows.guard import Guard, Restated, Values
from tests.families import PROOFS, build
from tests.families.proof import Keywords, Refused
from tests.families.shared import REMOTE
from tests.support.plans import rows_in_table

CASE: Final = "keys_of_files"
"""The name of the case in which a config has all of them."""


@cache
def keys_of(family: str) -> Keywords:
    """What each of the keys says in the base config: the one constant, or what the field says."""
    base = build(family, PROOFS[family].base)
    found: dict[str, object] = {}
    for row in rows_in_table(family):
        match row:
            case Guard(key, Values(remote=True) as test):
                found[key] = test.in_files[0]
            case Guard(key, Restated(field)):
                found[key] = getattr(base, field)
            case _:
                continue
    return found


def cases_of_keys(family: str) -> Mapping[str, Keywords]:
    """A case with all of them, where there are any."""
    return {CASE: keys_of(family)} if keys_of(family) else {}


def refused_keys(family: str) -> Sequence[Refused]:
    """Each with another value."""
    return tuple(Refused(key, key, {key: another(value)}, equal=REMOTE) for key, value in keys_of(family).items())


def another(value: object) -> object:
    """A value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [1]
        case _:
            return "another"
