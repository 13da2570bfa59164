"""Who decides each field of Megatron's configs: every field once, with a reason that is true of its whole group.

A module per owner, two for the caller's and two for architecture; `codegen.table.Owner` says what the owners mean. To
place a new upstream field, read how megatron-core uses it, then take the first answer that fits:

1. Would the same weights compute another function with another value, or would other parameters exist or have another
   shape, for every user of the checkpoint? `architecture.py`.
2. Does Megatron compute it, or is it the old spelling of another field, or does nothing read it? `derived.py`.
3. Is it a training-time choice for which the Hugging Face config or the family has a good value? `suggested.py`.
4. Else `caller.py`, or `kernels.py` for kernels, memory and what surrounds the model.

A field that is architecture in some models only has two owners, one of them in a bound group, which says in which.

A group names the classes that declare its fields. `TransformerConfig` stands for `ModelParallelConfig` too, and
`GPTModelConfig` and `HybridModelConfig` each for their base `ModelConfig`. A field that `MLATransformerConfig`
redeclares (`normalization`, `multi_latent_attention`) is listed under `TransformerConfig` only. Prefer a new group to a
`why` that is half true.

- `architecture`: fields that decide what the model computes, or which parameters exist and how they are shaped
- `caller`: choices about machines, memory, numerics and the training run: a mapper never sets them
- `derived`: fields that nobody passes
- `kernels`: choices about kernels, memory and what surrounds the model: callers', like those in `caller.py`
- `layers`: what models have that stock Megatron lacks, with fields of this project's own, which are architecture too
- `needs`: what models need beside their configs
- `suggested`: training-time choices for which the Hugging Face config or the family has a good value
- `targets`: the Megatron configs that families map to
"""

from __future__ import annotations

from codegen.megatron.architecture import ARCHITECTURE
from codegen.megatron.caller import CALLER
from codegen.megatron.derived import DERIVED
from codegen.megatron.kernels import KERNELS
from codegen.megatron.layers import LAYERS
from codegen.megatron.needs import NEEDS
from codegen.megatron.suggested import SUGGESTED
from codegen.table import Group

__all__ = ["NEEDS", "OWNERS"]

OWNERS: tuple[Group, ...] = ARCHITECTURE + LAYERS + SUGGESTED + CALLER + KERNELS + DERIVED
