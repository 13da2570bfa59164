"""Meta's Code World Model."""

from __future__ import annotations

from codegen.families.decoder import DECODER, GROUPED_QUERY, KERNELS, ONE_RANK, ROPE
from codegen.families.head_dim import HEAD_DIM
from codegen.families.hybrid import DENSE, WINDOWS, as_hybrid
from codegen.families.hybrid import ROPE as HYBRID_ROPE
from codegen.families.targets import GPT
from codegen.families.windows import GIVEN_WINDOW
from codegen.table import Constant, Family, MustBe, Rows

TABLE = Rows(
    module=__name__,
    extends=(DECODER, GROUPED_QUERY, ROPE, HEAD_DIM, GIVEN_WINDOW, KERNELS),
    rows=(
        Constant("add_bias_linear", False, "No linear layer has a bias when mlp_bias is False."),
        MustBe(
            "mlp_bias", (False,), "attention has no biases, and Megatron has those of the MLP only with biases there"
        ),
        ONE_RANK,
    ),
)

CWM = Family(
    name="cwm",
    config_class="transformers.models.cwm.configuration_cwm.CwmConfig",
    target=GPT,
    table=TABLE,
    covers="Meta's Code World Model, 32B.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_ROPE, WINDOWS),
)
