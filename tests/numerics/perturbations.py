"""Change one field of a mapped config, build the model, and see what became of it.

A caller's field goes in through the mapper, as a caller would pass it. An architecture field cannot, so the classes
that the mapper's module constructs are wrapped: the config is still built once, with everything in it.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import os
import warnings
import zlib
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
from megatron.core.tensor_parallel import random as megatron_random
from megatron.core.transformer.module import MegatronModule
from megatron.core.transformer.moe.router_replay import RouterReplay
from megatron.core.transformer.transformer_config import TransformerConfig
from megatron.training.models.gpt import GPTModelConfig
from megatron.training.models.hybrid import HybridModelConfig
from torch import Tensor
from transformers import AutoConfig

from codegen.owners import Owned, Owners, owners_of
from codegen.project import load_table
from codegen.schemas import Snapshot
from codegen.table import Owner
from mcore_mappers_runtime.equal import flat, same_architecture
from mcore_mappers_runtime.immaterial import alike
from mcore_mappers_runtime.registry import registry_of
from tests.families import PROOFS, asking
from tests.families.proof import Keywords
from tests.numerics.emulation import emulated
from tests.numerics.megatron_values import other_values
from tests.numerics.runtime import CPU_FIELDS, MegatronConfig, build_megatron
from tests.support.recording import recording

# A difference, in standard deviations of the logits, up to which two runs computed the same function.
SAME = 1e-5
TOKENS = 20
BATCH = 2

_VOCABULARY: int = PROOFS["llama"].base["vocab_size"]

# Smaller than the cases of the parity tests: hundreds of models are built of each.
_SMALLER: Mapping[str, Keywords] = {
    "llama": {"num_hidden_layers": 2},
    "qwen2": {"num_hidden_layers": 2},
    "qwen3_moe": {"num_hidden_layers": 2},
    "deepseek_v3": {"num_hidden_layers": 2},
    "nemotron_h": {"hybrid_override_pattern": "M-*E"},
}


@dataclass(frozen=True)
class Setting:
    """A tiny model, and what else is on in it while fields are tried: many are read only together with another one."""

    family: str
    only: frozenset[str] | None = None
    """The fields to try; None means all."""
    huggingface: Keywords = field(default_factory=dict[str, Any])
    caller: Keywords = field(default_factory=dict[str, Any])
    decided: Keywords = field(default_factory=dict[str, Any])
    """Architecture fields, against what the mapper says."""
    labels: bool = False
    """Compare the losses of tokens in train mode, not the logits: some fields are read only then."""

    def __str__(self) -> str:
        others = {**self.huggingface, **self.caller, **self.decided}
        return ", ".join((self.family, *(f"{name}={value}" for name, value in others.items())))


@dataclass(frozen=True)
class Trial:
    """What another value of one field did."""

    setting: str
    field: str
    value: str
    read: bool = False
    """Megatron's model code read the field: while it built the model, or while the model ran."""
    raised: str = ""
    """The type and text of an error; then nothing below is known."""
    parameters: str = ""
    """What is different in the names and shapes of the parameters."""
    difference: float = 0.0
    """Of the logits in eval and in train mode, whichever is larger, with the same weights under the same names."""
    told: bool = False
    """The runtime calls it another model."""

    @property
    def same(self) -> bool:
        return not self.raised and not self.parameters and self.difference <= SAME

    def __str__(self) -> str:
        found = self.raised or f"{self.parameters or 'same parameters'}, logits differ by {self.difference:.1e}"
        return f"{self.field}={self.value} [{self.setting}]: {found}{'' if self.read else ' (not read)'}"


@dataclass(frozen=True)
class Reference:
    """A setting's model as mapped: its weights, and its outputs in eval and in train mode."""

    config: MegatronConfig
    state: Mapping[str, Tensor]
    outputs: tuple[Tensor, Tensor]


def owners(family: str, schemas: Snapshot) -> Owners:
    """Who owns each field of what a family maps to."""
    table = load_table()
    target = next(each.targets[0] for each in table.families if each.name == family)
    return owners_of(target, schemas, table.owners)


def try_fields(setting: Setting, schemas: Snapshot, names: Collection[str], *kinds: Owner) -> list[Trial]:
    """Every field of these names and owners, one at a time, with every other value that there is for it."""
    owned = owners(setting.family, schemas)
    with _quiet():
        reference = _reference(setting)
        with _prepared():
            plan = [
                (each, value)
                for each in {**owned.transformer, **owned.model}.values()
                if each.owner in kinds and each.field.name in names
                if setting.only is None or each.field.name in setting.only
                for value in other_values(each.field, _current(reference.config, each))
            ]
        trials = [_attempt(reference, setting, each, value) for each, value in plan]
        # What one trial leaves behind in the process must not decide the next.
        again = _reference(setting)
    assert all(torch.equal(first, second) for first, second in zip(reference.outputs, again.outputs, strict=True))
    return trials


# --- Configs ----------------------------------------------------------------------------------------------------------


def _current(config: MegatronConfig, owned: Owned) -> object:
    outer = set(owned.group.classes) & {"GPTModelConfig", "HybridModelConfig"}
    return getattr(config if outer else config.transformer, owned.field.name)


def _config(setting: Setting, caller: Keywords, decided: Keywords) -> MegatronConfig:
    keywords = {**PROOFS[setting.family].base, **_SMALLER[setting.family], **setting.huggingface}
    module = import_module(f"mcore_mappers.{setting.family}")
    with _deciding(module, {**setting.decided, **decided}):
        hf = AutoConfig.for_model(setting.family, **keywords)
        config: MegatronConfig = module.to_megatron(
            hf, **{**asking(setting.family), **CPU_FIELDS, **setting.caller, **caller}
        )
    return config


@contextmanager
def _deciding(module: ModuleType, decided: Keywords) -> Generator[None]:
    """Let the classes that a mapper's module constructs get other architecture fields than it passes."""

    def wrapped(kind: type[Any]) -> Callable[..., Any]:
        def construct(**keywords: Any) -> Any:
            # An outer field that the inner class has as well is written into it by the outer constructor.
            taken = {name: value for name, value in decided.items() if name in kind.__dataclass_fields__}
            return kind(**{**keywords, **taken})

        return construct

    with ExitStack() as stack:
        for name in ("TransformerConfig", "MLATransformerConfig", "GPTModelConfig", "HybridModelConfig"):
            if decided and hasattr(module, name):
                stack.enter_context(patch.object(module, name, wrapped(getattr(module, name))))
        yield


# --- Models -----------------------------------------------------------------------------------------------------------


def _reference(setting: Setting) -> Reference:
    with _prepared():
        config = _config(setting, {}, {})
        model = build_megatron(config)
        _fill(model)
        state = {name: tensor.clone() for name, tensor in _stored(model).items()}
        return Reference(config, state, _outputs(model, setting, config))


def _attempt(reference: Reference, setting: Setting, owned: Owned, value: object) -> Trial:
    name = owned.field.name
    shown = getattr(value, "__name__", None) or repr(value)
    changed = {name: value}
    read: set[str] = set()
    try:
        with _prepared():
            architecture = owned.owner is Owner.ARCHITECTURE
            config = _config(setting, {} if architecture else changed, changed if architecture else {})
            with _reads(read):
                model = build_megatron(config)
            difference = _carry_over(reference.state, model)
            with _reads(read):
                outputs = _outputs(model, setting, config)
    # Megatron raises whatever comes to hand, and for a value that it cannot have that is an answer.
    except Exception as error:
        return Trial(str(setting), name, shown, name in read, raised=f"{type(error).__name__}: {error}")
    pairs = zip(outputs, reference.outputs, strict=True)
    distance = max(((ours - theirs).abs().max() / theirs.std()).item() for ours, theirs in pairs)
    # A NaN is a difference.
    return Trial(
        str(setting),
        name,
        shown,
        name in read,
        parameters=difference,
        difference=distance if distance == distance else torch.inf,
        told=_is_told(setting.family, reference.config, config),
    )


def _is_told(family: str, one: MegatronConfig, other: MegatronConfig) -> bool:
    """Whether the runtime tells two configs apart, as `diff` and `to_hf` do."""
    ours, theirs = flat(one), flat(other)
    architecture = registry_of(family).owners.architecture
    names = (architecture & {*ours, *theirs}) - alike(ours, theirs, architecture)
    return any(not same_architecture(name, ours.get(name), theirs.get(name)) for name in names)


def _stored(model: torch.nn.Module) -> Mapping[str, Tensor]:
    """Parameters and stored buffers, without the extra states of layers."""
    return {name: tensor for name, tensor in model.state_dict().items() if isinstance(tensor, Tensor)}


@torch.no_grad()
def _fill(model: torch.nn.Module) -> None:
    """Random weights as `randomise` has them for Hugging Face's models, each decided by its name alone."""
    for name, tensor in _stored(model).items():
        if not tensor.is_floating_point():
            continue
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        last = name.rpartition(".")[2]
        if last == "A_log":
            tensor.uniform_(0.0, math.log(16.0), generator=generator)
        elif last == "dt_bias":
            tensor.uniform_(-7.0, 1.0, generator=generator)
        elif last == "expert_bias":
            tensor.normal_(0.0, 0.1, generator=generator)
        elif tensor.dim() < 2:
            tensor.normal_(1.0 if "norm" in name and last == "weight" else 0.0, 0.3, generator=generator)
        else:
            tensor.normal_(0.0, 0.1 if "embedding" in name else tensor.shape[-1] ** -0.5, generator=generator)


@torch.no_grad()
def _carry_over(state: Mapping[str, Tensor], model: torch.nn.Module) -> str:
    """Copy weights by name; say what is not the same in names and shapes.

    Rows of the vocabulary that only one of the two has are padding. Whatever else does not fit gets weights of its own,
    so that the model can still run.
    """
    _fill(model)
    stored = _stored(model)
    different = [f"without {name}" for name in state if name not in stored]
    for name, tensor in stored.items():
        theirs = state.get(name)
        if theirs is None:
            different.append(f"with {name}")
            continue
        if theirs.shape != tensor.shape:
            different.append(f"{name} {tuple(theirs.shape)} -> {tuple(tensor.shape)}")
        if theirs.shape[1:] == tensor.shape[1:]:
            rows = min(len(theirs), len(tensor)) if theirs.dim() else None
            tensor[:rows].copy_(theirs[:rows]) if rows is not None else tensor.copy_(theirs)
    return "; ".join(different[:3])


def _outputs(model: MegatronModule, setting: Setting, config: MegatronConfig) -> tuple[Tensor, Tensor]:
    """In eval mode and in train mode, of the same tokens, with the same random numbers where any are drawn."""
    tokens = torch.randint(0, _VOCABULARY, (BATCH, TOKENS), generator=torch.Generator().manual_seed(1))
    positions = torch.arange(TOKENS).expand_as(tokens)
    if config.position_embedding_type == "mrope":
        # Time, height and width. Were they equal, nothing would depend on which part of a head gets which.
        positions = torch.stack([positions, 2 * positions, 3 * positions])

    def run(training: bool) -> Tensor:
        torch.manual_seed(1)
        model.train(training)
        labels = tokens.roll(1, dims=1) if training and setting.labels else None
        # Gradients stay on in train mode: routers and recomputation take another path with them.
        with torch.set_grad_enabled(training):
            output: Tensor = model(tokens, positions, None, labels=labels)
        return (output if labels is not None else output[..., :_VOCABULARY]).detach().float()

    return run(False), run(True)


# --- Around a trial ---------------------------------------------------------------------------------------------------


@contextmanager
def _quiet() -> Generator[None]:
    """Megatron warns of most of what is tried here, and prints how it pads the vocabulary."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        disabled = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(disabled)


@contextmanager
def _prepared() -> Generator[None]:
    """The emulations, one more, and nothing left behind in the process.

    Recomputation keeps the state of the GPU's random numbers. A CPU has none to keep.
    """
    no_state: Callable[..., Tensor] = lambda *unused, **keywords: torch.empty(0)  # noqa: E731
    with emulated(), patch.dict(os.environ), patch.object(megatron_random, "_get_cuda_rng_state", no_state):
        try:
            yield
        finally:
            RouterReplay.clear_global_router_replay_instances()


@contextmanager
def _reads(names: set[str]) -> Generator[None]:
    """Note which attributes of Megatron's configs are read."""
    with ExitStack() as stack:
        for kind in (TransformerConfig, GPTModelConfig, HybridModelConfig):
            stack.enter_context(recording(kind, lambda _, name: names.add(name)))
        yield
