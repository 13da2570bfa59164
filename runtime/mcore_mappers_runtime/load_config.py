"""Reads a checkpoint's `config.json` into the Hugging Face config that the mappers take.

Nothing that a checkpoint brings along is executed, and nothing is registered: a type of remote code is read as the
native class that computes the same, once every key that this class hard-wires has been looked at.
"""

from __future__ import annotations

import copy
import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .callers import warn
from .equal import path_of
from .errors import Refusal, UnknownKeysWarning, UnsupportedConfigError
from .older import in_present_names
from .registry import known

if TYPE_CHECKING:
    from transformers.configuration_utils import PreTrainedConfig

    from .records import Remote

_TEXT = ("thinker_config", "text_config", "llm_config", "language_config")
"""Fields in which composite configs hold the config of their language model, or of the part that holds it."""

_WRITTEN = frozenset(
    {
        # By `save_pretrained`, of any class and release.
        *("model_type", "architectures", "transformers_version", "_name_or_path", "_commit_hash", "auto_map", "dtype"),
        *("torch_dtype", "quantization_config", "attn_implementation", "_attn_implementation_autoset"),
        # Fields that `PreTrainedConfig` had before transformers 5, and that decoders do not read.
        *("add_cross_attention", "cross_attention_hidden_size", "decoder_start_token_id", "finetuning_task"),
        *("is_decoder", "prefix", "pruned_heads", "sep_token_id", "task_specific_params", "tf_legacy_loss"),
        *("tie_encoder_decoder", "tokenizer_class", "torchscript", "use_bfloat16", "use_return_dict"),
    }
)
"""Keys that transformers writes, or wrote, by itself."""


def load_config(path: str | os.PathLike[str], /) -> PreTrainedConfig:
    """The Hugging Face config of a checkpoint.

    Args:
        path: of a `config.json`, or of the folder that holds it; of any release of transformers.

    Raises:
        FileNotFoundError: there is no such file.
        UnsupportedConfigError: its model type is neither native nor one of remote code that computes what a native
            class does, or it holds a value that this class cannot have.

    Warns:
        UnknownKeysWarning: the file has keys that neither the class nor its modeling code reads. Of classes that are
            not mapped it is not known what they read.
    """
    from transformers.configuration_utils import PreTrainedConfig
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    file = Path(path) / "config.json" if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}")
    # Upstream annotates it with a bare `PathLike`.
    read = cast("Callable[[str], tuple[dict[str, Any], object]]", PreTrainedConfig.get_config_dict)
    data, _ = read(str(file))
    given = cast(object, data.get("model_type"))
    name = given if isinstance(given, str) else ""
    keys = known().keys
    if name in keys.remote:
        data = _native(data, keys.remote[name])
        name = cast("str", data["model_type"])
    if name not in CONFIG_MAPPING:
        other = f"transformers has no class for this type; of remote code {', '.join(keys.remote)} are read"
        raise UnsupportedConfigError(None, (Refusal("model_type", given, keys.refused.get(name, other)),))
    cls = CONFIG_MAPPING[name]
    data = in_present_names(data, cls)
    config = cls(**copy.deepcopy(data))
    unknown = _unknown(config, data)
    if unknown:
        warn(UnknownKeysWarning(unknown))
    return config


def text_config(hf: PreTrainedConfig, /) -> PreTrainedConfig:
    """The config of the language model of a composite config; any other config is returned as it is.

    Whether embeddings and output layer are tied is what the level around it says: the output layer is there.
    """
    from transformers.configuration_utils import PreTrainedConfig

    outer, found = hf, hf
    while inner := next((each for name in _TEXT if isinstance(each := vars(found).get(name), PreTrainedConfig)), None):
        outer, found = found, inner
    if found is hf:
        return hf
    result = copy.deepcopy(found)
    result.tie_word_embeddings = vars(outer).get("tie_word_embeddings", False)
    return result


def _native(data: Mapping[str, Any], rows: tuple[Remote, ...]) -> dict[str, Any]:
    """The same model as the native class spells it."""
    found = [(_hard_wired(data, row), row) for row in rows]
    # Of several, the class that stands nearest says what is in the way.
    refusals, remote = min(found, key=lambda each: len(each[0]))
    if refusals:
        raise UnsupportedConfigError(None, refusals)
    data = {**remote.defaults, **data}
    renamed = {remote.renamed.get(key, key): value for key, value in data.items() if key not in remote.dropped}
    if "auto_map" in renamed:
        # It names code of another class, which is not said of this one.
        renamed["auto_map"] = {}
    if isinstance(names := renamed.get("architectures"), list):
        # What has another head than the causal language model is left to be refused.
        renamed["architectures"] = [
            remote.architectures.get(name, name) if isinstance(name, str) else name
            for name in cast("list[object]", names)
        ]
    return {**renamed, "model_type": remote.native}


def _hard_wired(data: Mapping[str, Any], remote: Remote) -> tuple[Refusal, ...]:
    """Keys that the native class has as constants, where the file wants something else."""
    data = {**remote.defaults, **data}
    return tuple(
        Refusal(key, data[key], reason)
        for key, allowed, reason in remote.constants
        if data.get(key, allowed) != allowed
    )


def _unknown(config: PreTrainedConfig, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys that ended up as attributes that nobody reads."""
    cls = type(config)
    read = known().keys.read.get(path_of(cls))
    if read is None:
        return ()
    declared = {field.name for field in dataclasses.fields(cast(Any, cls))}
    expected = declared | read | _WRITTEN | {*cls.attribute_map, *cls.attribute_map.values()}
    return tuple(key for key in data if key in vars(config) and key not in expected)
