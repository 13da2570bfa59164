"""The mutants of `mutants.py` that say the same in other words, and why they do.

A row is about what generated code looks like, not about a family: it names the text of a module that makes its reason
true, and excuses no mutant of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.mutations import Mutant
from tests.reach import PACKAGE


@dataclass(frozen=True)
class Equivalent:
    """Mutants of a kind; `before` and `after` are shell patterns of the lines that are gone and that came instead."""

    before: str
    after: str
    reason: str
    where: str
    """What the source of the module must contain for the reason to be true."""
    without: str | None = None
    """What it must not contain."""


ALWAYS_WHOLE = "without partial rotary embeddings it is always 1.0, which is Megatron's default"
DERIVED = "it must equal num_attention_heads here, which is what Megatron derives"
ZERO = "it can be no None here, and zero passes either way"
ONE_GROUP = "one group divides every number of heads"
ONE = "one has been returned before"
TEXT = "nothing but a string equals one of the supported ones"

ENOUGH = "hf.num_experts_per_tok <= hf.n_routed_experts,"
FEWER = "not hf.n_group or hf.topk_group <= hf.n_group,"
PERCENT = "rotary_percent=rope.rotary_percent,"
EQUAL_HEADS = "hf.num_key_value_heads == hf.num_attention_heads,"
DIVIDED = "hf.mamba_num_heads % hf.n_groups == 0,"

EQUIVALENT = (
    Equivalent("bias=hf.*,", "bias=*", "kernels() reads it in models with experts only", "experts=False"),
    Equivalent(PERCENT, "", ALWAYS_WHOLE, "rope = ", without="partial_rotary=True"),
    Equivalent("num_query_groups=num_key_value_heads,*", "", DERIVED, EQUAL_HEADS),
    *(
        Equivalent(f"not hf.{name} or {bound}", after, ZERO, f"{name}=hf.{name},", without=f"{name} = check.given(")
        for name, bound in (("num_experts_per_tok", ENOUGH), ("topk_group", FEWER))
        for after in (bound, f"not hf.* or {bound}")
    ),
    Equivalent("if number is None or not 0 < number < 1:", "*0 < number <= 1:", ONE, "        if number == 1 or"),
    Equivalent("if isinstance(value, str) and value in supported:", "if value in supported:", TEXT, "def rope_type("),
    Equivalent("*hf.n_groups < 1 or *", "*hf.n_groups <= 1 or *", ONE_GROUP, DIVIDED),
    Equivalent("*hf.n_groups < 1 or *", "*hf.n_groups < 2 or *", ONE_GROUP, DIVIDED),
)


def equivalent(mutant: Mutant) -> str | None:
    """Why a mutant does the same, if that is known."""
    before, after = mutant.change
    source = (PACKAGE / f"{mutant.module}.py").read_text()
    for row in EQUIVALENT:
        true = row.where in source and (row.without is None or row.without not in source)
        if true and fnmatchcase(before, row.before) and fnmatchcase(after, row.after):
            return row.reason
    return None
