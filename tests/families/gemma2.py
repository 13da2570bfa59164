"""Gemma 2: VaultGemma with norms after attention and MLP, and soft caps by default."""

from __future__ import annotations

from tests.families import gemma, vaultgemma
from tests.families.llama_like import LLAMA3_ROPES, layer_types
from tests.families.proof import NOTHING, Proof, Refused
from tests.families.ropes import GPT_ROPE

VAULT = vaultgemma.PROOF
# Low enough that tiny models reach them.
CAPS = {"attn_logit_softcapping": 0.8, "final_logit_softcapping": 1.1}

PROOF = Proof(
    base={**VAULT.base, **CAPS},
    cases={
        **VAULT.cases,
        "uncapped": vaultgemma.NO_CAPS,
        "not_bidirectional": {"use_bidirectional_attention": False},
    },
    refused=(
        *(each for each in VAULT.refused if each.name != "attention_bias" and not each.name.startswith("capped_")),
        Refused("no_cap_on_scores", "attn_logit_softcapping", {}, {"attn_logit_softcapping": 0.0}),
        Refused(
            "no_cap_on_logits",
            "final_logit_softcapping",
            {},
            {"final_logit_softcapping": 0.0},
            unseen="all logits of transformers are zero",
        ),
        next(each for each in gemma.PROOF.refused if each.name == "bidirectional"),
    ),
    layout=VAULT.layout,
    rope=GPT_ROPE,
    shallow=NOTHING,
    swept={"num_hidden_layers": 2},
    hybrid=LLAMA3_ROPES,
    small={**VAULT.config(), **CAPS},
    values=VAULT.values,
    equal={**VAULT.equal, "use_bidirectional_attention": "None is False"},
    spellings=VAULT.spellings | {"use_bidirectional_attention"},
    none=VAULT.none | {"use_bidirectional_attention"},
    partly=(layer_types(0, 0, 0, 0),),
)
