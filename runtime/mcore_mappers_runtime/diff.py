"""Compares a Megatron config that came from elsewhere with what a Hugging Face config asks for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, cast

from .dispatch import mapped
from .equal import defaults_of, flat, inner_of, same_architecture
from .immaterial import alike
from .registry import Owners
from .settings import PROVENANCE

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

Owner = Literal["architecture", "suggested", "unknown"]


@dataclass(frozen=True)
class Difference:
    """A Megatron field that is not what the Hugging Face config asks for."""

    field: str
    value: object
    """What the given config has; Megatron's default where a mapping does not have the field."""
    expected: object
    """What the mapper gives; None where its model has no such field (the ranks of latent attention)."""
    owner: Owner
    """Who decides it: a wrong architecture field is another model, a suggestion is a matter of taste."""
    reason: str
    """What the field decides."""

    def __str__(self) -> str:
        return f"{self.field} = {self.value!r}, not {self.expected!r} ({self.owner}: {self.reason})"


def diff(model: ModelConfig | Mapping[str, Any], hf: PreTrainedConfig, /) -> tuple[Difference, ...]:
    """Where a Megatron config differs from the one of the same model; fields that callers decide are not compared.

    Args:
        model: a Megatron model config, or its fields by name, inner and outer together or with the inner ones under
            "transformer". Functions, dtypes and enum members may be given by their names there.
        hf: a config of a mapped family.

    Returns:
        Architecture first, then names that Megatron does not have, then suggestions; empty for the same model.

    Raises:
        UnsupportedConfigError: no Megatron config is the same model as `hf`.
    """
    given = _flat(model) if isinstance(model, Mapping) else flat(model)
    registry, mappers = mapped(hf, "diff")
    owners, architecture = registry.owners, registry.owners.architecture
    # A hybrid model is compared with a hybrid model, where the family can be one.
    hybrid = given.get("hybrid_layer_pattern") is not None and "to_megatron_hybrid" in mappers
    mapper = mappers["to_megatron_hybrid" if hybrid else "to_megatron"]
    # How many layers predict further tokens is the caller's choice, and a hybrid pattern follows it.
    predicting = {"mtp_num_layers": given["mtp_num_layers"]} if "mtp_num_layers" in given else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = mapper(hf, **predicting)
        expected = flat(wanted)
        # So is the dtype, and Gemma's scale of embeddings follows that. The suggestion stays what it is.
        dtype, suggested = given.get("params_dtype"), expected["params_dtype"]
        if type(dtype) is type(suggested) and dtype is not suggested:
            follows = flat(mapper(hf, **predicting, params_dtype=dtype))
            expected |= {name: value for name, value in follows.items() if name in architecture}
    defaults = {**defaults_of(wanted), **defaults_of(inner_of(wanted)), **_derived(given)}
    # Upstream's `as_dict` leaves functions out, whatever they are.
    unsaid = (
        [name for name, value in expected.items() if callable(value)]
        if isinstance(model, Mapping) and "_target_" in model
        else []
    )
    found = {"architecture": list[Difference](), "unknown": list[Difference](), "suggested": list[Difference]()}
    for name in given:
        if name not in expected and name not in architecture:
            near = get_close_matches(name, expected, n=1)
            reason = "no field of this model's Megatron config" + (f"; did you mean {near[0]!r}?" if near else "")
            found["unknown"].append(Difference(name, given[name], None, "unknown", reason))
    said = {name: value for name, value in given.items() if value is not None or name not in _DERIVED}
    same = alike({**defaults, **said}, expected, architecture)
    compared: set[str] = set()
    for owner, reason, fields in (*_bound(expected, owners), *owners.groups, _undeclared(owners)):
        for name in fields:
            if (
                name in compared
                or name in same
                or name not in {**expected, **given}
                or (name not in given and (owner == "suggested" or name in unsaid))
                or (name not in expected and (owner == "suggested" or given[name] is None))
            ):
                continue
            compared.add(name)  # Both configs may declare it.
            value = given.get(name)
            value = defaults[name] if value is None and (name not in given or name in _DERIVED) else value
            if not _means(name, value, expected.get(name)):
                found[owner].append(Difference(name, value, expected.get(name), owner, reason))
    return tuple(difference for differences in found.values() for difference in differences)


def _bound(
    values: Mapping[str, object], owners: Owners
) -> Iterator[tuple[Literal["architecture"], str, tuple[str, ...]]]:
    """Fields that decide this model, and are no more than suggested in others."""
    for field, value, reason, fields in owners.bound:
        if values[field] == value:
            yield "architecture", reason, fields


def _undeclared(owners: Owners) -> tuple[Literal["architecture"], str, tuple[str, ...]]:
    """Attributes that decide the model and that no class of Megatron declares."""
    reason = "Megatron's models read it from the inner config, if it is there."
    return "architecture", reason, tuple(sorted(owners.attributes))


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of both configs side by side, without what upstream's `as_dict` adds."""
    values = {name: value for name, value in fields.items() if name not in ("_target_", "_builder_", "transformer")}
    inner = fields.get("transformer")
    if isinstance(inner, Mapping):
        values |= _flat(cast("Mapping[str, Any]", inner))
    values.pop(PROVENANCE, None)
    return values


_DERIVED = ("ffn_hidden_size", "num_query_groups", "kv_channels", "moe_ffn_hidden_size")
"""Where these are None, Megatron derives them from other fields."""


def _derived(given: Mapping[str, Any]) -> dict[str, object]:
    hidden, heads, ffn = (given.get(name) for name in ("hidden_size", "num_attention_heads", "ffn_hidden_size"))
    if not (isinstance(hidden, int) and isinstance(heads, int) and heads):
        return {}
    ffn = 4 * hidden if ffn is None else ffn
    experts = {} if given.get("num_moe_experts") is None else {"moe_ffn_hidden_size": ffn}
    return {"ffn_hidden_size": ffn, "num_query_groups": heads, "kv_channels": hidden // heads, **experts}


def _means(name: str, value: object, expected: object) -> bool:
    """Whether a value, possibly a name or a number of another type, says what is expected."""
    if same_architecture(name, value, expected):
        return True
    if isinstance(value, Mapping):
        # A function as later releases write it to a run's config.
        value = cast("Mapping[str, object]", value).get("_target_")
    return isinstance(value, str) and value in _names(expected)


def _names(value: object) -> tuple[str, ...]:
    """What a person calls a function, a dtype or an enum member."""
    if isinstance(value, Enum):
        return (value.name, str(value))
    path = str(value) if type(value).__name__ == "dtype" else f"{_of(value, '__module__')}.{_of(value, '__qualname__')}"
    return (path, path.rpartition(".")[2])


def _of(value: object, attribute: str) -> str:
    return str(getattr(value, attribute, ""))
