"""Other valid values of every field of a Hugging Face config: what the sensitivity sweep changes.

Most come from the type that the snapshot records. Fields with a structure, and attributes without a type, have a list
by hand: here where many families have them, in the family's proof otherwise. A field for which nothing is known is an
error: a sweep that skips a field in silence proves nothing of it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch
from transformers.activations import ACT2FN

from codegen.schemas import HfField, HfProperty, Undeclared
from codegen.types import atoms, literals


class Missing:
    """As a value: the attribute, or the key of a dictionary, is not there at all."""

    def __repr__(self) -> str:
        return "<absent>"


MISSING = Missing()
Keys = Mapping[str, Any]

UNSTARTED = frozenset({("nemotron_h", "time_step_min")})
"""Fields of which transformers computes something for new weights alone: with zero there, models are only loaded."""

_ACTIVATIONS: Sequence[Any] = tuple(ACT2FN)
_LAYER_TYPES = (
    None,
    [],
    ["full_attention"] * 3,
    ["full_attention", "sliding_attention", "full_attention"],
    ["chunked_attention"] * 3,
)
BY_HAND: Mapping[str, Sequence[Any]] = {
    # Of classes that do not declare it.
    "tie_word_embeddings": (True, False),
    # Structured fields.
    "architectures": (["LlamaForCausalLM"], ["LlamaForSequenceClassification", "Other"], None),
    "dtype": ("bfloat16", "float16", "float32", torch.bfloat16, torch.float64, None),
    "torch_dtype": ("bfloat16", torch.float16),
    "eos_token_id": (3, [3, 5], None),
    "id2label": ({0: "only"}, {0: "no", 1: "yes", 2: "perhaps"}, None),
    "label2id": ({"only": 0}, {"no": 0, "yes": 1, "perhaps": 2}, None),
    "problem_type": ("regression", "single_label_classification", "multi_label_classification", None),
    "transformers_version": ("4.30.0", "6.0.0", None),
    "name_or_path": ("somewhere/else",),
    "hidden_act": _ACTIVATIONS,
    "mlp_hidden_act": _ACTIVATIONS,
    "mamba_hidden_act": _ACTIVATIONS,
    "layer_types": _LAYER_TYPES,
    # A text of 24 tokens is cut by the first and not by the second.
    "sliding_window": (5, 64, 1, 0, -1, None),
    "pad_token_id": (5, 130, 0, None),
    "per_layer_config": ({0: {"intermediate_size": 40}}, {}),
    # Attributes that a class does not declare, and aliases.
    "gradient_checkpointing": (True, False),
    "head_dim": (16, 8, 0, None, MISSING),
    "is_causal": (True, False, None),
    "original_max_position_embeddings": (16, 64, 128, None),
    "partial_rotary_factor": (0.5, 1.0, None),
    "rope_theta": (500.0, 20000, None),
    "tie_last_hidden_states": (True, False, None),
    "rope_scaling": ({"type": "linear", "factor": 2.5}, {"rope_type": "dynamic", "factor": 2.5}, None),
    "num_labels": (1, 5),
    "output_attentions": (True, False),
}


def candidates(
    known: HfField | HfProperty | Undeclared | str,
    current: object,
    own: Mapping[str, Sequence[Any]],
    *,
    few_ropes: bool = False,
    few_numbers: bool = False,
) -> Iterator[Any]:
    """Values of a field other than `current`.

    Args:
        known: the field as the snapshot has it, or a name that it does not have.
        current: the value in the base config, or `MISSING`.
        own: the lists of the family's proof.
        few_ropes: of `rope_parameters`, every type, and every key with one other value and without it.
        few_numbers: of numbers, the next one, 1 and 0 only.

    Raises:
        KeyError: nothing is known of values that the field can have.
    """
    name = known if isinstance(known, str) else known.name
    seen = [current]
    for value in own[name] if name in own else _all(known, name, current, few_ropes, few_numbers):
        # False is another value than 0, but 1 none other than 1.0.
        if not any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in seen):
            seen.append(value)
            # transformers writes into dictionaries and lists that it is given.
            yield copy.deepcopy(value)


def hard_wired(constant: object) -> tuple[Any, ...]:
    """The value that the native class hard-wires, and others."""
    if isinstance(constant, bool):
        return (constant, not constant, None)
    if isinstance(constant, int | float):
        return (constant, constant + 1, constant + 20, None)
    return (constant, "another", None)


def _all(
    known: HfField | HfProperty | Undeclared | str, name: str, current: object, few_ropes: bool, few_numbers: bool
) -> Iterable[Any]:
    if name == "rope_parameters":
        plain = {"rope_type": "default", "rope_theta": 10000.0}
        return rope_values(current if isinstance(current, dict) else plain, few=few_ropes)
    if name in BY_HAND:
        return BY_HAND[name]
    if isinstance(known, Undeclared | str):
        raise KeyError(f"no values are known for {name!r}: add some to `values` of the proof")
    return _typed(known, name, current, few_numbers)


def _typed(known: HfField | HfProperty, name: str, current: object, few_numbers: bool) -> Iterator[Any]:
    types = atoms(known.type)
    number = current if isinstance(current, int | float) and not isinstance(current, bool) else None
    found: list[Any] = []
    if "bool" in types:
        found += [True, False]
    if "int" in types and "float" not in types:
        found += _integers(None if number is None else int(number), few_numbers)
    if "float" in types:
        found += _floats(number, few_numbers)
    if isinstance(known, HfField) and known.range is not None:
        low, high = ast.literal_eval(known.range)
        found += [low, high, (low + high) / 2]
    found += sorted(literals(known.type))
    if not found:
        raise KeyError(f"no values are known for {name!r}, a {known.type}: add some to `values` of the proof")
    yield from found
    if "None" in types:
        yield None


def _integers(current: int | None, few: bool) -> list[int]:
    if few:
        return [*([] if current is None else [current + 1]), 1, 0]
    near = [] if current is None else [current + 1, current * 2, current // 2]
    return [*near, 1, 2, 3, 4, 0, -1]


def _floats(current: float | None, few: bool) -> list[float]:
    if few:
        return [*([] if current is None else [current * 2]), 1.0, 0.0]
    near = [] if current is None else [current * 2, current / 2]
    return [*near, 0.3, 1.0, 0.0, -1.0, 1]


# Keys of every rope type, with values that transformers accepts for it.
_ROPE_TYPES: Mapping[str, Keys] = {
    "default": {},
    "linear": {"factor": 2.5},
    "dynamic": {"factor": 2.5},
    "yarn": {"factor": 4.0, "original_max_position_embeddings": 32},
    "llama3": {
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    },
    "longrope": {
        "factor": 4.0,
        "original_max_position_embeddings": 32,
        "short_factor": [1.0, 1.5, 2.0],
        "long_factor": [2.0, 2.5, 3.0],
    },
    "proportional": {"partial_rotary_factor": 0.5},
    "axial": {},
    "unheard_of": {},
}
# Every key that some rope type reads. Where the type of the base does not read it, changing it must change nothing.
_ROPE_KEYS: Mapping[str, Sequence[Any]] = {
    "rope_theta": (500.0, 20000, 1234.5, 1.0, 0.0, None, "10000", MISSING),
    "factor": (8.0, 3, 1.0, 0.5, 0.0, -2.0, None, MISSING),
    "original_max_position_embeddings": (16, 64, 40.5, None, MISSING),
    "attention_factor": (1.3, 1.0, 0.6, 0.0, None, MISSING),
    "mscale": (0.7, 1.0, 0.0, None, MISSING),
    "mscale_all_dim": (0.9, 1.0, 0.0, None, MISSING),
    "beta_fast": (16.0, 32.0, 2, 0, None, MISSING),
    "beta_slow": (2.0, 1.0, 0.3, 0, None, MISSING),
    "truncate": (False, True, None, 0, MISSING),
    "partial_rotary_factor": (0.5, 1.0, None, MISSING),
    "low_freq_factor": (2.0, None, MISSING),
    "high_freq_factor": (8.0, None, MISSING),
    "short_factor": ([2.0], MISSING),
    "long_factor": ([2.0], MISSING),
    "mrope_section": ([4, 4, 4],),
    "llama_4_scaling_beta": (0.1,),
    "a_key_of_tomorrow": (1.0,),
    "type": ("linear",),
}


def rope_values(current: Keys, few: bool = False) -> Iterator[Any]:
    """Ropes near to one: of every type, and with other values of every key that some type reads, or with one other."""
    for rope_type, keys in _ROPE_TYPES.items():
        yield {"rope_type": rope_type, "rope_theta": current.get("rope_theta", 10000.0), **keys}
    for key, values in _ROPE_KEYS.items():
        for value in (values[0], MISSING) if few else values:
            yield {name: held for name, held in {**current, key: value}.items() if held is not MISSING}
    yield {key: value for key, value in current.items() if key != "rope_type"}
    yield {"full_attention": dict(current)}
    yield {}
    yield None
