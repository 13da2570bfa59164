"""A closed set of values, looked up in a table of the package; the table's own module with it."""

from __future__ import annotations

from codegen.table import DECIDE, Absence, Choice, Symbol, ValueTable
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot

SILU = Symbol("torch.nn.functional.silu")

ACTIVATIONS = ValueTable("ACTIVATIONS", {"silu": SILU, "swish": SILU}, "Activations by their names in transformers.")
POSITIONS = ValueTable("POSITIONS", {"rotary": "rope", "absent": "none"}, "Kinds of positions.")
DEPTHS = ValueTable("DEPTHS", {"shallow": 2, "deep": 32}, "Depths by name.")
UNUSED = ValueTable("UNUSED", {"a": "b"}, "For functions, so that a row of its own does not name it.")

SNAPSHOT = snapshot(
    (hf("act", "str", "silu"), hf("kind", 'Literal["rotary", "absent"]', "rotary"), hf("depth", "str", "deep")),
    inner=(megatron("activation", "Callable"), megatron("positions", "str", ""), megatron("layers")),
    symbols=(SILU.path,),
)
OWNERS = (architecture(*(Absence(name, DECIDE) for name in ("layers", "activation", "positions"))),)
FAMILY = family(
    (
        Choice("act", "activation", ACTIVATIONS),
        Choice("kind", "positions", POSITIONS),
        Choice("depth", "layers", DEPTHS),
    ),
    tables=(UNUSED,),
)
SHOWS = ("toy.py", "_tables.py")
