"""The smallest config of a class of which transformers builds and runs a model."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from codegen.new_family.pieces import BASES
from codegen.new_family.proof_files import Keywords, keywords
from codegen.schemas import HfClass, HfField
from codegen.types import atoms

_TRIED: Final = (8, 16, 32, 64)
"""Sizes for a field that no base knows."""
_TOKENS: Final[Mapping[str, int]] = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
_LENGTH: Final = 24
_HEAD_DIM: Final = 24


@dataclass(frozen=True)
class Base:
    """A tiny config."""

    named: str
    """The shared base that it extends (`shared.DECODER`); empty where none is of fields of the class."""
    own: Keywords
    """What it has beside that."""
    parameters: int
    """Of the model."""
    problem: str
    """Why transformers cannot build or run the model; empty where it can."""


def smallest(hf: HfClass, folder: Path) -> Base:
    """The smallest config that could be found.

    Args:
        hf: the class.
        folder: of the proofs, which holds the bases.
    """
    bases = {name: keywords(folder, name) for name in BASES}
    fitting = [name for name, base in bases.items() if all(map(hf.has, base))]
    named = max(fitting, key=lambda name: len(bases[name]), default="")
    start = bases.get(named, {})
    known = {field: value for base in bases.values() for field, value in base.items() if hf.has(field)}
    own = {field: value for field, value in known.items() if field not in start}
    own |= _tokens(hf, known.get("vocab_size")) | _still(hf)
    own = _less(hf, start, own)
    own |= _shrunk(hf, {**start, **own})
    return _widened(hf, _running(hf, Base(named, own, 0, ""), start), start)


def _running(hf: HfClass, base: Base, start: Keywords) -> Base:
    """The base with its size; without one of its fields, where transformers can run the model only then."""
    whole = {**start, **base.own}
    problem = _problem(hf, whole)
    fewer = ({name: value for name, value in whole.items() if name != without} for without in whole)
    runs = next((each for each in fewer if problem and not _problem(hf, each)), None)
    if runs is None:
        return replace(base, parameters=_parameters(hf, whole) or 0, problem=problem)
    kept = all(name in runs for name in start)
    own = {name: value for name, value in runs.items() if not kept or name not in start}
    return Base(base.named if kept else "", own, _parameters(hf, runs) or 0, "")


def _widened(hf: HfClass, base: Base, start: Keywords) -> Base:
    """The base with heads as wide as the bases have them, where it says no width and transformers runs it so.

    In narrower ones no channel is so slow that all keys of a rope show.
    """
    whole = {**(start if base.named else {}), **base.own}
    least = _number(whole.get("num_attention_heads")) * _HEAD_DIM
    if any(name.endswith("head_dim") for name in whole) or not 0 < _number(whole.get("hidden_size")) < least:
        return base
    whole["hidden_size"] = least
    if _problem(hf, whole):
        return base
    return replace(base, own={**base.own, "hidden_size": least}, parameters=_parameters(hf, whole) or 0)


def _tokens(hf: HfClass, vocabulary: object) -> Keywords:
    """Tokens for those that lie outside a tiny vocabulary by default."""
    defaults = {field.name: field.after_init for field in hf.fields}
    outside = (name for name in _TOKENS if isinstance(defaults.get(name), int) and isinstance(vocabulary, int))
    return {name: _TOKENS[name] for name in outside if _number(defaults[name]) >= _number(vocabulary)}


def _still(hf: HfClass) -> Keywords:
    """No dropout: both sides draw masks of their own, and nothing that they compute would be equal."""
    drawn = (field for field in hf.fields if field.declared and "drop" in field.name)
    return {field.name: 0.0 for field in drawn if type(field.after_init) is float and field.after_init > 0}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _less(hf: HfClass, start: Keywords, own: Keywords) -> Keywords:
    """The same without a value that keeps the model from being built, if one does."""
    if _parameters(hf, {**start, **own}) is not None:
        return own
    fewer = ({name: value for name, value in own.items() if name != without} for without in own)
    return next((each for each in fewer if _parameters(hf, {**start, **each}) is not None), own)


def _shrunk(hf: HfClass, tried: Keywords) -> Keywords:
    """For each large number that no base knows, the smallest of those tried with which the model is smaller."""
    found: Keywords = {}
    for field in hf.fields:
        if field.name in tried or not _is_size(field):
            continue
        before = _parameters(hf, {**tried, **found})
        for value in _TRIED:
            after = _parameters(hf, {**tried, **found, field.name: value})
            if before is not None and after is not None and after < before:
                found[field.name] = value
                break
    return found


def _is_size(field: HfField) -> bool:
    large = type(field.after_init) is int and field.after_init > max(_TRIED)
    return large and "int" in atoms(field.type) and not field.name.endswith("_token_id")


def _model(hf: HfClass, tried: Keywords) -> Any:
    """A model of the config, on whatever device is chosen."""
    module, _, name = hf.path.rpartition(".")
    config = getattr(import_module(module), name)(**tried)
    module, _, name = hf.causal_lm.rpartition(".")
    return getattr(import_module(module), name)(config)


def _parameters(hf: HfClass, tried: Keywords) -> int | None:
    """How many parameters the model has; None where transformers does not build it. No weight is made."""
    import torch

    try:
        with torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            count: int = sum(weight.numel() for weight in _model(hf, tried).parameters())
            return count
    except Exception:  # whatever upstream raises for a value that it cannot use
        return None


def _problem(hf: HfClass, tried: Keywords) -> str:
    import torch

    logging.getLogger("transformers").setLevel(logging.ERROR)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _model(hf, tried).eval()(input_ids=torch.arange(_LENGTH)[None])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
