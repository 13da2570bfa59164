"""What no class declares is set by wrapping the inner config, which a carried function annotates as its module does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.table import Local, NoInverse, positive
from tests.codegen.scenarios.toys import TARGET, family, hf, snapshot

if TYPE_CHECKING:
    from megatron.core.transformer.transformer_config import TransformerConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import GPTRope, gpt_rope
    from mcore_mappers_runtime.yarn import YarnTransformerConfig, with_yarn
    from tests.codegen.scenarios.toys import ToyConfig


def rope(hf: ToyConfig, check: Check) -> GPTRope:
    return gpt_rope(check, hf.rope_parameters, max_position_embeddings=hf.max_length)


def yarn(transformer: TransformerConfig, rope: GPTRope) -> YarnTransformerConfig:
    wrapped = with_yarn(transformer, rope.yarn)
    assert isinstance(wrapped, YarnTransformerConfig)
    return wrapped


SNAPSHOT = snapshot((hf("rope_parameters", "dict[str, object]", {}), hf("max_length")), inner=())
OWNERS = ()
FAMILY = family(
    (
        Local(
            "rope",
            rope,
            NoInverse("Hugging Face does not say"),
            gives=("yarn_factor", "yarn_beta"),
            wrap=yarn,
        ),
        *positive("max_length"),
    ),
    targets=(replace(TARGET, attributes=("yarn_beta", "yarn_factor")),),
)
