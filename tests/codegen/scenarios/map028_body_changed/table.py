"""Functions of upstream that are not what they were: unread, read, read before they changed again, for no reason."""

from __future__ import annotations

from dataclasses import replace

from codegen.schemas import Body
from codegen.table import Confirmed, RefusedClass
from tests.codegen.scenarios.toys import HF_CLASS, family, snapshot

PATH = "toy_transformers.configuration_toy"
MODEL = "toy_transformers.modeling_toy"
PLAIN = snapshot((), inner=())
SNAPSHOT = replace(
    PLAIN,
    causal_lm={"toy_gated": f"{PATH}.GatedConfig"},
    computations=(f"{PATH}.GatedConfig", f"{MODEL}.ToyGate"),
    hf={
        HF_CLASS: replace(
            PLAIN.hf[HF_CLASS],
            bodies={
                f"{MODEL}.ToyMLP.forward": Body("0123"),
                f"{MODEL}.ToyAttention.forward": Body("4567", "0000"),
                f"{MODEL}.ToyRouter.__init__": Body("89ab", "1111"),
                f"{MODEL}.ToyHead.forward": Body("cdef", "2222"),
                f"{MODEL}.ToyHead.chunked": Body("fedc", ""),
            },
        )
    },
    bodies={
        f"{MODEL}.ToyGate": Body("ba98", "3333"),
        "toy_transformers.masking.causal": Body("4567", "0000"),
        "megatron.core.models.toy.ToyModel.__init__": Body("7654", "4444"),
    },
)
OWNERS = ()
FAMILY = family()
REFUSED_CLASSES = (RefusedClass("toy_gated", f"{PATH}.GatedConfig", f"{MODEL}.ToyGate", "a gate"),)
CONFIRMED = (
    Confirmed(f"{MODEL}.ToyRouter.__init__", "89ab", "the weight has another first value"),
    Confirmed(f"{MODEL}.ToyHead.forward", "cdee", "the release before"),
    Confirmed(f"{MODEL}.ToyHead.chunked", "fedc", ""),
    Confirmed(f"{MODEL}.ToyMLP.forward", "0123", "it has never changed"),
)
