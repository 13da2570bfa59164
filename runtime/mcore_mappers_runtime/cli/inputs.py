"""Files as Hugging Face configs, and these as Megatron's, for commands: what cannot be read ends in one line."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..composite import text_config
from ..dispatch import mapped
from ..equal import path_of
from ..errors import Refusal, UnsupportedConfigError, UpstreamVersionError
from ..keywords import keyword_types
from ..load_config import load_config
from .output import CommandError, as_json, jsonable, remark
from .settings import settings_in

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

    from ..records import Family
    from ..registry import Registry

CONFIG = "config.json"
HEAD = "architectures"
"""The field of a checkpoint whose head is no language model."""
HYBRID = "HybridModelConfig"

Settings = Annotated[list[str] | None, typer.Option("--set", help="A field of the trainer's, as name=value.")]
Hybrid = Annotated[bool, typer.Option("--hybrid", help="As a HybridModelConfig.")]
WithLayers = Annotated[bool, typer.Option("--layers", help="With layers that compute what stock Megatron lacks.")]
Body = Annotated[bool, typer.Option("--body", help="The decoder, whatever head the checkpoint has.")]


@dataclass(frozen=True)
class Mappers:
    """The family of a config, and the functions of its module."""

    registry: Registry
    family: Family
    names: Mapping[str, Callable[..., ModelConfig]]

    @property
    def functions(self) -> Mapping[str, Callable[..., ModelConfig]]:
        """The mappers, by the name of the Megatron config that each gives."""
        names = ("to_megatron", "to_megatron_hybrid")
        return {
            target.rpartition(".")[2]: self.names[name]
            for target, name in zip(self.family.targets, names, strict=False)
            if name in self.names
        }

    def target(self, hybrid: bool) -> str:
        """Name of the Megatron config that is asked for.

        Raises:
            CommandError: the family can be no hybrid.
        """
        if not hybrid:
            return next(iter(self.functions))
        if HYBRID not in self.functions:
            told = f"{self.family.name} has no hybrid model; `mcore-mappers families` lists the targets of each family"
            raise CommandError(told)
        return HYBRID

    def map(
        self, hf: PreTrainedConfig, hybrid: bool, caller: Mapping[str, object], *, layers: bool = False
    ) -> ModelConfig:
        """The Megatron config.

        Raises:
            UnsupportedConfigError: there is none that computes the same.
            CommandError: the family can be no hybrid, or the caller's fields are no good.
        """
        mapper = self.functions[self.target(hybrid)]
        try:
            return mapper(hf, layers=layers, **caller)
        except UnsupportedConfigError:
            raise
        except TypeError as error:
            raise CommandError(_in_one_line(error)) from error
        except Exception as error:
            # Without any of the caller's fields it would be a mistake of this package's, which has a trace.
            if not caller:
                raise
            told = f"Megatron does not take these fields together: {type(error).__name__}: {_in_one_line(error)}"
            raise CommandError(told) from error


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def read(path: Path, *, body: bool = False) -> PreTrainedConfig:
    """The config of the language model of a checkpoint.

    Args:
        path: of its config.json, or of the folder that holds it.
        body: whether the decoder is meant, whatever head the checkpoint has on it.

    Raises:
        UnsupportedConfigError: it is read by nobody, or as nothing that could be mapped.
        CommandError: the file cannot be read, or what is installed cannot.
    """
    try:
        hf = text_config(load_config(path))
    except OSError as error:
        raise CommandError(unreadable(path, error)) from error
    except UpstreamVersionError as error:
        raise CommandError(str(error)) from error
    if body:
        hf = copy.copy(hf)
        hf.architectures = None
    return hf


def mappers_of(hf: PreTrainedConfig) -> Mappers:
    """The functions that map a config.

    Raises:
        UnsupportedConfigError: no family does.
    """
    registry, names = mapped(hf, "to_megatron")
    path = path_of(type(hf))
    family = next(each for each in registry.families.values() if each.config_class == path)
    return Mappers(registry, family, names)


def mapped_from(
    path: Path, settings: Sequence[str] | None, *, hybrid: bool, body: bool, layers: bool, strict: bool = False
) -> tuple[ModelConfig, Mapping[str, object]]:
    """The Megatron config of a checkpoint, and the caller's fields that it has.

    Args:
        path: as of `read`.
        settings: the caller's fields, each as name=value.
        hybrid: whether a HybridModelConfig is asked for.
        body: as of `read`.
        layers: whether layers compute what stock Megatron lacks.
        strict: whether declared deviations are refused.

    Raises:
        UnsupportedConfigError: there is none that computes the same.
        CommandError: the file cannot be read, or what is asked makes no sense.
    """
    hf = read(path, body=body)
    mappers = mappers_of(hf)
    caller = settings_in(settings or (), keyword_types(mappers.registry) if settings else {})
    said = {**caller, **({"strict": True} if strict else {})}
    return mappers.map(hf, hybrid, said, layers=layers), caller


def short(path: Path) -> str:
    """What tells a file from another in a heading: a config.json is its folder's."""
    whole = path.absolute()
    return whole.parent.name if whole.name == CONFIG else whole.name


def unreadable(path: Path, error: OSError) -> str:
    """Why a file cannot be read, in one line."""
    # What this package raises itself names the file.
    return f"{path}: {error.strerror}" if error.strerror else str(error)


def checkpoints_in(path: Path) -> Iterator[Path]:
    """A file or checkpoint as it was given, or those in a folder of many.

    Raises:
        CommandError: there is no such path, or no checkpoint in it.
    """
    if not path.exists():
        raise CommandError(f"there is no {path}")
    if not path.is_dir() or (path / CONFIG).is_file():
        yield path
        return
    found = False
    for folder in _folders(path):
        found = True
        yield folder
    if not found:
        others = any(path.rglob("*.json"))
        step = "; a file of another name is given as it is, not by its folder" if others else ""
        raise CommandError(f"there is no {CONFIG} in {path}, or in any folder in it{step}")


def _folders(top: Path) -> Iterator[Path]:
    """The folders of checkpoints; what is in such a folder belongs to it."""
    seen: set[str] = set()
    for folder, below, files in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        below[:] = [] if CONFIG in files or real in seen else sorted(below)
        if CONFIG in files and real not in seen:
            yield Path(folder)
        seen.add(real)


def refuse(path: Path, error: UnsupportedConfigError, *, json: bool) -> None:
    """Say why a checkpoint is not mapped, and what a user of the command can do about it.

    Raises:
        CommandError: its file is no config.
    """
    if any(each.field == CONFIG for each in error.refusals):
        raise CommandError("; ".join(f"{path}: {each.reason}" for each in error.refusals)) from error
    if json:
        as_json(
            {"path": str(path), "family": error.family, "refusals": [refusal_data(each) for each in error.refusals]}
        )
        return
    remark(f"{path} has no equal Megatron config:")
    for each in error.refusals:
        remark(f"  {each}")
    if any(each.field == HEAD for each in error.refusals):
        remark("--body maps the decoder, whatever head is on it.")
    if any(each.layers for each in error.refusals):
        names = ", ".join(dict.fromkeys(name for each in error.refusals for name in each.layers))
        remark(f"--layers has layers of mcore_mappers.layers compute {names}.")


def refusal_data(refusal: Refusal) -> Mapping[str, object]:
    """What stands in the way of a checkpoint, as JSON has it."""
    said = {"field": refusal.field, "value": jsonable(refusal.value), "reason": refusal.reason}
    return {**said, "layers": list(refusal.layers)} if refusal.layers else said
