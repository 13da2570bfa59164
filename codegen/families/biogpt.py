"""BioGPT's class, without the multiplier of its published embedding."""

from __future__ import annotations

from codegen.families.decoder import SIZES
from codegen.families.hybrid import DENSE, as_hybrid
from codegen.families.layer_norm import ALL_BIASES, BIASED_KERNELS_WITHOUT_ROPE, LAYER_NORM, plain_mlp
from codegen.families.learned_positions import learned_positions
from codegen.families.multi_head import MULTI_HEAD
from codegen.families.opt import WHOLE_LAYERS
from codegen.families.targets import GPT_LEARNED, HYBRID_LEARNED
from codegen.table import Constant, Family, Ignored, Kind, MustBe, Rename, Rows, probability

TABLE = Rows(
    module=__name__,
    extends=(SIZES, MULTI_HEAD, BIASED_KERNELS_WITHOUT_ROPE),
    drop=("seq_length", "hidden_dropout", "attention_dropout"),
    rows=(
        LAYER_NORM,
        Constant("layernorm_epsilon", 1e-5, "The class has PyTorch's default, whatever layer_norm_eps is."),
        Ignored("layer_norm_eps", Kind.DEAD, "the class has PyTorch's default"),
        *plain_mlp("hidden_act"),
        ALL_BIASES,
        *learned_positions("max_position_embeddings"),
        Rename("hidden_dropout_prob", "hidden_dropout"),
        Rename("attention_probs_dropout_prob", "attention_dropout"),
        *probability("hidden_dropout_prob", "attention_probs_dropout_prob"),
        MustBe(
            "scale_embedding",
            (False,),
            "transformers multiplies the embedding of a token before it adds that of its position, and Megatron could "
            "multiply the sum only",
        ),
        MustBe("activation_dropout", (0.0,), "above zero, an MLP drops a part of itself, and Megatron's does not"),
        WHOLE_LAYERS,
    ),
)

BIOGPT = Family(
    name="biogpt",
    config_class="transformers.models.biogpt.configuration_biogpt.BioGptConfig",
    target=GPT_LEARNED,
    table=TABLE,
    covers="BioGPT's class, without the multiplier of its published embedding.",
    hybrid=as_hybrid(TABLE, *DENSE, target=HYBRID_LEARNED),
)
