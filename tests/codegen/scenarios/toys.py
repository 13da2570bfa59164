"""A synthetic upstream for the scenarios, and short ways to write down its classes.

`ToyConfig` stands for a Hugging Face config, `ToyModelConfig` and `ToyTransformerConfig` for Megatron's outer and inner
one, `ToyHybridConfig` for the outer one of another kind of model. A scenario lists the fields that it is about and
nothing else, so that its whole outcome can be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypedDict

from codegen.layers import layers_class
from codegen.schemas import (
    REQUIRED,
    HfClass,
    HfField,
    HfProperty,
    Json,
    MegatronClass,
    MegatronField,
    Snapshot,
    Undeclared,
)
from codegen.table import Absence, Family, Group, Owner, Part, Row, Target

HF_CLASS = "toy_transformers.configuration_toy.ToyConfig"
MODEL_CLASS = "toy_megatron.models.ToyModelConfig"
HYBRID_CLASS = "toy_megatron.models.ToyHybridConfig"
LAYERED_CLASS = "toy_layers.LayeredToyModelConfig"
TRANSFORMER_CLASS = "toy_megatron.transformer.ToyTransformerConfig"
INNER = ("ToyTransformerConfig",)
OUTER = ("ToyModelConfig",)

TARGET = Target(
    name="toy",
    kind="gpt",
    mapper="to_megatron",
    model_class=MODEL_CLASS,
    layered_class=LAYERED_CLASS,
    transformer_class=TRANSFORMER_CLASS,
    fields="ToyFields",
    transformer_fields="ToyTransformerFields",
    model_fields="ToyModelFields",
)
HYBRID = replace(
    TARGET,
    name="toy_hybrid",
    kind="hybrid",
    mapper="to_megatron_hybrid",
    model_class=HYBRID_CLASS,
    fields="ToyHybridFields",
    model_fields="ToyHybridModelFields",
)


class ToyConfig:
    """What rule functions annotate `hf` with; the generator reads their source, and nothing runs them."""

    def __getattr__(self, name: str) -> Any: ...


class ToyTransformerFields(TypedDict, total=False):
    """What rule functions annotate `settings` with."""

    prediction: int


class ToyModelConfig:
    """What inverses annotate `model` with."""

    def __getattr__(self, name: str) -> Any: ...


class ToyTransformerConfig:
    """What inverses and the `wrap` of a `Local` annotate `transformer` with."""

    def __getattr__(self, name: str) -> Any: ...


def hf(name: str, kind: str = "int", default: Json = 8, *, documented: bool = False, **given: Any) -> HfField:
    """A field of `ToyConfig`; `ToyAttention` reads it unless `read_in` says otherwise."""
    read_in: tuple[str, ...] = given.get("read_in", ("ToyAttention",))
    declared: bool = given.get("declared", True)
    return HfField(
        name=name,
        type=kind,
        default=default,
        stored=name,
        origin="ToyConfig",
        declared=declared,
        set_in_post_init=not declared,
        after_init=default,
        range=None,
        read_in=read_in,
        doc=_digest(documented),
    )


def derived(name: str, kind: str) -> HfProperty:
    """A property of `ToyConfig`."""
    return HfProperty(name, kind, settable=False, read_in=("ToyAttention",), doc="")


def unknown(name: str, *read_in: str) -> Undeclared:
    """An attribute that modeling code reads and `ToyConfig` does not declare."""
    return Undeclared(name, REQUIRED, read_in or ("ToyAttention",))


def megatron(name: str, kind: str = "int", default: Json = 0, *, documented: bool = False) -> MegatronField:
    """A field of `ToyTransformerConfig`, or of `ToyModelConfig` where `snapshot` lists it as outer."""
    return MegatronField(name, kind, default, origin="", doc=_digest(documented))


def _digest(documented: bool) -> str:
    return "0a1b2c3d4e5f" if documented else ""


def snapshot(
    source: tuple[HfField | HfProperty | Undeclared, ...],
    inner: tuple[MegatronField, ...],
    outer: tuple[MegatronField, ...] = (),
    symbols: tuple[str, ...] = (),
    hybrid: tuple[MegatronField, ...] | None = None,
) -> Snapshot:
    """The classes with these fields. The outer ones hold the inner one, as Megatron's do; the second may be missing."""
    held = MegatronField("transformer", TRANSFORMER_CLASS, REQUIRED, origin="", doc="")
    return Snapshot(
        versions={"megatron-core": "0.1", "transformers": "5.0"},
        hf={
            HF_CLASS: HfClass(
                path=HF_CLASS,
                model_type="toy",
                causal_lm="toy_transformers.modeling_toy.ToyForCausalLM",
                attribute_map={},
                fields=tuple(field for field in source if isinstance(field, HfField)),
                properties=tuple(field for field in source if isinstance(field, HfProperty)),
                undeclared=tuple(field for field in source if isinstance(field, Undeclared)),
            )
        },
        megatron={
            MODEL_CLASS: _class(MODEL_CLASS, (held, *outer)),
            TRANSFORMER_CLASS: _class(TRANSFORMER_CLASS, inner),
            **({} if hybrid is None else {HYBRID_CLASS: _class(HYBRID_CLASS, (held, *hybrid))}),
        },
        symbols=symbols,
    )


def _class(path: str, fields: tuple[MegatronField, ...]) -> MegatronClass:
    name = path.rpartition(".")[2]
    own = (MegatronField(field.name, field.type, field.default, name, field.doc) for field in fields)
    return MegatronClass(path, (), tuple(own))


def architecture(*fields: Absence, classes: tuple[str, ...] = INNER, feature: str = "") -> Group:
    """Fields that decide what the model computes."""
    return Group("sizes", classes, Owner.ARCHITECTURE, "Shapes of the parameters.", fields, feature)


def layers() -> Group:
    """What this project computes beside Megatron, whatever that is today."""
    fields = (Absence(field.name, field.default) for field in layers_class().fields)
    return Group("layers", ("Layers",), Owner.ARCHITECTURE, "What toys do not compute.", tuple(fields))


def suggested(*fields: str, classes: tuple[str, ...] = INNER) -> Group:
    """Fields that a mapper sets and a caller may override."""
    return Group("training", classes, Owner.SUGGESTED, "Training only.", fields)


def caller(*fields: str) -> Group:
    """Fields that no mapper sets."""
    return Group("parallelism", INNER, Owner.CALLER, "How many devices there are.", fields)


def computed_by_megatron(*fields: str) -> Group:
    """Fields that nobody passes."""
    return Group("computed", INNER, Owner.DERIVED, "Computed in __post_init__.", fields)


def family(
    rows: tuple[Row, ...] = (),
    *,
    parts: tuple[Part, ...] = (),
    replaces: tuple[str, ...] = (),
    targets: tuple[Target, ...] = (TARGET,),
    name: str = "toy",
    **given: Any,
) -> Family:
    """A family of `ToyConfig`; what `given` holds are other fields of `Family`."""
    config: str = given.pop("config", HF_CLASS)
    return Family(config, "the toys of the scenarios", parts, targets, rows, replaces, name=name, **given)
