"""One config that a mapper must refuse, and the configs nearest to it that it must not."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transformers import AutoConfig, PreTrainedConfig

from tests.numerics.cases import ABSENT, FAMILIES, Keywords

NOTHING: Final[Keywords] = {}


@dataclass(frozen=True)
class Refused:
    """One refused config."""

    name: str
    field: str
    """As the refusal names it."""
    change: Keywords
    """What is different from the family's base config, for the constructor."""
    attributes: Keywords = dataclasses.field(default_factory=dict)
    """What is stored in the config afterwards."""
    start: Keywords = dataclasses.field(default_factory=dict)
    """What is different from the base in the accepted configs too."""
    nearest: Sequence[Keywords] = (NOTHING,)
    """The accepted configs, as changes like `change`."""
    tries: Sequence[Mapping[str, Any]] = ()
    """Settings of the Megatron config of the first accepted config that come close, and do not do."""
    equal: str = ""
    """Why it is refused although the models are equal; that they are is tested."""
    unseen: str = ""
    """Why the models cannot be compared."""
    beyond_bound: str = ""
    """The deviation that is larger here than was looked at."""
    families: Sequence[str] = ()
    family: str = ""

    def __str__(self) -> str:
        return f"{self.family}-{self.name}"

    def config(self) -> PreTrainedConfig:
        config = _config(self.family, {**self.start, **self.change})
        for name, value in self.attributes.items():
            setattr(config, name, value)
        return config

    def accepted(self) -> Sequence[PreTrainedConfig]:
        return [_config(self.family, {**self.start, **nearest}) for nearest in self.nearest]


def _config(family: str, changes: Keywords) -> PreTrainedConfig:
    keywords = {name: value for name, value in {**FAMILIES[family].base, **changes}.items() if value is not ABSENT}
    # transformers writes into dictionaries that it is given.
    return AutoConfig.for_model(family, **copy.deepcopy(keywords))


DECODERS: Final = ("llama", "qwen3_moe")
ROPES: Final = (*DECODERS, "deepseek_v3")
ALL: Final = (*ROPES, "nemotron_h")

REMOTE: Final = "only remote code reads it: the native model is the same, the checkpoint's own was not"
STALE: Final = "set after construction it does nothing here, but whoever wrote it meant something"
