"""From a Megatron config to the flags of Megatron-LM that say the same model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from . import arguments
from .equal import class_of, flat, is_model_config, same_architecture, same_value
from .errors import NoFlag, UnsupportedArgumentError
from .flags import Values, arguments_for, built, flags_of, settled
from .immaterial import alike
from .layered import no_layers
from .owned import FieldOwner, defaults, owned, owners_of
from .ranges import REQUIRED
from .unread import unread

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig

    from .registry import Owners


_ALWAYS_SET: Final = frozenset({"deallocate_pipeline_outputs"})
"""What Megatron's functions set whatever the arguments say: it frees memory, and is nothing of the model."""


def to_args(model: ModelConfig, /) -> list[str]:
    """Megatron-LM's flags for exactly this model, one word each: as `pretrain_gpt.py` takes them.

    Before they are returned, Megatron's own parser has read them, and its `gpt_config_from_args` (or
    `hybrid_config_from_args`) has made a config of them. That has every field that decides what the model computes,
    every suggested one, and those that the caller passed. Nothing is said that the parser takes anyway. Left to the
    trainer are its data, the length of its sequences, batches, the optimiser and the tokenizer.

    Words are not quoted for a shell: `shlex.join` does.

    Raises:
        UnsupportedArgumentError: the arguments of the installed Megatron cannot say some fields; all are named. Layers
            of `mcore_mappers.layers` they cannot say at all.
        TypeError: `model` is no Megatron model config.
    """
    if not is_model_config(model):
        raise TypeError(f"to_args() takes a Megatron model config, not {class_of(model)}")
    owners, values = owners_of(model), flat(model)
    whose, usual = owned(model, values, owners), defaults(model)
    silent = unsaid(values, owners)
    said = [name for name in whose if whose[name] != "caller" and name not in silent]
    passed = [name for name in whose if whose[name] == "caller" and not same_value(values[name], usual[name])]
    # Of what is not a default, Megatron derives a part; mostly all of it.
    said += _least(said, passed, values)
    missing = tuple(_missing(values, _made(said, values), {name: whose[name] for name in said}, owners))
    if missing:
        raise UnsupportedArgumentError(missing)
    return _words(said, values)


def unsaid(values: Values, owners: Owners) -> frozenset[str]:
    """What nothing in this model reads; but the parser wants some of that, and derives some from it."""
    # Residuals are in float32 anyway where all is, and Megatron refuses the flag.
    residual = set[str]() if values["bf16"] or values["fp16"] else {"fp32_residual_connection"}
    return (_ALWAYS_SET | residual | unread(values, owners.architecture)) - REQUIRED - {"add_bias_linear"}


def _words(said: list[str], values: Values) -> list[str]:
    return flags_of(arguments_for(said, values))


def _made(said: list[str], values: Values) -> Values:
    """What Megatron makes of the flags for some fields."""
    return flat(built(settled(arguments.parser().parse_args(_words(said, values)))))


def _lost(names: list[str], said: list[str], values: Values) -> list[str]:
    """Those that Megatron does not make of the flags for some fields; all of them, where it makes nothing."""
    try:
        made = _made(said, values)
    except Exception:  # Megatron checks with whatever breaks
        return names
    return [name for name in names if not same_value(values[name], made.get(name))]


def _least(said: list[str], passed: list[str], values: Values) -> list[str]:
    """As few of the fields that the caller passed as will do; with those that no argument says."""
    needed = _lost(passed, said, values)
    lost = _lost(passed, [*said, *needed], values) if needed else []
    for name in tuple(needed):
        fewer = [each for each in needed if each != name]
        if _lost(passed, [*said, *fewer], values) == lost:
            needed = fewer
    return [name for name in passed if name in needed or name in lost]


def _missing(values: Values, made: Values, whose: Mapping[str, FieldOwner], owners: Owners) -> Iterator[NoFlag]:
    """The fields that the model does not have that Megatron makes of the arguments."""
    same = alike(made, values, owners.architecture)
    absent = no_layers()
    for name, owner in whose.items():
        value, without = values[name], made.get(name, absent.get(name))
        if name in same if owner == "architecture" else same_value(value, without):
            continue
        if not same_architecture(name, value, without):
            yield NoFlag(name, value, without)
