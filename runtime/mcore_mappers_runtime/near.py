"""What a name that nobody knows was probably meant to be: nothing is offered that would be refused then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

_CALLED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("tp", "tp_size", "tensor_parallel", "tensor_parallel_size"), "tensor_model_parallel_size"),
    **dict.fromkeys(("pp", "pp_size", "pipeline_parallel", "pipeline_parallel_size"), "pipeline_model_parallel_size"),
    **dict.fromkeys(("vpp", "vp", "vp_size", "virtual_pipeline_parallel_size"), "virtual_pipeline_model_parallel_size"),
    **dict.fromkeys(("cp", "cp_size", "context_parallel"), "context_parallel_size"),
    **dict.fromkeys(("ep", "ep_size", "expert_parallel", "expert_parallel_size"), "expert_model_parallel_size"),
    **dict.fromkeys(("etp", "etp_size", "expert_tensor_parallel"), "expert_tensor_parallel_size"),
    **dict.fromkeys(("sp", "sequence_parallelism"), "sequence_parallel"),
    **dict.fromkeys(("dtype", "torch_dtype", "precision", "params_type"), "params_dtype"),
    **dict.fromkeys(("bfloat16", "use_bf16"), "bf16"),
    **dict.fromkeys(("float16", "half", "use_fp16"), "fp16"),
    **dict.fromkeys(
        (
            *("max_position_embeddings", "max_seq_len", "max_seq_length", "max_sequence_length", "sequence_length"),
            *("context_length", "encoder_seq_length", "max_length", "n_positions"),
        ),
        "seq_length",
    ),
    **dict.fromkeys(("router_aux_loss_coef", "aux_loss_coef", "aux_loss_alpha"), "moe_aux_loss_coeff"),
    **dict.fromkeys(("dropout", "resid_pdrop", "residual_dropout", "hidden_dropout_prob"), "hidden_dropout"),
    **dict.fromkeys(("attn_dropout", "attn_pdrop", "attention_probs_dropout_prob"), "attention_dropout"),
    **dict.fromkeys(("initializer_range", "init_std"), "init_method_std"),
    **dict.fromkeys(("gradient_checkpointing", "activation_checkpointing", "recompute"), "recompute_granularity"),
    **dict.fromkeys(("num_nextn_predict_layers", "mtp_layers", "num_mtp_layers"), "mtp_num_layers"),
    **dict.fromkeys(("dispatcher", "moe_dispatcher", "token_dispatcher_type"), "moe_token_dispatcher_type"),
    **dict.fromkeys(("attn_implementation", "attn_impl", "use_flash_attn"), "attention_backend"),
    **dict.fromkeys(("te", "use_te", "use_transformer_engine"), "transformer_engine"),
}
"""What trainers and Hugging Face configs call a field of Megatron's that a caller may pass."""

_ALIKE: Final = 0.75
"""How much of two names has to agree; below it, names are offered that share a word by chance."""

_WORD: Final = 100
"""How much of a name is compared."""


def meant(name: str, accepted: Iterable[str]) -> str | None:
    """Which of the names that are accepted this one stands for; None where none is near.

    Args:
        name: what was given.
        accepted: names of fields, families or values.
    """
    known = [*accepted]
    called = _CALLED.get(name.lower())
    if called in known:
        return called
    near = get_close_matches(name[:_WORD].lower(), known, n=1, cutoff=_ALIKE)
    return near[0] if near else None


def hint_of_type(name: str, accepted: Iterable[str]) -> str:
    """The same of a type of model. Another number is another model, and no misspelling."""
    return hint(name, (each for each in accepted if _digits(each) == _digits(name)))


def _digits(name: str) -> str:
    return "".join(filter(str.isdecimal, name))


def hint(name: str, accepted: Iterable[str]) -> str:
    """The question that follows a name that is not known; empty where no other name is near."""
    near = meant(name, accepted)
    return f" (did you mean {near!r}?)" if near is not None else ""
