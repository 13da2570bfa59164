"""The language model of Molmo 2: norms before or after, of heads or of all of them."""

from __future__ import annotations

from tests.families.llama_like import COMMON
from tests.families.proof import Proof, Refused
from tests.families.ropes import GPT_ROPE, NOT_HYBRID, ROPES, rope, yarn
from tests.families.shared import ACTIVATIONS, ATTENTION, DECODER, DECODER_REFUSED
from tests.numerics.layouts import LLAMA

_OLMO = {"qk_norm_type": "olmo", "norm_after": True}
_OF_IMAGES = "embeddings of a checkpoint have no place in Megatron's model"
_NOT_OF_THE_CLASS = ("tied", "groups_derived")

PROOF = Proof(
    base={**DECODER, "additional_vocab_size": 0},
    cases={
        **{name: case for name, case in {**COMMON, **ATTENTION}.items() if name not in _NOT_OF_THE_CLASS},
        "biases": {"attention_bias": True},
        "norms_over_heads": {"qk_norm_type": "olmo"},
        "norms_after": {"norm_after": True},
        "norms_as_olmo": _OLMO,
        "plain_rope_in_some_layers": {"rope_scaling_layers": [0, 2], **rope("default")},
        "combined": {
            **_OLMO,
            "attention_bias": True,
            "num_key_value_heads": 1,
            "hidden_act": "gelu",
            **yarn(mscale=0.7, mscale_all_dim=0.9),
        },
        **ROPES,
        **ACTIVATIONS,
    },
    refused=(
        *DECODER_REFUSED,
        Refused("more_embedded", "additional_vocab_size", {"additional_vocab_size": 5}, unseen=_OF_IMAGES),
        Refused("tied", "tie_word_embeddings", {"tie_word_embeddings": True}),
        Refused("norms_over_heads", "qk_norm_type", {"qk_norm_type": "olmo"}),
        Refused("norms_of_another_type", "qk_norm_type", {}, {"qk_norm_type": "gemma"}),
        Refused("norms_after", "norm_after", {"norm_after": True}),
        Refused(
            "scaled_in_some_layers",
            "rope_scaling_layers",
            {"rope_scaling_layers": [0, 2]},
            start=rope("linear", factor=2.5),
        ),
    ),
    layout=LLAMA,
    rope=GPT_ROPE,
    hybrid=NOT_HYBRID,
    shallow={"num_hidden_layers": 1, "rope_scaling_layers": [0]},
    values={
        "qk_norm_type": ("qwen3", "olmo", "gemma"),
        "rope_scaling_layers": ([0], [0, 1, 2], [2, 0, 7], [], None),
    },
    equal={"rope_scaling_layers": "says nothing where rope_parameters scales no rope, or where it is all layers"},
    zero=frozenset({"initializer_range", "attention_dropout", "additional_vocab_size"}),
    spellings=frozenset({"dtype", "hidden_act", "rope_parameters", "rope_scaling_layers"}),
)
