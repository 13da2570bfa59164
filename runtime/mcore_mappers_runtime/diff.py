"""Compares a Megatron config that came from elsewhere with what a Hugging Face config asks for."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from . import arguments
from .at_caller import warn
from .dispatch import mapped
from .equal import class_defaults, flat, inner_of, path_of, same_architecture
from .errors import NotComparedWarning
from .given import Given, Model, read
from .heterogeneous import ENCODED
from .immaterial import alike
from .layered import as_layered, no_layers
from .near import meant
from .prediction import as_keyword
from .registry import known
from .sections import as_keyword as positions_as_keyword
from .settings import equal_up_to
from .shown import shown
from .stated_by import Mapper, Statements
from .symbols import symbol
from .unread import unread

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig

    from .registry import Deciding, Owners, Registry

Owner = Literal["architecture", "suggested", "unknown"]
"""Who decides a field of Megatron's: the Hugging Face config, or training, for which it has a good value; or nobody,
because Megatron has no such field."""

_LENGTH = "seq_length"


@dataclass(frozen=True)
class Difference:
    """A Megatron field that is not what the Hugging Face config asks for."""

    field: str
    value: object
    """What the given config has; the default of what would be built, where it does not say."""
    expected: object
    """What the mapper gives; None where its model has no such field (the ranks of latent attention)."""
    owner: Owner
    """Who decides it: a wrong architecture field is another model, a suggestion is a matter of taste."""
    reason: str
    """What the field decides."""
    hf_fields: tuple[str, ...] = ()
    """The fields of the Hugging Face config that say it, with a dot before a key inside one: they would be others, were
    the given value right. Empty for what all models of the family have alike."""
    argument: str = ""
    """The argument of Megatron's parser that said it, where that has another name."""

    def __str__(self) -> str:
        value = f"{shown(self.value)} ({self.argument})" if self.argument else shown(self.value)
        decided = f"{', '.join(self.hf_fields)}; {self.owner}" if self.hf_fields else self.owner
        return f"{self.field} = {value}, not {shown(self.expected)} ({decided}: {self.reason})"


def diff(model: Model, hf: PreTrainedConfig, /, *, only: Owner | None = None) -> tuple[Difference, ...]:
    """Where a Megatron config differs from the one of the same model; fields that callers decide are not compared.

    What Megatron does not read in a model is no difference, nor is another spelling of the same.

    Args:
        model: one of

            - a Megatron model config.
            - a bare TransformerConfig. The fields of the model config around it (vocabulary, tied embeddings, kind of
              positions) are then not compared, and a warning says so.
            - a provider: a dataclass with the fields of both, as Megatron-Bridge has them.
            - an `argparse.Namespace` of Megatron-LM's parser, or its `vars`, read as after validation. What says
              nothing of the model is left out of account.
            - a mapping of fields, inner and outer together or with the inner ones under "transformer". Functions,
              dtypes and enum members may be given by their names, and arguments of Megatron-LM stand for the fields
              that they decide. What it does not say has Megatron's default.
            - what `as_dict` of a config, `dump` or the run config of a checkpoint has, with its classes; or the path of
              such a file (or of a folder with a `run_config.yaml`). Nothing that it names is imported.
        hf: a config of a mapped family.
        only: leaves out all but what this owner decides. Suggestions, which are training's to choose, are compared only
            where they are asked for.

    Returns:
        Architecture first, then names that Megatron does not have; empty for the same model.

    Raises:
        UnsupportedConfigError: no Megatron config is the same model as `hf`.
        TypeError: `model` is nothing of this, or `hf` no Hugging Face config.
        ValueError: `only` is no owner, or a file no config.
        OSError: there is no such file.

    Warns:
        NotComparedWarning: `model` does not say, and does not leave to a default, some fields that decide it.
    """
    if only is not None and only not in get_args(Owner):
        raise ValueError(f"only={only!r} is none of {', '.join(get_args(Owner))}")
    registry, mappers = mapped(hf, "diff")
    given = read(model)
    mapper = _mapper(given, mappers, registry)
    wanted, expected = _wanted(given, hf, mapper, registry.owners)
    comparison = _Comparison(given, wanted, expected, registry.owners)
    statements = Statements(hf, wanted, mappers, mapper)
    found: list[Difference] = []
    if only in (None, "architecture"):
        comparison.warn_of_silence()
        found += comparison.differences("architecture", statements)
        found += comparison.longer_than_equal(equal_up_to(wanted))
    if only in (None, "unknown"):
        found += comparison.unknown()
    if only == "suggested":
        found += comparison.differences("suggested", statements)
    return tuple(found)


def _mapper(given: Given, mappers: Mapping[str, Any], registry: Registry) -> Mapper:
    """What maps a config as it is compared."""
    said = given.values
    # A hybrid model is compared with a hybrid model, where the family can be one.
    hybrid = _is_hybrid(said) and "to_megatron_hybrid" in mappers
    function = mappers["to_megatron_hybrid" if hybrid else "to_megatron"]
    layered = bool(no_layers().keys() & said.keys())

    def mapper(hf: PreTrainedConfig, **caller: object) -> ModelConfig:
        # How many layers predict further tokens is the caller's choice, and a hybrid pattern follows it. So is how many
        # positions a token has, where it may have three.
        predicting = as_keyword(said["mtp_num_layers"], registry, hf) if "mtp_num_layers" in said else {}
        _, family = known().of_class(path_of(type(hf))) or (None, None)
        positions = {} if hybrid else positions_as_keyword(said.get("position_embedding_type"), family)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            like = as_layered(function, layered=layered, **predicting, **positions, **caller)
            return cast("ModelConfig", like(hf))

    return mapper


def _wanted(
    given: Given, hf: PreTrainedConfig, mapper: Mapper, owners: Owners
) -> tuple[ModelConfig, Mapping[str, object]]:
    """What the mapper gives, and its fields as they follow from what is the caller's choice."""
    wanted = mapper(hf)
    # Of a model without layers nothing is said of them, unless there are some in what it is compared with.
    absent = no_layers()
    expected = {**(absent if absent.keys() & given.values.keys() else {}), **flat(wanted)}
    # So is the dtype, and Gemma's scale of embeddings follows that. The suggestion stays what it is.
    dtype, suggested = given.values.get("params_dtype"), expected["params_dtype"]
    if type(dtype) is type(suggested) and dtype is not suggested:
        follows = flat(mapper(hf, params_dtype=dtype))
        expected |= {name: value for name, value in follows.items() if name in owners.architecture}
    return wanted, expected


def _is_hybrid(said: Mapping[str, object]) -> bool:
    """Whether there is a pattern, or would be around an inner config that is given alone."""
    alone = "position_embedding_type" not in said
    return said.get("hybrid_layer_pattern") is not None or (alone and bool(said.get("is_hybrid_model")))


class _Comparison:
    """A given config beside the one that the mapper gives."""

    def __init__(self, given: Given, wanted: ModelConfig, expected: Mapping[str, object], owners: Owners) -> None:
        self._given, self._expected, self._owners = given, expected, owners
        said = given.values
        classes = (type(inner_of(wanted)), type(wanted), *(given.classes or _built(said)))
        defaults = {name: value for cls in classes for name, value in class_defaults(cast("Any", cls)).items()}
        defaults |= no_layers()
        self._unsaid = frozenset(name for name in expected if name not in said and self._is_silent_of(name))
        told = {name: value for name, value in said.items() if value is not None or name not in _DERIVED}
        assumed = {name: expected[name] for name in self._unsaid}
        self._values: dict[str, object] = {**defaults, **_derived(said), **told, **assumed}
        if given.padded is not None:
            is_padding = self._is_padding(given.padded)
            self._values["vocab_size"] = expected["vocab_size"] if is_padding else given.padded

    def _is_silent_of(self, name: str) -> bool:
        if name == "vocab_size" and self._given.arguments:
            return self._given.padded is None
        return self._given.partial or (not self._given.functions and callable(self._expected[name]))

    def _is_padding(self, rows: int) -> bool:
        """Whether the vocabulary has so many rows with padding: to what is said, else to a multiple of the default."""
        said, size = self._given.values, self._expected["vocab_size"]
        if not isinstance(size, int) or rows <= size:
            return rows == size
        if said.get("vocab_size") is not None:
            return said["vocab_size"] == size
        step, ranks = (
            self._values.get(name) for name in ("make_vocab_size_divisible_by", "tensor_model_parallel_size")
        )
        if not isinstance(step, int) or not isinstance(ranks, int) or step < 1 or ranks < 1:
            return False
        if self._given.arguments or "tensor_model_parallel_size" in said:
            return rows == -(-size // (step * ranks)) * step * ranks
        return rows % step == 0

    @cached_property
    def _decided(self) -> Mapping[str, tuple[Deciding, str]]:
        return self._owners.of(self._expected)

    def warn_of_silence(self) -> None:
        """Say what is not compared, of what decides this model."""
        read = self._decided.keys() - unread(self._expected, self._owners.architecture)
        fields = tuple(
            name
            for name in self._expected
            if name in self._unsaid and name in read and self._decided[name][0] == "architecture"
        )
        if fields:
            warn(NotComparedWarning(fields, self._given.silent))

    def differences(self, owner: Deciding, statements: Statements) -> Iterator[Difference]:
        """The fields of an owner that are said otherwise."""
        same = alike(self._values, self._expected, self._owners.architecture)
        for name, (decides, reason) in self._decided.items():
            if decides != owner or name in same or not self._is_compared(name, owner):
                continue
            value, expected = self._values.get(name), self._expected.get(name)
            if not _means(name, value, expected):
                if self._given.arguments and name not in self._given.values:
                    reason = arguments.NOT_PASSED_ON.get(name, reason)
                stated = statements.of(name, value)
                yield Difference(name, value, expected, owner, reason, stated, self._given.said_by.get(name, ""))

    def _is_compared(self, name: str, owner: str) -> bool:
        said = self._given.values
        if owner == "suggested":
            return name in said and name in self._expected
        return name in self._expected or said.get(name) is not None

    def longer_than_equal(self, longest: int | None) -> Iterator[Difference]:
        """Sequences for which it is another model, whatever its fields are."""
        length = self._given.values.get(_LENGTH)
        if longest is not None and isinstance(length, int) and length > longest:
            reason = "the longest sequences for which Megatron computes the same"
            yield Difference(_LENGTH, length, longest, "architecture", reason, (), self._given.said_by.get(_LENGTH, ""))

    def unknown(self) -> Iterator[Difference]:
        """Names that nobody reads: of what a program made, those that are hardly anything else than a slip."""
        if self._given.arguments or (self._given.partial and not self._given.functions):
            return
        known = {
            *self._expected,
            *self._owners.architecture,
            *_fields_of(_every_class()),
            *_fields_of(self._given.classes),
        }
        names = [name for name in self._given.values if name not in known]
        if names and not self._given.written:
            names = [name for name in names if name not in arguments.names()]
        for name in names:
            near = meant(name, self._expected)
            if near or not self._given.written:
                reason = "no field of a Megatron config" + (f"; did you mean {near!r}?" if near else "")
                yield Difference(name, self._given.values[name], None, "unknown", reason)


def _built(said: Mapping[str, object]) -> tuple[type, ...]:
    """The classes of the configs that Megatron builds from fields."""
    gpt, hybrid, plain, latent, heterogeneous = _every_class()
    inner = heterogeneous if said.get(ENCODED) else latent if said.get("multi_latent_attention") else plain
    return inner, hybrid if _is_hybrid(said) else gpt


@cache
def _every_class() -> tuple[type, type, type, type, type]:
    from megatron.core.transformer.heterogeneous.heterogeneous_config import HeterogeneousTransformerConfig
    from megatron.core.transformer.transformer_config import MLATransformerConfig, TransformerConfig
    from megatron.training.models.gpt import GPTModelConfig
    from megatron.training.models.hybrid import HybridModelConfig

    return GPTModelConfig, HybridModelConfig, TransformerConfig, MLATransformerConfig, HeterogeneousTransformerConfig


def _fields_of(classes: Iterable[type]) -> frozenset[str]:
    return frozenset(name for cls in classes for name in class_defaults(cast("Any", cls)))


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
        # A function as run configs have it.
        value = cast("Mapping[str, object]", value).get("_target_")
    return isinstance(value, str) and value in _names(expected)


def _names(value: object) -> tuple[str, ...]:
    """What a person calls a function, a dtype or an enum member."""
    if isinstance(value, Enum):
        return (value.name, str(value))
    if type(value).__name__ == "dtype":
        return (str(value), str(value).removeprefix("torch."))
    if not callable(value):
        return ()
    path = f"{_of(value, '__module__')}.{_of(value, '__qualname__')}"
    # Some of torch's stand elsewhere than where people import them from.
    return (path, path.rpartition(".")[2], *(name for name in known().symbols.functions if symbol(name) is value))


def _of(value: object, attribute: str) -> str:
    return str(getattr(value, attribute, ""))
