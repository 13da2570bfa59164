"""Odd values inside of fields (keys of rope, entries of lists), in files, and in what is copied or written."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from transformers import LlavaConfig, PreTrainedConfig

import mcore_mappers
from mcore_mappers import UnsupportedConfigError
from mcore_mappers_runtime.save_config import Spelling
from tests.numerics.test_sensitivity import quiet
from tests.properties.odd import LARGE, ODD, tried
from tests.properties.test_odd_values import trials
from tests.selection import draw, sample, some, whole
from tests.support.hf import FAMILIES, config, mapped
from tests.support.plans import SPECIAL, described, rope_readers

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.costly]

FEW = 20
"""How many values are tried of a family in a slice."""
COPIED, MORE_COPIED, ALL_COPIED = 5, 200, 1000
"""How many of what is copied or written, which takes long: in a slice, and in a whole run, of usual families more."""

KEYS: Final = (
    *("rope_type", "type", "rope_theta", "factor", "original_max_position_embeddings", "partial_rotary_factor"),
    *("attention_factor", "mscale", "mscale_all_dim", "beta_fast", "beta_slow", "truncate", "low_freq_factor"),
    *("high_freq_factor", "short_factor", "long_factor", "mrope_section", "llama_4_scaling_beta", "unknown"),
)
TYPES: Final = ("default", "linear", "yarn", "llama3", "dynamic", "longrope", "unknown")

NOTHING_OF_A_FILE: Final = frozenset(
    {
        *("bytes", "a set", "a number of numpy", "an array", "a tensor", "a dtype", "a class", "a function"),
        *("a dtype that nobody trains in", "a complex number", "hostile", "a list of what is hostile"),
        *("a dictionary of what is hostile", "a list in itself", "a deep dictionary", "a long list"),
    }
)
"""What no config.json can hold, by what it is."""


def outcome(call: Callable[[], object]) -> str:
    """ "refused", "done", or what went wrong."""
    try:
        with quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call()
    except UnsupportedConfigError:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return "done"


def targets(family: str) -> Iterator[Callable[[PreTrainedConfig], object]]:
    module = vars(import_module(f"mcore_mappers.{family}"))
    return (module[name] for name in ("to_megatron", "to_megatron_hybrid") if name in module)


def ropes(family: str) -> Iterator[tuple[str, str, str]]:
    """Types of rope with a key in it and a value, where the family reads a rope."""
    if isinstance(vars(config(family)).get("rope_parameters"), dict):
        yield from ((kind, key, value) for kind in TYPES for key in KEYS for value in ODD)


def with_key(rope: dict[str, Any], kind: str, key: str, value: Any) -> dict[str, Any]:
    """The rope, and each that it has for a type of layer, of another type and with a key in it."""
    if any(isinstance(each, dict) for each in rope.values()):
        return {
            name: with_key(each, kind, key, value) if isinstance(each, dict) else each for name, each in rope.items()
        }
    scaled = {} if kind == "default" else {"factor": 4.0, "original_max_position_embeddings": 32}
    return {**rope, "rope_type": kind, **scaled, key: value}


@pytest.mark.parametrize("family", some(FAMILIES, "odd keys of ropes"))
def test_keys_of_rope(family: str) -> None:
    """What no file can hold is refused under every key, read or not; of the rest nothing else happens either."""
    declared = any(each.name == "rope_parameters" for each in described(family)[1].fields)
    wrong: list[str] = []
    of_ropes = tried(
        ropes(family),
        FEW,
        f"ropes of {family}",
        kinds=lambda each: [each[:2], each[1:]],
        all_ways=family in rope_readers(),
    )
    for kind, key, value in of_ropes:
        hf = config(family)
        vars(hf)["rope_parameters"] = with_key(vars(hf)["rope_parameters"], kind, key, ODD[value]())
        for to_megatron in targets(family):
            found = outcome(lambda hf=hf, to_megatron=to_megatron: to_megatron(hf))
            if found not in ("refused", "done") or (declared and value in NOTHING_OF_A_FILE and found == "done"):
                wrong.append(f"{kind}, {key}: {value}: {found}")
    assert not wrong, "\n".join(wrong[:50])


def entries(family: str) -> Iterator[tuple[str, str]]:
    """Lists and dictionaries that the small config has, but for rope, with a value."""
    held = (name for name, value in vars(config(family)).items() if isinstance(value, list | dict))
    yield from ((name, value) for name in held for value in ODD if name != "rope_parameters")


@pytest.mark.parametrize("family", some(FAMILIES, "odd entries"))
def test_entries(family: str) -> None:
    """One entry of a list or of a dictionary is odd."""
    wrong: list[str] = []
    for name, value in draw(entries(family), FEW, f"entries of {family}"):
        hf = config(family)
        held = vars(hf)[name]
        odd = ODD[value]()
        vars(hf)[name] = {**held, "odd": odd} if isinstance(held, dict) else [*held[:-1], odd]
        for to_megatron in targets(family):
            found = outcome(lambda hf=hf, to_megatron=to_megatron: to_megatron(hf))
            if found not in ("refused", "done"):
                wrong.append(f"{name}: {value}: {found}")
    assert not wrong, "\n".join(wrong[:50])


@pytest.mark.parametrize("family", some(FAMILIES, "odd files"))
def test_files(family: str, tmp_path: Path) -> None:
    """Whatever JSON can say of any key, a file is read and mapped, or refused."""
    stated, path, wrong = json.loads(config(family).to_json_string(use_diff=False)), tmp_path / "config.json", []

    def read_and_map() -> None:
        mapped(mcore_mappers.text_config(mcore_mappers.load_config(path)))

    of_files = (each for each in trials(family) if each.way == "constructor")
    for trial in draw(of_files, FEW, f"files of {family}"):
        try:
            path.write_text(json.dumps({**stated, trial.name: ODD[trial.value]()}))
        except Exception:  # JSON cannot say it
            continue
        found = outcome(read_and_map)
        if found not in ("refused", "done"):
            wrong.append(f"{trial}: {found}")
    assert not wrong, "\n".join(wrong[:50])


@pytest.mark.parametrize("family", some(FAMILIES, "odd bases"))
def test_what_is_copied_or_written(family: str, tmp_path: Path) -> None:
    """As the base of a model, in a file of either spelling, beside a model: nothing is raised but refusals."""
    model, wrong = mapped(config(family)), list[str]()
    spellings: tuple[Spelling, ...] = ("5", "4.57")
    for trial in sample(trials(family), _copied(family), f"bases of {family}"):
        hf = trial.config(family)
        if hf is None:
            continue
        calls: dict[str, Callable[[], object]] = {
            "to_hf": lambda hf=hf: mcore_mappers.to_hf(model, base=hf),
            "diff": lambda hf=hf: mcore_mappers.diff(model, hf),
            **{
                each: lambda hf=hf, each=each: mcore_mappers.save_config(hf, tmp_path, spelling=each)
                for each in spellings
            },
        }
        said = {name: found for name, call in calls.items() if (found := outcome(call)) not in ("refused", "done")}
        wrong += [f"{trial}: {name}: {found}" for name, found in said.items()]
    assert not wrong, "\n".join(wrong[:50])


def _copied(family: str) -> int:
    return (ALL_COPIED if family in SPECIAL else MORE_COPIED) if whole() else COPIED


@pytest.mark.parametrize("value", sorted(NOTHING_OF_A_FILE | LARGE.keys()))
def test_composites_that_cannot_be_copied(value: str, tmp_path: Path) -> None:
    """At every level, and in parts beside the language model."""
    for part in ("", "text_config", "vision_config"):
        hf = LlavaConfig()
        vars(vars(hf)[part] if part else hf)["odd"] = ODD[value]()
        assert outcome(lambda hf=hf: mcore_mappers.text_config(hf)) in ("refused", "done")
        written = outcome(lambda hf=hf: mcore_mappers.save_config(hf, tmp_path))
        assert written == "refused" if value in NOTHING_OF_A_FILE else written in ("refused", "done")


class _Unique:
    """An object of which there is one."""

    def __deepcopy__(self, memo: object) -> _Unique:
        raise NotImplementedError


def test_an_object_that_makes_no_copies_of_itself_is_refused() -> None:
    hf, composite = config("llama"), LlavaConfig()
    model = mapped(hf)
    vars(hf)["odd"] = vars(composite.text_config)["odd"] = _Unique()
    with pytest.raises(UnsupportedConfigError, match="cannot be copied"):
        mcore_mappers.to_hf(model, base=hf)
    with pytest.raises(UnsupportedConfigError, match="cannot be copied"):
        mcore_mappers.text_config(composite)


def test_a_composite_in_itself_is_refused() -> None:
    hf = LlavaConfig()
    vars(hf)["text_config"] = hf
    with pytest.raises(UnsupportedConfigError):
        mcore_mappers.to_megatron(mcore_mappers.text_config(hf))
