"""The proof of every family of the overrides table: one module each, named as the family is.

A proof, and what it names of upstream, is imported when it is first asked for, so that a run about one family imports
that family alone.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from transformers import PreTrainedConfig

import mcore_mappers
from codegen.project import load_table
from mcore_mappers_runtime.records import Parameter
from tests.families.proof import ABSENT, Keywords, Proof
from tests.numerics.transforms import Transform, flattened, padded_vocabulary
from tests.numerics.transforms import copy as copy_of
from tests.numerics.weights import Layout, Row
from tests.selection import chosen


@cache
def _proof(family: str) -> Proof:
    name = f"{__name__}.{family}"
    if find_spec(name) is None:
        raise LookupError(
            f"nothing proves the family {family}: write tests/families/{family}.py with `PROOF = Proof(...)`; "
            "tests/families/proof.py says what its fields mean, and llama.py is an example"
        )
    proof: object = vars(import_module(name)).get("PROOF")
    if not isinstance(proof, Proof):
        raise TypeError(f"tests/families/{family}.py has no `PROOF = Proof(...)`")
    if missing := {"default", "combined"} - proof.cases.keys():
        raise ValueError(f"tests/families/{family}.py: there is no case {', '.join(sorted(missing))}")
    return proof


def problem(family: str) -> str:
    """Why a family has no proof that could be run; empty where it has one. A proof is anybody's code."""
    try:
        _proof(family)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


_PATHS: Final = {family.name: family.config for family in load_table().families}
_BODIES: Final = {family.name: family.body for family in load_table().families if family.body}
"""The decoders of those that have an output layer in a composite alone."""
_MODELS: Final = {family.name: family.causal_lm for family in load_table().families if family.causal_lm}
"""The language models of those that transformers' auto classes have none for."""


def _class(family: str) -> type[PreTrainedConfig]:
    module, _, name = _PATHS[family].rpartition(".")
    found: type[PreTrainedConfig] = getattr(import_module(module), name)
    if family in _BODIES:
        # Only now: it imports the decoder.
        from tests.families.language_models import register

        register(found, _BODIES[family])
    if family in _MODELS:
        from tests.families.language_models import register_model

        register_model(found, _MODELS[family])
    return found


def asked_for() -> tuple[str, ...]:
    """The families that the run is about, with or without a proof."""
    return tuple(name for name in _PATHS if chosen().family in ("", name))


class _ByFamily[Value](Mapping[str, Value]):
    """Something of each family, made when it is asked for. It can be of any; listed are those that the run is about.

    A family whose proof is missing or broken is not: no test could be made of it, and one says so.
    """

    def __init__(self, make: Callable[[str], Value]) -> None:
        self._make = cache(make)

    def __getitem__(self, family: str) -> Value:
        if family not in _PATHS:
            raise KeyError(family)
        return self._make(family)

    def __iter__(self) -> Iterator[str]:
        return (name for name in asked_for() if not problem(name))

    def __contains__(self, family: object) -> bool:
        return family in tuple(self)

    def __len__(self) -> int:
        return sum(1 for _ in iter(self))


PROOFS: Final[Mapping[str, Proof]] = _ByFamily(_proof)
CLASSES: Final[Mapping[str, type[PreTrainedConfig]]] = _ByFamily(_class)
"""The config class of each family."""
FAMILIES: Final = tuple(PROOFS)
"""Those that the run is about and that have a proof."""


def build(family: str, keywords: Keywords) -> PreTrainedConfig:
    """The family's config with these keywords, less the absent ones."""
    given: dict[str, Any] = {name: value for name, value in keywords.items() if value is not ABSENT}
    # transformers writes into dictionaries that it is given.
    return CLASSES[family](**copy.deepcopy(given))


def stated(config: PreTrainedConfig, name: str, absent: Any = None) -> Any:
    """An attribute of a config; of one that some layers override, what the others have."""
    stored = type(config).attribute_map.get(name, name)
    return vars(config)[stored] if stored in vars(config) else getattr(config, name, absent)


def family_of(config: PreTrainedConfig) -> str:
    """The name of the family whose config this is."""
    return config.model_type.replace("-", "_")


def asking(family: str) -> Keywords:
    """What a caller says who wants layers of this project: of families that have some, else nothing."""
    known = mcore_mappers.families().get(family)
    return {"layers": True} if known is not None and known.layers else {}


def needing(family: str) -> Keywords:
    """The same of families of which nothing is mapped otherwise."""
    return {"layers": True} if mcore_mappers.families()[family].lacks else {}


def mappers(family: str) -> Mapping[str, Callable[..., Any]]:
    """The mappers of a family by name, one for each target, with layers where there are some."""
    module = vars(import_module(f"mcore_mappers.{family}"))
    names = ("to_megatron", "to_megatron_hybrid")
    return {name: partial(module[name], **asking(family)) for name in names if name in module}


def layout_of(config: PreTrainedConfig) -> Layout:
    """Which weight is which in the models of this config: of what layers add, as `families()` says it."""
    family = family_of(config)
    layout = PROOFS[family].layout
    added = mcore_mappers.families()[family].parameters
    own = [_row(each, layout) for each in added if each.name.startswith(_LAYER)]
    names = {each.target for each in own}
    others = [
        each for row in layout.layer for each in _kinds(row, names) if all(each.match(name) is None for name in names)
    ]
    beside = [
        Row(each.name, (each.source,), TRANSFORMS[each.transform]) for each in added if not each.name.startswith(_LAYER)
    ]
    return dataclasses.replace(layout, model=(*layout.model, *beside), layer=(*others, *own))


_LAYER: Final = "decoder.layers.{layer}."


def _kinds(row: Row, names: Collection[str]) -> Iterator[Row]:
    """The row, or one of its weight and one of its bias, of which one may be among the names."""
    if KIND not in row.target or all(row.match(name) is None for name in names):
        yield row
        return
    for kind in ("weight", "bias"):
        sources = tuple(source.replace(KIND, kind) for source in row.sources)
        yield Row(row.target.replace(KIND, kind), sources, row.transform)


def _row(parameter: Parameter, layout: Layout) -> Row:
    before, _, source = parameter.source.partition("{layer}.")
    assert before == layout.layers.partition("{}.")[0]
    return Row(parameter.name.removeprefix(_LAYER), (source,), TRANSFORMS[parameter.transform])


KIND: Final = "{kind}"
"""In names of rows: of a weight or of a bias."""
TRANSFORMS: Final[Mapping[str, Transform]] = {
    "plain": copy_of,
    "flattened": flattened,
    "padded": padded_vocabulary,
}
"""How values go over, by the word that `families()` has for it."""
