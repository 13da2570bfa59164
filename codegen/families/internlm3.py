"""InternLM3 8B."""

from __future__ import annotations

from codegen.families.biases import BIASES, GATED_KERNELS
from codegen.families.decoder import DECODER, GROUPED_QUERY, ONE_KIND_OF_LAYER, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, GATED_KERNELS),
    rows=(ONE_KIND_OF_LAYER,),
)

INTERNLM3 = Family(
    name="internlm3",
    config_class="transformers.models.internlm3.configuration_internlm3.InternLM3Config",
    target=GPT,
    table=TABLE,
    covers="InternLM3 8B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
