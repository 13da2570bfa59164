"""A family with two targets: both mappers and ways back in one module, and what they share said once."""

from __future__ import annotations

from dataclasses import replace

from codegen.schemas import REQUIRED, MegatronClass, MegatronField
from codegen.table import DECIDE, Absence, Computed, Ignored, Inverse, Kind, Local, Rename, Route, Rows, positive
from tests.codegen.scenarios.toys import (
    INNER,
    OUTER,
    TARGET,
    TRANSFORMER_CLASS,
    ToyConfig,
    ToyTransformerConfig,
    architecture,
    family,
    hf,
    megatron,
    snapshot,
)

HYBRID_CLASS = "toy_megatron.models.ToyHybridConfig"
HYBRID = replace(TARGET, name="toy_hybrid", model_class=HYBRID_CLASS, fields="ToyHybridFields")


def halves(hf: ToyConfig) -> int:
    """A function of several statements, which both mappers call."""
    if hf.layers < 2:
        return 2
    return 2 * hf.layers


def twice(halves: int) -> int:
    return halves


def once(halves: int) -> int:
    return halves // 2


def layers_of(transformer: ToyTransformerConfig) -> int:
    return transformer.depth


def half_of(transformer: ToyTransformerConfig) -> int:
    return transformer.depth // 2


PLAIN = snapshot(
    (hf("width"), hf("layers"), hf("cache", "bool")),
    inner=(megatron("depth"),),
    outer=(megatron("width"),),
)
SNAPSHOT = replace(
    PLAIN,
    megatron={
        **PLAIN.megatron,
        HYBRID_CLASS: MegatronClass(
            HYBRID_CLASS,
            (),
            (
                MegatronField("transformer", TRANSFORMER_CLASS, REQUIRED, "ToyHybridConfig", "The inner config."),
                MegatronField("width", "int", 0, "ToyHybridConfig", ""),
            ),
        ),
    },
)
OWNERS = (
    architecture(Absence("depth", DECIDE), classes=INNER),
    architecture(Absence("width", DECIDE), classes=(*OUTER, "ToyHybridConfig")),
)
TABLE = Rows(
    __name__,
    (
        Rename("width", "width"),
        Local("halves", halves),
        Computed("depth", once, "", (Inverse("layers", layers_of),)),
        Ignored("cache", Kind.INFERENCE, "generation only"),
        *positive("width", "layers"),
    ),
)
AS_HYBRID = Rows(
    __name__,
    (Computed("depth", twice, "Every layer is two.", (Inverse("layers", half_of),)),),
    extends=(TABLE,),
    drop=("depth",),
)
FAMILY = replace(family(TABLE), hybrid=Route(HYBRID, AS_HYBRID, "to_megatron_hybrid"))
SHOWS = ("toy.py", "_families.py")
