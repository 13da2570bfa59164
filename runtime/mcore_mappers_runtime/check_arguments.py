"""Compares the arguments of Megatron-LM that somebody wrote with the model of a checkpoint."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, cast

from . import arguments
from .diff import Difference, diff
from .dispatch import mapped
from .equal import flat, same_architecture
from .errors import NotComparedWarning, UnsupportedConfigError
from .flags import arguments_for, arguments_of, settled, words_of
from .kernels import KernelFields
from .near import hint
from .scripts import Flags, Word, read_flags
from .shown import in_one_line
from .to_args import unsaid

if TYPE_CHECKING:
    from megatron.training.models.base import ModelConfig
    from transformers.configuration_utils import PreTrainedConfig


_UNSAID: Final = (
    "to_megatron(layers=True) maps it, to a model config that is built from Python: no argument of Megatron-LM says "
    "layers of mcore_mappers.layers"
)
"""Of what layers compute."""


@dataclass(frozen=True)
class ArgumentDifference:
    """A flag that makes another model, or configuration, than the checkpoint's."""

    flag: str
    """Its name, `--rotary-base`; empty for a field that Megatron-LM has no flag for."""
    written: tuple[str, ...]
    """The words that stand there; none, where the flag is absent and the parser's default holds."""
    wanted: tuple[str, ...]
    """The words that would have to stand there; none, where the flag has to go."""
    difference: Difference
    """Megatron's field with both values, who decides it, and the Hugging Face fields that say it."""

    def __str__(self) -> str:
        written = " ".join(self.written) or (f"no {self.flag}" if self.flag else "no flag for it")
        wanted = f"; write {' '.join(self.wanted)}" if self.wanted else ""
        return f"{written}: {self.difference}{wanted}"


@dataclass(frozen=True)
class NotCompared:
    """A flag, or a field, that is left out of account."""

    name: str
    """The flag as it is written, what takes more from elsewhere, or Megatron's field."""
    value: str
    """What stands after it."""
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.value}".rstrip() + f": {self.reason}"


@dataclass(frozen=True)
class ArgumentsCheck:
    """How arguments compare with a checkpoint."""

    differences: tuple[ArgumentDifference, ...]
    not_compared: tuple[NotCompared, ...]
    """What is none of Megatron's arguments, and what the arguments do not say of the model."""
    unresolved: tuple[NotCompared, ...]
    """Flags of the model whose value only running the script would tell, or that Megatron's parser does not take; each
    is taken to be what it should be."""

    @property
    def same(self) -> bool:
        """Whether all that could be read is as the checkpoint has it."""
        return not self.differences


def check_arguments(
    hf: PreTrainedConfig, text: str, /, *, only: Literal["architecture", "suggested"] | None = "architecture"
) -> ArgumentsCheck:
    """Compare the arguments in a script, or a file of arguments, with the model of a checkpoint.

    Nothing is run, and neither a GPU nor Transformer Engine is needed. Megatron's own parser reads every flag; one that
    is absent has the parser's default.

    Args:
        hf: a config of a mapped family.
        text: a bash script, a line of flags, or JSON or YAML: a list of flags, or arguments by name, at any depth.
        only: whose fields are compared: what decides the model, what training chooses and the checkpoint has a good
            value for, or with None both. Kernels, which depend on the machines that train, are left out.

    Raises:
        UnsupportedConfigError: no Megatron config is the same model as `hf`, or only one with layers, of which no
            argument says anything.
        TypeError: `hf` is no Hugging Face config.
        ValueError: the text begins like a mapping in JSON and is none, a list holds something else than words, or
            nothing is an argument of Megatron's.
    """
    registry, mappers = mapped(hf, "check_arguments")
    script = _read(text)
    if not script.said and not script.unresolved:
        taken = f"; {', '.join(each.name for each in script.elsewhere)}: not read" if script.elsewhere else ""
        raise ValueError(f"nothing in it is an argument of Megatron-LM's{taken}")
    hybrid = "hybrid_layer_pattern" in script.said or "hybrid_override_pattern" in script.said
    mapper = mappers["to_megatron_hybrid" if hybrid and "to_megatron_hybrid" in mappers else "to_megatron"]
    model = _without_layers(mapper, hf)
    expected = flat(model)
    wanted = arguments_for(list(expected), expected)
    args = arguments.parser().parse_args([word for words in script.said.values() for word in words])
    for argument in script.unresolved:
        setattr(args, argument, wanted.get(argument, vars(args)[argument]))
    whole = settled(args)
    # Biases everywhere are those of queries, keys and values too, and that is one flag.
    whole.add_qkv_bias = args.add_qkv_bias
    found, silent = _differences(whole, hf, only)
    decided = registry.owners.of(expected).keys() & expected.keys()
    of_model = {*decided, *arguments_for(decided, expected), *arguments.SPENT}
    left_out = unsaid(expected, registry.owners) | KernelFields.__annotations__.keys()
    return ArgumentsCheck(
        tuple(
            _shown(each, script, vars(args), expected)
            for each in found
            if each.owner == "architecture" or each.field not in left_out
        ),
        (*script.not_compared, *silent),
        (*(each for name, each in script.unresolved.items() if name in of_model), *script.elsewhere),
    )


def _without_layers(mapper: Callable[..., ModelConfig], hf: PreTrainedConfig) -> ModelConfig:
    """What the arguments have to say.

    Raises:
        UnsupportedConfigError: there is no such model, or only one with layers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return mapper(hf)
        except UnsupportedConfigError as error:
            refusals = tuple(
                replace(each, reason=f"{each.reason}; {_UNSAID}", layers=()) if each.layers else each
                for each in error.refusals
            )
            raise UnsupportedConfigError(error.family, refusals) from None


def _differences(
    args: argparse.Namespace, hf: PreTrainedConfig, only: Literal["architecture", "suggested"] | None
) -> tuple[list[Difference], list[NotCompared]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = [each for owner in (only,) if owner for each in diff(args, hf, only=owner)]
        if only is None:
            found = [*diff(args, hf, only="architecture"), *diff(args, hf, only="suggested")]
    told = [each.message for each in caught if isinstance(each.message, NotComparedWarning)]
    silent = {name: NotCompared(name, "", each.reason) for each in told for name in each.fields}
    return found, list(silent.values())


def _shown(
    difference: Difference, script: _Script, given: Mapping[str, object], expected: Mapping[str, object]
) -> ArgumentDifference:
    """A difference as that of the flags which say its field."""
    # What the model has no use for is said by a flag of that name alone.
    own = difference.field if difference.field in script.said else ""
    if difference.field not in expected:
        return ArgumentDifference(_flag(own), tuple(script.said.get(own, ())), (), difference)
    wanted = {
        argument: value
        for argument, value in arguments_of(difference.field, expected).items()
        if not same_architecture(argument, given[argument], value)
    }
    written = tuple(word for argument in wanted for word in script.said.get(argument, ()))
    default = arguments.parser().get_default
    words = tuple(
        word
        for argument, value in wanted.items()
        if not same_architecture(argument, value, default(argument))
        for word in words_of(argument, value) or ()
    )
    # Of several that say it together, the one to write, or to take away.
    argument = next((each for each in wanted if not words or words[0] in _names(each)), own)
    return ArgumentDifference(_flag(argument), written or tuple(script.said.get(argument, ())), words, difference)


def _flag(argument: str) -> str:
    return _names(argument)[0] if argument else ""


def _names(argument: str) -> list[str]:
    return [name for action in arguments.actions()[argument] for name in action.option_strings]


# --- Read -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Script:
    """What is said, by argument."""

    said: dict[str, list[str]]
    not_compared: list[NotCompared]
    unresolved: dict[str, NotCompared]
    elsewhere: list[NotCompared]


def _read(text: str) -> _Script:
    found = read_flags(text)
    flags = found if isinstance(found, Flags) else Flags(tuple(_words_of(found)))
    script = _Script({}, [], {}, [NotCompared(each, "", "it is not read") for each in flags.elsewhere])
    for flag, values in _grouped(flags.words):
        _say(script, flag, values)
    return script


def _words_of(values: Mapping[str, object]) -> Iterator[Word]:
    """The flags for arguments by name, be that the flag's or the argument's own."""
    for name, value in values.items():
        flag, argument = f"--{name.lstrip('-').replace('_', '-')}", name.lstrip("-").replace("-", "_")
        if flag not in _by_flag() and argument in arguments.actions():
            yield from map(Word, words_of(argument, value) or ())
        elif value not in (False, None):
            yield Word(flag)
            items = cast("list[object]", value) if isinstance(value, list) else [] if value is True else [value]
            yield from (Word(str(each)) for each in items)


def _grouped(words: tuple[Word, ...]) -> Iterator[tuple[Word, list[Word]]]:
    """Each flag, with what stands after it."""
    flag, values = Word(""), list[Word]()
    for word in words:
        if not word.is_flag:
            values.append(word)
            continue
        if flag.text:
            yield flag, values
        name, equals, value = word.text.partition("=")
        flag, values = Word(name), [Word(value, word.unresolved)] if equals else []
    if flag.text:
        yield flag, values


@cache
def _by_flag() -> Mapping[str, argparse.Action]:
    return {name: action for each in arguments.actions().values() for action in each for name in action.option_strings}


def _say(script: _Script, flag: Word, values: list[Word]) -> None:
    action = _by_flag().get(flag.text)
    text = " ".join(each.text for each in values)
    if action is None:
        reason = f"it is none of Megatron's arguments{hint(flag.text, _by_flag())}"
        script.not_compared.append(NotCompared(flag.text, text, reason))
        return
    taken = values[: {0: 0, None: 1}.get(cast("int | None", action.nargs), len(values))]
    # As with the parser, the last one counts.
    script.said.pop(action.dest, None)
    script.unresolved.pop(action.dest, None)
    missing = tuple(dict.fromkeys(name for each in taken for name in each.unresolved))
    words = [flag.text, *(each.text for each in taken)]
    reason = f"nothing here says what {', '.join(missing)} is" if missing else _rejection(tuple(words))
    if reason:
        script.unresolved[action.dest] = NotCompared(flag.text, text, reason)
    else:
        script.said[action.dest] = words


@cache
def _rejection(words: tuple[str, ...]) -> str:
    """Why Megatron's parser does not take a flag; empty where it does."""
    try:
        arguments.parser().parse_args(words)
    except (ValueError, AssertionError, SyntaxError, TypeError) as error:
        return f"Megatron's parser does not take it: {in_one_line(error)}"
    return ""
