"""What a config file maps to: beside the pins, where it is written down, and beside what else is installed."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import mcore_mappers
from mcore_mappers_runtime.cli.progress import Progress
from tests.mapping.support import folder

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

    from tests.numerics.runtime import MegatronConfig

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".matrix"
RECORDED = FOLDER / "recorded.json"

type Outcome = Mapping[str, Any]
"""A config as it is dumped; or `refused` with the fields, `absent` with the family, or `crashed` with the error."""


@dataclass(frozen=True)
class Recorded:
    """A config file, and what came of it beside the pins."""

    name: str
    """`llama-yarn`, or the path of a published config."""
    family: str
    """Of a case; empty for what is published."""
    mapper: str
    """The function of the family's module; empty for what is published."""
    text: str
    """The file."""
    outcome: Outcome

    @property
    def case(self) -> str:
        """The case of a family."""
        return self.name.rpartition("-")[2]


def record() -> str:
    """Map every config beside the pins, and write down what came of it."""
    from tests.numerics.cases import CASES  # which builds configs in the spelling of the pinned release

    corpus = folder("CONFIG_CORPUS")
    published = sorted(corpus.glob("*/*.json")) if corpus else []
    recorded: list[Recorded] = []
    with Progress(len(CASES) + len(published), lines=True) as progress:
        for case in CASES:
            progress.next(str(case))
            # As a file has it: what a class reads from it is what matters.
            text = case.config().to_json_string(use_diff=False)
            recorded.append(_recorded(str(case), case.family, case.mapper, text))
        for file in published:
            progress.next(name := f"{file.parent.name}/{file.stem}")
            recorded.append(_recorded(name, "", "", file.read_text(encoding="utf-8")))
    FOLDER.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps([asdict(each) for each in recorded]), encoding="utf-8")
    return f"recorded {len(CASES)} cases and {len(published)} published configs"


def read() -> list[Recorded]:
    """What was recorded."""
    return [Recorded(**each) for each in json.loads(RECORDED.read_text(encoding="utf-8"))]


def _recorded(name: str, family: str, mapper: str, text: str) -> Recorded:
    return Recorded(name, family, mapper, text, there(Recorded(name, family, mapper, text, {})))


def there(recorded: Recorded) -> Outcome:
    """What is installed makes of a file."""
    return _outcome(lambda: model_of(config_of(recorded), recorded))


def there_and_back(recorded: Recorded) -> Outcome:
    """The same of what goes back to Hugging Face from there, of a config that maps."""

    def make() -> MegatronConfig:
        hf = config_of(recorded)
        return model_of(mcore_mappers.to_hf(model_of(hf, recorded), base=hf), recorded)

    return _outcome(make)


def config_of(recorded: Recorded) -> PreTrainedConfig:
    """The file, as `load_config` reads it."""
    with TemporaryDirectory() as name:
        file = Path(name) / "config.json"
        file.write_text(recorded.text, encoding="utf-8")
        return mcore_mappers.text_config(mcore_mappers.load_config(file))


def model_of(hf: PreTrainedConfig, recorded: Recorded, **caller: Any) -> MegatronConfig:
    """What the mapper makes of it."""
    if recorded.family:
        return vars(import_module(f"mcore_mappers.{recorded.family}"))[recorded.mapper](hf, layers=True, **caller)
    return mcore_mappers.to_megatron(hf, layers=True, **caller)


def _outcome(make: Callable[[], MegatronConfig]) -> Outcome:
    try:
        with warnings.catch_warnings(action="ignore"):
            dumped = json.loads(json.dumps(mcore_mappers.dump(make())))
        # Where it comes from names the releases, and keeps what the class of one release knows.
        return _bare(dumped)
    except mcore_mappers.UpstreamVersionError as error:
        return {"absent": error.family}
    except mcore_mappers.UnsupportedConfigError as error:
        return {"refused": sorted(refusal.field for refusal in error.refusals)}
    except Exception as error:  # what must never happen is what this looks for
        return {"crashed": f"{type(error).__name__}: {error}"}


def _bare(dumped: dict[str, Any]) -> dict[str, Any]:
    """The dump without checkpoint metadata, and without the releases that wrote it."""
    return {
        key: _bare(value) if isinstance(value, dict) else value
        for key, value in dumped.items()
        if key not in ("extra_checkpoint_metadata", "written")
    }
