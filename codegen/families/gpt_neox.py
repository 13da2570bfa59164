"""GPT-NeoX, Pythia and what is published in their class, where a layer's MLP comes after its attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.families.decoder import ONE_KIND_OF_LAYER, SIZES
from codegen.families.gpt2_names import NO_PADDING_ROW
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import ALL_BIASES, BIASED_KERNELS, layer_norm, plain_mlp
from codegen.families.learned_positions import ROPE_WIDTH
from codegen.families.multi_head import MULTI_HEAD
from codegen.families.partial_rope import HYBRID_PARTIAL_ROPE, PARTIAL_ROPE
from codegen.families.targets import GPT
from codegen.table import Family, Ignored, Kind, MustBe, OlderRope, Rename, Require, Rows, probability

if TYPE_CHECKING:
    from transformers.models.gpt_neox.configuration_gpt_neox import GPTNeoXConfig

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.rope import rope_key, rope_parameters_of


def theta_agrees(hf: GPTNeoXConfig, check: Check) -> bool:
    return check.undeclared("rope_theta") in (None, rope_key(rope_parameters_of(hf), "rope_theta"))


def partial_factor_agrees(hf: GPTNeoXConfig, check: Check) -> bool:
    return check.undeclared("partial_rotary_factor") in (
        None,
        rope_key(rope_parameters_of(hf), "partial_rotary_factor"),
    )


PARALLEL = (
    "Megatron's MLP reads what attention has added to the residual stream, and has no layer where both read the same"
)
SEQUENTIAL = MustBe("use_parallel_residual", (False,), PARALLEL)

TABLE = Rows(
    module=__name__,
    extends=(SIZES, MULTI_HEAD, PARTIAL_ROPE, BIASED_KERNELS),
    drop=("hidden_dropout", "pad_token_id", "rope_theta", "partial_rotary_factor"),
    rows=(
        *layer_norm("layer_norm_eps"),
        *plain_mlp("hidden_act"),
        ALL_BIASES,
        MustBe("attention_bias", (True,), "the MLP has biases always, and Megatron has them everywhere or nowhere"),
        SEQUENTIAL,
        Rename("hidden_dropout", "hidden_dropout"),
        *probability("hidden_dropout"),
        ROPE_WIDTH,
        *(
            Require(name, agrees, "must be what rope_parameters says, if it is said again: only that is read")
            for name, agrees in (("rope_theta", theta_agrees), ("partial_rotary_factor", partial_factor_agrees))
        ),
        ONE_KIND_OF_LAYER,
        NO_PADDING_ROW,
        Ignored(
            "classifier_dropout", Kind.INFERENCE, "belongs to classification heads, which a language model has not"
        ),
        Ignored("is_decoder", Kind.INFERENCE, "the class is a decoder whatever this says"),
    ),
)

GPT_NEOX = Family(
    older_rope=OlderRope(names={"rope_theta": "rotary_emb_base", "partial_rotary_factor": "rotary_pct"}),
    name="gpt_neox",
    config_class="transformers.models.gpt_neox.configuration_gpt_neox.GPTNeoXConfig",
    target=GPT,
    table=TABLE,
    covers="GPT-NeoX and Pythia, where a layer's MLP comes after its attention.",
    hybrid=as_hybrid(TABLE, *DENSE, HYBRID_PARTIAL_ROPE),
)
