"""Mistral 7B and Nemo, Codestral, Mistral Small."""

from __future__ import annotations

from codegen.families.attention import NO_BIAS, WINDOW
from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_KIND_OF_LAYER, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, NO_BIAS, WINDOW, KERNELS, HEAD_DIM),
    rows=(ONE_KIND_OF_LAYER,),
)

MISTRAL = Family(
    name="mistral",
    config_class="transformers.models.mistral.configuration_mistral.MistralConfig",
    target=GPT,
    table=TABLE,
    covers="Mistral 7B and Nemo, Codestral, Mistral Small.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
