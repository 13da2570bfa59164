"""Keys of a `config.json` that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, cast

from .composite import FIELDS, TIES
from .equal import path_of
from .native import SIZES, class_of, names_of, way_to
from .older_configs import older_release_of
from .registry import known
from .stated import Level, levels_at
from .windows import FULL, SLIDING

if TYPE_CHECKING:
    from .native import Data

_WRITTEN: Final = frozenset(
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

_ROPE: Final[Mapping[str, frozenset[str]]] = {
    "default": frozenset(),
    "linear": frozenset({"factor"}),
    "dynamic": frozenset({"factor", "original_max_position_embeddings"}),
    "yarn": frozenset(
        {
            *("factor", "original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow"),
            *("mscale", "mscale_all_dim", "truncate"),
        }
    ),
    "longrope": frozenset(
        {
            *("factor", "original_max_position_embeddings", "attention_factor", "short_factor", "long_factor"),
            *("short_mscale", "long_mscale"),
        }
    ),
    "llama3": frozenset({"factor", "original_max_position_embeddings", "low_freq_factor", "high_freq_factor"}),
}
"""By type of rope, the keys that transformers reads."""

_TEMPERATURE: Final = "llama_4_scaling_beta"
"""What Mistral's attention reads beside any type of rope, and its length with it."""

_ROPE_ANY: Final = frozenset({"rope_type", "type", "rope_theta", "partial_rotary_factor"})
"""Keys of every type of rope."""

_THREE_POSITIONS: Final = frozenset({"mrope_section", "mrope_interleaved"})
"""Keys of the ropes of vision-language models, which decide nothing where a token has one position."""

_DECIDING: Final = (*FIELDS, TIES, "torch_dtype", "dtype", "model_type", "architectures")
"""Keys around a language model that decide something of it."""


def unknown_keys(file: Data, around: Sequence[Level]) -> tuple[str, ...]:
    """Keys that ended up as attributes that nobody reads, each with the way to it.

    Around a language model few keys decide anything of it: there, those are named that look like one of these.

    Args:
        file: as it was written.
        around: the levels of the config that was built from it.
    """
    start = way_to(type(around[0].config), file)
    whole = [*levels_at(file, start)]
    return (
        *_misspelt_outside(whole[:-1]),
        *(f"{start}{name}" for name in _of_levels(whole[-1][1], around)),
    )


def _misspelt_outside(around: Sequence[tuple[str, Data]]) -> Iterator[str]:
    """Of levels that no class reads, around the one where a language model begins."""
    for way, level in around:
        cls = class_of(level)
        names = names_of(cls) if cls is not None else frozenset[str]()
        yield from (f"{way}{key}" for key in _misspelt(level, names, frozenset()))


def _of_levels(file: Data, around: Sequence[Level]) -> Iterator[str]:
    *outer, found = around
    path = path_of(type(found.config))
    expected = known().keys.known(path)
    own = names_of(type(found.config)) | (expected or frozenset())
    # As they were written: what stands beside the keys of the whole has been moved by now.
    for each, (_, stated) in zip(outer, levels_at(file, found.way), strict=False):
        beside = own if stated.keys() >= SIZES else frozenset[str]()
        yield from (f"{each.way}{key}" for key in _misspelt(stated, names_of(type(each.config)), beside))
    if expected is not None:
        yield from (f"{found.way}{key}" for key in _unread(found, expected))
        yield from (f"{found.way}{key}" for key in (*_unread_in_rope(found.data), *_dropped_ropes(found)))


def _misspelt(data: Data, names: frozenset[str], beside: frozenset[str]) -> Iterator[str]:
    """Keys of a level around a language model that look like one that decides something of it.

    Args:
        data: what the level states.
        names: the fields of its class.
        beside: the fields of the language model that may stand there too.
    """
    deciding = (*_DECIDING, *sorted(beside))
    expected = names.union(_WRITTEN, deciding)
    for key in data:
        if key not in expected and (
            get_close_matches(key, deciding, n=1, cutoff=0.85) or any(_is_slip(key, name) for name in deciding)
        ):
            yield key


def _is_slip(key: str, name: str) -> bool:
    """Whether one letter is left out, doubled, or swapped with the next: of short names the ratio says too little."""
    places = range(len(name))
    return (
        any(key == name[:place] + name[place + 1 :] for place in places)
        or any(key == name[: place + 1] + name[place:] for place in places)
        or any(key == name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :] for place in places)
    )


def _unread(level: Level, expected: frozenset[str]) -> Iterator[str]:
    """Of the language model's own level."""
    older = older_release_of(path_of(type(level.config))).names
    expected = expected.union(_WRITTEN, names_of(type(level.config)), older)
    return (key for key in level.data if key in vars(level.config) and key not in expected)


def _dropped_ropes(level: Level) -> Iterator[str]:
    """Ropes of no type of layer, in the place of which a class has put its own default."""
    said, kept = level.data.get("rope_parameters"), vars(level.config).get("rope_parameters")
    if isinstance(said, Mapping) and isinstance(kept, Mapping):
        ropes = {key for key, rope in cast("Mapping[str, object]", said).items() if isinstance(rope, Mapping)}
        yield from (f"rope_parameters.{key}" for key in sorted(ropes - kept.keys() - {FULL, SLIDING}))


def _unread_in_rope(data: Mapping[str, object]) -> Iterator[str]:
    for name in ("rope_parameters", "rope_scaling"):
        rope = data.get(name)
        if not isinstance(rope, Mapping):
            continue
        ropes = {f"{name}.": cast("Mapping[str, object]", rope)}
        for key, inner in ropes[f"{name}."].items():
            if isinstance(inner, Mapping):
                ropes[f"{name}.{key}."] = cast("Mapping[str, object]", inner)
        for way, each in ropes.items():
            kind = each.get("rope_type", each.get("type", "default"))
            # Those of vision-language models had a type of their own, whose rope is the default.
            read = _ROPE.get("default" if kind == "mrope" else kind) if isinstance(kind, str) else None
            if read is None:
                continue
            if _TEMPERATURE in each:
                read |= {_TEMPERATURE, "original_max_position_embeddings"}
            nested = {key for key, inner in each.items() if isinstance(inner, Mapping)}
            yield from (f"{way}{key}" for key in each if key not in read | _ROPE_ANY | _THREE_POSITIONS | nested)
