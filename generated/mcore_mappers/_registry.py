"""What the package knows of its families, and hands over."""

from __future__ import annotations

from mcore_mappers_runtime.registry import Registry

from ._declared import FIELDS
from ._families import FAMILIES
from ._keys import KEYS
from ._older import OLDER
from ._owners import OWNERS
from ._refused import REFUSED
from ._releases import RELEASES
from ._symbols import SYMBOLS

REGISTRY = Registry(
    package="mcore_mappers",
    layout=7,
    families=FAMILIES,
    refused=REFUSED,
    fields=FIELDS,
    owners=OWNERS,
    keys=KEYS,
    symbols=SYMBOLS,
    releases=RELEASES,
    older=OLDER,
)
