"""Granite 4."""

from __future__ import annotations

from tests.families.bamba import LAYOUT as BAMBA
from tests.families.bamba import MIXER_EQUAL, MIXER_REFUSED, MIXER_VALUES, MIXERS, NO_LLAMA3, NOT_MAMBAS, hybrid
from tests.families.granitemoe import EXPERTS
from tests.families.llama_like import ATTENTION_BIAS
from tests.families.multipliers import COMBINED, MULTIPLIERS, MULTIPLIERS_REFUSED
from tests.families.proof import ABSENT, NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE, ROPE_REFUSED, ROPES, rope
from tests.families.routers import AUXILIARY_LOSS, ONE_EXPERT, TOO_MANY_EXPERTS
from tests.families.shared import (
    ATTENTION,
    ATTENTION_BIASES,
    GENERAL,
    NO_DROPOUT,
    NO_GROUPS,
    NO_HEAD_DIM,
    THREE_GROUPS,
    required,
)
from tests.numerics.layouts import MODEL
from tests.numerics.weights import Layout, Row

FULL, MAMBA = "full_attention", "linear_attention"
ATTENTION_ONLY = {"layer_types": [FULL] * 3}
DENSE = {"num_local_experts": 0}
LAYOUT = Layout(
    "model.layers.{}.",
    MODEL,
    (
        *(row for row in BAMBA.layer if not row.target.startswith(("mlp.", "pre_mlp_layernorm."))),
        *(row for row in EXPERTS if row.target.startswith("mlp.")),
        Row("pre_mlp_layernorm.weight", ("post_attention_layernorm.weight",)),
        *(
            Row(f"{target}.{linear}.weight", (f"shared_mlp.{source}.weight",))
            for target in ("mlp", "mlp.shared_experts")
            for linear, source in (("linear_fc1", "input_linear"), ("linear_fc2", "output_linear"))
        ),
    ),
)
BASE = {
    "position_embedding_type": "rope",
    "rms_norm_eps": 1e-5,
    "intermediate_size": 40,
    "shared_intermediate_size": 56,
    "num_experts_per_tok": 3,
    "max_position_embeddings": 128,
}

PROOF = Proof(
    base={
        **BASE,
        "vocab_size": 131,
        "hidden_size": 48,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 24,
        "attention_multiplier": 0.2,
        "num_local_experts": 8,
        "mamba_n_heads": 6,
        "mamba_d_state": 16,
        "mamba_n_groups": 2,
        "mamba_chunk_size": 16,
        "layer_types": [MAMBA, FULL, MAMBA],
    },
    cases={
        "default": {},
        "one_expert": {"num_experts_per_tok": 1},
        **ATTENTION_BIASES,
        "only_mamba": {"layer_types": None},
        "only_attention": ATTENTION_ONLY,
        "attention_without_mambas_constants": {**ATTENTION_ONLY, **NOT_MAMBAS},
        "older_types": {"layer_types": ["mamba", "attention", "mamba"]},
        "no_experts": DENSE,
        "no_experts_and_no_number_of_a_token": {**DENSE, "num_experts_per_tok": None},
        "no_experts_and_none_of_a_token": {**DENSE, "num_experts_per_tok": 0, "intermediate_size": 0},
        "no_experts_only_mamba": {**DENSE, "layer_types": None},
        "no_experts_only_attention": {**DENSE, **ATTENTION_ONLY},
        "two_experts": {"num_experts_per_tok": 2},
        "all_experts": {"num_experts_per_tok": 8},
        "wide_experts": {"intermediate_size": 72},
        "wide_shared_mlp": {"shared_intermediate_size": 72},
        "no_positions": {
            "position_embedding_type": None,
            "rope_parameters": ROPES["rope_linear_factor"]["rope_parameters"],
        },
        "no_positions_said": {"position_embedding_type": "nope"},
        "head_dim_undeclared": {"head_dim": ABSENT},
        "groups_derived": {"num_key_value_heads": None},
        "padding_token": {"pad_token_id": 5},
        "spelt_out": {"is_causal": True},
        "other_sizes": {
            "vocab_size": 97,
            "hidden_size": 40,
            "intermediate_size": 72,
            "num_hidden_layers": 2,
            "layer_types": [MAMBA, FULL],
            "num_attention_heads": 6,
            "num_key_value_heads": 3,
            "head_dim": 8,
            "num_local_experts": 6,
            "mamba_n_heads": 4,
            "mamba_d_state": 8,
            "max_position_embeddings": 256,
        },
        "combined": {
            **COMBINED,
            "layer_types": [FULL, MAMBA, FULL],
            "tie_word_embeddings": True,
            "num_key_value_heads": 1,
            "num_experts_per_tok": 2,
            "mamba_n_groups": 3,
            "mamba_chunk_size": 8,
            **rope("linear", factor=2.5),
        },
        **MIXERS,
        **MULTIPLIERS,
        **ATTENTION,
        **{name: keywords for name, keywords in ROPES.items() if "llama3" not in name},
    },
    refused=(
        *GENERAL,
        Refused("activation", "hidden_act", {"hidden_act": "gelu"}),
        Refused("unknown_activation", "hidden_act", {"hidden_act": "tanh"}, start=ATTENTION_ONLY),
        THREE_GROUPS,
        *(row for row in ROPE_REFUSED if "llama3" not in row.name),
        NO_LLAMA3,
        NO_GROUPS,
        NO_HEAD_DIM,
        NO_DROPOUT,
        ATTENTION_BIAS,
        *MIXER_REFUSED,
        *MULTIPLIERS_REFUSED,
        *required("embedding_multiplier", "logits_scaling", "residual_multiplier"),
        *required("num_local_experts", "num_experts_per_tok"),
        Refused("no_width_of_experts", "intermediate_size", {"intermediate_size": 0}),
        Refused(
            "attention_multiplier_none",
            "attention_multiplier",
            {"attention_multiplier": None},
            unseen="its eager attention cannot compute without it; of the others some have a scale of their own",
        ),
        ONE_EXPERT,
        TOO_MANY_EXPERTS,
        Refused("too_few_layer_types", "layer_types", {}, {"layer_types": [FULL]}),
        Refused("unknown_layer_type", "layer_types", {}, {"layer_types": [FULL, "sliding_attention", MAMBA]}),
    ),
    layout=LAYOUT,
    rope=hybrid(GPT_ROPE),
    shallow={"num_hidden_layers": 1, "layer_types": ["full_attention"]},
    swept=NOTHING,
    small={
        **BASE,
        "vocab_size": 320,
        "hidden_size": 64,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "num_local_experts": 8,
        "mamba_n_heads": 8,
        "mamba_d_state": 16,
        "layer_types": [MAMBA, FULL, MAMBA, MAMBA],
    },
    invisible=AUXILIARY_LOSS,
    values={
        **MIXER_VALUES,
        "layer_types": ([FULL] * 3, [MAMBA] * 3, [MAMBA, MAMBA, FULL], [FULL], [FULL, "mlp", MAMBA], [], None),
        "position_embedding_type": ("rope", "nope", "", None),
    },
    equal={
        **MIXER_EQUAL,
        "position_embedding_type": "whatever is not 'rope' is none",
    },
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "head_dim", "position_embedding_type"}),
    partly=({"layer_types": [FULL] * 4, **DENSE, "position_embedding_type": None},),
    zero=frozenset({"initializer_range", "attention_dropout", "router_aux_loss_coef", "num_local_experts"}),
    none=frozenset({"dtype", "router_aux_loss_coef", "position_embedding_type"}),
)
