"""The ways in which a field of a Hugging Face config gets a value."""

from __future__ import annotations

import copy
from typing import Any, Final, Literal

from transformers import PreTrainedConfig

Way = Literal["constructor", "from_dict", "attribute", "update", "stored", "deleted"]
WAYS: Final[tuple[Way, ...]] = ("constructor", "from_dict", "attribute", "update", "stored", "deleted")
STORING: Final[tuple[Way, ...]] = ("attribute", "update", "stored")
"""Those that change a config that there is: `setattr` and `update`, which look at the type where the name is the one
that the class declares, and `__dict__`, which takes anything."""


def changed_by(way: Way, hf: PreTrainedConfig, name: str, value: Any) -> PreTrainedConfig:
    """A copy of a config in which a field is set, or deleted; by the constructor, from all that the config says.

    Raises:
        Exception: whatever transformers raises that takes no such value.
    """
    if way in ("constructor", "from_dict"):
        keywords = {**hf.to_dict(), name: value}
        return type(hf)(**keywords) if way == "constructor" else type(hf).from_dict(keywords)
    changed = copy.copy(hf)
    stored = type(hf).attribute_map.get(name, name)
    if way == "attribute":
        setattr(changed, name, value)
    elif way == "update":
        changed.update({name: value})
    elif way == "stored":
        vars(changed)[stored] = value
    else:
        vars(changed).pop(stored, None)
    return changed
