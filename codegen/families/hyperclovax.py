"""HyperCLOVA X, as far as it has no norms after attention and MLP, and a residual multiplier of one."""

from __future__ import annotations

from codegen.families.biases import BIASES, GATED_KERNELS
from codegen.families.decoder import DECODER, GROUPED_QUERY, ONE_KIND_OF_LAYER, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.multipliers import SCALES
from codegen.families.targets import GPT
from codegen.table import Family, MustBe, Rename, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, BIASES, SCALES, GATED_KERNELS),
    rows=(
        ONE_KIND_OF_LAYER,
        # Not a divisor, as Granite's is.
        Rename("logits_scaling", "mup_output_mult"),
        MustBe("use_post_norm", (False,), "Megatron has no norms between attention or MLP and the residual stream"),
    ),
)

HYPERCLOVAX = Family(
    name="hyperclovax",
    config_class="transformers.models.hyperclovax.configuration_hyperclovax.HyperCLOVAXConfig",
    target=GPT,
    table=TABLE,
    covers="HyperCLOVA X without norms after attention and MLP; the published ones have them.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE),
)
